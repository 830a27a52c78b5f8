import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from '@jest/globals';
import { deadlineStoreContract } from '@hse/event-sourcing/testing';
import { openSqliteDeadlineStore } from './deadline-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'deadlines-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const path = (): string => join(folder, `${files}.db`);

deadlineStoreContract('SQLite', {
  open: async () => {
    files += 1;
    return openSqliteDeadlineStore({ path: path() });
  },
  share: async () => openSqliteDeadlineStore({ path: path() }),
});

describe('the file of the deadline store', () => {
  test('is dropped when its schema is of another version, and the log says so', async () => {
    const file = join(folder, 'old.db');
    const store = openSqliteDeadlineStore({ path: file });
    await store.apply([{ type: 'schedule', subject: 'a', revision: 0, round: 1, dueAt: 1 }], 9);
    await store.close();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99');
    db.close();

    const warnings: object[] = [];
    const again = openSqliteDeadlineStore({
      path: file,
      logger: { warn: (fields) => void warnings.push(fields) },
    });
    expect(await again.checkpoint()).toBe(0);
    expect(await again.count()).toBe(0);
    expect(warnings).toEqual([{ path: file, found: 99, expected: 1 }]);
    await again.close();
  });
});
