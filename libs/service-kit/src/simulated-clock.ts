import type { Clock, Scheduled, Timers } from '@hse/event-sourcing';
import { createAlarms } from './alarms.ts';
import { createTimers, LONGEST_DELAY_MS } from './timers.ts';

export interface SimulatedClockOptions {
  /** What it shows at first, in milliseconds since 1970-01-01T00:00:00Z. */
  readonly start: number;
  /** Simulated seconds per second of real time: 1 runs like any clock, 3600 an hour per second, 0 stands still. */
  readonly speed: number;
  /** The real time that it runs on. Default: a clock of the runtime that nobody can set, and its timers. */
  readonly wall?: {
    /** Elapsed milliseconds since any fixed moment; never goes back. */
    readonly now: () => number;
    readonly timers: Timers;
  };
}

/** There it stops: what comes later cannot be written as an instant with a year of four digits. */
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A clock that can run fast and be moved. */
export interface SimulatedClock extends Clock {
  readonly speed: number;
  /**
   * Jumps forward to `instant` (whole milliseconds since 1970-01-01T00:00:00Z). What falls due on the way is called back, in due
   * order, before this returns; all of it sees the new time.
   * @throws RangeError for an instant that has passed: this clock is not turned back while others rely on it.
   */
  advanceTo(instant: number): void;
  /** The next instant that somebody waits for, perhaps passed; lets a driver go from one to the next. Undefined: none. */
  nextWakeAt(): number | undefined;
  /** For tests of what happens when somebody sets a system's clock: steps to any instant, also back. */
  setTo(instant: number): void;
}

/**
 * A clock for demonstrations and for tests of whole systems.
 * @throws RangeError for a start that is no instant, or a speed that is negative or not finite.
 */
export const createSimulatedClock = ({ start, speed, wall }: SimulatedClockOptions): SimulatedClock => {
  if (!(speed >= 0 && speed < Infinity))
    throw new RangeError(`a clock runs at a speed of 0 or more, not ${speed}`);
  const { now: elapsed, timers } = wall ?? { now: () => performance.now(), timers: createTimers() };
  let base = { instant: whole(start), elapsedMs: elapsed() };
  let timer: Scheduled | undefined;

  const now = (): number =>
    Math.min(Math.floor(base.instant + (elapsed() - base.elapsedMs) * speed), LAST_INSTANT);

  const alarms = createAlarms(() => arm());

  const arm = (): void => {
    timer?.cancel();
    timer = undefined;
    const next = alarms.next();
    if (next === undefined) return;
    const aheadMs = next - now();
    if (aheadMs <= 0) timer = timers.after(0, ring);
    else if (speed > 0) timer = timers.after(Math.min(Math.ceil(aheadMs / speed), LONGEST_DELAY_MS), ring);
  };

  const ring = (): void => {
    timer = undefined;
    try {
      alarms.ring(now());
    } finally {
      arm();
    }
  };

  const setTo = (instant: number): void => {
    base = { instant: whole(instant), elapsedMs: elapsed() };
    ring();
  };

  return {
    speed,
    now,
    wakeAt: (at, callback) => alarms.set(at, callback),
    advanceTo: (instant) => {
      if (instant < now())
        throw new RangeError(`the clock shows ${now()} and can not be turned back to ${instant}`);
      setTo(instant);
    },
    nextWakeAt: () => alarms.next(),
    setTo,
  };
};

const whole = (instant: number): number => {
  if (!Number.isSafeInteger(instant)) throw new RangeError(`${instant} is no instant in whole milliseconds`);
  return instant;
};
