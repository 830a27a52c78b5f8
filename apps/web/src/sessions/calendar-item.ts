import type { Slot } from '../time/format.ts';

/** A session as the calendar shows it; one that is being adjusted is shown twice: `agreed` where it stands, `proposed` where it may move. */
export interface CalendarItem extends Slot {
  readonly id: string;
  readonly status: 'pending' | 'agreed' | 'adjusting' | 'closed';
  readonly otherName: string;
  /** IANA name. */
  readonly otherTimeZone: string;
  readonly kind: 'agreed' | 'proposed';
  /** It is me who has to answer. */
  readonly awaitsMe: boolean;
  /** It may be dragged to another time. */
  readonly movable: boolean;
  /** All there is to say, for who does not see it. */
  readonly label: string;
}

export interface CalendarGridProps {
  readonly view: 'month' | 'week';
  /** `YYYY-MM-DD`: the month or week that contains it is shown. */
  readonly date: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Milliseconds since 1970 on the service's clock, for today and the line of the present time. */
  readonly now: number;
  readonly sessions: readonly CalendarItem[];
  readonly onOpen: (id: string) => void;
  /** By a swipe, by Page Up and Page Down on a session, or by a tap on a day of the week. */
  readonly onDateChange: (date: string) => void;
  /** A day was chosen, in a month or by the head of a column. */
  readonly onShowDay: (date: string) => void;
  /** Free time was clicked or dragged over: somebody wants a session then. Never in the past. */
  readonly onSelectSlot: (slot: Slot) => void;
  /** A session was dragged or resized, and is back where it was: somebody wants to adjust it to this slot. Never into the past. */
  readonly onMove: (id: string, slot: Slot) => void;
}
