export { inlineCommits, type Commits, type OpenCommits } from './commits.ts';
export { EventStoreInUse } from './process-lock.ts';
export { UnusableEventStoreFile } from './schema.ts';
export {
  openSqliteEventStore,
  type SqliteEventStore,
  type SqliteEventStoreOptions,
} from './sqlite-event-store.ts';
export { importIntoSqlite, type SqliteImport } from './import-events.ts';
export { workerCommits } from './worker-commits.ts';
export type { AppendRequest, EventRow, Verdict, WriterOptions } from './writer.ts';
export { openSqliteEventLog, type SqliteEventLog } from './sqlite-event-log.ts';
