import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromCopyThread, PackedRows, ToCopyThread } from './copy-messages.ts';
import {
  loadRecords,
  notificationNumbers,
  putNotifications,
  putRequests,
  readModelsIndexes,
  readModelsSchema,
  requestNumbers,
} from './read-models-schema.ts';
import type { RequestRow } from './rows.ts';

// Writes a copy of the read models while the main thread reads and folds the log.

const port = parentPort;
if (!port) throw new Error('has to run as a thread');

const db = new DatabaseSync((workerData as { path: string }).path);
// Nobody relies on the file before it is finished: a copy that was not finished is thrown away.
db.exec(
  'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -131072; PRAGMA temp_store = memory',
);
db.exec(`BEGIN; ${readModelsSchema.schema}; PRAGMA user_version = ${readModelsSchema.version};`);

const insertIdentifier = db.prepare('INSERT INTO identifier (id) VALUES (?)');
const load = db.prepare(loadRecords);

/** Rows that go in at once: one statement for many rows takes a third of the time that one for each takes. */
const together = 40;

const writer = (sql: (rows: number) => string, numberColumns: number, textColumns: number) => {
  const many = db.prepare(sql(together));
  const one = db.prepare(sql(1));
  return ({ numbers, texts }: PackedRows): void => {
    const rows = numbers.length / numberColumns;
    for (let row = 0; row < rows;) {
      const count = row + together <= rows ? together : 1;
      const values: (number | string | null)[] = [];
      for (const to = row + count; row < to; row += 1) {
        for (let column = 0; column < numberColumns; column += 1)
          values.push(numbers[row * numberColumns + column] ?? null);
        for (let column = 0; column < textColumns; column += 1)
          values.push(texts[row * textColumns + column] ?? null);
      }
      (count === 1 ? one : many).run(...values);
    }
  };
};

const writeRequests = writer(putRequests, requestNumbers.length, 2);
const writeNotifications = writer(putNotifications, notificationNumbers.length, 1);

const finish = (checkpoint: number, longestMs: number): void => {
  db.exec(readModelsIndexes);
  db.prepare('UPDATE progress SET checkpoint = ?, longest_ms = ?').run(checkpoint, longestMs);
  db.exec('COMMIT');
  db.close();
};

const answer = (message: ToCopyThread): FromCopyThread => {
  switch (message.kind) {
    case 'write':
      for (const id of message.identifiers) insertIdentifier.run(id);
      writeRequests(message.requests);
      writeNotifications(message.notifications);
      return { rows: [] };
    case 'load':
      return { rows: load.all(JSON.stringify(message.ids)) as unknown as RequestRow[] };
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
