import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { AuditRecord } from '@hse/contracts';
import { gatewayStoreContract } from '@hse/contracts/testing';
import { gatewayMigrations, NewerSchema, openSqliteGatewayStore } from './gateway-store.ts';

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
    version(gatewayMigrations.length);
    const again = openSqliteGatewayStore({ path: file });
    expect(await again.readUpTo('me')).toBe(4);
    await again.close();
  });

  test('of an earlier release is brought forward, and keeps what it holds', async () => {
    const file = join(folder, 'earlier.db');
    const db = new DatabaseSync(file);
    db.exec(`${gatewayMigrations[0]!}; PRAGMA user_version = 1; INSERT INTO read_mark VALUES ('me', 4)`);
    db.close();
    const store = openSqliteGatewayStore({ path: file });
    expect(await store.readUpTo('me')).toBe(4);
    await store.keepSession('key', { sealed: 'a', endsAt: '2026-12-06T12:00:00.000Z' });
    expect(await store.findSession('key')).toMatchObject({ sealed: 'a', version: 1 });
    await store.close();
  });

  test('lets nobody change, replace or remove an audit record, whatever program opens it', async () => {
    const file = join(folder, 'audited.db');
    const store = openSqliteGatewayStore({ path: file });
    const record: AuditRecord = {
      id: 'a1',
      at: '2026-11-22T12:00:00.000Z',
      subject: 'op-1',
      action: 'history-read',
      target: 'r1',
      requestId: 'req-1',
    };
    await store.audit(record);
    const db = new DatabaseSync(file);
    for (const statement of [
      'DELETE FROM audit',
      "UPDATE audit SET record = '{}'",
      "INSERT OR REPLACE INTO audit VALUES ('a1', '2026', 'r1', '{}')",
      "REPLACE INTO audit VALUES ('a1', '2026', 'r1', '{}')",
    ])
      expect(() => db.exec(statement)).toThrow('audit records');
    db.close();
    expect(await store.audited({ limit: 9 })).toEqual([record]);
    await store.close();
  });

  test('that has no room left says so, keeps what it holds, and takes what still fits', async () => {
    const store = openSqliteGatewayStore({ path: join(folder, 'full.db'), maxBytes: 100_000 });
    await store.markRead('me', 4);
    await store.begin('me', 'key', 'POST /a', '2026-11-22T12:00:00.000Z');
    const body = 'x'.repeat(200_000);
    await expect(store.record('me', 'key', { status: 200, headers: {}, body })).rejects.toMatchObject({
      name: 'StoreUnavailable',
      outcome: 'not-written',
      reason: 'full',
      cause: { errcode: 13 },
    });
    await store.markRead('me', 5);
    expect(await store.readUpTo('me')).toBe(5);
    expect(await store.begin('me', 'key', 'POST /a', '2026-11-22T12:00:01.000Z')).toEqual({
      state: 'in-progress',
    });
    await store.close();
  });

  test('that turned out to be none says that the store cannot be reached', async () => {
    const file = join(folder, 'damaged.db');
    const before = openSqliteGatewayStore({ path: file });
    for (let index = 0; index < 200; index += 1) await before.markRead(`participant ${index}`, 1);
    await before.close();
    const store = openSqliteGatewayStore({ path: file });
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xff, 2048));
    const unreachable = { name: 'StoreUnavailable', reason: 'unreachable' };
    await expect(store.readUpTo('me')).rejects.toMatchObject(unreachable);
    await expect(store.markRead('me', 1)).rejects.toMatchObject(unreachable);
    await store.close();
  });

  test('that is closed refuses work instead of losing it silently', async () => {
    const store = openSqliteGatewayStore({ path: ':memory:' });
    await store.close();
    const closed = { name: 'StoreUnavailable', outcome: 'not-written', reason: 'closed' };
    await expect(store.markRead('me', 1)).rejects.toMatchObject(closed);
    await expect(store.readUpTo('me')).rejects.toMatchObject(closed);
  });
});
