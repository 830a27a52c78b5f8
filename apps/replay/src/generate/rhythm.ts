import type { Random } from './random.ts';
import type { Zone } from './population.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How busy people are with asking, by the hour of their day. */
const byHour = [
  0.1, 0.05, 0.03, 0.02, 0.02, 0.06, 0.2, 0.5, 0.9, 1.15, 1.1, 1, 0.85, 0.9, 0.95, 0.95, 1, 1.1, 1.2, 1.25,
  1.15, 0.85, 0.45, 0.2,
];
/** From Monday on. */
const byWeekday = [1.2, 1.1, 1.05, 1, 0.9, 0.5, 0.7];

const hourOf = (localMs: number): number => Math.floor((((localMs % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS);
/** 0 is Monday; the first of January 1970 was a Thursday. */
const weekdayOf = (localMs: number): number => (((Math.floor(localMs / DAY_MS) + 3) % 7) + 7) % 7;

/** How often people in this zone ask at this time, compared with a usual hour of their days. */
export const busyness = (zone: Zone, epochMs: number): number => {
  const local = zone.local(epochMs);
  const date = new Date(local);
  const [month, day] = [date.getUTCMonth(), date.getUTCDate()];
  const isHoliday = (month === 11 && day >= 22) || (month === 0 && day <= 2);
  const season = isHoliday ? 0.4 : month === 7 ? 0.75 : 1;
  return (byHour[hourOf(local)] ?? 0) * (byWeekday[weekdayOf(local)] ?? 0) * season; // 24 hours, 7 days
};

/** Then, or the next morning where they sleep at that time. */
export const whenAwake = (zone: Zone, epochMs: number, random: Random): number => {
  const local = zone.local(epochMs);
  const hour = hourOf(local);
  if (hour >= 7 && hour < 22) return epochMs;
  const midnight = Math.floor(local / DAY_MS) * DAY_MS + (hour >= 22 ? DAY_MS : 0);
  return Math.max(epochMs, zone.instant(midnight + random.between(7, 9.5) * HOUR_MS));
};

/** The beginning of a session near that time: on the half hour, between 8 and 20 o'clock there, seldom at a weekend. */
export const startNear = (zone: Zone, epochMs: number, random: Random): number => {
  const local = zone.local(epochMs);
  let midnight = Math.floor(local / DAY_MS) * DAY_MS;
  const weekday = weekdayOf(local);
  if (weekday >= 5 && random.happens(0.8)) midnight += (7 - weekday) * DAY_MS;
  const hour = hourOf(local);
  const inHours = hour >= 8 && hour < 20;
  const halfHours = inHours
    ? Math.floor((local % DAY_MS) / (HOUR_MS / 2))
    : Math.floor(random.between(16, 40));
  return zone.instant(midnight + halfHours * (HOUR_MS / 2));
};
