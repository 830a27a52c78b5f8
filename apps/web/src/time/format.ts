import { locale } from '../text/text.ts';

/** A span of time: instants in ISO-8601, the end exclusive. */
export interface Slot {
  readonly startsAt: string;
  readonly endsAt: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

const format = (timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = `${timeZone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone: isZone(timeZone) ? timeZone : 'UTC', ...options });
    formats.set(key, found);
  }
  return found;
};

/** Whether the browser knows a time zone of this name; times of any other one are written in UTC. */
export const isZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const time = { hour: 'numeric', minute: '2-digit' } as const;
const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;

/** Such as `14:00`. */
export const formatTime = (instant: string | number, timeZone: string): string =>
  format(timeZone, time).format(new Date(instant));

/** Such as `Tue 24 Nov`; with the year where it is not the present one. */
export const formatDay = (instant: string | number, timeZone: string, now: number): string => {
  const year = format(timeZone, { year: 'numeric' });
  const isThisYear = year.format(new Date(instant)) === year.format(now);
  return format(timeZone, isThisYear ? day : { ...day, year: 'numeric' }).format(new Date(instant));
};

/** Such as `Tuesday, 24 November 2026`. */
export const formatLongDay = (instant: string | number, timeZone: string): string =>
  format(timeZone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(
    new Date(instant),
  );

/** Such as `Tue 24 Nov, 14:00`. */
export const formatMoment = (instant: string | number, timeZone: string, now: number): string =>
  `${formatDay(instant, timeZone, now)}, ${formatTime(instant, timeZone)}`;

/** The calendar day in this zone, `YYYY-MM-DD`: to compare and group by, not to show. */
export const dayOf = (instant: string | number, timeZone: string): string => {
  const parts = partsFormat(timeZone).formatToParts(new Date(instant));
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`;
};

const partsFormats = new Map<string, Intl.DateTimeFormat>();
const partsFormat = (timeZone: string): Intl.DateTimeFormat => {
  let found = partsFormats.get(timeZone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone: isZone(timeZone) ? timeZone : 'UTC',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    partsFormats.set(timeZone, found);
  }
  return found;
};

/** Such as `Tue 24 Nov, 14:00 – 15:00`; with both days where it ends on another one. */
export const formatSlot = ({ startsAt, endsAt }: Slot, timeZone: string, now: number): string => {
  const start = formatMoment(startsAt, timeZone, now);
  const end =
    dayOf(startsAt, timeZone) === dayOf(endsAt, timeZone)
      ? formatTime(endsAt, timeZone)
      : formatMoment(endsAt, timeZone, now);
  return `${start} – ${end}`;
};

/** Such as `14:00 – 15:00`. */
export const formatTimes = ({ startsAt, endsAt }: Slot, timeZone: string): string =>
  `${formatTime(startsAt, timeZone)} – ${formatTime(endsAt, timeZone)}`;

/** The place that a zone is named after, such as `New York`. */
export const zonePlace = (timeZone: string): string =>
  (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');

/** Whether the other zone, if the browser knows it, shows another time of day, or another day, at this instant. */
export const differ = (zone: string, other: string, instant: string): boolean =>
  zone !== other &&
  isZone(other) &&
  (formatTime(instant, zone) !== formatTime(instant, other) ||
    dayOf(instant, zone) !== dayOf(instant, other));

/** How many calendar days the other zone is ahead at this instant: -2 to 2, as there are up to 26 hours between zones. */
export const daysAhead = (instant: string, zone: string, other: string): number =>
  Math.round((Date.parse(dayOf(instant, other)) - Date.parse(dayOf(instant, zone))) / 86_400_000);

/** The times of a slot by the other one's clock, such as `18:30 – 19:15 Kolkata`, with the day where it is another one; undefined where that shows the same. */
export const formatTheirs = (slot: Slot, zone: string, theirs: string, now: number): string | undefined => {
  if (!differ(zone, theirs, slot.startsAt)) return undefined;
  const day =
    daysAhead(slot.startsAt, zone, theirs) === 0 ? '' : `${formatDay(slot.startsAt, theirs, now)}, `;
  return `${day}${formatTimes(slot, theirs)} ${zonePlace(theirs)}`;
};

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
/** Such as `now`. */
const present = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

/** How long until (or since) then, in one unit that people count in: `in 5 hr`, `2 days ago`, `now`; no line ends within it. Never rounded up towards a deadline. */
export const formatDistance = (instant: string | number, now: number): string => {
  const ms = new Date(instant).getTime() - now;
  const size = Math.abs(ms);
  const units = [
    ['day', 86_400_000, 2],
    ['hour', 3_600_000, 1],
    ['minute', 60_000, 1],
    ['second', 1_000, 1],
  ] as const;
  for (const [unit, length, least] of units)
    if (size >= length * least)
      return relative.format(Math.trunc(ms / length), unit).replaceAll(' ', '\u00a0');
  return present.format(0, 'second');
};
