import type { Clock } from '@hse/event-sourcing';
import { toInstant, type Instant } from '@hse/session-requests';

/** Reads a clock as an instant; many requests come within the same millisecond, and writing one out costs. */
export const createPresent = (clock: Clock): (() => Instant) => {
  let last = { epochMs: NaN, instant: '' };
  return () => {
    const epochMs = clock.now();
    if (epochMs !== last.epochMs) last = { epochMs, instant: toInstant(epochMs) };
    return last.instant;
  };
};
