import { knownAt, type DatedState } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import {
  evolve,
  statusOf,
  toEpochMs,
  toInstant,
  type Instant,
  type Role,
  type SessionRequest,
  type SessionRequestEvent,
  type SessionRequestStatus,
} from '@hse/session-requests';
import { Failure } from '../command.ts';
import type { History } from '../history.ts';

type Recorded = RecordedEvent<SessionRequestEvent>;

/** What was so at an instant. */
export interface StatesAt {
  readonly counts: Readonly<Record<SessionRequestStatus, number>>;
  /** Of the accepted ones, those of which the agreed slot had not begun. */
  readonly upcoming: number;
  /** Those that were asked for, in no particular order. */
  readonly requests: readonly DatedState[];
  /** Events recorded by then. */
  readonly events: number;
}

const DAY_MS = 86_400_000;

/**
 * Folds a history up to an instant; what was known by then is what {@link knownAt} says.
 *
 * `keep` chooses the requests to fold; without it all are folded and counted, and of those only what was on the table at the instant is
 * delivered. Remembered are the requests of `keep`, or else those to which something can still happen: not closed, and of which the agreed
 * slot has not begun, by the log's own time and with a day to spare. Of what is agreed, only a few numbers are.
 */
export const createStatesAt = (
  at: Instant,
  keep?: (data: SessionRequestEvent['data']) => boolean,
  { sweepEvery = 50_000 }: { readonly sweepEvery?: number } = {},
) => {
  /** By stream. */
  const open = new Map<string, DatedState | Agreed>();
  const counts = { pending: 0, accepted: 0, adjusting: 0, rejected: 0, cancelled: 0 };
  /** Streams of which events in between were left out, because a clock was set back: to be read on their own. */
  const left = new Map<string, { readonly from: number; readonly wasKnown: boolean }>();
  let events = 0;
  let begunBefore = 0;

  /** Nothing follows once an agreed session has begun. */
  const sweep = (nowMs: number): void => {
    for (const [stream, remembered] of open)
      if (isAgreed(remembered) && remembered.startsMs < nowMs - DAY_MS) {
        begunBefore += 1;
        open.delete(stream);
      }
  };

  const remember = (stream: string, state: SessionRequest, recordedAt: Instant): void => {
    if (keep || state.proposal) open.set(stream, { state, recordedAt });
    else if (!state.outcome) open.set(stream, agreedOf(state));
    else {
      counts[state.outcome.status] += 1;
      open.delete(stream);
    }
  };

  return {
    /** Events have to come in the order of the log, all of them. */
    next(event: Recorded): void {
      const { recordedAt } = event.metadata;
      if (recordedAt > at || (keep && !keep(event.data))) return;
      events += 1;
      const { stream, revision } = event;
      // Looking up is what costs most here, and before its first event nothing is known of a request.
      const remembered = revision === 0 ? undefined : open.get(stream);
      const before = remembered && (isAgreed(remembered) ? restored(remembered, event) : remembered.state);
      if ((before?.revision ?? -1) + 1 !== revision) {
        if (!left.has(stream)) left.set(stream, { from: revision, wasKnown: before !== undefined });
        open.delete(stream);
        return;
      }
      const state = evolve(before, event);
      if (!state) return;
      remember(stream, state, recordedAt);
      if (events % sweepEvery === 0) sweep(toEpochMs(recordedAt));
    },

    /** How many requests are remembered. */
    get remembered(): number {
      return open.size;
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
        if (!keep && !wasKnown && from > 0 && first.metadata.recordedAt <= at) begunBefore -= 1;
        const then = knownAt(all, at);
        if (then) remember(stream, then.state, then.recordedAt);
      }
      const requests: DatedState[] = [];
      const atMs = toEpochMs(at);
      let upcoming = 0;
      counts.accepted += begunBefore;
      for (const remembered of open.values()) {
        if (!isAgreed(remembered)) requests.push(remembered);
        const { status, startsMs } = isAgreed(remembered)
          ? { status: 'accepted' as const, startsMs: remembered.startsMs }
          : { status: statusOf(remembered.state), startsMs: toEpochMs(remembered.state.slot.startsAt) };
        counts[status] += 1;
        if (status === 'accepted' && startsMs > atMs) upcoming += 1;
      }
      return { counts, upcoming, requests, events };
    },
  };
};

/** What is remembered of a request that is agreed, with nothing on the table: hundreds of thousands may be. */
interface Agreed {
  readonly revision: number;
  readonly startsMs: number;
  readonly requestedBy: Role;
}

const isAgreed = (remembered: DatedState | Agreed): remembered is Agreed => 'startsMs' in remembered;

const agreedOf = ({ revision, slot, requestedBy }: SessionRequest): Agreed => ({
  revision,
  startsMs: toEpochMs(slot.startsAt),
  requestedBy,
});

/** The state before an event that follows an agreement: a change names the slot that was agreed, and anything else ends it. */
const restored = ({ revision, startsMs, requestedBy }: Agreed, { type, data }: Recorded): SessionRequest => {
  const startsAt = toInstant(startsMs);
  const slot =
    type === 'SessionAdjusted' && 'previousSlot' in data ? data.previousSlot : { startsAt, endsAt: startsAt };
  const { requestId, coachId, clientId, round } = data;
  return { requestId, coachId, clientId, requestedBy, revision, round, slot, agreed: slot };
};
