import type { Role } from './events.ts';
import type { Instant } from './instant.ts';
import type { SessionRequest } from './session-request.ts';

/** A pending action: who owes an answer, and until when (exclusive) it can be given. */
export interface AwaitedAnswer {
  readonly role: Role;
  readonly participantId: string;
  /** The respond-by deadline, or the start of the agreed slot where that comes first: a started session cannot be changed. */
  readonly until: Instant;
}

/** Whose answer is awaited; undefined when nothing is on the table. Says nothing about whether `until` has passed. */
export const awaitedAnswer = ({
  agreed,
  proposal,
  coachId,
  clientId,
}: SessionRequest): AwaitedAnswer | undefined => {
  if (!proposal) return undefined;
  const { awaiting: role, respondBy } = proposal;
  const until = agreed && agreed.startsAt < respondBy ? agreed.startsAt : respondBy;
  return { role, participantId: role === 'coach' ? coachId : clientId, until };
};
