import type { Me, Party, SessionRequest } from '../api/client.ts';

/** The other side of a session. */
export const otherParty = ({ coach, client }: SessionRequest, me: Pick<Me, 'role'>): Party =>
  me.role === 'coach' ? client : coach;

/** What is proposed awaits my answer, and could still be given when this state was told. */
export const awaitsMe = ({ allowedActions }: SessionRequest): boolean => allowedActions.includes('accept');

/**
 * The instant from which a proposal can no longer be answered: its deadline, or the start of the agreed slot where that comes
 * first. Empty where nothing is on the table.
 */
export const answerableUntil = ({ proposal, agreed }: SessionRequest): string => {
  if (!proposal) return '';
  return agreed && agreed.startsAt < proposal.respondBy ? agreed.startsAt : proposal.respondBy;
};
