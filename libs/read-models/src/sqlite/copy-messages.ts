import type { RequestRow } from './rows.ts';

/** Rows on their way to the thread that writes them: all numbers in one array, row after row, and the texts in another. */
export interface PackedRows {
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly texts: readonly (string | null)[];
}

export type ToCopyThread =
  | {
      readonly kind: 'write';
      /** Not sent before; they are numbered on from the last one. */
      readonly identifiers: readonly string[];
      readonly requests: PackedRows;
      readonly notifications: PackedRows;
    }
  | { readonly kind: 'load'; readonly ids: readonly string[] }
  | { readonly kind: 'finish'; readonly checkpoint: number; readonly longestMs: number };

/** One for each message, in the same order. */
export type FromCopyThread = { readonly rows: readonly RequestRow[] } | { readonly failed: Error };
