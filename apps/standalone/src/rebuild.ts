/** `npm run rebuild -- notifications`: builds the read models afresh from the log, beside the ones in use, and switches. */
import { openSqliteEventLog } from '@hse/event-store/sqlite';
import { asksForRebuild, rebuildUsage, runRebuildCommand } from '@hse/notifications';
import { createSqliteReadModelsCopy, ReadModelsInUse } from '@hse/read-models/sqlite';
import type { SessionRequestEvent } from '@hse/session-requests';
import { filesIn } from './data-dir.ts';
import { readStandaloneSettings } from './settings.ts';

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

if (!asksForRebuild(process.argv.slice(2))) fail(rebuildUsage);

try {
  const files = filesIn(readStandaloneSettings(process.env).DATA_DIR);
  const store = openSqliteEventLog<SessionRequestEvent>({ path: files.events });
  await runRebuildCommand({
    store,
    copy: createSqliteReadModelsCopy({ path: files.readModels }),
    print: console.log,
    elapsedMs: () => performance.now(),
  });
  await store.close();
} catch (error) {
  fail(
    error instanceof ReadModelsInUse
      ? `${error.message} Stop the server, rebuild, and start it again.`
      : (error as Error).message,
  );
}
