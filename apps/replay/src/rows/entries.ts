import type { RecordedEvent } from '@hse/event-sourcing';
import {
  evolve,
  statusOf,
  toEpochMs,
  type Role,
  type SessionRequest,
  type SessionRequestEvent,
  type SessionRequestStatus,
} from '@hse/session-requests';
import { leadTierOf, type Policies } from './lead-tier.ts';

/** A proposal, with what follows from when it was made. Instants in milliseconds since 1970. */
export interface ProposalFacts {
  readonly startsMs: number;
  readonly endsMs: number;
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
}

interface Tracked {
  readonly state: SessionRequest;
  readonly proposal: ProposalFacts | undefined;
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
    for (const [stream, { state }] of open)
      if (!state.proposal && state.agreed && toEpochMs(state.agreed.startsAt) + DAY_MS <= nowMs)
        open.delete(stream);
  };

  return {
    /** Events have to come in the order of the log, from the first on. */
    next(event: RecordedEvent<SessionRequestEvent>): Entry {
      const { stream, metadata } = event;
      const recordedMs = toEpochMs(metadata.recordedAt);
      if ((seen += 1) % sweepEvery === 0) sweep(recordedMs);
      const before = open.get(stream);
      const after = evolve(before?.state, event);
      const proposal = after?.proposal;
      const made =
        proposal && proposal !== before?.state.proposal
          ? factsOf(after, proposal, recordedMs, policies)
          : undefined;
      const ended = before?.proposal && before.state.proposal !== proposal ? before.proposal : undefined;
      if (!after || after.outcome) open.delete(stream);
      else open.set(stream, { state: after, proposal: made ?? (proposal && before?.proposal) });
      return { event, recordedMs, after, status: after && statusOf(after), made, ended };
    },
    /** How many requests are remembered. */
    get remembered(): number {
      return open.size;
    },
  };
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
