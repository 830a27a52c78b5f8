import type { Column, RowOptions } from '../rows/columns.ts';
import type { Entry } from '../rows/entries.ts';

/** Writes rows as text, one after the other. */
export interface Encoding {
  /** What stands before the first row. */
  readonly head: string;
  row(entry: Entry, options: RowOptions): string;
}

type Value = string | number | boolean | undefined;

/** Instants are ISO-8601 in UTC, with milliseconds. */
const plainOf = ({ type }: Column, value: Value): Value =>
  type === 'timestamp' && value !== undefined ? new Date(value as number).toISOString() : value;

/** One JSON object per line, every column in it, `null` for none. */
export const ndjson = (columns: readonly Column[]): Encoding => {
  const names = columns.map(({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  const writers = columns.map((column) => {
    const needsQuotes = column.type === 'text';
    const isText = column.type === 'timestamp' || column.type === 'enum';
    return (value: Value): string => {
      if (value === undefined) return 'null';
      if (needsQuotes) return JSON.stringify(value);
      return isText ? `"${String(plainOf(column, value))}"` : String(value);
    };
  });
  return {
    head: '',
    row: (entry, options) => {
      let line = '';
      for (let index = 0; index < columns.length; index += 1)
        // as long as the columns, all three
        line +=
          (names[index] as string) +
          (writers[index] as (typeof writers)[0])((columns[index] as Column).of(entry, options));
      return `${line}}\n`;
    },
  };
};

/** RFC 4180: a header, CRLF, quotes where they are needed. NULL is nothing at all, an empty text is `""`. */
export const csv = (columns: readonly Column[]): Encoding => {
  const field = (column: Column, value: Value): string => {
    const plain = plainOf(column, value);
    if (plain === undefined) return '';
    const text = String(plain);
    return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return {
    head: `${columns.map(({ name }) => name).join(',')}\r\n`,
    row: (entry, options) =>
      `${columns.map((column) => field(column, column.of(entry, options))).join(',')}\r\n`,
  };
};
