import type { ReadModelsCopy, SessionRequestStore } from '@hse/contracts';
import { progressLine } from '@hse/service-kit';
import { rebuildReadModels } from './rebuild.ts';

export const rebuildUsage = 'usage: npm run rebuild -- notifications';

/** Whether these are the arguments of a rebuild. */
export const asksForRebuild = (args: readonly string[]): boolean =>
  args.length === 1 && args[0] === 'notifications';

/** Rebuilds the read models in front of somebody, who may interrupt it. `elapsedMs` is a stopwatch. */
export const runRebuildCommand = async (options: {
  store: Pick<SessionRequestStore, 'readAll' | 'head'>;
  copy: ReadModelsCopy;
  print: (line: string) => void;
  elapsedMs: () => number;
}): Promise<void> => {
  const { store, copy, print, elapsedMs } = options;
  const interrupted = new AbortController();
  const interrupt = (): void =>
    interrupted.abort(new Error('Interrupted; the read models are as they were.'));
  process.once('SIGINT', interrupt);
  try {
    const [rebuilt, compared] = [progressLine('rebuilt'), progressLine('compared')];
    const { events, tookMs, repaired } = await rebuildReadModels({
      store,
      copy,
      onProgress: rebuilt.show,
      onComparison: compared.show,
      elapsedMs,
      signal: interrupted.signal,
    });
    rebuilt.end();
    if (repaired > 0)
      print(
        `${repaired} differences from the log, carried over from the read models in use, were put right.`,
      );
    print(
      `Read models rebuilt from ${events} events in ${(tookMs / 1000).toFixed(1)} s. \`npm run parity\` compares them with the log.`,
    );
  } finally {
    process.off('SIGINT', interrupt);
  }
};
