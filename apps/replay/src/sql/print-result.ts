import {
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBResult,
  type DuckDBValue,
} from '@duckdb/node-api';

export const resultFormats = ['table', 'csv', 'json'] as const;

export type ResultFormat = (typeof resultFormats)[number];

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** A value as JSON knows it; instants are ISO-8601, whole numbers beyond 2^53 texts. */
export const plainOf = (value: DuckDBValue): Plain => {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) {
    const date = new Date(Number(value.micros / 1000n));
    return Number.isNaN(date.getTime()) ? value.toString() : date.toISOString();
  }
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(plainOf);
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, each]) => [name, plainOf(each)]));
  return value.toString();
};

const textOf = (value: Plain): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Writes a result. @returns how many rows it has, and how many of them were left out. */
export const printResult = async (
  result: DuckDBResult,
  format: ResultFormat,
  options: { write: (text: string) => void | Promise<void>; limit: number },
): Promise<{ rows: number; leftOut: number }> => {
  const names = result.columnNames();
  const write = async (text: string): Promise<void> => options.write(text);
  let rows = 0;
  if (format === 'csv') {
    await write(`${names.map(csvField).join(',')}\r\n`);
    for await (const chunk of result.yieldRows()) {
      rows += chunk.length;
      await write(
        chunk.map((row) => `${row.map((value) => csvField(plainOf(value))).join(',')}\r\n`).join(''),
      );
    }
    return { rows, leftOut: 0 };
  }
  if (format === 'json') {
    await write('[');
    for await (const chunk of result.yieldRows()) {
      const objects = chunk.map((row) =>
        JSON.stringify(Object.fromEntries(names.map((name, index) => [name, plainOf(row[index] ?? null)]))),
      );
      await write(`${rows === 0 ? '\n' : ',\n'}${objects.join(',\n')}`);
      rows += chunk.length;
    }
    await write('\n]\n');
    return { rows, leftOut: 0 };
  }
  const shown: Plain[][] = [];
  for await (const chunk of result.yieldRows()) {
    rows += chunk.length;
    for (const row of chunk) if (shown.length < options.limit) shown.push(row.map(plainOf));
  }
  await write(`${tableOf(names, shown).join('\n')}\n`);
  return { rows, leftOut: rows - shown.length };
};

const csvField = (value: Plain): string => {
  if (value === null) return '';
  const text = textOf(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const widest = 60;

const tableOf = (names: readonly string[], rows: readonly (readonly Plain[])[]): string[] => {
  const cells = rows.map((row) =>
    row.map((value) => {
      const text = value === null ? '·' : textOf(value).replaceAll(/\s+/g, ' ');
      return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
    }),
  );
  const widths = names.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = names.map((_, column) =>
    rows.every((row) => row[column] === null || typeof row[column] === 'number'),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) =>
        isNumber[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(names), widths.map((width) => '─'.repeat(width)).join('  '), ...cells.map(line)];
};
