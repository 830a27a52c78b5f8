import { toEpochMs, toInstant, type Instant } from '@hse/session-requests';

const zero = 48;
const dayMs = 86_400_000;

/** Days before the first of each month, in a year without a leap day. */
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/**
 * Milliseconds since 1970-01-01T00:00:00Z of an instant in exactly the form `2026-11-22T09:00:00.000Z`, NaN for any other
 * form, also of the same time: what is stored as a number has to come back as the same text.
 *
 * Several times as fast as `Date.parse`, of which a rebuild would make five for each event. Unusual instants (years
 * before 1970 or after 2199, days after the 28th) go the long way.
 */
export const exactEpochMs = (instant: Instant): number => {
  let digits = 0;
  const pair = (place: number): number => {
    const tens = instant.charCodeAt(place) - zero;
    const ones = instant.charCodeAt(place + 1) - zero;
    if (tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9) digits += 2;
    return tens * 10 + ones;
  };
  const year = pair(0) * 100 + pair(2);
  const month = pair(5);
  const day = pair(8);
  const hour = pair(11);
  const minute = pair(14);
  const second = pair(17);
  const hundredths = pair(20);
  const thousandth = instant.charCodeAt(22) - zero;
  const usual =
    digits === 16 &&
    instant.length === 24 &&
    thousandth >= 0 &&
    thousandth <= 9 &&
    instant.charCodeAt(4) === 45 &&
    instant.charCodeAt(7) === 45 &&
    instant.charCodeAt(10) === 84 &&
    instant.charCodeAt(13) === 58 &&
    instant.charCodeAt(16) === 58 &&
    instant.charCodeAt(19) === 46 &&
    instant.charCodeAt(23) === 90 &&
    year >= 1970 &&
    year < 2200 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 28 &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!usual) return roundTrip(instant);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year === 2000);
  const past = year - 1;
  // Leap days from 1970 to the end of the year before; 2000 had one, 2100 has none.
  const leapDays = Math.floor(past / 4) - 492 - (past >= 2100 ? 1 : 0);
  const days =
    (year - 1970) * 365 + leapDays + (daysBefore[month - 1] ?? NaN) + (isLeap && month > 2 ? 1 : 0) + day - 1;
  return days * dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + hundredths * 10 + thousandth;
};

const roundTrip = (instant: Instant): number => {
  const epochMs = toEpochMs(instant);
  return !Number.isNaN(epochMs) && toInstant(epochMs) === instant ? epochMs : NaN;
};
