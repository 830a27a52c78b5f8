import {
  type CalendarDate,
  type DateDuration,
  endOfMonth,
  getWeeksInMonth,
  parseDate,
  startOfMonth,
  startOfWeek,
} from '@internationalized/date';

/** What the calendar shows at once: the weeks that a month touches, or one week. */
export type CalendarView = 'month' | 'week';

/** Whether this is a day, `YYYY-MM-DD`, of this century or the one before it: for what comes from outside, such as an address. */
export const isDay = (text: string): boolean => {
  if (!/^(19|20)\d\d-\d\d-\d\d$/.test(text)) return false;
  try {
    parseDate(text);
    return true;
  } catch {
    return false;
  }
};

/** The first day of the period (a month, or a week that begins as people of this locale begin it) that contains this day. */
const startOfPeriod = (view: CalendarView, date: CalendarDate, locale: string): CalendarDate =>
  view === 'month' ? startOfMonth(date) : startOfWeek(date, locale);

/**
 * The days on show, each `YYYY-MM-DD`, by weeks: one week, or all weeks that the month touches, so that a month begins and
 * ends with days of its neighbours.
 */
export const visibleWeeks = (view: CalendarView, date: string, locale: string): string[][] => {
  const start = startOfPeriod(view, parseDate(date), locale);
  const first = startOfWeek(start, locale);
  const weeks = view === 'month' ? getWeeksInMonth(start, locale) : 1;
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => first.add({ days: week * 7 + day }).toString()),
  );
};

/**
 * From the first instant of the first day on show (inclusive) to the first instant after the last one (exclusive), in
 * ISO-8601. Where clocks change, days are shorter or longer than 24 hours, and one may not begin at midnight.
 */
export const visibleRange = (
  view: CalendarView,
  date: string,
  timeZone: string,
  locale: string,
): { from: string; to: string } => {
  const days = visibleWeeks(view, date, locale).flat();
  const first = parseDate(days[0] ?? date);
  return {
    from: first.toDate(timeZone).toISOString(),
    to: first.add({ days: days.length }).toDate(timeZone).toISOString(),
  };
};

/** Such as `November 2026` or `26 October – 1 November 2026`. */
export const periodTitle = (
  view: CalendarView,
  date: string,
  // A title names days, and these are the same in every zone; it is here so that all functions of a period take the same.
  _timeZone: string,
  locale: string,
): string => {
  const start = startOfPeriod(view, parseDate(date), locale);
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'long',
    ...(view === 'week' ? { day: 'numeric' } : {}),
  });
  const last = view === 'month' ? endOfMonth(start) : start.add({ days: 6 });
  return format.formatRange(start.toDate('UTC'), last.toDate('UTC'));
};

/**
 * The day to show some periods later, or earlier (negative): the same day of the week, or the same day of the month, and the
 * last one where that month is shorter.
 */
export const stepPeriod = (view: CalendarView, date: string, periods: number): string => {
  const step: DateDuration = view === 'month' ? { months: periods } : { weeks: periods };
  return parseDate(date).add(step).toString();
};

/** The day some days later, or earlier (negative). */
export const stepDays = (date: string, days: number): string => parseDate(date).add({ days }).toString();

/** Whether two days lie in the same month of the same year. */
export const isSameMonth = (date: string, other: string): boolean => date.slice(0, 7) === other.slice(0, 7);

/** Days that the list shows at a time. */
export const listDays = 35;

/** The days of the list from this one on, as {@link visibleRange} tells a period's. */
export const listRange = (date: string, timeZone: string): { from: string; to: string } => {
  const first = parseDate(date);
  return {
    from: first.toDate(timeZone).toISOString(),
    to: first.add({ days: listDays }).toDate(timeZone).toISOString(),
  };
};

/** Such as `22 Nov – 26 Dec 2026`. */
export const listTitle = (date: string, locale: string): string => {
  const first = parseDate(date);
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  });
  return format.formatRange(first.toDate('UTC'), first.add({ days: listDays - 1 }).toDate('UTC'));
};

/** The three days of its week that a narrow screen shows beside each other: from this one on, or the last three. */
export const narrowWeek = (date: string, locale: string): string[] => {
  const week = visibleWeeks('week', date, locale).flat();
  const first = Math.min(week.indexOf(date), week.length - 3);
  return week.slice(first, first + 3);
};

/** The day to show three days later (1) or earlier (-1) than those that a narrow screen shows; none is passed over. */
export const stepNarrowWeek = (date: string, direction: 1 | -1, locale: string): string =>
  stepDays(narrowWeek(date, locale)[0] ?? date, 3 * direction);
