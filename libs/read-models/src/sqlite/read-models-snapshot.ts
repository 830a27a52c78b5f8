import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { ReadModelsSnapshot } from '@hse/contracts';
import { schemaVersionOf } from './database.ts';
import {
  notificationColumns,
  notificationJoins,
  readModelsSchema,
  recordColumns,
  recordJoins,
} from './read-models-schema.ts';
import { notificationFromRow, recordFromRow, type NotificationRow, type RequestRow } from './rows.ts';

/**
 * Everything in a file of read models as it is now, whoever writes to it meanwhile. Holds no writer up; while it is open,
 * the write-ahead log beside the file grows.
 *
 * @throws Error when there is no such file, or it is of another schema version.
 */
export const openSqliteReadModelsSnapshot = ({ path }: { path: string }): ReadModelsSnapshot => {
  if (!existsSync(path)) throw new Error(`there are no read models at ${path}`);
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    db.exec('PRAGMA busy_timeout = 5000; BEGIN');
    const version = schemaVersionOf(db);
    if (version !== readModelsSchema.version)
      throw new Error(
        `${path} has schema version ${version}, this release reads ${readModelsSchema.version}; rebuild it`,
      );
    const { checkpoint } = db.prepare('SELECT checkpoint FROM progress').get() as { checkpoint: number };
    const records = db.prepare(`SELECT ${recordColumns} FROM request ${recordJoins} ORDER BY request.id`);
    const notifications = db.prepare(
      `SELECT ${notificationColumns} FROM notification ${notificationJoins} ORDER BY notification.n`,
    );
    return {
      checkpoint,
      *records() {
        for (const row of records.iterate()) yield recordFromRow(row as unknown as RequestRow);
      },
      *notifications() {
        for (const row of notifications.iterate())
          yield notificationFromRow(row as unknown as NotificationRow);
      },
      close() {
        db.close();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
};
