import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeadlineChange, DeadlineStore } from './deadline-store.ts';

const schedule = (
  subject: string,
  dueAt: number,
  at: { round?: number; revision?: number } = {},
): DeadlineChange => {
  const { round = 1 } = at;
  return { type: 'schedule', subject, round, dueAt, revision: at.revision ?? round - 1 };
};

const unschedule = (subject: string, revision: number): DeadlineChange => ({
  type: 'unschedule',
  subject,
  revision,
});

const minute = 60_000;
const noon = Date.UTC(2026, 10, 22, 12);
const always = { after: -Infinity, until: Number.MAX_SAFE_INTEGER, limit: 1000 };

/** What every deadline store does. `open` gives an empty one each time; leave `share` out where a store cannot be shared. */
export const deadlineStoreContract = (
  name: string,
  adapter: {
    open: () => Promise<DeadlineStore>;
    /** Another instance on what the last opened store holds. */
    share?: () => Promise<DeadlineStore>;
  },
): void => {
  describe(`deadline store contract: ${name}`, () => {
    let store: DeadlineStore;
    beforeEach(async () => {
      store = await adapter.open();
    });
    afterEach(async () => {
      await store.close();
    });

    const claim = (now: number, options: { limit?: number; claimant?: string; leaseUntil?: number } = {}) =>
      store.claim({ now, limit: 100, claimant: 'one', leaseUntil: now + minute, ...options });
    const subjects = (deadlines: readonly { subject: string }[]) => deadlines.map(({ subject }) => subject);

    test('is empty at first', async () => {
      expect(await store.checkpoint()).toBe(0);
      expect(await store.count()).toBe(0);
      expect(await store.nextAt()).toBeUndefined();
      expect(await claim(noon)).toEqual([]);
      expect(await store.upcoming(always)).toEqual([]);
    });

    test('gives back exactly what was scheduled, with the checkpoint', async () => {
      await store.apply([schedule('a', noon, { round: 3, revision: 7 })], 41);
      expect(await store.upcoming(always)).toEqual([{ subject: 'a', round: 3, dueAt: noon }]);
      expect(await store.checkpoint()).toBe(41);
      expect(await store.count()).toBe(1);
      expect(await store.nextAt()).toBe(noon);
    });

    test('moves the checkpoint without changes, and never back', async () => {
      await store.apply([], 10);
      await store.apply([], 9);
      expect(await store.checkpoint()).toBe(10);
    });

    test('claims nothing a millisecond early, and what is due exactly now', async () => {
      await store.apply([schedule('a', noon)], 1);
      expect(await claim(noon - 1)).toEqual([]);
      expect(await claim(noon)).toEqual([{ subject: 'a', round: 1, dueAt: noon }]);
    });

    test('claims the soonest first, up to the limit', async () => {
      await store.apply(
        [schedule('c', noon + 3), schedule('a', noon + 1), schedule('d', noon + 4), schedule('b', noon + 2)],
        1,
      );
      expect(subjects(await claim(noon + 9, { limit: 2 }))).toEqual(['a', 'b']);
      expect(subjects(await claim(noon + 9, { limit: 9 }))).toEqual(['c', 'd']);
    });

    test('claims each of many that are due at the same instant once, over several claims', async () => {
      const all = Array.from({ length: 25 }, (_, index) => `s${index}`);
      await store.apply(
        all.map((subject) => schedule(subject, noon)),
        1,
      );
      const claimed: string[] = [];
      for (let round = 0; round < 4; round += 1) claimed.push(...subjects(await claim(noon, { limit: 10 })));
      expect(claimed.sort()).toEqual([...all].sort());
    });

    test('does not claim what is held, and claims it again once the claim has run out', async () => {
      await store.apply([schedule('a', noon)], 1);
      await claim(noon, { leaseUntil: noon + minute });
      expect(await claim(noon + minute - 1, { claimant: 'two' })).toEqual([]);
      expect(subjects(await claim(noon + minute, { claimant: 'two' }))).toEqual(['a']);
    });

    test('a claim that has run out comes in the order of its due time among the others', async () => {
      await store.apply([schedule('early', noon)], 1);
      await claim(noon, { leaseUntil: noon + minute });
      await store.apply([schedule('late', noon + 5)], 2);
      expect(subjects(await claim(noon + minute, { limit: 1 }))).toEqual(['early']);
    });

    test('racing claimants share what is due without overlap', async () => {
      const all = Array.from({ length: 40 }, (_, index) => `s${index}`);
      await store.apply(
        all.map((subject, index) => schedule(subject, noon + (index % 7))),
        1,
      );
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          claim(noon + 10, { claimant: `claimant ${index}`, limit: 7 }),
        ),
      );
      expect(claims.every((deadlines) => deadlines.length <= 7)).toBe(true);
      expect(subjects(claims.flat()).sort()).toEqual([...all].sort());
    });

    test('what is released can be claimed at once, by anybody', async () => {
      await store.apply([schedule('a', noon), schedule('b', noon + 1)], 1);
      await claim(noon + 1);
      await store.release(['a'], 'one');
      expect(subjects(await claim(noon + 1, { claimant: 'two' }))).toEqual(['a']);
    });

    test('a claimant can release all it holds, and only that', async () => {
      await store.apply([schedule('a', noon), schedule('b', noon + 1), schedule('c', noon + 2)], 1);
      await claim(noon + 1, { claimant: 'one' });
      await claim(noon + 2, { claimant: 'two' });
      await store.release('all', 'one');
      expect(subjects(await claim(noon + 2, { claimant: 'three' }))).toEqual(['a', 'b']);
    });

    test('nobody releases what somebody else holds, or what is unknown', async () => {
      await store.apply([schedule('a', noon)], 1);
      await claim(noon, { claimant: 'one' });
      await store.release(['a', 'unknown'], 'two');
      expect(await claim(noon, { claimant: 'two' })).toEqual([]);
    });

    test('after a step back of the clock nothing is early', async () => {
      await store.apply([schedule('a', noon), schedule('b', noon + minute)], 1);
      expect(subjects(await claim(noon, { leaseUntil: noon + minute }))).toEqual(['a']);
      expect(await claim(noon - 60 * minute)).toEqual([]);
      await store.release('all', 'one');
      expect(await claim(noon - 1)).toEqual([]);
      expect(subjects(await claim(noon))).toEqual(['a']);
    });

    test('after a step forward of the clock everything that became due is claimed in due order', async () => {
      const hours = [5, 1, 4, 2, 3];
      await store.apply(
        hours.map((hour) => schedule(`h${hour}`, noon + hour * 60 * minute)),
        1,
      );
      expect(subjects(await claim(noon + 365 * 24 * 60 * minute))).toEqual(['h1', 'h2', 'h3', 'h4', 'h5']);
    });

    test('holds deadlines that are farther away than 2^31 ms, and past ones', async () => {
      const far = noon + 2 ** 31 + 1;
      await store.apply([schedule('far', far), schedule('past', 5)], 1);
      expect(await store.upcoming({ after: far - 1, until: far, limit: 9 })).toEqual([
        { subject: 'far', round: 1, dueAt: far },
      ]);
      expect(await store.nextAt()).toBe(5);
      expect(subjects(await claim(far - 1))).toEqual(['past']);
      expect(subjects(await claim(far))).toEqual(['far']);
    });

    test('what is unscheduled is never claimed', async () => {
      await store.apply([schedule('a', noon)], 1);
      await store.apply([unschedule('a', 1)], 2);
      expect(await claim(noon)).toEqual([]);
      expect(await store.count()).toBe(0);
      expect(await store.nextAt()).toBeUndefined();
      expect(await store.upcoming(always)).toEqual([]);
    });

    test('what is unscheduled while somebody holds it is gone, also when they release it', async () => {
      await store.apply([schedule('a', noon)], 1);
      await claim(noon);
      await store.apply([unschedule('a', 1)], 2);
      await store.release(['a'], 'one');
      expect(await claim(noon + 2 * minute)).toEqual([]);
      expect(await store.nextAt()).toBeUndefined();
    });

    test('a newer deadline of the same subject takes the place of the old one and of the claim on it', async () => {
      await store.apply([schedule('a', noon)], 1);
      await claim(noon, { leaseUntil: noon + 60 * minute });
      await store.apply([schedule('a', noon + 1, { round: 2 })], 2);
      expect(await store.count()).toBe(1);
      expect(await claim(noon)).toEqual([]);
      expect(await claim(noon + 1)).toEqual([{ subject: 'a', round: 2, dueAt: noon + 1 }]);
    });

    test('a change that is not newer than the last one applied changes nothing', async () => {
      await store.apply([schedule('a', noon, { round: 2, revision: 3 })], 5);
      await store.apply(
        [
          schedule('a', noon + 1, { revision: 3 }),
          schedule('a', noon + 2, { revision: 0 }),
          unschedule('a', 2),
        ],
        6,
      );
      expect(await store.upcoming(always)).toEqual([{ subject: 'a', round: 2, dueAt: noon }]);
      expect(await store.checkpoint()).toBe(6);
    });

    test('a repeated change does not take a claim away', async () => {
      await store.apply([schedule('a', noon)], 1);
      await claim(noon);
      await store.apply([schedule('a', noon)], 1);
      expect(await claim(noon + 1, { claimant: 'two' })).toEqual([]);
    });

    test('what was unscheduled does not come back with an older change', async () => {
      await store.apply([unschedule('a', 4)], 1);
      await store.apply([schedule('a', noon, { revision: 3 })], 2);
      expect(await store.count()).toBe(0);
      await store.apply([schedule('a', noon, { round: 3, revision: 5 })], 3);
      expect(await store.count()).toBe(1);
    });

    test('applies the changes of one batch in order', async () => {
      await store.apply(
        [schedule('a', noon), unschedule('a', 1), schedule('a', noon + 1, { round: 2, revision: 2 })],
        3,
      );
      expect(await store.upcoming(always)).toEqual([{ subject: 'a', round: 2, dueAt: noon + 1 }]);
      expect(await store.count()).toBe(1);
    });

    test('applies a batch altogether or not at all, checkpoint included', async () => {
      await store.apply([schedule('a', noon)], 1);
      const impossible = {
        type: 'schedule',
        subject: null,
        revision: 1,
        round: 1,
        get dueAt() {
          throw new Error('no due time');
        },
      } as unknown as DeadlineChange;
      await expect(store.apply([schedule('b', noon), unschedule('a', 1), impossible], 2)).rejects.toThrow();
      expect(subjects(await store.upcoming(always))).toEqual(['a']);
      expect(await store.checkpoint()).toBe(1);
      expect(await store.count()).toBe(1);
    });

    test('tells what is upcoming after an instant (exclusive) until another (inclusive), claimed or not, soonest first', async () => {
      await store.apply(
        [4, 1, 3, 2, 5].map((n) => schedule(`s${n}`, noon + n)),
        1,
      );
      await claim(noon + 3, { limit: 3 });
      expect(subjects(await store.upcoming({ after: noon + 1, until: noon + 4, limit: 9 }))).toEqual([
        's2',
        's3',
        's4',
      ]);
      expect(subjects(await store.upcoming({ after: noon + 1, until: noon + 4, limit: 2 }))).toEqual([
        's2',
        's3',
      ]);
    });

    test('the next instant is the soonest due time of what is free, or the soonest end of a claim', async () => {
      await store.apply([schedule('a', noon), schedule('b', noon + 5 * minute)], 1);
      expect(await store.nextAt()).toBe(noon);
      await claim(noon, { leaseUntil: noon + minute });
      expect(await store.nextAt()).toBe(noon + minute);
      await store.apply([unschedule('a', 1)], 2);
      expect(await store.nextAt()).toBe(noon + 5 * minute);
    });

    const { share } = adapter;
    if (share) {
      test('instances that share a store see the same deadlines, and claim each once', async () => {
        const other = await share();
        try {
          const all = Array.from({ length: 30 }, (_, index) => `s${index}`);
          await store.apply(
            all.map((subject) => schedule(subject, noon)),
            1,
          );
          const claims = await Promise.all(
            Array.from({ length: 6 }, (_, index) =>
              (index % 2 ? other : store).claim({
                now: noon,
                limit: 5,
                claimant: `c${index}`,
                leaseUntil: noon + minute,
              }),
            ),
          );
          expect(subjects(claims.flat()).sort()).toEqual([...all].sort());
          expect(await other.count()).toBe(30);
          expect(await other.checkpoint()).toBe(1);
        } finally {
          await other.close();
        }
      });

      test('what was applied and claimed is there after everybody has closed it', async () => {
        await store.apply([schedule('a', noon), schedule('b', noon + 1)], 7);
        await claim(noon, { leaseUntil: noon + minute });
        await store.close();
        store = await share();
        expect(await store.checkpoint()).toBe(7);
        expect(await store.count()).toBe(2);
        expect(subjects(await claim(noon + 1, { claimant: 'two' }))).toEqual(['b']);
        expect(await store.nextAt()).toBe(noon + minute);
      });
    }
  });
};
