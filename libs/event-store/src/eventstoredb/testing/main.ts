import { parseArgs } from 'node:util';
import { startEventStoreDBStandIn } from './stand-in.ts';

/* The stand-in as a process of its own: --port N [--data file]. Says its connection string, then runs until SIGTERM or SIGINT. */

const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' } } });
const standIn = await startEventStoreDBStandIn({
  port: Number(values.port ?? 0),
  ...(values.data !== undefined && { data: values.data }),
});
process.stdout.write(`${standIn.connectionString}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void standIn.close());
