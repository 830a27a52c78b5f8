import { knownAt, type DatedState } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import {
  evolve,
  statusOf,
  toEpochMs,
  toInstant,
  type Instant,
  type SessionRequestEvent,
  type SessionRequestStatus,
} from '@hse/session-requests';
import { Failure } from '../command.ts';
import type { History } from '../history.ts';

type Recorded = RecordedEvent<SessionRequestEvent>;

/** What was so at an instant. */
export interface StatesAt {
  readonly counts: Readonly<Record<SessionRequestStatus, number>>;
  /** Those that were asked for, in no particular order. */
  readonly requests: readonly DatedState[];
  /** Events recorded by then. */
  readonly events: number;
}

const DAY_MS = 86_400_000;

/**
 * Folds a history up to an instant; what was known by then is what {@link knownAt} says.
 *
 * `keep` chooses the requests to fold; without it all are folded, and of those only what was open at the instant is delivered: with an
 * answer awaited, or agreed and not begun. Remembered are the requests of `keep`, or else those to which something can still happen: not
 * closed, and of which the agreed slot has not begun, by the log's own time and with a day to spare.
 */
export const createStatesAt = (
  at: Instant,
  keep?: (data: SessionRequestEvent['data']) => boolean,
  { sweepEvery = 50_000 }: { readonly sweepEvery?: number } = {},
) => {
  const known = new Map<string, DatedState>();
  const counts = { pending: 0, accepted: 0, adjusting: 0, rejected: 0, cancelled: 0 };
  /** Streams of which events in between were left out, because a clock was set back: to be read on their own. */
  const left = new Map<string, { readonly from: number; readonly wasKnown: boolean }>();
  let events = 0;

  /** Nothing follows once an agreed session has begun. */
  const sweep = (now: Instant): void => {
    const begun = toInstant(toEpochMs(now) - DAY_MS);
    for (const [stream, { state }] of known)
      if (state.agreed && !state.proposal && state.agreed.startsAt < begun) {
        counts.accepted += 1;
        known.delete(stream);
      }
  };

  return {
    /** Events have to come in the order of the log, all of them. */
    next(event: Recorded): void {
      const { recordedAt } = event.metadata;
      if (recordedAt > at || (keep && !keep(event.data))) return;
      events += 1;
      const { stream } = event;
      const before = known.get(stream);
      if ((before?.state.revision ?? -1) + 1 !== event.revision) {
        if (!left.has(stream)) left.set(stream, { from: event.revision, wasKnown: before !== undefined });
        known.delete(stream);
        return;
      }
      const state = evolve(before?.state, event);
      if (!state) return;
      if (state.outcome && !keep) {
        counts[state.outcome.status] += 1;
        known.delete(stream);
      } else known.set(stream, { state, recordedAt });
      if (!keep && events % sweepEvery === 0) sweep(recordedAt);
    },

    /** How many requests are remembered. */
    get remembered(): number {
      return known.size;
    },

    /** @throws Failure where events are missing that cannot be read on their own. */
    async end({ readStream }: Pick<History, 'readStream'>): Promise<StatesAt> {
      for (const [stream, { from, wasKnown }] of left) {
        const all = await readStream?.(stream);
        const [first] = all ?? [];
        if (!all || !first)
          throw new Failure(
            `${stream} goes on without its beginning: part of the history is missing here, or a clock was set back.`,
          );
        // Counted when it was swept away: the first event was taken in, and the request is not there any more.
        if (!keep && !wasKnown && from > 0 && first.metadata.recordedAt <= at) counts.accepted -= 1;
        const then = knownAt(all, at);
        if (then?.state.outcome && !keep) counts[then.state.outcome.status] += 1;
        else if (then) known.set(stream, then);
      }
      for (const { state } of known.values()) counts[statusOf(state)] += 1;
      const all = [...known.values()];
      const requests = keep ? all : all.filter(({ state }) => state.proposal || state.slot.startsAt > at);
      return { counts, requests, events };
    },
  };
};
