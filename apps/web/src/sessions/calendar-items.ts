import type { Me, SessionRequest } from '../api/client.ts';
import { text } from '../text/text.ts';
import { formatSlot, formatTheirs, type Slot } from '../time/format.ts';
import type { CalendarItem } from './calendar-item.ts';
import { awaitsMe, otherParty } from './parties.ts';
import { statusOf, statusWord } from './status.ts';

/** What there is to say of a session in one breath. */
export const sessionLabel = (
  session: SessionRequest,
  me: Me,
  slot: Slot,
  zone: string,
  now: number,
): string => {
  const { name, timeZone } = otherParty(session, me);
  return text.sessions.item({
    name,
    slot: formatSlot(slot, zone, now),
    status: statusWord(session),
    awaits: waitsFor(session, me, name),
    theirs: formatTheirs(slot, zone, timeZone, now),
  });
};

/** Whose answer a session waits for, in words. */
export const waitsFor = (session: SessionRequest, me: Me, name: string): string | undefined => {
  if (awaitsMe(session)) return text.sessions.awaitsYou;
  return session.proposal && session.proposal.awaiting !== me.role
    ? text.sessions.awaitsOther(name)
    : undefined;
};

/** Sessions as the calendar grid shows them: one with a change on the table stands where it is agreed and where it may move. */
export const calendarItems = (
  sessions: readonly SessionRequest[],
  me: Me,
  zone: string,
  now: number,
): CalendarItem[] =>
  sessions.flatMap((session) => {
    const { id, agreed, proposal, slot, allowedActions } = session;
    const other = otherParty(session, me);
    const item = (kind: CalendarItem['kind'], { startsAt, endsAt }: Slot): CalendarItem => ({
      id,
      kind,
      startsAt,
      endsAt,
      status: statusOf(session),
      otherName: other.name,
      otherTimeZone: other.timeZone,
      awaitsMe: awaitsMe(session) && kind === 'proposed',
      movable: allowedActions.includes('adjust'),
      label: sessionLabel(session, me, { startsAt, endsAt }, zone, now),
    });
    const shown = [
      ...(agreed ? [item('agreed', agreed)] : []),
      ...(proposal ? [item('proposed', proposal)] : []),
    ];
    return shown.length > 0 ? shown : [item('agreed', slot)];
  });
