import type { Instant, Proposal, Role, SessionRequestEvent, Slot } from '@hse/session-requests';

export interface NotificationContext {
  /** Whom it is for. */
  readonly viewer: { readonly role: Role; readonly timeZone: string };
  /** Name of the other party. */
  readonly other: string;
  /** What was on the table right before: for an answer, the proposal that it is about. */
  readonly proposal?: Pick<Proposal, 'slot' | 'awaiting'> | undefined;
}

/** What happened, as a sentence or two for the viewer; times are in their time zone. */
export const notificationMessage = (event: SessionRequestEvent, context: NotificationContext): string => {
  const { viewer, other, proposal } = context;
  const at = (instant: Instant): string => formatInstant(instant, viewer.timeZone);
  const on = (slot: Slot | undefined): string => (slot ? ` on ${at(slot.startsAt)}` : '');
  const who = (role: Role): string => (role === viewer.role ? 'You' : other);

  switch (event.type) {
    case 'SessionRequested': {
      const { requestedBy, slot, respondBy } = event.data;
      return requestedBy === viewer.role
        ? `You asked ${other} for a session${on(slot)}. They can answer until ${at(respondBy)}.`
        : `${other} asks you for a session${on(slot)}. Please answer before ${at(respondBy)}.`;
    }
    case 'SessionAccepted':
      return `${who(event.data.acceptedBy)} accepted the session${on(event.data.slot)}.`;
    case 'SessionRejected': {
      const { rejectedBy, agreedSlotStands } = event.data;
      return agreedSlotStands
        ? `${who(rejectedBy)} declined the change; the session stands as agreed.`
        : `${who(rejectedBy)} declined the session${on(proposal?.slot)}.`;
    }
    case 'SessionAdjusted': {
      const { adjustedBy, previousSlot, slot, respondBy } = event.data;
      const change = `${at(slot.startsAt)} instead of ${at(previousSlot.startsAt)}`;
      return adjustedBy === viewer.role
        ? `You suggested ${change} to ${other}. They can answer until ${at(respondBy)}.`
        : `${other} suggests ${change}. Please answer before ${at(respondBy)}.`;
    }
    case 'SessionCancelled': {
      const { cancelledBy, cause, respondBy, agreedSlotStands } = event.data;
      if (cancelledBy === 'system' || cause === 'no-response') {
        const silent = proposal ? ` from the ${proposal.awaiting}` : '';
        const by = respondBy ? ` by ${at(respondBy)}` : '';
        // It may have started, or be over: a change can lapse at any time.
        return agreedSlotStands
          ? `The change was cancelled automatically: no answer${silent}${by}. The session with ${other} stands as agreed.`
          : `Cancelled automatically: no answer${silent}${by}. The session with ${other}${on(proposal?.slot)} does not take place.`;
      }
      if (agreedSlotStands)
        return `${who(cancelledBy)} took back the suggested change; the session stands as agreed.`;
      if (cause === 'called-off') return `${who(cancelledBy)} called off the session.`;
      return `${who(cancelledBy)} took back the request for a session${on(proposal?.slot)}.`;
    }
  }
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** Such as `30 Nov 2026, 10:00 CET`; in UTC where the time zone is not known. */
const formatInstant = (instant: Instant, timeZone: string): string => {
  let format = formats.get(timeZone);
  if (!format) {
    format = formatIn(timeZone);
    formats.set(timeZone, format);
  }
  return format.format(new Date(instant));
};

const formatIn = (timeZone: string): Intl.DateTimeFormat => {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'short',
    });
  } catch (error) {
    if (!(error instanceof RangeError) || timeZone === 'UTC') throw error;
    return formatIn('UTC');
  }
};
