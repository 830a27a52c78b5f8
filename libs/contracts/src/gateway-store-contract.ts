import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { administrationContract } from './administration-contract.ts';
import type { GatewayStore } from './gateway-store.ts';

const answer = { status: 201, headers: { location: '/a', etag: '"0"' }, body: '{"note":"„ä“ \\u0000 😀"}' };
const at = '2026-11-22T12:00:00.000Z';

/** What every gateway store does. `open` gives an empty one each time; `reopen`, what the last one held when it was closed. */
export const gatewayStoreContract = (
  name: string,
  adapter: { open: () => Promise<GatewayStore>; reopen: () => Promise<GatewayStore> },
): void => {
  administrationContract(name, adapter);
  describe(`gateway store contract: ${name}`, () => {
    let store: GatewayStore;
    beforeEach(async () => {
      store = await adapter.open();
    });
    afterEach(async () => {
      await store.close();
    });
    const again = async (): Promise<void> => {
      await store.close();
      store = await adapter.reopen();
    };

    describe('idempotency keys', () => {
      test('are new once, then in progress until there is an answer, then answered', async () => {
        expect(await store.begin('me', 'key', 'POST /a', at)).toEqual({ state: 'new' });
        expect(await store.begin('me', 'key', 'POST /a', at)).toEqual({ state: 'in-progress' });
        await store.record('me', 'key', answer);
        expect(await store.begin('me', 'key', 'POST /a', at)).toEqual({ state: 'answered', answer });
        expect(await store.begin('me', 'key', 'POST /a', at)).toEqual({ state: 'answered', answer });
      });

      test('used for another request do not match, answered or not', async () => {
        await store.begin('me', 'key', 'POST /a', at);
        expect(await store.begin('me', 'key', 'POST /b', at)).toEqual({ state: 'mismatch' });
        await store.record('me', 'key', answer);
        expect(await store.begin('me', 'key', 'POST /b', at)).toEqual({ state: 'mismatch' });
        expect(await store.begin('me', 'key', 'POST /a', at)).toEqual({ state: 'answered', answer });
      });

      test('belong to a participant', async () => {
        await store.begin('me', 'key', 'POST /a', at);
        await store.record('me', 'key', answer);
        expect(await store.begin('you', 'key', 'POST /b', at)).toEqual({ state: 'new' });
        expect(await store.begin('me', 'other key', 'POST /b', at)).toEqual({ state: 'new' });
      });

      test('are taken by one of those who race for them', async () => {
        const states = await Promise.all(
          Array.from({ length: 10 }, () => store.begin('me', 'key', 'POST /a', at)),
        );
        expect(states.map(({ state }) => state).sort()).toEqual([
          ...Array<string>(9).fill('in-progress'),
          'new',
        ]);
      });

      test('keep the first answer', async () => {
        await store.begin('me', 'key', 'POST /a', at);
        await store.record('me', 'key', answer);
        await store.record('me', 'key', { ...answer, status: 500 });
        expect(await store.begin('me', 'key', 'POST /a', at)).toEqual({ state: 'answered', answer });
      });

      test('that were forgotten are new, for any request', async () => {
        await store.begin('me', 'key', 'POST /a', at);
        await store.forget('me', 'key');
        expect(await store.begin('me', 'key', 'POST /b', at)).toEqual({ state: 'new' });
      });

      test('that have an answer are not forgotten, except by age', async () => {
        await store.begin('me', 'key', 'POST /a', at);
        await store.record('me', 'key', answer);
        await store.forget('me', 'key');
        expect(await store.begin('me', 'key', 'POST /a', at)).toEqual({ state: 'answered', answer });
      });

      test('begun before an instant are pruned, others stay', async () => {
        await store.begin('me', 'old', 'POST /a', '2026-11-22T11:59:59.999Z');
        await store.begin('me', 'young', 'POST /a', at);
        await store.record('me', 'young', answer);
        await store.prune(at);
        expect(await store.begin('me', 'old', 'POST /a', at)).toEqual({ state: 'new' });
        expect(await store.begin('me', 'young', 'POST /a', at)).toEqual({ state: 'answered', answer });
      });

      test('without a beginning get no answer', async () => {
        await store.record('me', 'key', answer);
        expect(await store.begin('me', 'key', 'POST /a', at)).toEqual({ state: 'new' });
      });

      test('are remembered when the store is opened again, in each state', async () => {
        await store.begin('me', 'answered', 'POST /a', at);
        await store.record('me', 'answered', answer);
        await store.begin('me', 'in progress', 'POST /a', at);
        await store.begin('me', 'forgotten', 'POST /a', at);
        await store.forget('me', 'forgotten');
        await again();
        expect(await store.begin('me', 'answered', 'POST /a', at)).toEqual({ state: 'answered', answer });
        expect(await store.begin('me', 'answered', 'POST /b', at)).toEqual({ state: 'mismatch' });
        expect(await store.begin('me', 'in progress', 'POST /a', at)).toEqual({ state: 'in-progress' });
        expect(await store.begin('me', 'forgotten', 'POST /a', at)).toEqual({ state: 'new' });
      });

      test('of one turn are all taken, in the order in which they came', async () => {
        const all = [
          store.begin('me', 'key', 'POST /a', at),
          store.record('me', 'key', answer),
          store.begin('me', 'key', 'POST /a', at),
          ...Array.from({ length: 200 }, (_, index) => store.begin('me', `key ${index}`, 'POST /a', at)),
        ];
        const [first, , third, ...rest] = await Promise.all(all);
        expect([first, third]).toEqual([{ state: 'new' }, { state: 'answered', answer }]);
        expect(rest.every((each) => each && each.state === 'new')).toBe(true);
      });
    });

    describe('the mark up to which a participant has read', () => {
      test('is 0 at first, and each participant has their own', async () => {
        await store.markRead('me', 7);
        expect(await store.readUpTo('me')).toBe(7);
        expect(await store.readUpTo('you')).toBe(0);
      });

      test('moves forward, never back', async () => {
        await store.markRead('me', 7);
        await store.markRead('me', 5);
        expect(await store.readUpTo('me')).toBe(7);
        await Promise.all([store.markRead('me', 9), store.markRead('me', 8)]);
        expect(await store.readUpTo('me')).toBe(9);
      });

      test('is remembered when the store is opened again', async () => {
        await store.markRead('me', 2 ** 50);
        await again();
        expect(await store.readUpTo('me')).toBe(2 ** 50);
      });
    });

    describe('sessions of browsers', () => {
      const endsAt = '2026-12-06T12:00:00.000Z';

      test('are found under their key until they are ended', async () => {
        expect(await store.findSession('key')).toBeUndefined();
        await store.keepSession('key', { sealed: 'a', endsAt });
        await store.keepSession('other', { sealed: 'b', endsAt });
        expect(await store.findSession('key')).toEqual({ sealed: 'a', version: 1, endsAt });
        await store.endSession('key');
        await store.endSession('key');
        expect(await store.findSession('key')).toBeUndefined();
        expect(await store.findSession('other')).toEqual({ sealed: 'b', version: 1, endsAt });
      });

      test('are told from those that were ended, any number at once', async () => {
        const keys = Array.from({ length: 2_000 }, (_, index) => `key ${index}`);
        for (const key of keys.slice(0, 20)) await store.keepSession(key, { sealed: 'a', endsAt });
        await store.endSession('key 3');
        expect([...(await store.existingSessions(keys))].sort()).toEqual(
          keys
            .slice(0, 20)
            .filter((key) => key !== 'key 3')
            .sort(),
        );
        expect(await store.existingSessions(['key 3'])).toEqual(new Set());
        expect(await store.existingSessions([])).toEqual(new Set());
      });

      test('are never kept under the key of another', async () => {
        await store.keepSession('key', { sealed: 'a', endsAt });
        await expect(store.keepSession('key', { sealed: 'b', endsAt })).rejects.toThrow();
        expect(await store.findSession('key')).toMatchObject({ sealed: 'a' });
      });

      test('are replaced by who knows their version, and by nobody else', async () => {
        await store.keepSession('key', { sealed: 'a', endsAt });
        expect(await store.replaceSession('key', 2, 'b')).toBe(false);
        expect(await store.replaceSession('other', 1, 'b')).toBe(false);
        expect(await store.replaceSession('key', 1, 'b')).toBe(true);
        expect(await store.replaceSession('key', 1, 'c')).toBe(false);
        expect(await store.findSession('key')).toEqual({ sealed: 'b', version: 2, endsAt });
        expect(await store.replaceSession('key', 2, 'b')).toBe(true);
        expect(await store.findSession('key')).toEqual({ sealed: 'b', version: 3, endsAt });
      });

      test('are replaced by one of those who race', async () => {
        await store.keepSession('key', { sealed: 'a', endsAt });
        const done = await Promise.all(
          Array.from({ length: 10 }, (_, index) => store.replaceSession('key', 1, `by ${index}`)),
        );
        expect(done.filter(Boolean)).toHaveLength(1);
        expect(await store.findSession('key')).toMatchObject({
          sealed: `by ${done.indexOf(true)}`,
          version: 2,
        });
      });

      test('that were ended do not come back by a replacement', async () => {
        await store.keepSession('key', { sealed: 'a', endsAt });
        await store.endSession('key');
        expect(await store.replaceSession('key', 1, 'b')).toBe(false);
        expect(await store.findSession('key')).toBeUndefined();
      });

      test('that ended before an instant are pruned, others stay', async () => {
        await store.keepSession('old', { sealed: 'a', endsAt: '2026-12-06T11:59:59.999Z' });
        await store.keepSession('young', { sealed: 'b', endsAt });
        await store.pruneSessions(endsAt);
        expect(await store.findSession('old')).toBeUndefined();
        expect(await store.findSession('young')).toMatchObject({ sealed: 'b' });
      });

      test('are remembered when the store is opened again', async () => {
        await store.keepSession('key', { sealed: 'a', endsAt });
        await store.replaceSession('key', 1, 'b');
        await store.keepSession('ended', { sealed: 'a', endsAt });
        await store.endSession('ended');
        await again();
        expect(await store.findSession('key')).toEqual({ sealed: 'b', version: 2, endsAt });
        expect(await store.findSession('ended')).toBeUndefined();
      });
    });

    test('what was asked before it was closed is still done', async () => {
      const begun = store.begin('me', 'key', 'POST /a', at);
      await again();
      expect(await begun).toEqual({ state: 'new' });
      expect(await store.begin('me', 'key', 'POST /a', at)).toEqual({ state: 'in-progress' });
    });
  });
};
