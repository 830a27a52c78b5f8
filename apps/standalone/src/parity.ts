/** `npm run parity`: compares the read models with a fresh fold of the log, also while the server runs. Exit code 1: they differ. */
import { openSqliteEventLog } from '@hse/event-store/sqlite';
import { checkParity } from '@hse/notifications';
import { openSqliteReadModelsSnapshot } from '@hse/read-models/sqlite';
import type { SessionRequestEvent } from '@hse/session-requests';
import { filesIn } from './data-dir.ts';
import { progressLine } from './progress-line.ts';
import { readStandaloneSettings } from './settings.ts';

const shown = 20;

try {
  const files = filesIn(readStandaloneSettings(process.env).DATA_DIR);
  await using opened = new AsyncDisposableStack();
  const store = openSqliteEventLog<SessionRequestEvent>({ path: files.events });
  opened.defer(() => store.close());
  const snapshot = openSqliteReadModelsSnapshot({ path: files.readModels });
  opened.defer(() => snapshot.close());

  const progress = progressLine('compared');
  let differences = 0;
  const result = await checkParity({
    store,
    snapshot,
    onProgress: progress.show,
    elapsedMs: () => performance.now(),
    onDifference: (difference) => {
      differences += 1;
      if (differences <= shown) console.log(JSON.stringify(difference));
    },
  });
  progress.end();
  const { events, records, notifications } = result;
  console.log(
    `${events} events folded afresh: ${records} session requests and ${notifications} notifications in the read models, ` +
      (result.differences === 0
        ? 'all equal.'
        : `${result.differences} differences${differences > shown ? `, the first ${shown} above` : ''}. Rebuild: npm run rebuild -- notifications`),
  );
  process.exitCode = result.differences === 0 ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
