import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from '@jest/globals';
import { gatewayStoreContract } from '@hse/contracts/testing';
import { NewerSchema, openSqliteGatewayStore } from './gateway-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const path = (): string => join(folder, `${files}.db`);

gatewayStoreContract('SQLite', {
  open: async () => {
    files += 1;
    return openSqliteGatewayStore({ path: path() });
  },
  reopen: async () => openSqliteGatewayStore({ path: path() }),
});

describe('the file of the gateway store', () => {
  test('is refused when a newer release has written it, and keeps what it holds', async () => {
    const file = join(folder, 'newer.db');
    const store = openSqliteGatewayStore({ path: file });
    await store.markRead('me', 4);
    await store.close();
    const version = (to: number): void => {
      const db = new DatabaseSync(file);
      db.exec(`PRAGMA user_version = ${to}`);
      db.close();
    };
    version(99);
    expect(() => openSqliteGatewayStore({ path: file })).toThrow(NewerSchema);
    version(1);
    const again = openSqliteGatewayStore({ path: file });
    expect(await again.readUpTo('me')).toBe(4);
    await again.close();
  });

  test('that is closed refuses work instead of losing it silently', async () => {
    const store = openSqliteGatewayStore({ path: ':memory:' });
    await store.close();
    await expect(store.markRead('me', 1)).rejects.toThrow('closed');
  });
});
