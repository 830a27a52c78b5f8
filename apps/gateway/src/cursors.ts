import { invalidRequest } from './request-validation.ts';

/**
 * A place in a list as text that callers pass back as it is. Readable by whoever decodes it, and worth nothing to them:
 * every query is about the participant who asks.
 */
export const writeCursor = (place: readonly string[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/**
 * The parts that were written.
 * @throws HttpProblem `invalid-request` for text that {@link writeCursor} did not make with parts of these forms.
 */
export const readCursor = (cursor: string, ...forms: readonly ((part: string) => boolean)[]): string[] => {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isPlace = (value: unknown): value is string[] =>
      Array.isArray(value) &&
      value.length === forms.length &&
      value.every((part, index) => typeof part === 'string' && part.isWellFormed() && forms[index]?.(part));
    if (isPlace(place) && writeCursor(place) === cursor) return place;
  } catch {
    // Not JSON: said below.
  }
  throw invalidRequest([
    { path: '/query/cursor', message: 'is not a cursor of this list; begin without one' },
  ]);
};
