import type { LiveChange, Me, SessionRequest } from '../api/client.ts';
import { awaitsMe, otherParty } from '../sessions/parties.ts';
import { text } from '../text/text.ts';

/**
 * What a live change is worth saying aloud, as a sentence: what the other one and the system did, not what one did oneself, here
 * or in another tab.
 * @param was what was known before; what is known already is no news.
 * @param now milliseconds since 1970 on the service's clock.
 */
export const newsOf = (
  me: Me,
  { event, current }: LiveChange,
  was: SessionRequest | undefined,
  now: number,
): string | undefined => {
  if (was && was.revision >= current.revision) return undefined;
  const { name } = otherParty(current, me);
  switch (event) {
    case 'SessionRequested':
      return awaitsMe(current) ? text.pending.asks(name) : undefined;
    case 'SessionAdjusted':
      if (!awaitsMe(current)) return undefined;
      return current.agreed ? text.pending.proposesChange(name) : text.pending.proposesOther(name);
    case 'SessionAccepted':
      return isAnsweredByOther(was, me) ? text.news.accepted(name) : undefined;
    case 'SessionRejected':
      return current.outcome?.by === otherRole(me) || isAnsweredByOther(was, me)
        ? text.news.rejected(name)
        : undefined;
    case 'SessionCancelled':
      return current.outcome ? endingOf(current.outcome, me, name) : changeEnding(was, me, name, now);
  }
};

const otherRole = (me: Me): 'coach' | 'client' => (me.role === 'coach' ? 'client' : 'coach');

/** Only who was awaited can have answered. */
const isAnsweredByOther = (was: SessionRequest | undefined, me: Me): boolean =>
  was?.proposal?.awaiting === otherRole(me);

const endingOf = (
  { by, cause }: NonNullable<SessionRequest['outcome']>,
  me: Me,
  name: string,
): string | undefined => {
  if (by === me.role) return undefined;
  if (by === 'system') return text.news.unanswered(name);
  return cause === 'called-off' ? text.news.calledOff(name) : text.news.withdrawn(name);
};

/** The state does not tell who took a change back. Before its deadline only who proposed it can have done so, from then on only the system. */
const changeEnding = (
  was: SessionRequest | undefined,
  me: Me,
  name: string,
  now: number,
): string | undefined => {
  const proposal = was?.proposal;
  const isMine = proposal?.proposedBy === me.role && now < Date.parse(proposal.respondBy);
  return isMine ? undefined : text.news.changeEnded(name);
};
