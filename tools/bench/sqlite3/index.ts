// The part of the `sqlite3` package that `@event-driven-io/emmett-sqlite` calls, on node:sqlite. The original is native
// and cannot be loaded without an install script, which this project does without. So both sides of the bench run the
// same release of the same engine, and both sync each commit (`synchronous = FULL`).
//
// As in the original: callbacks come in a later turn of the event loop; each call prepares its statement anew; a
// statement that finds the database locked waits for up to a second, at the intervals of SQLite's own busy handler, and
// lets others go on meanwhile. Unlike there: the statements of a connection run in the order they were given in, on the
// calling thread and not in a pool, which saves the way there and back.
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** What a callback of {@link Database.run} finds in `this`. */
export interface RunResult {
  readonly lastID: number;
  readonly changes: number;
}

export type Callback<T = undefined> = (this: RunResult, error: Error | null, result?: T) => void;

interface Call {
  /** Runs the statement, then answers. Throws what SQLite throws, before anything is answered. */
  readonly attempt: () => () => void;
  readonly refuse: (error: Error) => void;
}

/** Primary result codes, https://sqlite.org/rescode.html. */
const codeNames: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  10: 'SQLITE_IOERR',
  13: 'SQLITE_FULL',
  19: 'SQLITE_CONSTRAINT',
  21: 'SQLITE_MISUSE',
};
const busy = 5;

/** Between the attempts of SQLite's busy handler, sqliteDefaultBusyCallback; the last one repeats. */
const busyDelaysMs = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100];
/** What the original sets for every connection. */
const busyTimeoutMs = 1_000;

const nothing: RunResult = { lastID: 0, changes: 0 };

class Database {
  readonly #db: DatabaseSync;
  readonly #calls: Call[] = [];
  #running = false;

  constructor(fileName: string) {
    this.#db = new DatabaseSync(fileName, { timeout: 0 });
    this.#db.exec('PRAGMA synchronous = FULL');
  }

  run(sql: string, values?: unknown[] | Callback, callback?: Callback): void {
    const [parameters, answer] = Array.isArray(values) ? [values, callback] : [[], values];
    this.#enqueue(() => {
      const { lastInsertRowid, changes } = this.#db.prepare(sql).run(...parameters.map(bindable));
      const result = { lastID: Number(lastInsertRowid), changes: Number(changes) };
      return () => answer?.call(result, null);
    }, answer);
  }

  get(sql: string, values: unknown[], callback: Callback<unknown>): void {
    this.#enqueue(() => {
      const row = this.#db.prepare(sql).get(...values.map(bindable));
      return () => callback.call(nothing, null, row);
    }, callback);
  }

  all(sql: string, values: unknown[], callback: Callback<unknown[]>): void {
    this.#enqueue(() => {
      const rows = this.#db.prepare(sql).all(...values.map(bindable));
      return () => callback.call(nothing, null, rows);
    }, callback);
  }

  close(): void {
    this.#enqueue(() => {
      this.#db.close();
      return () => {};
    }, undefined);
  }

  #enqueue(attempt: Call['attempt'], answer: ((this: RunResult, error: Error) => void) | undefined): void {
    const refuse = (error: Error): void => {
      if (!answer) throw error; // the original emits an event, for which nobody here listens
      answer.call(nothing, error);
    };
    this.#calls.push({ attempt, refuse });
    if (this.#running) return;
    this.#running = true;
    void this.#runAll();
  }

  async #runAll(): Promise<void> {
    for (let call = this.#calls.shift(); call; call = this.#calls.shift()) {
      const outcome = await settled(call);
      await new Promise((resolve) => setImmediate(resolve));
      outcome();
    }
    this.#running = false;
  }
}

/** Makes attempts until the database is free or the time is up; then says how to answer. */
const settled = async ({ attempt, refuse }: Call): Promise<() => void> => {
  let waitedMs = 0;
  for (let retry = 0; ; retry += 1) {
    try {
      return attempt();
    } catch (error) {
      const delayMs = busyDelaysMs[Math.min(retry, busyDelaysMs.length - 1)] ?? 0;
      if (primaryCode(error) !== busy || waitedMs + delayMs > busyTimeoutMs)
        return () => refuse(named(error));
      waitedMs += delayMs;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
};

const primaryCode = (error: unknown): number =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;

/** The error with `errno` and `code` as the original has them. */
const named = (error: unknown): Error => {
  const errno = primaryCode(error);
  const code = codeNames[errno] ?? `SQLITE_${errno}`;
  const message = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(`${code}: ${message}`, { cause: error }), { errno, code });
};

/** As the original binds it, which makes text of what is neither a number nor text. */
const bindable = (value: unknown): SQLInputValue => {
  switch (typeof value) {
    case 'boolean':
      return value ? 1 : 0;
    case 'string':
    case 'number':
    case 'bigint':
      return value;
    default:
      return value === undefined || value === null ? null : String(value);
  }
};

// Flags as in the original. They are not looked at: node:sqlite reads, writes, makes the file and takes URIs by itself.
const sqlite3 = { Database, OPEN_READWRITE: 0x2, OPEN_CREATE: 0x4, OPEN_URI: 0x40 };

/** The original has a default export, so this has one. */
export { sqlite3 as default };
