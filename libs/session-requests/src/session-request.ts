import type { CancellationCause, Role, SessionRequestEvent, Slot } from './events.ts';
import type { Instant } from './instant.ts';

/** The slot now on the table. */
export interface Proposal {
  readonly slot: Slot;
  readonly note?: string;
  readonly proposedBy: Role;
  /** Who must answer; always the other side of `proposedBy`. */
  readonly awaiting: Role;
  /** An answer is in time iff it is decided before this instant. */
  readonly respondBy: Instant;
  /** 1 for the request, +1 for each adjustment: says which proposal an answer or a timer is about. */
  readonly round: number;
  readonly policyId: string;
}

/** How a closed request ended. */
export interface Outcome {
  readonly status: 'rejected' | 'cancelled';
  readonly by: Role | 'system';
  readonly cause?: CancellationCause;
  readonly reason?: string;
}

/** Everything that is known of one session request, folded from its events. */
export interface SessionRequest {
  readonly requestId: string;
  readonly coachId: string;
  readonly clientId: string;
  /** Who asked first. Never changes. */
  readonly requestedBy: Role;
  /** Of the latest event; the first event is revision 0. */
  readonly revision: number;
  /** Of the latest proposal, whether or not it is still on the table. */
  readonly round: number;
  /** What both sides have accepted; stays until the session is called off. */
  readonly agreed?: Slot;
  readonly proposal?: Proposal;
  /** Present iff the request is closed; then `agreed` and `proposal` are gone. */
  readonly outcome?: Outcome;
  /** What the calendar shows: the agreed slot, or else the slot that is, or was last, on the table. */
  readonly slot: Slot;
}

export type SessionRequestStatus = 'pending' | 'accepted' | 'adjusting' | 'rejected' | 'cancelled';

export const sessionRequestStatuses = [
  'pending',
  'accepted',
  'adjusting',
  'rejected',
  'cancelled',
] as const satisfies readonly SessionRequestStatus[];

export const statusOf = (request: SessionRequest): SessionRequestStatus => {
  if (request.outcome) return request.outcome.status;
  if (!request.agreed) return 'pending';
  return request.proposal ? 'adjusting' : 'accepted';
};

/** The side this participant is on; undefined for anybody else. */
export const roleOf = (request: SessionRequest, participantId: string): Role | undefined => {
  if (participantId === request.coachId) return 'coach';
  if (participantId === request.clientId) return 'client';
  return undefined;
};

/**
 * The state after one more event. Believes what is recorded: it applies no policy, checks no rule and never throws.
 * An event before any `SessionRequested` leaves the state undefined; one of an unknown type moves only the revision.
 */
export const evolve = (
  state: SessionRequest | undefined,
  event: SessionRequestEvent,
): SessionRequest | undefined => {
  const revision = state ? state.revision + 1 : 0;
  if (event.type === 'SessionRequested') {
    const { requestId, coachId, clientId, requestedBy, slot, round } = event.data;
    const proposal = proposalOf(event.data, requestedBy);
    return { requestId, coachId, clientId, requestedBy, revision, round, slot, proposal };
  }
  if (!state) return undefined;
  const { requestId, coachId, clientId, requestedBy, round, slot, agreed } = state;
  /** Whatever was on the table, this event is the answer to it. */
  const answered = { requestId, coachId, clientId, requestedBy, revision, round, slot };
  switch (event.type) {
    case 'SessionAccepted':
      return { ...answered, agreed: event.data.slot, slot: event.data.slot };
    case 'SessionAdjusted':
      return {
        ...answered,
        proposal: proposalOf(event.data, event.data.adjustedBy),
        round: event.data.round,
        slot: agreed ?? event.data.slot,
        ...(agreed && { agreed }),
      };
    case 'SessionRejected': {
      const { agreedSlotStands, rejectedBy: by, reason } = event.data;
      if (agreedSlotStands && agreed) return { ...answered, agreed };
      return { ...answered, outcome: { status: 'rejected', by, ...(reason !== undefined && { reason }) } };
    }
    case 'SessionCancelled': {
      const { agreedSlotStands, cancelledBy: by, cause, reason } = event.data;
      if (agreedSlotStands && agreed) return { ...answered, agreed };
      return {
        ...answered,
        outcome: { status: 'cancelled', by, cause, ...(reason !== undefined && { reason }) },
      };
    }
    default:
      event satisfies never;
      // Written by a later release: what it means is not known here, that it happened is.
      return { ...state, revision };
  }
};

// What may be missing comes last, here and above: V8 takes some 200 ns for each property behind it.
const proposalOf = (
  data: { slot: Slot; note?: string; awaiting: Role; respondBy: Instant; policyId: string; round: number },
  proposedBy: Role,
): Proposal => ({
  slot: data.slot,
  proposedBy,
  awaiting: data.awaiting,
  respondBy: data.respondBy,
  round: data.round,
  policyId: data.policyId,
  ...(data.note !== undefined && { note: data.note }),
});
