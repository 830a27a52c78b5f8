import type { Me, Party, SessionRequest } from '../api/client.ts';

/** The other side of a session. */
export const otherParty = ({ coach, client }: SessionRequest, me: Pick<Me, 'role'>): Party =>
  me.role === 'coach' ? client : coach;

/**
 * What is proposed awaits my answer, which could still be given when this state was told: whoever is awaited can at least reject. Accepting
 * takes an other party who still takes part.
 */
export const awaitsMe = ({ allowedActions }: SessionRequest): boolean => allowedActions.includes('reject');

/** What is proposed awaits my answer, and nothing can be agreed any more: the other side takes part no longer. */
export const otherHasLeft = (session: SessionRequest): boolean =>
  awaitsMe(session) && !session.allowedActions.includes('accept');

/**
 * The instant from which a proposal can no longer be answered: its deadline, or the start of the agreed slot where that comes
 * first. Empty where nothing is on the table.
 */
export const answerableUntil = ({ proposal, agreed }: SessionRequest): string => {
  if (!proposal) return '';
  return agreed && agreed.startsAt < proposal.respondBy ? agreed.startsAt : proposal.respondBy;
};
