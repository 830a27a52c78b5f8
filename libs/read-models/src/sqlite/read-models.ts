import type { DatabaseSync } from 'node:sqlite';
import type { ReadModels } from '@hse/contracts';
import type { SessionRequest } from '@hse/session-requests';
import { LRUCache } from 'lru-cache';
import { inTransaction, openDatabase, provideDerivedSchema, type SqliteLogger } from './database.ts';
import { takeOwnership } from './ownership.ts';
import { createReadModelsQueries } from './read-models-queries.ts';
import {
  loadRecords,
  moveRequest,
  notificationNumbers,
  putNotifications,
  putRequests,
  readModelsIndexes,
  readModelsSchema,
  requestNumbers,
} from './read-models-schema.ts';
import {
  longestSlotMs,
  packNotification,
  packRequest,
  recordFromRow,
  type Numbered,
  type RequestRow,
} from './rows.ts';

const cacheSize = 50_000;

/**
 * Read models in one SQLite file (`:memory:` for none). Survives a crash consistent with its checkpoint; a power cut can
 * take the latest batches, which the log then delivers again. A file of another schema version is dropped, and says so
 * in the log.
 *
 * Works on the calling thread, and holds it up for some milliseconds with a batch of 100 events.
 *
 * @throws ReadModelsInUse when somebody else writes to this file.
 */
export const openSqliteReadModels = ({
  path,
  logger,
}: {
  path: string;
  logger?: SqliteLogger;
}): ReadModels => {
  const giveUpOwnership = takeOwnership(path);
  let db: DatabaseSync;
  try {
    db = openDatabase(path, 'normal');
    provideDerivedSchema(db, { ...readModelsSchema, path, logger });
    db.exec(readModelsIndexes);
  } catch (error) {
    giveUpOwnership();
    throw error;
  }
  const write = createWriter(db);
  const load = db.prepare(loadRecords);

  return {
    ...createReadModelsQueries(db),
    async load(requestIds) {
      return load.all(JSON.stringify(requestIds)).map((row) => recordFromRow(row as unknown as RequestRow));
    },
    async apply(changes) {
      write(changes);
    },
    async close() {
      db.close();
      giveUpOwnership();
    },
  };
};

type Changes = Parameters<ReadModels['apply']>[0];

const createWriter = (db: DatabaseSync): ((changes: Changes) => void) => {
  const identifierById = db.prepare('SELECT n FROM identifier WHERE id = ?');
  const insertIdentifier = db.prepare('INSERT INTO identifier (id) VALUES (?)');
  const requestById = db.prepare('SELECT n, coach, client FROM request WHERE id = ?');
  const lastRequest = db.prepare('SELECT max(n) AS n FROM request');
  const insertRequest = db.prepare(putRequests(1));
  const move = db.prepare(moveRequest);
  const insertNotification = db.prepare(putNotifications(1));
  const moveOn = db.prepare(
    'UPDATE progress SET checkpoint = max(checkpoint, ?), longest_ms = max(longest_ms, ?)',
  );

  const identifiers = new LRUCache<string, number>({ max: cacheSize });
  const requests = new LRUCache<string, Numbered>({ max: cacheSize });
  const requestRow = Array<number>(requestNumbers.length).fill(NaN);
  const notificationRow = Array<number>(notificationNumbers.length).fill(NaN);

  const numberOf = (id: string): number => {
    const cached = identifiers.get(id);
    if (cached !== undefined) return cached;
    const known = (identifierById.get(id) as { n: number } | undefined)?.n;
    const n = known ?? Number(insertIdentifier.run(id).lastInsertRowid);
    identifiers.set(id, n);
    return n;
  };
  const find = (requestId: string): Numbered | undefined => {
    const cached = requests.get(requestId);
    if (cached) return cached;
    const known = requestById.get(requestId) as Numbered | undefined;
    if (known) requests.set(requestId, known);
    return known;
  };
  const add = ({ requestId, coachId, clientId }: SessionRequest): Numbered => {
    const { n } = lastRequest.get() as { n: number | null };
    const numbered = { n: (n ?? 0) + 1, coach: numberOf(coachId), client: numberOf(clientId) };
    requests.set(requestId, numbered);
    return numbered;
  };

  return ({ records, notifications, checkpoint }) => {
    try {
      inTransaction(db, () => {
        let longestMs = 0;
        for (const record of records) {
          const { requestId } = record.state;
          const known = find(requestId);
          const rest = packRequest(requestRow, 0, known ?? add(record.state), record);
          const hasMoved = known && move.run(...requestRow, rest).changes > 0;
          if (!hasMoved) insertRequest.run(...requestRow, rest, requestId);
          longestMs = Math.max(longestMs, longestSlotMs(requestRow, 0));
        }
        for (const notification of notifications) {
          const about = find(notification.requestId);
          if (!about)
            throw new Error(`a notification is about ${notification.requestId}, of which there is no record`);
          const text = packNotification(notificationRow, 0, about, notification, numberOf);
          insertNotification.run(...notificationRow, text);
        }
        moveOn.run(checkpoint, longestMs);
      });
    } catch (error) {
      // Numbers given out in what was rolled back are given to others next time.
      identifiers.clear();
      requests.clear();
      throw error;
    }
  };
};
