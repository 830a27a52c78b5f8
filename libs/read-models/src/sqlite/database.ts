import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The part of a logger that the adapters use. */
export interface SqliteLogger {
  warn(fields: object, message: string): void;
}

export const inMemory = ':memory:';

/**
 * What is written are small rows all over the file: small pages make for less to write, and seldom moving them from the
 * write-ahead log (16 MB) into the file makes one write of many to the same page.
 *
 * `full` survives a power cut with everything acknowledged; `normal` survives it consistent, perhaps without the latest.
 */
export const openDatabase = (path: string, durability: 'full' | 'normal'): DatabaseSync => {
  if (path !== inMemory) mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path);
  try {
    db.exec(`
      PRAGMA busy_timeout = 5000;
      PRAGMA page_size = 2048;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${durability};
      PRAGMA temp_store = memory;
      PRAGMA cache_size = -65536;
      PRAGMA wal_autocheckpoint = 8000;
    `);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

export const schemaVersionOf = (db: DatabaseSync): number =>
  (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;

/** Runs `work` in one write transaction; what it throws rolls everything back. */
export const inTransaction = <T>(db: DatabaseSync, work: () => T): T => {
  // IMMEDIATE: a transaction that reads first and writes later cannot wait for its turn to write.
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK'); // some errors, a full disk for one, have rolled back already
    throw error;
  }
};

/**
 * Sees to it that the tables of this version are there. Whatever other version is found is dropped: what it held can be
 * made again from the log, and its checkpoint goes with it, so that it will be.
 */
export const provideDerivedSchema = (
  db: DatabaseSync,
  {
    path,
    version,
    tables,
    schema,
    logger,
  }: DerivedSchema & { path: string; logger: SqliteLogger | undefined },
): void => {
  const found = schemaVersionOf(db);
  if (found === version) return;
  if (found !== 0)
    logger?.warn(
      { path, found, expected: version },
      'The schema of this file is of another version; it is dropped and will be built anew from the event log.',
    );
  inTransaction(db, () => {
    for (const table of tables) db.exec(`DROP TABLE IF EXISTS ${table}`);
    db.exec(schema);
    db.exec(`PRAGMA user_version = ${version}`);
  });
};

/** Tables that can be rebuilt from the log. */
export interface DerivedSchema {
  /** Goes up with every change of the tables or of what is written into them. */
  readonly version: number;
  /** Of this version and of all before it. */
  readonly tables: readonly string[];
  readonly schema: string;
}
