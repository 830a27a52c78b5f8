import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import {
  notificationNumbers,
  requestNumbers,
  requestTexts,
  type FromCopyThread,
  type LoadedRow,
  type PackedRows,
  type ToCopyThread,
} from './copy-messages.ts';
import { readModelsIndexes, readModelsSchema } from './read-models-schema.ts';

// Writes a copy of the read models while the main thread reads and folds the log.

const port = parentPort;
if (!port) throw new Error('has to run as a thread');

const db = new DatabaseSync((workerData as { path: string }).path);
// Nobody relies on the file before it is finished: a copy that was not finished is thrown away.
db.exec(
  'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072; PRAGMA temp_store = memory',
);
db.exec(`BEGIN; ${readModelsSchema.schema}; PRAGMA user_version = ${readModelsSchema.version};`);

const insertParticipant = db.prepare('INSERT INTO participant (id) VALUES (?)');
const putRequest = db.prepare(`
  INSERT INTO request (n, coach, client, revision, position, recorded_at, status, starts_at, ends_at, change_starts_at,
    change_ends_at, awaited, until, id, rest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (n) DO UPDATE SET revision = excluded.revision, position = excluded.position,
    recorded_at = excluded.recorded_at, status = excluded.status, starts_at = excluded.starts_at,
    ends_at = excluded.ends_at, change_starts_at = excluded.change_starts_at, change_ends_at = excluded.change_ends_at,
    awaited = excluded.awaited, until = excluded.until, rest = excluded.rest`);
const insertNotification = db.prepare('INSERT INTO notification VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
const load = db.prepare(`
  SELECT request.n AS n, request.id AS id, coach.id AS coachId, client.id AS clientId, revision, position,
    recorded_at AS recordedAt, rest
  FROM json_each(?) JOIN request ON request.id = json_each.value
  JOIN participant AS coach ON coach.n = request.coach JOIN participant AS client ON client.n = request.client`);

const writeRequests = ({ count, numbers, texts }: PackedRows): void => {
  for (let row = 0; row < count; row += 1) {
    const from = row * requestNumbers;
    const textsFrom = row * requestTexts;
    putRequest.run(
      ...numbers.subarray(from, from + requestNumbers),
      ...texts.slice(textsFrom, textsFrom + requestTexts),
    );
  }
};

const writeNotifications = ({ count, numbers, texts }: PackedRows): void => {
  for (let row = 0; row < count; row += 1) {
    const from = row * notificationNumbers;
    insertNotification.run(...numbers.subarray(from, from + notificationNumbers), texts[row] ?? '');
  }
};

const finish = (checkpoint: number, longestMs: number): void => {
  db.exec(readModelsIndexes);
  db.prepare('UPDATE progress SET checkpoint = ?, longest_ms = ?').run(checkpoint, longestMs);
  db.exec('COMMIT');
  db.close();
};

const answer = (message: ToCopyThread): FromCopyThread => {
  switch (message.kind) {
    case 'write':
      for (const id of message.participants) insertParticipant.run(id);
      writeRequests(message.requests);
      writeNotifications(message.notifications);
      return { rows: [] };
    case 'load':
      return { rows: load.all(JSON.stringify(message.ids)) as unknown as LoadedRow[] };
    case 'finish':
      finish(message.checkpoint, message.longestMs);
      return { rows: [] };
  }
};

port.on('message', (message: ToCopyThread) => {
  try {
    port.postMessage(answer(message));
  } catch (error) {
    port.postMessage({ failed: error as Error } satisfies FromCopyThread);
  }
});
