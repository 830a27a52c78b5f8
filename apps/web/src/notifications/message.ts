import type { Me, Notification } from '../api/client.ts';
import type { EventFacts } from '../api/event-facts.ts';
import { text } from '../text/text.ts';
import { formatMoment, formatSlot, type Slot } from '../time/format.ts';

type Role = Me['role'];

/** What happened, in a sentence or two for who reads it, in their time zone. */
export const notificationMessage = (
  { type, data, other: { name }, slot: about, awaiting }: Notification,
  me: Role,
  zone: string,
  now: number,
): string => {
  const texts = text.notifications.message;
  const facts = data as EventFacts;
  const say = (slot: Slot | undefined): string => (slot ? formatSlot(slot, zone, now) : '…');
  const slot = say(about ?? facts.slot);
  switch (type) {
    case 'SessionRequested':
      return facts.requestedBy === me ? texts.youAsked(name, slot) : texts.asksYou(name, slot);
    case 'SessionAccepted':
      return facts.acceptedBy === me ? texts.youAccepted(slot) : texts.accepted(name, slot);
    case 'SessionRejected':
      if (facts.agreedSlotStands === true)
        return facts.rejectedBy === me ? texts.youRejectedChange : texts.rejectedChange(name);
      return facts.rejectedBy === me ? texts.youRejected(slot) : texts.rejected(name, slot);
    case 'SessionAdjusted':
      return facts.adjustedBy === me
        ? texts.youProposed(name, slot, say(facts.previousSlot))
        : texts.proposed(name, slot, say(facts.previousSlot));
    case 'SessionCancelled': {
      const { cancelledBy, cause, respondBy, agreedSlotStands } = facts;
      if (cancelledBy === 'system' || cause === 'no-response') {
        const what = agreedSlotStands === true ? texts.unansweredChange(name) : texts.unanswered(name, slot);
        if (respondBy === undefined || awaiting === undefined) return what;
        const by = formatMoment(respondBy, zone, now);
        return `${what} ${awaiting === me ? texts.becauseYou(by) : texts.becauseOther(name, by)}`;
      }
      if (agreedSlotStands === true)
        return cancelledBy === me ? texts.youWithdrewChange : texts.withdrewChange(name);
      if (cause === 'called-off')
        return cancelledBy === me ? texts.youCalledOff(name, slot) : texts.calledOff(name, slot);
      return cancelledBy === me ? texts.youWithdrew(slot) : texts.withdrew(name, slot);
    }
  }
};
