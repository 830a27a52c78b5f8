import type { Me, Party, SessionRequest } from '../api/client.ts';

/** The other side of a session. */
export const otherParty = ({ coach, client }: SessionRequest, me: Pick<Me, 'role'>): Party =>
  me.role === 'coach' ? client : coach;

/** What is proposed awaits my answer, and it can still be given. */
export const awaitsMe = ({ allowedActions }: SessionRequest): boolean => allowedActions.includes('accept');
