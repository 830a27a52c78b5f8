import type { QueryClient } from '@tanstack/react-query';
import type { LiveChange, Me, SessionRequest } from '../api/client.ts';
import { keys } from '../api/known-states.ts';
import { awaitsMe, otherParty } from '../sessions/parties.ts';
import { text } from '../text/text.ts';

/** What a live change is worth saying aloud, as a sentence: what others and the system did, not what one did oneself. */
export const newsOf = (
  client: QueryClient,
  { event, current }: LiveChange,
  was: SessionRequest | undefined,
): string | undefined => {
  const me = client.getQueryData<Me>(keys.me);
  if (!me) return undefined;
  const { name } = otherParty(current, me);
  if (current.outcome?.by === 'system' || (event === 'SessionCancelled' && current.agreed))
    return current.outcome ? text.news.unanswered(name) : text.news.changeEnded(name);
  if (awaitsMe(current))
    return event === 'SessionRequested'
      ? text.pending.asks(name)
      : current.agreed
        ? text.pending.proposesChange(name)
        : text.pending.proposesOther(name);
  // Only who was awaited can have answered.
  if (!was?.proposal || was.proposal.awaiting === me.role) return undefined;
  if (event === 'SessionAccepted') return text.news.accepted(name);
  if (event === 'SessionRejected') return text.news.rejected(name);
  return undefined;
};
