import { describe, expect, it } from '@jest/globals';
import type { Clock } from './clock.ts';

/** A clock and the world it is in, both moved by the test. No real time passes. */
export interface ClockUnderTest {
  readonly clock: Clock;
  /** Lets this many milliseconds of the clock's own time pass, in steps as fine as its timers. */
  elapse(ms: number): void;
  /** Somebody sets the clock: forward, or back where negative. */
  step(ms: number): void;
}

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** What every {@link Clock} has to do, whatever makes it run. */
export const clockContract = (name: string, makeClock: () => ClockUnderTest): void => {
  const rig = () => {
    const { clock, elapse, step } = makeClock();
    const start = clock.now();
    const calls: { name: string; after: number }[] = [];
    return {
      clock,
      elapse,
      step,
      start,
      calls,
      called: () => calls.map((call) => call.name),
      wake: (label: string, afterMs: number) =>
        clock.wakeAt(start + afterMs, () => calls.push({ name: label, after: clock.now() - start })),
    };
  };

  describe(`${name} (clock contract)`, () => {
    it('shows whole milliseconds that grow as time passes', () => {
      const { clock, elapse, start } = rig();
      expect(Number.isSafeInteger(start)).toBe(true);
      elapse(1_500);
      expect(clock.now()).toBe(start + 1_500);
    });

    it('calls back exactly at the instant, once, and not a millisecond before', () => {
      const { elapse, wake, calls } = rig();
      wake('a', 5_000);
      elapse(4_999);
      expect(calls).toEqual([]);
      elapse(1);
      expect(calls).toEqual([{ name: 'a', after: 5_000 }]);
      elapse(60_000);
      expect(calls).toHaveLength(1);
    });

    it('calls back in due order, and among equals in the order asked', () => {
      const { elapse, wake, called } = rig();
      for (const [label, afterMs] of [
        ['c', 3_000],
        ['a', 1_000],
        ['b1', 2_000],
        ['b2', 2_000],
        ['b3', 2_000],
      ] as const)
        wake(label, afterMs);
      elapse(3_000);
      expect(called()).toEqual(['a', 'b1', 'b2', 'b3', 'c']);
    });

    it('never calls back from within wakeAt, and as soon as it can for an instant that has passed', () => {
      const { elapse, wake, called } = rig();
      wake('past', -5_000);
      wake('present', 0);
      expect(called()).toEqual([]);
      elapse(1);
      expect(called()).toEqual(['past', 'present']);
    });

    it('forgets what was cancelled, and cancelling later is harmless', () => {
      const { elapse, wake, called } = rig();
      const cancelled = wake('cancelled', 1_000);
      const kept = wake('kept', 1_000);
      cancelled.cancel();
      elapse(1_000);
      kept.cancel();
      cancelled.cancel();
      elapse(10_000);
      expect(called()).toEqual(['kept']);
    });

    it.each([
      ['one day beyond a 31-bit timer', 2 ** 31 + DAY_MS],
      ['exactly 2^31 ms', 2 ** 31],
      ['2^31-1 ms', 2 ** 31 - 1],
      ['beyond 2^32 ms, where a truncated delay would be short', 2 ** 32 + 5_000],
    ])('waits for an instant far away: %s', (_, afterMs) => {
      const { elapse, step, wake, calls } = rig();
      wake('far', afterMs);
      elapse(10_000);
      expect(calls).toEqual([]);
      step(afterMs - 20_000); // to live through weeks second by second takes too long
      elapse(9_999);
      expect(calls).toEqual([]);
      elapse(1);
      expect(calls).toEqual([{ name: 'far', after: afterMs }]);
    });

    it('notices within a second that it was set forward, and calls back in due order', () => {
      const { elapse, step, wake, called } = rig();
      wake('in an hour', 3_600_000);
      wake('in a minute', 60_000);
      wake('in a day', DAY_MS);
      step(7_200_000);
      elapse(SECOND_MS);
      expect(called()).toEqual(['in a minute', 'in an hour']);
    });

    it('never calls back early when it was set back, and loses nothing', () => {
      const { clock, start, elapse, step, wake, calls } = rig();
      wake('in ten minutes', 600_000);
      elapse(599_500);
      step(-300_000);
      elapse(299_000); // long after the timer would have run out
      expect(calls).toEqual([]);
      elapse(start + 600_000 - 1 - clock.now());
      expect(calls).toEqual([]);
      elapse(1);
      expect(calls).toEqual([{ name: 'in ten minutes', after: 600_000 }]);
    });

    it('lets a callback schedule and cancel others', () => {
      const { clock, start, elapse, wake, calls, called } = rig();
      const victim = wake('victim', 2_000);
      clock.wakeAt(start + 1_000, () => {
        victim.cancel();
        wake('at once', 500);
        wake('later', 3_000);
      });
      elapse(1_001);
      expect(called()).toEqual(['at once']);
      elapse(5_000);
      expect(called()).toEqual(['at once', 'later']);
      expect(calls[1]?.after).toBe(3_000);
    });

    it('goes on with the others when a callback throws', () => {
      const { clock, start, elapse, wake, called } = rig();
      clock.wakeAt(start + 1_000, () => {
        throw new Error('callback');
      });
      wake('after it', 1_000);
      wake('later', 1_500);
      expect(() => elapse(1_000)).toThrow('callback');
      elapse(2_000);
      expect(called()).toEqual(['after it', 'later']);
    });

    it('bears ten thousand at once, set in any order', () => {
      const { elapse, wake, calls } = rig();
      const count = 10_000;
      for (let i = 0; i < count; i += 1) wake(String(i), 1 + ((i * 7_919) % count));
      elapse(count);
      expect(calls).toHaveLength(count);
      expect(calls.every(({ after }, i) => i === 0 || after >= (calls[i - 1]?.after ?? 0))).toBe(true);
    });

    it('refuses an instant that is none', () => {
      const { clock } = rig();
      expect(() => clock.wakeAt(NaN, () => {})).toThrow(RangeError);
    });
  });
};
