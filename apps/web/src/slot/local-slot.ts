import {
  CalendarDateTime,
  fromAbsolute,
  parseDate,
  parseTime,
  toCalendarDate,
  toZoned,
} from '@internationalized/date';
import type { Slot } from '../time/format.ts';

/** A slot as somebody writes it down: by the clock on their wall. What they have not filled in yet is null. */
export interface LocalSlot {
  /** `YYYY-MM-DD` */
  readonly day: string | null;
  /** `HH:MM` */
  readonly time: string | null;
  /** Elapsed minutes from the start to the end, whatever the clocks do in between. */
  readonly minutes: number | null;
  /** Which of the two is meant where the clocks show the time twice; only then does it matter. */
  readonly which: 'earlier' | 'later';
}

/** The instants that a local slot stands for. */
export type PlacedSlot =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'one'; readonly slot: Slot }
  /** The clocks go forward over this time. `becomes` is as much later as they are put forward. */
  | { readonly kind: 'none'; readonly becomes: Slot }
  /** The clocks go back over this time and show it a second time. */
  | { readonly kind: 'twice'; readonly earlier: Slot; readonly later: Slot };

const MINUTE = 60_000;

const slotFrom = (startMs: number, minutes: number): Slot => ({
  startsAt: new Date(startMs).toISOString(),
  endsAt: new Date(startMs + minutes * MINUTE).toISOString(),
});

/**
 * Where a local slot is in time.
 * @param zone IANA name.
 * @throws RangeError for a zone that the browser does not know.
 */
export const placeSlot = ({ day, time, minutes }: LocalSlot, zone: string): PlacedSlot => {
  if (day === null || time === null || minutes === null) return { kind: 'incomplete' };
  const date = parseDate(day);
  const { hour, minute } = parseTime(time);
  const local = new CalendarDateTime(date.year, date.month, date.day, hour, minute);
  const earlier = toZoned(local, zone, 'earlier').toDate().getTime();
  const later = toZoned(local, zone, 'later').toDate().getTime();
  if (earlier === later) return { kind: 'one', slot: slotFrom(earlier, minutes) };
  const exists = localTime(earlier, zone).compare(local) === 0;
  return exists
    ? { kind: 'twice', earlier: slotFrom(earlier, minutes), later: slotFrom(later, minutes) }
    : { kind: 'none', becomes: slotFrom(later, minutes) };
};

const localTime = (ms: number, zone: string): CalendarDateTime => {
  const { year, month, day, hour, minute } = fromAbsolute(ms, zone);
  return new CalendarDateTime(year, month, day, hour, minute);
};

/** The slot that is meant, where one is: not before everything is filled in, nor for a time that the clocks leave out. */
export const chosenSlot = (local: LocalSlot, zone: string): Slot | undefined => {
  const placed = placeSlot(local, zone);
  switch (placed.kind) {
    case 'one':
      return placed.slot;
    case 'twice':
      return placed[local.which];
    case 'none':
    case 'incomplete':
      return undefined;
  }
};

/** How somebody in this zone writes the slot down; seconds are left out. */
export const localSlotOf = ({ startsAt, endsAt }: Slot, zone: string): LocalSlot => {
  const startMs = Date.parse(startsAt);
  const start = fromAbsolute(startMs, zone);
  const two = (value: number): string => String(value).padStart(2, '0');
  const local: LocalSlot = {
    day: toCalendarDate(start).toString(),
    time: `${two(start.hour)}:${two(start.minute)}`,
    minutes: Math.round((Date.parse(endsAt) - startMs) / MINUTE),
    which: 'earlier',
  };
  const placed = placeSlot(local, zone);
  const isSecond = placed.kind === 'twice' && Math.abs(Date.parse(placed.later.startsAt) - startMs) < MINUTE;
  return isSecond ? { ...local, which: 'later' } : local;
};

/** By how many minutes the clocks are put forward (negative: back) between the start and the end of a slot. */
export const clockChangeWithin = ({ startsAt, endsAt }: Slot, zone: string): number =>
  (fromAbsolute(Date.parse(endsAt), zone).offset - fromAbsolute(Date.parse(startsAt), zone).offset) / MINUTE;
