import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { ExpectedRevision } from '@hse/event-sourcing';
import { messageOf, primaryCode, sqliteBusy, sqliteFull } from './sqlite-errors.ts';

/** An event as it is written; `data` and `metadata` are JSON already. */
export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export interface AppendRequest {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** At least one. */
  readonly events: readonly EventRow[];
}

/** What became of one append. All but `failed` is durable, or derived from what is durable. */
export type Verdict =
  | { readonly kind: 'appended' | 'repeated'; readonly revision: number; readonly position: number }
  | { readonly kind: 'wrong-revision'; readonly actual: number | undefined }
  /** Nothing was written. */
  | { readonly kind: 'failed'; readonly reason: 'full' | 'unreachable'; readonly message: string };

export interface WriterOptions {
  /** The file may not grow beyond this. Default: as the disk allows. */
  readonly maxBytes?: number;
}

/** The end of a stream. */
interface StreamEnd {
  /** Position of the stream's first event. */
  readonly number: number;
  /** Of its last event. */
  readonly revision: number;
}

const rememberedStreams = 20_000;
const checkpointPages = 4_000; // 16 MB: few enough to recover fast, enough to write each page of an index once for many events
const walLimitPages = 8 * checkpointPages;

/**
 * The one writer of an event store file, and all SQL that writes. Synchronous: whoever calls it waits for the disk, be
 * that a thread of its own or a simulation.
 */
