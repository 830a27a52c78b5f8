import type { DatedState } from '@hse/contracts';
import {
  awaitedAnswer,
  statusOf,
  type Instant,
  type Role,
  type SessionRequestStatus,
  type Slot,
} from '@hse/session-requests';
import type { Identities } from '../rows/identities.ts';

/** A session request as it was at an instant, for people and programs outside. */
export interface RequestAt {
  readonly requestId: string;
  readonly status: SessionRequestStatus;
  readonly revision: number;
  readonly round: number;
  readonly coachId: string;
  readonly clientId: string;
  readonly requestedBy: Role;
  readonly slot: Slot;
  readonly agreed: Slot | null;
  readonly proposal: {
    readonly slot: Slot;
    readonly note?: string;
    readonly proposedBy: Role;
    readonly respondBy: Instant;
    readonly policyId: string;
  } | null;
  /** Whose answer was awaited, and until when; null where nothing was on the table, or the time to answer was over. */
  readonly awaited: { readonly role: Role; readonly participantId: string; readonly until: Instant } | null;
  readonly outcome: {
    readonly by: Role | 'system';
    readonly cause?: string;
    readonly reason?: string;
  } | null;
  /** When its latest event was recorded. */
  readonly changedAt: Instant;
}

/** `withNotes`: notes and reasons, which are people's own words, are there. */
export const requestAt = (
  { state, recordedAt }: DatedState,
  at: Instant,
  { identities, withNotes }: { identities: Identities; withNotes: boolean },
): RequestAt => {
  const { agreed, proposal, outcome, slot } = state;
  const awaited = awaitedAnswer(state);
  return {
    requestId: identities.request(state.requestId),
    status: statusOf(state),
    revision: state.revision,
    round: state.round,
    coachId: identities.participant(state.coachId),
    clientId: identities.participant(state.clientId),
    requestedBy: state.requestedBy,
    slot,
    agreed: agreed ?? null,
    proposal: proposal
      ? {
          slot: proposal.slot,
          ...(withNotes && proposal.note !== undefined && { note: proposal.note }),
          proposedBy: proposal.proposedBy,
          respondBy: proposal.respondBy,
          policyId: proposal.policyId,
        }
      : null,
    awaited:
      awaited && awaited.until > at
        ? { ...awaited, participantId: identities.participant(awaited.participantId) }
        : null,
    outcome: outcome
      ? {
          by: outcome.by,
          ...(outcome.cause !== undefined && { cause: outcome.cause }),
          ...(withNotes && outcome.reason !== undefined && { reason: outcome.reason }),
        }
      : null,
    changedAt: recordedAt,
  };
};
