/** Stops what was scheduled; harmless when it has already happened. */
export interface Scheduled {
  cancel(): void;
}

/**
 * The time that the rules go by. May run at any speed, stand still, jump, and step backwards.
 * Everything in this project that depends on the time of day asks this port; patched globals are not needed.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z, whole. */
  now(): number;
  /**
   * Calls back once, as soon as `now() >= at` and never before; however far away `at` is, and also when the clock jumps.
   * A step of the system's clock is noticed within a second.
   */
  wakeAt(at: number, callback: () => void): Scheduled;
}

/** Real waiting: pauses between retries, heartbeats, time-outs. Not affected by the {@link Clock}. */
export interface Timers {
  /** Calls back once after about `delayMs` (0 to 2^31-1) of elapsed time. Does not keep the process alive. */
  after(delayMs: number, callback: () => void): Scheduled;
}
