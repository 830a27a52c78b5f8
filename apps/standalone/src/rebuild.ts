/** `npm run rebuild -- notifications`: builds the read models afresh from the log, beside the ones in use, and switches. */
import { openSqliteEventLog } from '@hse/event-store/sqlite';
import { rebuildReadModels } from '@hse/notifications';
import { createSqliteReadModelsCopy, ReadModelsInUse } from '@hse/read-models/sqlite';
import type { SessionRequestEvent } from '@hse/session-requests';
import { filesIn } from './data-dir.ts';
import { progressLine } from './progress-line.ts';
import { readStandaloneSettings } from './settings.ts';

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

if (process.argv[2] !== 'notifications' || process.argv.length > 3)
  fail('usage: npm run rebuild -- notifications');

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('Interrupted; the read models are as they were.')));
try {
  const files = filesIn(readStandaloneSettings(process.env).DATA_DIR);
  const store = openSqliteEventLog<SessionRequestEvent>({ path: files.events });
  const progress = progressLine('rebuilt');
  const { events, tookMs } = await rebuildReadModels({
    store,
    copy: createSqliteReadModelsCopy({ path: files.readModels }),
    onProgress: progress.show,
    elapsedMs: () => performance.now(),
    signal: interrupted.signal,
  });
  progress.end();
  await store.close();
  console.log(
    `Read models rebuilt from ${events} events in ${(tookMs / 1000).toFixed(1)} s. \`npm run parity\` compares them with the log.`,
  );
} catch (error) {
  fail(
    error instanceof ReadModelsInUse
      ? `${error.message} Stop the server, rebuild, and start it again.`
      : (error as Error).message,
  );
}
