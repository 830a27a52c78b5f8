import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readModelsContract } from '@hse/contracts/testing';
import { ReadModelsInUse } from './ownership.ts';
import { openSqliteReadModels } from './read-models.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-models-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const path = (): string => join(folder, `${files}.db`);

readModelsContract('SQLite', {
  open: async () => {
    files += 1;
    return openSqliteReadModels({ path: path() });
  },
  reopen: async () => openSqliteReadModels({ path: path() }),
});

describe('the file of the read models', () => {
  test('has one writer at a time', async () => {
    const file = join(folder, 'owned.db');
    const first = openSqliteReadModels({ path: file });
    expect(() => openSqliteReadModels({ path: file })).toThrow(ReadModelsInUse);
    await first.close();
    await openSqliteReadModels({ path: file }).close();
  });

  test('is dropped when its schema is of another version, and the log says so', async () => {
    const file = join(folder, 'old.db');
    const models = openSqliteReadModels({ path: file });
    await models.apply({ records: [], notifications: [], checkpoint: 9 });
    await models.close();
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99');
    db.close();

    const warnings: object[] = [];
    const again = openSqliteReadModels({
      path: file,
      logger: { warn: (fields) => void warnings.push(fields) },
    });
    expect(await again.checkpoint()).toBe(0);
    expect(warnings).toEqual([{ path: file, found: 99, expected: 1 }]);
    await again.close();
  });
});
