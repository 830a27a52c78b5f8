import type { DatabaseSync } from 'node:sqlite';

/** One step from a version of the schema to the next. Runs in the transaction that also raises the version. */
export type Migration = (db: DatabaseSync) => void;

/**
 * How a file comes to be what this release works on; `PRAGMA user_version` counts the steps that were made. A step that
 * was released is never changed.
 *
 * What an append has to touch decides how it behaves in a large log, so there are as few trees as possible, and none in
 * the order of something random. `events` grows at its right edge. `events_by_stream` goes by the stream's number, which
 * is the position of its first event: streams of the same age lie together, whatever they are called. `streams` is
 * written once per stream. That event ids are unique per stream needs no index, because the writer looks for a repeat
 * only in the one stream, and under an exact revision only in one place of it.
 */
export const migrations: readonly Migration[] = [
  (db) =>
    db.exec(`
      CREATE TABLE streams (
        name TEXT PRIMARY KEY,
        number INTEGER NOT NULL -- position of the stream's first event
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE events (
        position INTEGER PRIMARY KEY, -- 1, 2, 3, … without gaps
        stream_number INTEGER NOT NULL,
        revision INTEGER NOT NULL, -- in the stream: 0, 1, 2, … without gaps
        stream TEXT NOT NULL, -- its name once more, so that the log can be read in one pass
        id TEXT NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL, -- JSON
        metadata TEXT NOT NULL -- JSON
      ) STRICT;

      CREATE UNIQUE INDEX events_by_stream ON events (stream_number, revision);
    `),
];

/** `PRAGMA application_id` of an event store file: "hseE". */
const applicationId = 0x68736545;

/** The file cannot be used as it is: from a newer release, or not an event store at all. */
export class UnusableEventStoreFile extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnusableEventStoreFile';
  }
}

/**
 * Brings a file up to date, each step in a transaction of its own: one that fails leaves the file at the step before it.
 *
 * @throws UnusableEventStoreFile when the file was written by a newer release or is not an event store; nothing is changed.
 */
export const migrate = (db: DatabaseSync, path: string, steps: readonly Migration[] = migrations): void => {
  const pragma = (name: string): number => Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const version = pragma('user_version');
  const empty = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (empty ? version !== 0 : pragma('application_id') !== applicationId) {
    throw new UnusableEventStoreFile(
      `${path} is not an event store; choose another path, nothing was changed`,
    );
  }
  if (version > steps.length) {
    throw new UnusableEventStoreFile(
      `${path} was written by a newer release (schema ${version}, this release knows ${steps.length}): ` +
        'install that release or a later one; nothing was changed',
    );
  }
  for (const [index, step] of steps.entries()) {
    if (index < version) continue;
    db.exec('BEGIN IMMEDIATE');
    try {
      step(db);
      db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${index + 1}; COMMIT`);
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
};
