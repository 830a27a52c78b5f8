/**
 * Rows on their way to the thread that writes them: all numbers in one array, row after row, and all texts in another.
 * Cloning objects would cost more than writing them. NaN stands for NULL, which is what SQLite makes of it.
 */
export interface PackedRows {
  readonly count: number;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly texts: readonly string[];
}

/** n, coach, client, revision, position, recorded_at, status, starts_at, ends_at, change_starts_at, change_ends_at, awaited, until */
export const requestNumbers = 13;
/** id, rest */
export const requestTexts = 2;
/** n, participant, other, request, revision, recorded_at, type */
export const notificationNumbers = 7;
/** rest */
export const notificationTexts = 1;

export type ToCopyThread =
  | {
      readonly kind: 'write';
      /** Ids of participants not sent before; they are numbered on from the last one. */
      readonly participants: readonly string[];
      readonly requests: PackedRows;
      readonly notifications: PackedRows;
    }
  | { readonly kind: 'load'; readonly ids: readonly string[] }
  | { readonly kind: 'finish'; readonly checkpoint: number; readonly longestMs: number };

/** A row of a request that was written before. */
export interface LoadedRow {
  readonly n: number;
  readonly id: string;
  readonly coachId: string;
  readonly clientId: string;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: number;
  readonly rest: string;
}

/** One for each message, in the same order. */
export type FromCopyThread = { readonly rows: readonly LoadedRow[] } | { readonly failed: Error };
