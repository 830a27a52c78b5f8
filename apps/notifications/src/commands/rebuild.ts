/**
 * `npm run rebuild -- notifications` with MONGODB_URL set: builds the next generation of the read models from the log,
 * beside the one in use and while the services run, compares it with the log, and switches.
 */
import { connectMongo, createMongoReadModelsCopy } from '@hse/read-models/mongodb';
import { createTimers } from '@hse/service-kit';
import { asksForRebuild, rebuildUsage, runRebuildCommand } from '../rebuild-command.ts';
import { openLog } from './open-log.ts';

const rebuild = async (): Promise<void> => {
  await using opened = new AsyncDisposableStack();
  const { store, settings, logger } = openLog(opened);
  const mongo = await connectMongo({ url: settings.MONGODB_URL, logger, appName: 'rebuild' });
  opened.defer(() => mongo.close());
  // Before anything is made: without a log there is nothing to rebuild from.
  await store.head();
  await runRebuildCommand({
    store,
    copy: await createMongoReadModelsCopy({ db: mongo.db, timers: createTimers() }),
    print: console.log,
    elapsedMs: () => performance.now(),
  });
};

try {
  if (!asksForRebuild(process.argv.slice(2))) throw new Error(rebuildUsage);
  await rebuild();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
