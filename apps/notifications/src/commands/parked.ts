/** `npm run parked -- list | retry | discard`: for the operator, what to do with streams that a group failed on. */
import { connectMongo, openMongoParkedStreams } from '@hse/read-models/mongodb';
import { createPinoLogger, mongoSettings, readSettings } from '@hse/service-kit';
import { parkedUsage, runParkedCommand } from '../parked-command.ts';

const args = process.argv.slice(2);
try {
  if (args.length === 0 || ['help', '--help', '-h'].includes(args[0] ?? '')) {
    console.log(parkedUsage);
    process.exitCode = args.length === 0 ? 2 : 0;
  } else {
    const { MONGODB_URL: url } = readSettings(mongoSettings, process.env);
    await using opened = new AsyncDisposableStack();
    const mongo = await connectMongo({
      url,
      logger: createPinoLogger({ level: 'error', format: 'pretty', service: 'parked' }),
      appName: 'parked',
    });
    opened.defer(() => mongo.close());
    const streams = await openMongoParkedStreams({ db: mongo.db });
    process.exitCode = await runParkedCommand(args, { streams, print: console.log });
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
