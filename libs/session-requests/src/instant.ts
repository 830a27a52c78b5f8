/**
 * An instant on the UTC time line as ISO-8601 with milliseconds and `Z`: `2026-11-22T09:00:00.000Z`.
 * Two instants of this form compare as strings the way they follow in time (years 0000 to 9999).
 */
export type Instant = string;

/** Milliseconds since 1970-01-01T00:00:00Z of a well-formed instant; `NaN` for anything else. */
export const toEpochMs = (instant: Instant): number => Date.parse(instant);

/** The instant so many milliseconds after 1970-01-01T00:00:00Z; fractions of a millisecond are cut off. */
export const toInstant = (epochMs: number): Instant => new Date(epochMs).toISOString();

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
