import type { ReadModelsSnapshot, SessionRequestStore } from '@hse/contracts';
import { progressLine } from '@hse/service-kit';
import { checkParity } from './parity.ts';

/** Differences that are printed; all are counted. */
const shown = 20;

/**
 * Compares read models with the log in front of somebody. `elapsedMs` is a stopwatch.
 *
 * @returns the exit code: 1 when they differ, else 0.
 */
export const runParityCommand = async (options: {
  store: Pick<SessionRequestStore, 'readAll'>;
  snapshot: ReadModelsSnapshot;
  print: (line: string) => void;
  elapsedMs: () => number;
}): Promise<0 | 1> => {
  const { store, snapshot, print, elapsedMs } = options;
  const progress = progressLine('compared');
  let printed = 0;
  const { events, records, notifications, differences } = await checkParity({
    store,
    snapshot,
    onProgress: progress.show,
    elapsedMs,
    onDifference: (difference) => {
      printed += 1;
      if (printed <= shown) print(JSON.stringify(difference));
    },
  });
  progress.end();
  print(
    `${events} events folded afresh: ${records} session requests and ${notifications} notifications in the read models, ` +
      (differences === 0
        ? 'all equal.'
        : `${differences} differences${differences > shown ? `, the first ${shown} above` : ''}. Rebuild: npm run rebuild -- notifications`),
  );
  return differences === 0 ? 0 : 1;
};
