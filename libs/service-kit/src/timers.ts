import type { Timers } from '@hse/event-sourcing';

/** The longest delay that a timer of the runtime bears: 2^31-1 ms, 24.8 days. A longer one would fire at once. */
export const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * The timers of the runtime. They may be a millisecond early or, in a busy process, any time late, and do not keep the
 * process alive. A delay out of bounds is a RangeError: the runtime would take it for one of 1 ms.
 */
export const createTimers = (): Timers => ({
  after: (delayMs, callback) => {
    if (!(delayMs >= 0 && delayMs <= LONGEST_DELAY_MS))
      throw new RangeError(`a delay is 0 to ${LONGEST_DELAY_MS} ms, not ${delayMs}`);
    const timeout = setTimeout(callback, delayMs).unref();
    return { cancel: () => clearTimeout(timeout) };
  },
});
