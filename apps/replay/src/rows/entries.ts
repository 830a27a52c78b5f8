import type { RecordedEvent } from '@hse/event-sourcing';
import {
  evolve,
  statusOf,
  toEpochMs,
  type Role,
  type SessionRequest,
  type SessionRequestEvent,
  type SessionRequestStatus,
  type Slot,
} from '@hse/session-requests';
import { leadTierOf, type Policies } from './lead-tier.ts';

/** A slot, in milliseconds since 1970. */
export interface SlotMs {
  readonly startsMs: number;
  readonly endsMs: number;
}

/** A proposal, with what follows from when it was made. Instants in milliseconds since 1970. */
export interface ProposalFacts extends SlotMs {
  readonly proposedBy: Role;
  readonly awaiting: Role;
  readonly respondByMs: number;
  readonly round: number;
  readonly policyId: string;
  readonly proposedMs: number;
  readonly leadMs: number;
  /** Undefined where the policy is not known. */
  readonly tier: string | undefined;
  /** Whether it is a change to an agreed slot. */
  readonly isChange: boolean;
}

/** An event and what it was about, as the events before it imply. */
export interface Entry {
  readonly event: RecordedEvent<SessionRequestEvent>;
  readonly recordedMs: number;
  /** Absent, with all that follows from it, where an event before this one is missing. */
  readonly after: SessionRequest | undefined;
  readonly status: SessionRequestStatus | undefined;
  /** What the event put on the table. */
  readonly made: ProposalFacts | undefined;
  /** What the event took off the table: the proposal that it answers, replaces or ends. */
  readonly ended: ProposalFacts | undefined;
  /** The slot that the event speaks of: proposed, accepted, or given up. */
  readonly slot: SlotMs | undefined;
}

interface Tracked {
  state: SessionRequest;
  proposal: ProposalFacts | undefined;
  /** Start of the agreed slot, if there is one. */
  agreedMs: number | undefined;
}

const DAY_MS = 86_400_000;
const sweepEvery = 10_000;

/**
 * Goes along the log and tells of each event what it was about.
 *
 * Remembers the requests to which something can still happen: those that are not closed and of which the agreed slot
 * has not begun (by the log's own time, with a day to spare), about 1 kB each.
 */
export const createEntries = (policies: Policies) => {
  const open = new Map<string, Tracked>();
  let seen = 0;

  const sweep = (nowMs: number): void => {
    for (const [stream, { proposal, agreedMs }] of open)
      if (!proposal && agreedMs !== undefined && agreedMs + DAY_MS <= nowMs) open.delete(stream);
  };

  return {
    /** Events have to come in the order of the log, from the first on. */
    next(event: RecordedEvent<SessionRequestEvent>): Entry {
      const { stream, metadata } = event;
      const recordedMs = toEpochMs(metadata.recordedAt);
      if ((seen += 1) % sweepEvery === 0) sweep(recordedMs);
      const tracked = open.get(stream);
      const before = tracked?.state;
      const after = evolve(before, event);
      const made =
        after?.proposal && after.proposal !== before?.proposal
          ? factsOf(after, after.proposal, recordedMs, policies)
          : undefined;
      const ended = before?.proposal && before.proposal !== after?.proposal ? tracked?.proposal : undefined;
      const entry: Entry = {
        event,
        recordedMs,
        after,
        status: after && statusOf(after),
        made,
        ended,
        slot: slotOf(event, after, made ?? ended),
      };
      if (!after || after.outcome) open.delete(stream);
      else if (!tracked) open.set(stream, { state: after, proposal: made, agreedMs: startOf(after.agreed) });
      else {
        // In its place: most events are of a request that is remembered.
        if (after.agreed !== before?.agreed) tracked.agreedMs = startOf(after.agreed);
        tracked.state = after;
        tracked.proposal = made ?? (after.proposal && tracked.proposal);
      }
      return entry;
    },
    /** How many requests are remembered. */
    get remembered(): number {
      return open.size;
    },
  };
};

const startOf = (slot: Slot | undefined): number | undefined => slot && toEpochMs(slot.startsAt);

const slotOf = (
  event: SessionRequestEvent,
  after: SessionRequest | undefined,
  proposal: ProposalFacts | undefined,
): SlotMs | undefined => {
  // Called off is the agreed slot, whatever change was on the table.
  const isCalledOff = event.type === 'SessionCancelled' && event.data.cause === 'called-off';
  if (event.type !== 'SessionAccepted' && proposal && !isCalledOff) return proposal;
  const slot = event.type === 'SessionAccepted' ? event.data.slot : after?.slot;
  return slot && { startsMs: toEpochMs(slot.startsAt), endsMs: toEpochMs(slot.endsAt) };
};

const factsOf = (
  { agreed }: SessionRequest,
  { slot, proposedBy, awaiting, respondBy, round, policyId }: NonNullable<SessionRequest['proposal']>,
  proposedMs: number,
  policies: Policies,
): ProposalFacts => {
  const startsMs = toEpochMs(slot.startsAt);
  const leadMs = startsMs - proposedMs;
  const policy = policies.get(policyId);
  return {
    startsMs,
    endsMs: toEpochMs(slot.endsAt),
    proposedBy,
    awaiting,
    respondByMs: toEpochMs(respondBy),
    round,
    policyId,
    proposedMs,
    leadMs,
    tier: policy && leadTierOf(policy, leadMs),
    isChange: agreed !== undefined,
  };
};
