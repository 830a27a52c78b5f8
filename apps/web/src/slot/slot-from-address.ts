import type { Slot } from '../time/format.ts';

const HOUR = 3_600_000;

/** The slot that the parameters `from` and `to` of an address name; an hour where only `from` does; none where they make no sense. */
export const slotFromAddress = (from: string | undefined, to: string | undefined): Slot | undefined => {
  const startMs = Date.parse(from ?? '');
  const endMs = to === undefined ? startMs + HOUR : Date.parse(to);
  if (Number.isNaN(startMs) || Number.isNaN(endMs) || endMs <= startMs) return undefined;
  return { startsAt: new Date(startMs).toISOString(), endsAt: new Date(endMs).toISOString() };
};
