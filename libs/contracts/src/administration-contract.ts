import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditRecord, StoredParticipant } from './administration.ts';
import type { GatewayStore } from './gateway-store.ts';

const participant = (
  id: string,
  name: string,
  more: Partial<StoredParticipant> = {},
): Omit<StoredParticipant, 'version'> => ({
  id,
  role: 'coach',
  name,
  timeZone: 'Europe/Berlin',
  active: true,
  origin: 'api',
  ...more,
});

const record = (id: string, at: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  id,
  at,
  subject: 'op-1',
  action: 'history-read',
  target: 'r1',
  requestId: 'req-1',
  ...more,
});

/** Of the gateway store, the part that operators work with. */
export const administrationContract = (
  name: string,
  adapter: { open: () => Promise<GatewayStore>; reopen: () => Promise<GatewayStore> },
): void => {
  describe(`administration in the gateway store: ${name}`, () => {
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
    const found = async (id: string) => (await store.findParticipants([id]))[0];

    describe('participants', () => {
      const anna = participant('a', 'Anna Berg', { email: 'anna@example.org', picture: '/anna.webp' });

      test('are found as they were written, with and without what may be missing, also when the store is opened again', async () => {
        const chloe = participant('c', 'Chloé', { role: 'client', active: false, origin: 'accounts' });
        expect(await store.writeParticipant(anna, 0)).toBe(true);
        expect(await store.writeParticipant(chloe, 0)).toBe(true);
        await again();
        expect(await found('a')).toEqual({ ...anna, version: 1 });
        expect(await found('c')).toEqual({ ...chloe, version: 1 });
      });

      test('are found by many ids at once, and those that are not there are left out', async () => {
        for (const id of ['a', 'b', 'c']) await store.writeParticipant(participant(id, id), 0);
        const ids = ['c', 'x', 'a', ...Array.from({ length: 1_000 }, (_, index) => `unknown ${index}`)];
        expect((await store.findParticipants(ids)).map(({ id }) => id).sort()).toEqual(['a', 'c']);
        expect(await store.findParticipants([])).toEqual([]);
      });

      test('are written by who knows their version, and by nobody else', async () => {
        expect(await store.writeParticipant(anna, 1)).toBe(false);
        expect(await store.writeParticipant(anna, 0)).toBe(true);
        expect(await store.writeParticipant({ ...anna, name: 'B' }, 0)).toBe(false);
        expect(await store.writeParticipant({ ...anna, name: 'B' }, 2)).toBe(false);
        expect(await found('a')).toEqual({ ...anna, version: 1 });
        const without = participant('a', 'Anna', { role: 'client', active: false });
        expect(await store.writeParticipant(without, 1)).toBe(true);
        expect(await found('a')).toEqual({ ...without, version: 2 });
      });

      test.each([0, 1])('are written by one of those who race, at version %d', async (expected) => {
        if (expected === 1) await store.writeParticipant(anna, 0);
        const done = await Promise.all(
          Array.from({ length: 10 }, (_, index) =>
            store.writeParticipant({ ...anna, name: `by ${index}` }, expected),
          ),
        );
        expect(done.filter(Boolean)).toHaveLength(1);
        expect(await found('a')).toMatchObject({
          name: `by ${done.indexOf(true)}`,
          version: expected + 1,
        });
      });

      test('are searched by name and id, page by page, without those who take part no more', async () => {
        const names = ['Zoë', 'anna', '\u00c1nna', 'Bo', 'ANNA'];
        for (const [index, each] of names.entries())
          await store.writeParticipant(
            participant(`p${index}`, each, { role: index === 3 ? 'client' : 'coach' }),
            0,
          );
        await store.writeParticipant(participant('gone', 'Anna', { active: false }), 0);
        const all: string[] = [];
        let after: { name: string; id: string } | undefined;
        for (;;) {
          const page = await store.searchParticipants({ ...(after && { after }), limit: 2 });
          all.push(...page.map(({ id }) => id));
          const last = page.at(-1);
          if (!last) break;
          after = { name: last.name, id: last.id };
        }
        expect(all).toEqual(['p1', 'p2', 'p4', 'p3', 'p0']);
        const ids = async (query: { role?: 'coach' | 'client'; q?: string }) =>
          (await store.searchParticipants({ ...query, limit: 9 })).map(({ id }) => id);
        expect(await ids({ role: 'client' })).toEqual(['p3']);
        expect(await ids({ role: 'coach', q: 'ÄNN' })).toEqual(['p1', 'p2', 'p4']);
        expect(await ids({ q: 'o' })).toEqual(['p3', 'p0']);
      });

      test('are searched to the letter: what means something to a database means nothing', async () => {
        await store.writeParticipant(participant('a', 'A.B'), 0);
        await store.writeParticipant(participant('b', 'AxB'), 0);
        await store.writeParticipant(participant('c', '100% [C]'), 0);
        for (const [q, expected] of [
          ['.', ['a']],
          ['%', ['c']],
          ['_', []],
          ['[c]', ['c']],
          ['(', []],
        ] as const)
          expect([q, (await store.searchParticipants({ q, limit: 9 })).map(({ id }) => id)]).toEqual([
            q,
            expected,
          ]);
      });
    });

    describe('the audit trail', () => {
      const at = (second: number): string => `2026-11-22T12:00:0${second}.000Z`;

      test('keeps what was added, newest first, also when the store is opened again', async () => {
        const whole = record('2', at(1), {
          client: 'operator',
          reason: '„ä“ 😀',
          detail: 'changed: name',
        });
        await store.audit(record('1', at(1)));
        await store.audit(whole);
        await store.audit(record('0', at(2)));
        await again();
        expect(await store.audited({ limit: 9 })).toEqual([record('0', at(2)), whole, record('1', at(1))]);
      });

      test('is read page by page, all of it or what is about one thing', async () => {
        for (let index = 0; index < 6; index += 1)
          await store.audit(record(`${index}`, at(index >> 1), { target: index % 3 === 0 ? 'other' : 'r1' }));
        const pages = async (target?: string): Promise<string[]> => {
          const ids: string[] = [];
          let before: { at: string; id: string } | undefined;
          for (;;) {
            const page = await store.audited({
              ...(target !== undefined && { target }),
              ...(before && { before }),
              limit: 2,
            });
            ids.push(...page.map(({ id }) => id));
            before = page.at(-1);
            if (!before) return ids;
          }
        };
        expect(await pages()).toEqual(['5', '4', '3', '2', '1', '0']);
        expect(await pages('r1')).toEqual(['5', '4', '2', '1']);
        expect(await pages('nothing')).toEqual([]);
      });

      test('takes no record in place of another', async () => {
        await store.audit(record('1', at(1)));
        await expect(store.audit(record('1', at(1), { subject: 'somebody else' }))).rejects.toThrow();
        expect(await store.audited({ limit: 9 })).toEqual([record('1', at(1))]);
      });
    });
  });
};
