import type { Clock, Scheduled, Timers } from '@hse/event-sourcing';
import { createAlarms } from './alarms.ts';
import { createTimers } from './timers.ts';

/** How often the system's clock is looked at while something is scheduled, in case it has been set. */
const LOOK_EVERY_MS = 1_000;

export interface SystemClockOptions {
  /** Milliseconds since 1970-01-01T00:00:00Z. Default: the clock of the operating system. */
  readonly now?: () => number;
  /** Default: the timers of the runtime. */
  readonly timers?: Timers;
}

/**
 * The clock of the operating system, which an operator or a time service may set forwards and backwards at any moment.
 *
 * While something is scheduled it is looked at once a second, so a step is noticed within a second; with nothing scheduled
 * it costs nothing. Does not keep the process alive. In a busy process a wake-up is as late as the event loop is.
 */
export const createSystemClock = (options: SystemClockOptions = {}): Clock => {
  const now = options.now ?? Date.now;
  const timers = options.timers ?? createTimers();
  let armed: { readonly forMs: number; readonly timer: Scheduled } | undefined;

  const alarms = createAlarms(() => arm());

  const arm = (): void => {
    const next = alarms.next();
    if (armed?.forMs === next) return;
    armed?.timer.cancel();
    armed = undefined;
    if (next === undefined) return;
    // A whole millisecond at least: a timer of the runtime may fire a fraction before its time, and would spin.
    const delayMs = Math.min(Math.max(next - now(), next <= now() ? 0 : 1), LOOK_EVERY_MS);
    armed = { forMs: next, timer: timers.after(delayMs, look) };
  };

  const look = (): void => {
    armed = undefined;
    try {
      alarms.ring(now());
    } finally {
      arm();
    }
  };

  return { now, wakeAt: (at, callback) => alarms.set(at, callback) };
};
