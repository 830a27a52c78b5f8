import type { FeedHealth } from '@hse/event-sourcing';

/** One thing that has to work for a process to be of use. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What is wrong, for people. */
  readonly detail?: string;
  /** How long it has made no progress, in milliseconds of real time; a process that stalls for too long is better restarted. */
  readonly stalledMs?: number;
}

/** A follower that has stalled for so long makes its process unready, in milliseconds. */
const longestStallMs = 10_000;

/** The followers of a feed as checks: ready until they have made no progress for ten seconds because of failures. */
export const feedChecks = (feed: { health(): readonly FeedHealth[] }): ReadinessCheck[] =>
  feed.health().map(({ group, stalledMs, lastError }) => ({
    name: group,
    ok: stalledMs < longestStallMs,
    stalledMs,
    ...(lastError !== undefined && { detail: lastError instanceof Error ? lastError.message : 'unknown' }),
  }));
