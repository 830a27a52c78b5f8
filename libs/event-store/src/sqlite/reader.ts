import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { DomainEvent, EventBatch, EventMetadata, RecordedEvent } from '@hse/event-sourcing';

type Row = [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  data: string,
  metadata: string,
];

const columns = 'position, stream, revision, id, type, data, metadata';

/** Reads from an event store file, beside its writer. Each read sees all that was committed before it and holds no transaction open. */
export class Reader<E extends DomainEvent> {
  readonly #db: DatabaseSync;
  readonly #stream: StatementSync;
  readonly #after: StatementSync;
  readonly #afterOfTypes: StatementSync;
  readonly #head: StatementSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    const prepare = (sql: string): StatementSync => {
      const statement = this.#db.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    };
    this.#stream = prepare(`
      SELECT ${columns} FROM events
      WHERE stream_number = (SELECT number FROM streams WHERE name = ?) AND revision >= ? ORDER BY revision LIMIT ?`);
    this.#after = prepare(`SELECT ${columns} FROM events WHERE position > ? ORDER BY position LIMIT ?`);
    this.#afterOfTypes = prepare(`
      SELECT ${columns} FROM events
      WHERE position > ? AND position <= ? AND type IN (SELECT value FROM json_each(?)) ORDER BY position LIMIT ?`);
    this.#head = prepare('SELECT max(position) FROM events');
  }

  /** Position of the latest event; 0 when there is none. */
  head(): number {
    return (this.#head.get() as unknown as [number | null])[0] ?? 0;
  }

  stream(name: string, from: number, limit: number): RecordedEvent<E>[] {
    return recorded<E>(this.#stream.all(name, from, limit));
  }

  /** What comes after a position and not after `until`, at most `limit` events. */
  after(position: number, until: number, limit: number, types?: readonly string[]): EventBatch<E> {
    if (!types) {
      const events = recorded<E>(this.#after.all(position, Math.min(limit, until - position)));
      return { events, position: events.at(-1)?.position ?? position };
    }
    // A filter may leave little of much: look at a stretch of bounded length, so that no read takes long.
    const end = Math.min(until, position + longestStretch);
    const events = recorded<E>(this.#afterOfTypes.all(position, end, JSON.stringify(types), limit));
    return { events, position: events.length === limit ? (events.at(-1)?.position ?? end) : end };
  }

  close(): void {
    this.#db.close();
  }
}

const longestStretch = 10_000;

const recorded = <E extends DomainEvent>(rows: unknown[]): RecordedEvent<E>[] =>
  (rows as Row[]).map(([position, stream, revision, id, type, data, metadata]) => {
    const event: RecordedEvent = {
      type,
      data: JSON.parse(data) as object,
      id,
      metadata: JSON.parse(metadata) as EventMetadata,
      stream,
      revision,
      position,
    };
    return event as RecordedEvent<E>; // what was appended as E was written as it is
  });