export class Writer {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #findStream: StatementSync;
  readonly #findRevision: StatementSync;
  readonly #findFirstOf: StatementSync;
  readonly #readIds: StatementSync;
  readonly #insertStream: StatementSync;
  readonly #insertEvent: StatementSync;
  readonly #walSize: StatementSync;
  /** Nobody else writes, so what is remembered here stays true; the least recently used are dropped first. */
  readonly #streams = new Map<string, StreamEnd>();
  #position: number;
  /** Of the transaction that is open, or would be, had it not failed. */
  #requests: AppendRequest[] = [];
  #verdicts: Verdict[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** @param path of a file with the current schema. */
  constructor(path: string, { maxBytes }: WriterOptions = {}) {
    this.#db = new DatabaseSync(path, { timeout: 5_000 });
    // FULL: a commit in WAL mode is synced before it is acknowledged. NORMAL would lose it in a power cut.
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 0;
      PRAGMA journal_size_limit = ${walLimitPages * 4096};
      PRAGMA cache_size = -65536;
      PRAGMA trusted_schema = OFF;
    `);
    if (maxBytes !== undefined) this.limit(maxBytes);
    const prepare = (sql: string): StatementSync => {
      const statement = this.#db.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    this.#begin = prepare('BEGIN IMMEDIATE');
    this.#commit = prepare('COMMIT');
    this.#findStream = prepare('SELECT number FROM streams WHERE name = ?');
    this.#findRevision = prepare(
      'SELECT revision FROM events WHERE stream_number = ? ORDER BY revision DESC LIMIT 1',
    );
    this.#findFirstOf = prepare(
      'SELECT revision FROM events WHERE stream_number = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY revision LIMIT 1',
    );
    this.#readIds = prepare(
      'SELECT id, position FROM events WHERE stream_number = ? AND revision >= ? ORDER BY revision LIMIT ?',
    );
    this.#insertStream = prepare('INSERT INTO streams (name, number) VALUES (?, ?)');
    this.#insertEvent = prepare(
      'INSERT INTO events (position, stream_number, revision, stream, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#walSize = prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#position = this.#readPosition();
  }

  /** Sets how large the file may grow, from now on. */
  limit(maxBytes: number): void {
    const { page_size: pageSize } = this.#db.prepare('PRAGMA page_size').get() as { page_size: number };
    this.#db.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / pageSize)}`);
  }

  /** Executes appends as part of the next transaction. What becomes of them is said by {@link commit}. */
  add(requests: readonly AppendRequest[]): void {
    this.#requests.push(...requests);
    if (this.#failure) return;
    try {
      if (!this.#db.isTransaction) this.#begin.run();
      for (const request of requests) this.#verdicts.push(this.#append(request));
    } catch (error) {
      this.#failure = { error };
      this.#rollBack();
    }
  }

  /**
   * Makes all that was added since the last commit durable, in one transaction, with a verdict for each append. When that
   * transaction cannot be made, each append gets one to itself.
   *
   * @throws when it is not known whether the appends are durable. The writer must not be used any more then: what a
   *   failed sync has left behind is found out by opening the file anew.
   */
  commit(): Verdict[] {
    const requests = this.#requests;
    const verdicts = this.#verdicts;
    let failure = this.#failure;
    this.#requests = [];
    this.#verdicts = [];
    this.#failure = undefined;
    if (requests.length === 0) return [];
    if (!failure) {
      try {
        this.#commit.run();
        return verdicts;
      } catch (error) {
        this.#rollBack();
        // Where the sync failed, the frames may be on the disk and count after a restart. A disk that is full refuses
        // the write before: the end of the transaction is not on it.
        if (primaryCode(error) !== sqliteFull) throw error;
        failure = { error };
      }
    }
    const { error } = failure;
    if (requests.length === 1 || primaryCode(error) === sqliteBusy) return requests.map(() => failed(error));
    return requests.flatMap((request) => {
      this.add([request]);
      return this.commit();
    });
  }

  /**
   * Moves what has been committed from the write-ahead log into the file, when that is worth it. Call it after the
   * appends have been acknowledged, so that nobody waits for it.
   *
   * A reader in a long transaction holds the log back; past 128 MB this waits up to 5 s for readers to let it start over.
   */
  tidy(): void {
    const [, pages = 0, moved = 0] = this.#walSize.get() as unknown as number[];
    if (pages - moved < checkpointPages && pages < walLimitPages) return;
    this.#db.exec(
      pages < walLimitPages ? 'PRAGMA wal_checkpoint(PASSIVE)' : 'PRAGMA wal_checkpoint(RESTART)',
    );
  }

  close(): void {
    this.#db.close(); // the last connection to close moves the whole log into the file
  }

  #append({ stream, expected, events }: AppendRequest): Verdict {
    const end = this.#endOf(stream);
    const repeat = end && this.#findRepeat(end, expected, events);
    if (repeat) return repeat;
    if (!isAsExpected(expected, end?.revision)) return { kind: 'wrong-revision', actual: end?.revision };

    const number = end?.number ?? this.#position + 1;
    let revision = end?.revision ?? -1;
    if (!end) this.#insertStream.run(stream, number);
    for (const { id, type, data, metadata } of events) {
      this.#position += 1;
      revision += 1;
      this.#insertEvent.run(this.#position, number, revision, stream, id, type, data, metadata);
    }
    this.#remember(stream, { number, revision });
    return { kind: 'appended', revision, position: this.#position };
  }

  /** Looks whether these events are there already: right after the revision expected, or anywhere if any will do. */
  #findRepeat(end: StreamEnd, expected: ExpectedRevision, events: readonly EventRow[]): Verdict | undefined {
    const anywhere = expected === 'any' || expected === 'stream-exists';
    const from = anywhere ? this.#findFirst(end, events) : expected === 'no-stream' ? 0 : expected + 1;
    if (from === undefined || from > end.revision) return undefined;
    const there = this.#readIds.all(end.number, from, events.length) as unknown as [
      id: string,
      position: number,
    ][];
    const last = there.at(-1);
    if (last && there.length === events.length && events.every(({ id }, index) => id === there[index]?.[0])) {
      return { kind: 'repeated', revision: from + events.length - 1, position: last[1] };
    }
    return { kind: 'wrong-revision', actual: end.revision };
  }

  /** The first revision that holds one of these events. Looks through the whole stream. */
  #findFirst(end: StreamEnd, events: readonly EventRow[]): number | undefined {
    const row = this.#findFirstOf.get(end.number, JSON.stringify(events.map(({ id }) => id)));
    return (row as number[] | undefined)?.[0];
  }

  #endOf(stream: string): StreamEnd | undefined {
    const remembered = this.#streams.get(stream);
    if (remembered) return remembered;
    const number = (this.#findStream.get(stream) as number[] | undefined)?.[0];
    if (number === undefined) return undefined;
    const revision = (this.#findRevision.get(number) as number[] | undefined)?.[0] ?? 0;
    return { number, revision };
  }

  #remember(stream: string, end: StreamEnd): void {
    this.#streams.delete(stream); // a Map keeps the order of insertion
    this.#streams.set(stream, end);
    if (this.#streams.size > rememberedStreams)
      this.#streams.delete(this.#streams.keys().next().value as string);
  }

  #rollBack(): void {
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK'); // some errors have done that already
    this.#streams.clear();
    this.#position = this.#readPosition();
  }

  #readPosition(): number {
    const { position } = this.#db.prepare('SELECT max(position) AS position FROM events').get() as {
      position: number | null;
    };
    return position ?? 0;
  }
}

const isAsExpected = (expected: ExpectedRevision, actual: number | undefined): boolean => {
  if (expected === 'any') return true;
  if (expected === 'no-stream') return actual === undefined;
  if (expected === 'stream-exists') return actual !== undefined;
  return actual === expected;
};

const failed = (error: unknown): Verdict => ({
  kind: 'failed',
  reason: primaryCode(error) === sqliteFull ? 'full' : 'unreachable',
  message: messageOf(error),
});
