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

/** Milliseconds since 1970-01-01T00:00:00Z; of a text that is no instant as `Date.parse` takes it, `NaN` for most. */
export const toEpochMs = (instant: Instant): number => Date.parse(instant);

/**
 * The instant so many milliseconds after 1970-01-01T00:00:00Z; fractions of a millisecond are cut off.
 * @throws RangeError for what is no number, or more than 100 million days away. Outside the years 0000 to 9999 the
 *   result is no {@link Instant}.
 */
export const toInstant = (epochMs: number): Instant => new Date(epochMs).toISOString();

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
