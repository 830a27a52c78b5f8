import { join } from 'node:path';

/** What lies in a data directory. Each file has one service that writes it. */
export const filesIn = (dataDir: string) => ({
  /** The truth: every event, durable when acknowledged. */
  events: join(dataDir, 'events.sqlite'),
  /** Read models, written by notifications. Can be deleted: they are rebuilt from the events. */
  readModels: join(dataDir, 'read-models.sqlite'),
  /** Deadlines, written by expiry. Can be deleted: they are rebuilt from the events. */
  deadlines: join(dataDir, 'deadlines.sqlite'),
  /** What the gateway has promised: first answers to idempotency keys, what has been read, and who is logged in. */
  gateway: join(dataDir, 'gateway.sqlite'),
});
