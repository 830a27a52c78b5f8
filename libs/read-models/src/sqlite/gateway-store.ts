import type { GatewayStore, RecordedAnswer, StoredBrowserSession } from '@hse/contracts';
import { StoreUnavailable } from '@hse/event-sourcing';
import { inTransaction, openDatabase, schemaVersionOf } from './database.ts';
import {
  administrationMigration,
  administrationOf,
  administrationStatements,
  auditMigration,
} from './gateway-administration.ts';

/** Each brings the schema one version further; never edited once released. */
export const gatewayMigrations = [
  `
    CREATE TABLE answer (
      participant TEXT NOT NULL,
      key TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      begun_at TEXT NOT NULL,
      status INTEGER,
      headers TEXT,
      body TEXT,
      PRIMARY KEY (participant, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX answer_by_begun_at ON answer (begun_at);
    CREATE TABLE read_mark (participant TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
    CREATE TABLE browser_session (
      key TEXT PRIMARY KEY,
      sealed TEXT NOT NULL,
      version INTEGER NOT NULL,
      ends_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX browser_session_by_end ON browser_session (ends_at);
  `,
  administrationMigration,
  auditMigration,
];

/** Every statement of the gateway store; each is answered from an index. */
export const gatewayStatements = {
  begun: 'SELECT fingerprint, status, headers, body FROM answer WHERE participant = ? AND key = ?',
  begin: 'INSERT INTO answer (participant, key, fingerprint, begun_at) VALUES (?, ?, ?, ?)',
  record:
    'UPDATE answer SET status = ?, headers = ?, body = ? WHERE participant = ? AND key = ? AND status IS NULL',
  forget: 'DELETE FROM answer WHERE participant = ? AND key = ? AND status IS NULL',
  prune: 'DELETE FROM answer WHERE begun_at < ?',
  readUpTo: 'SELECT position FROM read_mark WHERE participant = ?',
  markRead: `
    INSERT INTO read_mark VALUES (?, ?)
    ON CONFLICT (participant) DO UPDATE SET position = excluded.position WHERE excluded.position > position`,
  keepSession: 'INSERT INTO browser_session (key, sealed, version, ends_at) VALUES (?, ?, 1, ?)',
  findSession: 'SELECT sealed, version, ends_at AS endsAt FROM browser_session WHERE key = ?',
  replaceSession:
    'UPDATE browser_session SET sealed = ?, version = version + 1 WHERE key = ? AND version = ?',
  endSession: 'DELETE FROM browser_session WHERE key = ?',
  existingSessions: 'SELECT key FROM browser_session WHERE key IN (SELECT value FROM json_each(?))',
  pruneSessions: 'DELETE FROM browser_session WHERE ends_at < ?',
  ...administrationStatements,
};

interface AnswerRow {
  fingerprint: string;
  status: number | null;
  headers: string;
  body: string;
}

/** A newer release has written this file; going back would lose what only that one knows. */
export class NewerSchema extends Error {
  constructor(path: string, found: number, known: number) {
    super(`${path} has schema version ${found}; this release knows up to ${known}`);
    this.name = 'NewerSchema';
  }
}

/**
 * The gateway's memory in one SQLite file (`:memory:` for none), synced before anything is acknowledged. What is asked for
 * in the same turn of the event loop shares one transaction, and so one sync, which holds up the calling thread.
 *
 * Its calls reject with StoreUnavailable when the file cannot be used.
 * @param options.maxBytes how large the file may grow. Default: as large as there is room.
 * @throws NewerSchema
 */
