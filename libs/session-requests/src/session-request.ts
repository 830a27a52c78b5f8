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
 * An event before any `SessionRequested` leaves the state undefined.
 */
export const evolve = (
  state: SessionRequest | undefined,
  event: SessionRequestEvent,
): SessionRequest | undefined => {
  if (event.type === 'SessionRequested') {
    const { requestId, coachId, clientId, requestedBy, slot, round } = event.data;
    const revision = state ? state.revision + 1 : 0;
    return { requestId, coachId, clientId, requestedBy, revision, round, slot, proposal: proposalOf(event.data, requestedBy) };
  }
  if (!state) return undefined;
  const { agreed, proposal: _answered, outcome: _outcome, ...rest } = state;
  const next = { ...rest, revision: state.revision + 1 };
  switch (event.type) {
    case 'SessionAccepted':
      return { ...next, agreed: event.data.slot, slot: event.data.slot };
    case 'SessionAdjusted': {
      const { slot, round, adjustedBy } = event.data;
      return {
        ...next,
        ...(agreed && { agreed }),
        proposal: proposalOf(event.data, adjustedBy),
        round,
        slot: agreed ?? slot,
      };
    }
    case 'SessionRejected': {
      const { agreedSlotStands, rejectedBy, reason } = event.data;
      if (agreedSlotStands && agreed) return { ...next, agreed };
      return { ...next, outcome: { status: 'rejected', by: rejectedBy, ...(reason !== undefined && { reason }) } };
    }
    case 'SessionCancelled': {
      const { agreedSlotStands, cancelledBy, cause, reason } = event.data;
      if (agreedSlotStands && agreed) return { ...next, agreed };
      return {
        ...next,
        outcome: { status: 'cancelled', by: cancelledBy, cause, ...(reason !== undefined && { reason }) },
      };
    }
  }
};

const proposalOf = (
  data: { slot: Slot; note?: string; awaiting: Role; respondBy: Instant; policyId: string; round: number },
  proposedBy: Role,
): Proposal => ({
  slot: data.slot,
  ...(data.note !== undefined && { note: data.note }),
  proposedBy,
  awaiting: data.awaiting,
  respondBy: data.respondBy,
  round: data.round,
  policyId: data.policyId,
});
