import { parseDateTime } from '@internationalized/date';
import { dayOf, type Slot } from '../time/format.ts';

const hourMs = 3_600_000;
const dayBegins = 8;
const nightEnds = 5;

const clockFormats = new Map<string, Intl.DateTimeFormat>();

/** The time of day of an instant. */
const timeOf = (instant: string | number, timeZone: string): { hour: number; minute: number } => {
  let format = clockFormats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clockFormats.set(timeZone, format);
  }
  const [hour, minute] = format.format(new Date(instant)).split(':').map(Number);
  return { hour: hour ?? 0, minute: minute ?? 0 };
};

/** The minutes of the day that have passed by the clock on the wall at an instant. */
export const minutesOf = (instant: string | number, timeZone: string): number => {
  const { hour, minute } = timeOf(instant, timeZone);
  return hour * 60 + minute;
};

/** Hours that even a phone shows at once, above what lies over them. */
const hoursInSight = 7;

/**
 * The hour that a week is scrolled to when it is opened: a little before the working day, or that of the first session on
 * show that begins before it, though not one of the night: for that the whole day would go out of sight. Late in the day, if
 * that is on show, later, so that the present time is in sight.
 */
export const firstHour = (
  sessions: readonly Slot[],
  days: readonly string[],
  timeZone: string,
  now: number,
): number => {
  const shown = sessions.filter((session) => days.includes(dayOf(session.startsAt, timeZone)));
  const hours = shown.map((session) => timeOf(session.startsAt, timeZone).hour);
  const first = Math.min(dayBegins - 1, ...hours.filter((hour) => hour >= nightEnds));
  return days.includes(dayOf(now, timeZone))
    ? Math.max(first, timeOf(now, timeZone).hour - hoursInSight)
    : first;
};

/**
 * What a click asks for: an hour, from the clicked half hour on; on a day without a time, from nine o'clock, or from the
 * next full hour where that has passed. Undefined where nothing of it lies ahead.
 * @param at the clicked instant, or any one of the clicked day.
 */
export const slotOnDay = (
  at: number,
  isWholeDay: boolean,
  timeZone: string,
  now: number,
): Slot | undefined => {
  // The half hour that was clicked.
  let start = at - (timeOf(at, timeZone).minute % 30) * 60_000;
  if (isWholeDay) {
    const day = dayOf(at, timeZone);
    start = parseDateTime(`${day}T09:00`).toDate(timeZone).getTime();
    if (start <= now) start = (Math.floor(now / hourMs) + 1) * hourMs;
    if (dayOf(start, timeZone) !== day) return undefined;
  }
  if (start <= now) return undefined;
  return { startsAt: new Date(start).toISOString(), endsAt: new Date(start + hourMs).toISOString() };
};