export const openSqliteGatewayStore = ({
  path,
  maxBytes,
}: {
  path: string;
  maxBytes?: number;
}): GatewayStore => {
  const db = openDatabase(path, 'full');
  try {
    if (maxBytes !== undefined) {
      const { page_size: pageSize } = db.prepare('PRAGMA page_size').get() as { page_size: number };
      db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize))}`);
    }
    const found = schemaVersionOf(db);
    if (found > gatewayMigrations.length) throw new NewerSchema(path, found, gatewayMigrations.length);
    inTransaction(db, () => {
      for (const migration of gatewayMigrations.slice(found)) db.exec(migration);
      db.exec(`PRAGMA user_version = ${gatewayMigrations.length}`);
    });
  } catch (error) {
    db.close();
    throw error;
  }
  const begun = db.prepare(gatewayStatements.begun);
  const begin = db.prepare(gatewayStatements.begin);
  const record = db.prepare(gatewayStatements.record);
  const forget = db.prepare(gatewayStatements.forget);
  const prune = db.prepare(gatewayStatements.prune);
  const readUpTo = db.prepare(gatewayStatements.readUpTo);
  const markRead = db.prepare(gatewayStatements.markRead);
  const keepSession = db.prepare(gatewayStatements.keepSession);
  const findSession = db.prepare(gatewayStatements.findSession);
  const replaceSession = db.prepare(gatewayStatements.replaceSession);
  const endSession = db.prepare(gatewayStatements.endSession);
  const existingSessions = db.prepare(gatewayStatements.existingSessions);
  const pruneSessions = db.prepare(gatewayStatements.pruneSessions);

  let closed = false;
  const closedAlready = (): StoreUnavailable =>
    new StoreUnavailable('the gateway store is closed', 'not-written', 'closed');
  let waiting: { work: () => void; done: () => void; failed: (error: unknown) => void }[] = [];

  const commitTogether = (): void => {
    const together = waiting;
    waiting = [];
    if (together.length === 0) return;
    try {
      inTransaction(db, () => {
        for (const { work } of together) work();
      });
    } catch (error) {
      const reason = explained(path, error);
      for (const { failed } of together) failed(reason);
      return;
    }
    for (const { done } of together) done();
  };

  /** Durable, with its result, when the promise resolves. */
  const durably = <T>(work: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      if (closed) {
        reject(closedAlready());
        return;
      }
      let result: T;
      waiting.push({
        work: () => {
          result = work();
        },
        done: () => resolve(result),
        failed: reject,
      });
      if (waiting.length === 1) setImmediate(commitTogether);
    });

  const reading = <T>(work: () => T): T => {
    if (closed) throw closedAlready();
    try {
      return work();
    } catch (error) {
      throw explained(path, error);
    }
  };

  return {
    ...administrationOf(db, { durably, reading }),
    begin(participantId, key, fingerprint, at) {
      return durably(() => {
        const row = begun.get(participantId, key) as AnswerRow | undefined;
        if (!row) {
          begin.run(participantId, key, fingerprint, at);
          return { state: 'new' as const };
        }
        if (row.fingerprint !== fingerprint) return { state: 'mismatch' as const };
        if (row.status === null) return { state: 'in-progress' as const };
        const headers = JSON.parse(row.headers) as RecordedAnswer['headers'];
        return { state: 'answered' as const, answer: { status: row.status, headers, body: row.body } };
      });
    },
    record(participantId, key, { status, headers, body }) {
      return durably(() => void record.run(status, JSON.stringify(headers), body, participantId, key));
    },
    forget(participantId, key) {
      return durably(() => void forget.run(participantId, key));
    },
    prune(before) {
      return durably(() => void prune.run(before));
    },
    async readUpTo(participantId) {
      return reading(() => (readUpTo.get(participantId) as { position: number } | undefined)?.position ?? 0);
    },
    markRead(participantId, position) {
      return durably(() => void markRead.run(participantId, position));
    },
    keepSession(key, { sealed, endsAt }) {
      return durably(() => void keepSession.run(key, sealed, endsAt));
    },
    async findSession(key) {
      return reading(() => {
        const row = findSession.get(key) as StoredBrowserSession | undefined;
        return row && { ...row };
      });
    },
    replaceSession(key, version, sealed) {
      return durably(() => replaceSession.run(sealed, key, version).changes === 1);
    },
    endSession(key) {
      return durably(() => void endSession.run(key));
    },
    async existingSessions(keys) {
      return reading(() => {
        const rows = existingSessions.all(JSON.stringify(keys)) as unknown as { key: string }[];
        return new Set(rows.map(({ key }) => key));
      });
    },
    pruneSessions(before) {
      return durably(() => void pruneSessions.run(before));
    },
    async close() {
      if (closed) return;
      commitTogether();
      closed = true;
      db.close();
    },
  };
};

/** Primary result codes, https://sqlite.org/rescode.html */
const sqliteFull = 13;
/** Of a file that cannot be used: PERM, BUSY, READONLY, IOERR, CORRUPT, CANTOPEN, PROTOCOL, NOTADB. */
const unusable: readonly number[] = [3, 5, 8, 10, 11, 14, 15, 26];

/** An error as the port has it; what has nothing to do with the file is a mistake of ours and stays as it is. */
const explained = (path: string, error: unknown): unknown => {
  const { errcode, message } = error as { errcode?: unknown; message?: unknown };
  if (typeof errcode !== 'number') return error;
  const code = errcode & 0xff; // the higher bits say more precisely what went wrong
  // A full disk rolls the transaction back; of one that failed in another way, some may have reached the disk.
  if (code === sqliteFull)
    return new StoreUnavailable(`${path}: ${String(message)}`, 'not-written', 'full', { cause: error });
  if (unusable.includes(code))
    return new StoreUnavailable(`${path}: ${String(message)}`, 'unknown', 'unreachable', { cause: error });
  return error;
};
