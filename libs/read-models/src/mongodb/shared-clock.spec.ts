import { afterEach, describe, expect, test } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import { createTimers, silentLogger } from '@hse/service-kit';
import { openMongoSharedClock, type SharedClock } from './shared-clock.ts';
import { testDatabases } from './testing/test-database.ts';

const nine = Date.UTC(2026, 10, 22, 9);
const minute = 60_000;

describeWithServer('MONGODB_URL', 'the shared clock in MongoDB', (url) => {
  const databases = testDatabases(url);
  const clocks: SharedClock[] = [];
  afterEach(async () => {
    await Promise.all(clocks.splice(0).map((clock) => clock.close()));
  });

  const timers = createTimers();
  /** In a process of its own, as far as the server can tell. */
  const open = async (start = nine, logger = silentLogger): Promise<SharedClock> => {
    const clock = await openMongoSharedClock({ db: await databases.elsewhere(), start, timers, logger });
    clocks.push(clock);
    return clock;
  };
  const shows = (clock: SharedClock, instant: number): Promise<void> =>
    new Promise((resolve) => clock.wakeAt(instant, resolve));

  test('shows the start of the first of all that open it', async () => {
    databases.fresh();
    expect((await open(nine)).now()).toBe(nine);
    expect((await open(nine + minute)).now()).toBe(nine);
    expect((await open(nine - minute)).now()).toBe(nine);
  });

  test('shows one and the same start to all that open it at the same moment with different ones', async () => {
    databases.fresh();
    const opened = await Promise.all(Array.from({ length: 8 }, (_, index) => open(nine + index)));
    const shown = new Set(opened.map((clock) => clock.now()));
    expect(shown.size).toBe(1);
    expect([...shown][0]).toBeGreaterThanOrEqual(nine);
  });

  test('an advance in one is seen in all', async () => {
    databases.fresh();
    const [one, ...others] = await Promise.all(Array.from({ length: 4 }, () => open()));
    const delays: number[] = [];
    for (let step = 1; step <= 20; step += 1) {
      const to = nine + step * minute;
      const seen = others.map((clock) => shows(clock, to));
      const from = performance.now();
      await one!.advanceTo(to);
      expect(one!.now()).toBe(to);
      await Promise.all(seen);
      delays.push(performance.now() - from);
      expect(others.map((clock) => clock.now())).toEqual([to, to, to]);
    }
    delays.sort((a, b) => a - b);
    console.log(
      `20 advances reached 4 processes after ${delays[10]?.toFixed(1)} ms (median), ${delays[19]?.toFixed(1)} ms (longest)`,
    );
  });

  test('never goes back, whoever says so, in whatever order', async () => {
    databases.fresh();
    const all = await Promise.all(Array.from({ length: 4 }, () => open()));
    const seen: number[][] = all.map(() => []);
    all.forEach((clock, index) => {
      for (let step = 1; step <= 40; step += 1)
        clock.wakeAt(nine + step, () => seen[index]!.push(clock.now()));
    });
    const end = all.map((clock) => shows(clock, nine + 40));
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => all[index % 4]!.advanceTo(nine + ((index * 7) % 40) + 1)),
    );
    await Promise.all(end);
    for (const instants of seen) {
      expect(instants).toHaveLength(40);
      expect(instants).toEqual([...instants].sort((a, b) => a - b));
    }
    await all[0]!.advanceTo(nine);
    expect(all[0]!.now()).toBe(nine + 40);
    expect((await open(nine)).now()).toBe(nine + 40);
  });

  describe('calls back', () => {
    test('in due order, once, never before the instant, and before the advance resolves', async () => {
      databases.fresh();
      const clock = await open();
      const calls: string[] = [];
      const wake = (label: string, afterMs: number) =>
        clock.wakeAt(nine + afterMs, () => calls.push(`${label} at +${clock.now() - nine}`));
      wake('c', 3_000);
      wake('a', 1_000);
      wake('b1', 2_000);
      wake('b2', 2_000);
      wake('cancelled', 2_000).cancel();
      await clock.advanceTo(nine + 999);
      expect(calls).toEqual([]);
      await clock.advanceTo(nine + 2_000);
      expect(calls).toEqual(['a at +2000', 'b1 at +2000', 'b2 at +2000']);
      await clock.advanceTo(nine + 2_000);
      await clock.advanceTo(nine + 2 ** 32);
      expect(calls.slice(3)).toEqual([`c at +${2 ** 32}`]);
    });

    test('for an instant that has passed as soon as it can, not from within', async () => {
      databases.fresh();
      const clock = await open();
      const calls: string[] = [];
      const called = new Promise<void>((resolve) =>
        clock.wakeAt(nine - minute, () => {
          calls.push('past');
          resolve();
        }),
      );
      expect(calls).toEqual([]);
      await called;
    });

    test('the others when one throws, and says so in the log', async () => {
      databases.fresh();
      const failures: object[] = [];
      const logger = { ...silentLogger, error: (fields: object) => void failures.push(fields) };
      const clock = await open(nine, logger);
      const failure = new Error('callback');
      clock.wakeAt(nine + 1_000, () => {
        throw failure;
      });
      const after = shows(clock, nine + 1_000);
      await clock.advanceTo(nine + 1_000);
      await after;
      expect(failures).toEqual([{ err: failure }]);
    });
  });

  test('goes on when its stream is broken, with what was set meanwhile', async () => {
    databases.fresh();
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
    const clock = await open(nine, logger);
    const other = await open();
    const collection = databases.latest().collection('clock');
    // A change stream ends with its collection, for good; the driver does not take it up again.
    const after = shows(clock, nine + 2 * minute);
    await collection.drop();
    await other.advanceTo(nine + 2 * minute);
    await after;
    expect(clock.now()).toBe(nine + 2 * minute);
    await other.advanceTo(nine + 3 * minute);
    await shows(clock, nine + 3 * minute);
    expect(warnings).toContain('the shared clock cannot be followed at present');
  });

  test.each([NaN, 0.5, Infinity])('refuses %p, which is no instant', async (instant) => {
    const db = databases.fresh();
    await expect(openMongoSharedClock({ db, start: instant, timers, logger: silentLogger })).rejects.toThrow(
      'no instant',
    );
    const clock = await open();
    await expect(clock.advanceTo(instant)).rejects.toThrow('no instant');
    expect(clock.now()).toBe(nine);
  });
});
