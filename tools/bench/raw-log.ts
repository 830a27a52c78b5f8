import { DatabaseSync } from 'node:sqlite';

/** One event as it is stored. */
export interface RawEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export interface RawLog {
  /** Resolves after the transaction that holds the event is synced. */
  append(event: RawEvent): Promise<void>;
  close(): void;
}

/**
 * The least that a durable log of events can be: one table, no index besides its own order, no expected revision, no
 * repeats noticed, one event per append, written on the calling thread. What is appended while one transaction is synced shares
 * the next. With `indexed`, the index by stream and revision that an event store cannot do without.
 */
export const openRawLog = (path: string, { indexed = false } = {}): RawLog => {
  const db = new DatabaseSync(path);
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE events (
      position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL,
      id TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL, metadata TEXT NOT NULL
    ) STRICT;
    ${indexed ? 'CREATE UNIQUE INDEX by_stream ON events (stream, revision);' : ''}
  `);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const insert = db.prepare(
    'INSERT INTO events (stream, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const commit = db.prepare('COMMIT');

  let gathering: { event: RawEvent; resolve: () => void }[] = [];
  const commitGathered = (): void => {
    const batch = gathering;
    gathering = [];
    begin.run();
    for (const { event } of batch)
      insert.run(event.stream, event.revision, event.id, event.type, event.data, event.metadata);
    commit.run();
    for (const { resolve } of batch) resolve();
  };

  return {
    append(event) {
      return new Promise((resolve) => {
        // everybody who was just answered appends again before the next turn of the event loop
        if (gathering.length === 0) setImmediate(commitGathered);
        gathering.push({ event, resolve });
      });
    },
    close() {
      db.close();
    },
  };
};
