/**
 * An instant on the UTC time line as ISO-8601 with milliseconds and `Z`: `2026-11-22T09:00:00.000Z`.
 * Two instants of this form compare as strings the way they follow in time (years 0000 to 9999).
 */
export type Instant = string;

/** Whether a text is an {@link Instant}: of exactly that form, and a day and time that exist. */
export const isInstant = (text: string): boolean => {
  const epochMs = Date.parse(text);
  // Date.parse also takes other forms, and 30 February for 2 March: what comes back has to be what went in.
  return text.length === 24 && !Number.isNaN(epochMs) && toInstant(epochMs) === text;
};

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
