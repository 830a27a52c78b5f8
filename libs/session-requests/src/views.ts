import type { Role } from './events.ts';
import type { Instant } from './instant.ts';
import { hasLapsed, hasStarted } from './decide.ts';
import type { SessionRequest } from './session-request.ts';

/** What a party may do. `cancel-session` ends the whole request, `cancel-change` takes back a change to an agreed slot. */
export type Action = 'accept' | 'adjust' | 'reject' | 'cancel-session' | 'cancel-change';

export const actions = ['accept', 'adjust', 'reject', 'cancel-session', 'cancel-change'] as const satisfies readonly Action[];

/**
 * Exactly the actions that {@link decide} would not refuse for who is asking (given a possible slot to adjust to), in the
 * order accept, adjust, reject, cancel-session, cancel-change.
 */
export const allowedActions = (request: SessionRequest, viewer: Role, now: Instant): Action[] => {
  if (request.outcome || hasStarted(request, now)) return [];
  const { agreed, proposal, requestedBy } = request;
  if (!proposal) return ['adjust', 'cancel-session'];
  if (hasLapsed(proposal, now)) return agreed ? ['cancel-session'] : [];
  if (proposal.awaiting === viewer) {
    const maySayNoAltogether = agreed !== undefined || viewer === requestedBy;
    return ['accept', 'adjust', 'reject', ...(maySayNoAltogether ? (['cancel-session'] as const) : [])];
  }
  return ['adjust', 'cancel-session', ...(agreed ? (['cancel-change'] as const) : [])];
};

/** A pending action: who owes an answer, and until when (exclusive) it can be given. */
export interface AwaitedAnswer {
  readonly role: Role;
  readonly participantId: string;
  /** The respond-by deadline, or the start of the agreed slot where that comes first: a started session cannot be changed. */
  readonly until: Instant;
}

/** Whose answer is awaited; undefined when nothing is on the table. Says nothing about whether `until` has passed. */
export const awaitedAnswer = ({ agreed, proposal, coachId, clientId }: SessionRequest): AwaitedAnswer | undefined => {
  if (!proposal) return undefined;
  const until = agreed && agreed.startsAt < proposal.respondBy ? agreed.startsAt : proposal.respondBy;
  return { role: proposal.awaiting, participantId: proposal.awaiting === 'coach' ? coachId : clientId, until };
};
