import type { Timers } from './clock.ts';

/** {@link Timers} of which a test is the hands. */
export interface ManualTimers extends Timers {
  /** Lets this much time pass: calls back what falls due, in due order, also what is set meanwhile. Default 60 000 ms. */
  elapse(ms?: number): void;
  /** How much time has passed in all. */
  readonly elapsedMs: number;
  /** How many callbacks wait. */
  readonly waiting: number;
}

/** Time that stands still until {@link ManualTimers.elapse}. */
export const createManualTimers = (): ManualTimers => {
  const due = new Set<{ at: number; callback: () => void }>();
  let now = 0;
  const earliest = (until: number) =>
    [...due]
      .filter(({ at }) => at <= until)
      .reduce((a, b) => (b.at < a.at ? b : a), { at: Infinity, callback: () => {} });
  return {
    after(delayMs, callback) {
      if (!(delayMs >= 0 && delayMs < 2 ** 31)) throw new RangeError(`no timer waits for ${delayMs} ms`);
      const entry = { at: now + delayMs, callback };
      due.add(entry);
      return { cancel: () => void due.delete(entry) };
    },
    elapse(ms = 60_000) {
      if (!(ms >= 0)) throw new RangeError(`time does not pass by ${ms} ms`);
      const until = now + ms;
      for (let next = earliest(until); next.at <= until; next = earliest(until)) {
        due.delete(next);
        now = next.at;
        next.callback();
      }
      now = until;
    },
    get elapsedMs() {
      return now;
    },
    get waiting() {
      return due.size;
    },
  };
};
