/**
 * An instant on the UTC time line as ISO-8601 with milliseconds and `Z`: `2026-11-22T09:00:00.000Z`.
 * Two instants of this form compare as strings the way they follow in time (years 0000 to 9999).
 */
export type Instant = string;

const form = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])(:[0-5]\d){2}\.\d{3}Z$/;
/** Every month has these days, so most dates need no calendar. */
const daysOfEveryMonth = 28;

/** Whether a text is an {@link Instant}: of exactly that form, and a day and time that exist. */
export const isInstant = (text: string): boolean =>
  form.test(text) &&
  // Date.parse takes 30 February for 2 March: what comes back has to be what went in.
  (Number(text.slice(8, 10)) <= daysOfEveryMonth || toInstant(Date.parse(text)) === text);

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The number that two digits make; `NaN` where they are none. */
const two = (text: string, at: number): number => {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : NaN;
};

/** Whether all that is neither digit nor end is where it is in an instant. */
const isPunctuated = (text: string): boolean =>
  text.length === 24 &&
  text[4] === '-' &&
  text[7] === '-' &&
  text[10] === 'T' &&
  text[13] === ':' &&
  text[16] === ':' &&
  text[19] === '.' &&
  text[23] === 'Z';

/** Days from 1970-01-01 to a day of the Gregorian calendar, which is taken to begin in March: so leap days come last. */
const dayNumber = (year: number, month: number, day: number): number => {
  const years = month > 2 ? year : year - 1;
  const months = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leapDays + Math.floor((153 * months + 2) / 5) + day - 719_469;
};

/** How many days a month of the Gregorian calendar has. */
const daysOf = (year: number, month: number): number => {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
};

/**
 * Milliseconds since 1970-01-01T00:00:00Z; of a text that is no instant as `Date.parse` takes it, `NaN` for most.
 * Reads instants by itself, which takes a third of the time: whole histories are.
 */
export const toEpochMs = (instant: Instant): number => {
  if (!isPunctuated(instant)) return Date.parse(instant);
  const year = 100 * two(instant, 0) + two(instant, 2);
  const month = two(instant, 5);
  const day = two(instant, 8);
  const hour = two(instant, 11);
  const minute = two(instant, 14);
  const second = two(instant, 17);
  const isEasy =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOf(year, month) &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!isEasy) return Date.parse(instant);
  const days = dayNumber(year, month, day);
  // Of the three digits after the point, the second and third make a number, and so do the first and second.
  const millisecond = 100 * Math.floor(two(instant, 20) / 10) + two(instant, 21);
  return days * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + millisecond;
};

const digits = (width: number): readonly string[] =>
  Array.from({ length: 10 ** width }, (_, number) => String(number).padStart(width, '0'));
const [twoDigits, threeDigits] = [digits(2), digits(3)];

/** 100 million days, the most that the language's own dates can be away. */
const farthestMs = 8.64e15;

const remembered = 5_000;
/** `2026-11-22T`, by the number of the day since 1970: most instants are of few days. */
const dates = new Map<number, string>();

const dateOf = (day: number): string => {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = new Date(day * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length);
  if (dates.size >= remembered) dates.clear();
  dates.set(day, date);
  return date;
};

/**
 * The instant so many milliseconds after 1970-01-01T00:00:00Z; fractions of a millisecond are cut off.
 * @throws RangeError for what is no number, or more than 100 million days away. Outside the years 0000 to 9999 the
 *   result is no {@link Instant}.
 */
export const toInstant = (epochMs: number): Instant => {
  const whole = Math.trunc(epochMs);
  if (!(Math.abs(whole) <= farthestMs)) throw new RangeError(`${epochMs} is no instant`);
  const day = Math.floor(whole / DAY_MS);
  const rest = whole - day * DAY_MS;
  const second = Math.floor(rest / SECOND_MS);
  const minute = Math.floor(second / 60);
  return `${dateOf(day)}${twoDigits[Math.floor(minute / 60)]}:${twoDigits[minute % 60]}:${twoDigits[second % 60]}.${threeDigits[rest % SECOND_MS]}Z`;
};
