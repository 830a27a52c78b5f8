import { describe, expect, test } from '@jest/globals';
import { gatewayStoreContract } from '@hse/contracts/testing';
import { describeWithServer } from '@hse/engines';
import { openMongoGatewayStore } from './gateway-store.ts';
import { plansOf, withoutAnIndex } from './testing/query-plans.ts';
import { testDatabases } from './testing/test-database.ts';

const at = '2026-11-22T12:00:00.000Z';
const answer = { status: 201, headers: { '$odd.name': 'a', etag: '"0"' }, body: '{}' };

describeWithServer('MONGODB_URL', 'the gateway store in MongoDB', (url) => {
  const databases = testDatabases(url);

  gatewayStoreContract('MongoDB', {
    open: () => openMongoGatewayStore({ db: databases.fresh() }),
    reopen: () => openMongoGatewayStore({ db: databases.latest() }),
  });

  describe('shared by gateways', () => {
    test('each of 100 keys is taken by one of 8 that race for it, and all see its answer', async () => {
      databases.fresh();
      const gateways = await Promise.all(
        Array.from({ length: 8 }, async () => openMongoGatewayStore({ db: await databases.elsewhere() })),
      );
      const keys = Array.from({ length: 100 }, (_, index) => `key ${index}`);
      const states = await Promise.all(
        keys.map((key) => Promise.all(gateways.map((each) => each.begin('me', key, 'POST /a', at)))),
      );
      for (const ofOne of states)
        expect(ofOne.map(({ state }) => state).sort()).toEqual([
          ...Array<string>(7).fill('in-progress'),
          'new',
        ]);
      await Promise.all(keys.map((key, index) => gateways[index % 8]!.record('me', key, answer)));
      for (const gateway of gateways)
        expect(await gateway.begin('me', 'key 7', 'POST /a', at)).toEqual({ state: 'answered', answer });
    });

    test('the mark of a participant goes to the farthest that any of them says', async () => {
      databases.fresh();
      const gateways = await Promise.all(
        Array.from({ length: 8 }, async () => openMongoGatewayStore({ db: await databases.elsewhere() })),
      );
      await Promise.all(gateways.map((each, index) => each.markRead('me', (index * 5) % 8)));
      expect(await gateways[0]?.readUpTo('me')).toBe(7);
    });
  });

  test('a session is replaced by one of 8 gateways that race, and all see what it has written', async () => {
    databases.fresh();
    const gateways = await Promise.all(
      Array.from({ length: 8 }, async () => openMongoGatewayStore({ db: await databases.elsewhere() })),
    );
    await gateways[0]?.keepSession('key', { sealed: 'a', endsAt: at });
    for (let version = 1; version <= 20; version += 1) {
      const done = await Promise.all(
        gateways.map((each, index) => each.replaceSession('key', version, `by ${index}`)),
      );
      expect(done.filter(Boolean)).toHaveLength(1);
      const written = { sealed: `by ${done.indexOf(true)}`, version: version + 1 };
      for (const gateway of gateways) expect(await gateway.findSession('key')).toMatchObject(written);
    }
  });

  test('every statement is answered from an index', async () => {
    const db = databases.fresh();
    const store = await openMongoGatewayStore({ db });
    const plans = await plansOf(databases.client, db, async () => {
      await store.begin('me', 'key', 'POST /a', at);
      await store.record('me', 'key', answer);
      await store.forget('me', 'key');
      await store.prune(at);
      await store.markRead('me', 4);
      await store.readUpTo('me');
      await store.keepSession('key', { sealed: 'a', endsAt: at });
      await store.findSession('key');
      await store.replaceSession('key', 1, 'b');
      await store.endSession('key');
      await store.existingSessions(['key', 'other']);
      await store.pruneSessions(at);
      const participant = {
        id: 'a',
        role: 'coach',
        name: 'A',
        timeZone: 'UTC',
        active: true,
        origin: 'api',
      } as const;
      await store.writeParticipant(participant, 0);
      await store.writeParticipant(participant, 1);
      await store.findParticipants(['a', 'b']);
      const after = { name: 'A', id: 'a' };
      await store.searchParticipants({ q: 'a', after, limit: 9 });
      await store.searchParticipants({ role: 'coach', q: 'a', after, limit: 9 });
      await store.audit({ id: '1', at, subject: 'me', action: 'history-read', target: 'r', requestId: '1' });
      await store.audited({ limit: 9, before: { at, id: '1' } });
      await store.audited({ target: 'r', limit: 9, before: { at, id: '1' } });
    });
    expect(plans).toHaveLength(17);
    expect(withoutAnIndex(plans)).toEqual([]);
  });

  test('what is asked after it was closed is refused, not lost silently', async () => {
    const store = await openMongoGatewayStore({ db: databases.fresh() });
    await store.close();
    const closed = { name: 'StoreUnavailable', outcome: 'not-written', reason: 'closed' };
    await expect(store.markRead('me', 1)).rejects.toMatchObject(closed);
    await expect(store.readUpTo('me')).rejects.toMatchObject(closed);
  });

  test('says that the server cannot be reached, and that the outcome is unknown', async () => {
    databases.fresh();
    const db = await databases.elsewhere();
    const store = await openMongoGatewayStore({ db });
    await db.client.close();
    const unreachable = { name: 'StoreUnavailable', outcome: 'unknown', reason: 'unreachable' };
    await expect(store.begin('me', 'key', 'POST /a', at)).rejects.toMatchObject(unreachable);
    await expect(store.readUpTo('me')).rejects.toMatchObject(unreachable);
    await store.close();
  });
});
