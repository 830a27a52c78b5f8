/**
 * `npm run parity` with MONGODB_URL set: compares the read models with a fresh fold of the log, also while the services run.
 * Exit code 1: they differ.
 */
import { connectMongo, openMongoReadModelsSnapshot } from '@hse/read-models/mongodb';
import { runParityCommand } from '../parity-command.ts';
import { openLog } from './open-log.ts';

try {
  await using opened = new AsyncDisposableStack();
  const { store, settings, logger } = openLog(opened);
  const mongo = await connectMongo({ url: settings.MONGODB_URL, logger, appName: 'parity' });
  opened.defer(() => mongo.close());
  const snapshot = await openMongoReadModelsSnapshot({ db: mongo.db });
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
