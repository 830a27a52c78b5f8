import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { sync } from './event-file.ts';

/**
 * Events that follow one another in the log, from one thread to the other: the position of the first, then six values of each, as
 * {@link Importer.write} reads them. Copying one flat array costs a fraction of copying objects.
 */
export interface ImportedEvents {
  readonly first: number;
  readonly values: readonly (string | number)[];
}

/**
 * Fills a new event store file. Synchronous, for a thread of its own.
 *
 * Until {@link finish} nothing is durable, and there is no index: it is made at the end, of all events at once, which takes a fraction of
 * the time that it takes with each of them. That they are gapless in their streams shows then, too.
 */
export class Importer {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #insertEvent: StatementSync;
  readonly #insertStream: StatementSync;
  readonly #findStream: StatementSync;
  readonly #makeIndex: string;
  /** Numbers of streams; those that are not remembered are looked up. */
  readonly #streams = new Map<string, number>();
  readonly #rememberedStreams: number;
  #position = 0;

  /** @param path of a file with the current schema that is empty and that nobody else has open. */
  constructor(path: string, rememberedStreams = 50_000) {
    this.#path = path;
    this.#rememberedStreams = rememberedStreams;
    this.#db = new DatabaseSync(path);
    // Whatever is interrupted is thrown away.
    this.#db.exec(
      'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536;',
    );
    const index = this.#db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'events_by_stream'").get();
    this.#makeIndex = String(index?.['sql']);
    this.#db.exec('DROP INDEX events_by_stream');
    this.#insertEvent = this.#db.prepare(
      'INSERT INTO events (position, stream_number, revision, stream, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#insertStream = this.#db.prepare('INSERT INTO streams (name, number) VALUES (?, ?)');
    this.#findStream = this.#db.prepare('SELECT number FROM streams WHERE name = ?');
  }

  /** @throws Error where they do not follow, or the disk refuses them; the file is of no use then. */
  write({ first, values }: ImportedEvents): void {
    if (first !== this.#position + 1)
      throw new Error(`the event at position ${first} does not follow position ${this.#position}`);
    this.#db.exec('BEGIN');
    for (let at = 0; at < values.length; at += 6) {
      const [stream, revision] = [values[at] as string, values[at + 1] as number];
      this.#position += 1;
      const number = revision === 0 ? this.#begin(stream) : this.#numberOf(stream);
      this.#insertEvent.run(
        this.#position,
        number,
        revision,
        stream,
        values[at + 2] as string, // id
        values[at + 3] as string, // type
        values[at + 4] as string, // data
        values[at + 5] as string, // metadata
      );
    }
    this.#db.exec('COMMIT');
  }

  /**
   * Makes it an event store that was closed, durable.
   * @throws Error where events of a stream are missing, or there twice.
   */
  finish(): void {
    this.#db.exec(this.#makeIndex);
    const gap = this.#db
      .prepare(
        'SELECT stream_number FROM events GROUP BY stream_number HAVING max(revision) <> count(*) - 1 LIMIT 1',
      )
      .get();
    if (gap) throw new Error(`the stream that begins at position ${String(gap['stream_number'])} has a gap`);
    this.#db.exec('PRAGMA journal_mode = WAL');
    this.#db.close();
    sync(this.#path);
  }

  #begin(stream: string): number {
    this.#insertStream.run(stream, this.#position);
    this.#remember(stream, this.#position);
    return this.#position;
  }

  #numberOf(stream: string): number {
    const known = this.#streams.get(stream);
    if (known !== undefined) return known;
    const found = this.#findStream.get(stream);
    if (!found) throw new Error(`${stream} does not begin with its first event (position ${this.#position})`);
    const number = found['number'] as number;
    this.#remember(stream, number);
    return number;
  }

  #remember(stream: string, number: number): void {
    if (this.#streams.size >= this.#rememberedStreams) this.#streams.clear();
    this.#streams.set(stream, number);
  }
}
