/** `npm run parity`: compares the read models with a fresh fold of the log, also while the server runs. Exit code 1: they differ. */
import { openSqliteEventLog } from '@hse/event-store/sqlite';
import { runParityCommand } from '@hse/notifications';
import { openSqliteReadModelsSnapshot } from '@hse/read-models/sqlite';
import type { SessionRequestEvent } from '@hse/session-requests';
import { filesIn } from './data-dir.ts';
import { readStandaloneSettings } from './settings.ts';

try {
  const files = filesIn(readStandaloneSettings(process.env).DATA_DIR);
  await using opened = new AsyncDisposableStack();
  const store = openSqliteEventLog<SessionRequestEvent>({ path: files.events });
  opened.defer(() => store.close());
  const snapshot = openSqliteReadModelsSnapshot({ path: files.readModels });
  opened.defer(() => snapshot.close());
  process.exitCode = await runParityCommand({
    store,
    snapshot,
    print: console.log,
    elapsedMs: () => performance.now(),
  });
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
