import { describe, expect, test } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import type { DeadlineChange } from '@hse/event-sourcing';
import { deadlineStoreContract } from '@hse/event-sourcing/testing';
import { openMongoDeadlineStore } from './deadline-store.ts';
import { plansOf, withoutAnIndex } from './testing/query-plans.ts';
import { testDatabases } from './testing/test-database.ts';

const noon = Date.UTC(2026, 10, 22, 12);
const minute = 60_000;

const schedule = (subject: string, dueAt: number, revision = 0): DeadlineChange => ({
  type: 'schedule',
  subject,
  round: 1,
  dueAt,
  revision,
});
const many = (count: number, dueAt: (index: number) => number, name = 's'): DeadlineChange[] =>
  Array.from({ length: count }, (_, index) => schedule(`${name}${index}`, dueAt(index)));

describeWithServer('MONGODB_URL', 'deadlines in MongoDB', (url) => {
  const databases = testDatabases(url);

  deadlineStoreContract('MongoDB', {
    open: () => openMongoDeadlineStore({ db: databases.fresh() }),
    share: () => openMongoDeadlineStore({ db: databases.latest() }),
  });

  describe('shared by instances', () => {
    test('is set up by any number of them at once, and again', async () => {
      const db = databases.fresh();
      const stores = await Promise.all(Array.from({ length: 12 }, () => openMongoDeadlineStore({ db })));
      stores.push(await openMongoDeadlineStore({ db }));
      await Promise.all(stores.map((store, index) => store.apply([schedule(`s${index}`, noon)], index)));
      expect(await stores[0]?.count()).toBe(13);
      expect(await stores[0]?.checkpoint()).toBe(12);
    });

    test('16 racing claimants claim each of 800 deadlines once within its lease, and again after it', async () => {
      databases.fresh();
      const stores = await Promise.all(
        Array.from({ length: 4 }, async () => openMongoDeadlineStore({ db: await databases.elsewhere() })),
      );
      const all = many(800, (index) => noon - (index % 37));
      await stores[0]?.apply(all, 1);
      const claimed = new Map<string, string[]>();
      const race = async (now: number): Promise<number[]> =>
        Promise.all(
          Array.from({ length: 16 }, async (_, index) => {
            const claimant = `claimant ${index}`;
            let count = 0;
            for (;;) {
              const won = await stores[index % 4]!.claim({
                now,
                limit: 20,
                claimant,
                leaseUntil: now + minute,
              });
              for (const { subject } of won)
                claimed.set(subject, [...(claimed.get(subject) ?? []), claimant]);
              count += won.length;
              if (won.length < 20) return count;
            }
          }),
        );

      for (const [round, now] of [noon, noon + minute].entries()) {
        const counts = await race(now);
        expect(claimed.size).toBe(800);
        expect([...claimed.values()].filter((claimants) => claimants.length !== round + 1)).toEqual([]);
        expect(await race(now + minute - 1)).toEqual(Array<number>(16).fill(0));
        console.log(
          `race ${round + 1}: 16 claimants won ${counts.join(', ')}: ${counts.reduce((sum, count) => sum + count)} of 800, 0 of them twice`,
        );
      }
    });

    test('changes of the same subjects that race each other leave the newest of each', async () => {
      databases.fresh();
      const stores = await Promise.all(
        Array.from({ length: 4 }, async () => openMongoDeadlineStore({ db: await databases.elsewhere() })),
      );
      const subjects = Array.from({ length: 50 }, (_, index) => `s${index}`);
      await Promise.all(
        Array.from({ length: 16 }, (_, revision) =>
          stores[revision % 4]!.apply(
            subjects.map((subject) => schedule(subject, noon + revision, revision)),
            revision,
          ),
        ),
      );
      const upcoming = await stores[0]!.upcoming({ after: 0, until: noon + minute, limit: 100 });
      expect(upcoming.map(({ dueAt }) => dueAt)).toEqual(Array<number>(50).fill(noon + 15));
      expect(upcoming.map(({ subject }) => subject).sort()).toEqual(subjects.sort());
    });

    test('a change that cannot be stored leaves the checkpoint where it is, and the batch can be repeated', async () => {
      const store = await openMongoDeadlineStore({ db: databases.fresh() });
      const invalid = { ...schedule('b', noon), round: 'first' as unknown as number };
      await expect(store.apply([schedule('a', noon), invalid, schedule('c', noon)], 3)).rejects.toThrow(
        'Document failed validation',
      );
      expect(await store.checkpoint()).toBe(0);
      await store.apply([schedule('a', noon), schedule('b', noon), schedule('c', noon)], 3);
      expect(await store.count()).toBe(3);
      expect(await store.checkpoint()).toBe(3);
    });
  });

  test('subjects are taken literally, whatever they look like', async () => {
    const store = await openMongoDeadlineStore({ db: databases.fresh() });
    await store.apply(
      [schedule('$revision', noon), { type: 'unschedule', subject: '$$NOW', revision: 1 }],
      1,
    );
    expect(await store.claim({ now: noon, limit: 9, claimant: '$round', leaseUntil: noon + 1 })).toEqual([
      { subject: '$revision', round: 1, dueAt: noon },
    ]);
    await store.release('all', '$round');
    expect(await store.nextAt()).toBe(noon);
    expect(await store.count()).toBe(1);
  });

  describe('indexes', () => {
    test('every statement is answered from one', async () => {
      const db = databases.fresh();
      const store = await openMongoDeadlineStore({ db });
      await store.apply(
        many(2_000, (index) => noon + index),
        1,
      );
      const plans = await plansOf(databases.client, db, async () => {
        await store.apply([schedule('s1', noon, 1), { type: 'unschedule', subject: 's2', revision: 1 }], 2);
        await store.claim({ now: noon + 99, limit: 10, claimant: 'one', leaseUntil: noon + minute });
        await store.release(['s1'], 'one');
        await store.release('all', 'one');
        await store.upcoming({ after: noon, until: noon + 500, limit: 10 });
        await store.nextAt();
        await store.count();
        await store.checkpoint();
      });
      expect(plans.map(({ command }) => Object.keys(command)[0])).toEqual([
        ...['update', 'update', 'update'],
        ...['find', 'update', 'find'],
        ...['update', 'update'],
        ...['find', 'find', 'aggregate', 'find'],
      ]);
      // However many there are, whoever looks at the metrics has no more than so many counted.
      expect(plans[10]?.command['pipeline']).toContainEqual({ $limit: 100_000 });
      expect(withoutAnIndex(plans)).toEqual([]);
    });

    test('a statement without one would be noticed', async () => {
      const db = databases.latest();
      const plans = await plansOf(databases.client, db, async () => {
        await db.collection('deadlines').find({ round: 1 }).toArray();
        await db.collection('deadlines').find({ dueAt: 1 }).sort({ round: 1 }).toArray();
      });
      expect(withoutAnIndex(plans)).toHaveLength(2);
    });

    test('what was called off is not passed on the way to what is due', async () => {
      const db = databases.fresh();
      const store = await openMongoDeadlineStore({ db });
      const ended = many(3_000, () => noon, 'ended');
      await store.apply(ended, 1);
      await store.apply(
        ended.map(({ subject }) => ({ type: 'unschedule', subject, revision: 1 })),
        2,
      );
      await store.apply(
        many(5, () => noon),
        3,
      );
      const plans = await plansOf(databases.client, db, async () => {
        await store.claim({ now: noon, limit: 10, claimant: 'one', leaseUntil: noon + minute });
        await store.nextAt();
        await store.upcoming({ after: 0, until: noon, limit: 10 });
      });
      for (const { command } of plans.filter((plan) => plan.command['find'] === 'deadlines')) {
        const explained = await db.command({ explain: command, verbosity: 'executionStats' });
        const examined = explained['executionStats'] as {
          totalKeysExamined: number;
          totalDocsExamined: number;
        };
        expect(examined.totalKeysExamined).toBeLessThanOrEqual(10);
        expect(examined.totalDocsExamined).toBeLessThanOrEqual(5);
      }
    });

    test('what was called off is forgotten by the server after 30 days, and nothing else is', async () => {
      const db = databases.latest();
      const indexes = await db.collection('deadlines').indexes();
      expect(indexes.filter((index) => 'expireAfterSeconds' in index)).toMatchObject([
        {
          key: { endedAt: 1 },
          expireAfterSeconds: 30 * 86_400,
          partialFilterExpression: { endedAt: { $exists: true } },
        },
      ]);
      expect(await db.collection('deadlines').countDocuments({ endedAt: { $type: 'date' } })).toBe(3_000);
      expect(
        await db
          .collection('deadlines')
          .countDocuments({ endedAt: { $exists: true }, dueAt: { $exists: true } }),
      ).toBe(0);
    });
  });
});
