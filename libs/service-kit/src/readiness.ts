import type { Ability } from './health.ts';
import type { FeedHealth, Timers } from '@hse/event-sourcing';

/** Something that a process depends on, and how it is. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  /** False: what it takes away when it fails is not all, and the process is ready without it. Default: true. */
  readonly needed?: boolean;
  /** What people cannot do while it fails. Default: nothing at all where it is needed, anything where it is not. */
  readonly takes?: readonly Ability[];
  /** The same in a sentence, for people. */
  readonly means?: string;
  /** What is wrong, for operators. */
  readonly detail?: string;
  /** How long it has made no progress, in milliseconds of real time; a process that stalls for too long is better restarted. */
  readonly stalledMs?: number;
}

/** The names of those without which a process is of no use, and that are not ok; ready is who has none of them. */
export const missing = (checks: readonly ReadinessCheck[]): string[] =>
  checks.filter(({ ok, needed = true }) => !ok && needed).map(({ name }) => name);

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

/** A check that asks; what does not answer within `limitMs` (default 2 000) is not ok. */
export const probeCheck = async (
  name: string,
  probe: () => Promise<unknown>,
  timers: Timers,
  limitMs = 2_000,
): Promise<ReadinessCheck> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const limit = timers.after(limitMs, () => reject(new Error(`no answer within ${limitMs} ms`)));
  try {
    await Promise.race([probe(), late]);
    return { name, ok: true };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    limit.cancel();
  }
};
