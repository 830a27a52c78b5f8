import type { SessionRequest } from '../api/client.ts';
import { slotText } from '../text/slot-text.ts';
import type { Slot } from '../time/format.ts';

const isSame = (a: Slot | null, b: Slot | null): boolean =>
  a?.startsAt === b?.startsAt && a?.endsAt === b?.endsAt;

/**
 * What happened to a session request between two states of it, in a sentence for one of the two parties.
 * Of several things the states tell only the last ones, and that is what is said.
 * @param me the role of who reads it.
 * @param say how a slot is written.
 */
export const whatChanged = (
  before: SessionRequest,
  after: SessionRequest,
  me: 'coach' | 'client',
  say: (slot: Slot) => string,
): string => {
  const texts = slotText.conflict;
  const other = me === 'coach' ? after.client.name : after.coach.name;
  const { agreed, proposal, outcome } = after;

  if (outcome) return ending(outcome, me, other);

  const isNewProposal = proposal !== null && proposal.round !== before.proposal?.round;
  const isNewlyAgreed = agreed !== null && !isSame(agreed, before.agreed);
  if (proposal && isNewProposal) {
    const isMine = proposal.proposedBy === me;
    if (agreed && isNewlyAgreed)
      return isMine
        ? texts.youAgreedAndProposed(say(agreed), say(proposal))
        : texts.agreedAndProposed(other, say(agreed), say(proposal));
    return isMine ? texts.youProposed(say(proposal)) : texts.proposed(other, say(proposal));
  }
  if (agreed && isNewlyAgreed) {
    // Only what was on the table then can have been accepted by whom it awaited; anything else was proposed in between.
    if (!isSame(agreed, before.proposal)) return texts.agreedElsewhere(say(agreed));
    return before.proposal?.awaiting === me
      ? texts.youAccepted(say(agreed))
      : texts.accepted(other, say(agreed));
  }
  if (agreed && before.proposal && !proposal) return texts.changeOffTheTable(say(agreed));
  return texts.something;
};

const ending = (
  { by, cause }: NonNullable<SessionRequest['outcome']>,
  me: 'coach' | 'client',
  other: string,
): string => {
  const texts = slotText.conflict;
  if (cause === undefined) return by === me ? texts.youRejected : texts.rejected(other);
  switch (cause) {
    case 'no-response':
      return texts.unanswered;
    case 'withdrawn':
      return by === me ? texts.youWithdrew : texts.withdrawn(other);
    case 'called-off':
      return by === me ? texts.youCalledOff : texts.calledOff(other);
  }
};
