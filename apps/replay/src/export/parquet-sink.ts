import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { fillTable, sqlTypeOf, vectorSize, type Filling, type TableColumn } from '../duck/fill-table.ts';
import { literal, type Duck } from '../duck/open-duckdb.ts';
import type { Column, RowOptions } from '../rows/columns.ts';
import type { Entry } from '../rows/entries.ts';
import { renameDurably, writeJson } from './durable.ts';
import type { ExportPlan, ExportProgress } from './manifest.ts';
import { partialOf, type RowSink } from './text-sink.ts';

/** What an export is and how far it has come, beside the parts. Readers of Parquet folders pass over such names. */
export const manifestIn = (folder: string): string => join(folder, '_manifest.json');

/** The name of a part; they sort in the order of the log. */
export const partName = (number: number): string => `part-${String(number).padStart(6, '0')}.parquet`;

const partForm = /^part-\d{6}\.parquet$/;

/**
 * Writes a folder of Parquet files (zstd) with the same number of rows each. While DuckDB writes one, on a thread of its own, the next
 * is filled.
 */
export const openParquetSink = async (options: {
  out: string;
  plan: ExportPlan;
  done: ExportProgress;
  columns: readonly Column[];
  rowOptions: RowOptions;
  duck: Duck;
}): Promise<RowSink> => {
  const { out, plan, done, columns, rowOptions, duck } = options;
  const folder = partialOf(out);
  for (const name of readdirSync(folder))
    if (!partForm.test(name) ? name !== '_manifest.json' : name >= partName(done.parts))
      rmSync(join(folder, name), { force: true });

  const table: TableColumn<Entry>[] = columns.map((column) => ({
    ...column,
    of: (entry) => column.of(entry, rowOptions),
  }));
  const types = table.map((column) => `${column.name} ${sqlTypeOf(column)}`).join(', ');
  // A reader should see text, whatever it knows of enumerations.
  const selected = table
    .map(({ name, type }) => (type === 'enum' ? `${name}::VARCHAR AS ${name}` : name))
    .join(', ');
  const filler = await duck.connect();
  const writer = await duck.connect();

  let { rows, position, parts } = done;
  let filling: { readonly name: string; readonly into: Filling<Entry> } | undefined;
  let buffer: Entry[] = [];
  let inPart = 0;
  let writing: Promise<void> = Promise.resolve();

  const begin = async (): Promise<NonNullable<typeof filling>> => {
    const name = `part_${parts}`;
    await filler.run(`CREATE TABLE ${name} (${types})`);
    return { name, into: await fillTable(filler, name, table) };
  };
  const flush = async (): Promise<void> => {
    if (buffer.length === 0) return;
    filling ??= await begin();
    filling.into.add(buffer);
    buffer = [];
  };
  const endPart = async (): Promise<void> => {
    await flush();
    if (!filling && (parts > 0 || inPart > 0)) return;
    const { name, into } = filling ?? (await begin()); // an export without rows has one part, which tells of the columns
    into.done();
    filling = undefined;
    inPart = 0;
    const progress: ExportProgress = { rows, position, bytes: 0, parts: parts + 1 };
    const path = join(folder, partName(parts));
    parts += 1;
    await writing; // at most one part waits to be written
    writing = writePart(writer, { name, path, selected, schemaVersion: plan.schemaVersion }).then(() =>
      writeJson(manifestIn(folder), { plan, done: progress }),
    );
    writing.catch(() => {}); // whoever waits for it next is told
  };

  return {
    done,
    async write(entries) {
      for (const entry of entries) {
        buffer.push(entry);
        rows += 1;
        position = entry.event.position;
        if (buffer.length === vectorSize) await flush();
        if ((inPart += 1) === plan.partRows) await endPart();
      }
    },
    async finish() {
      await endPart();
      await writing;
      renameDurably(folder, out);
      return { rows, position, bytes: sizeOf(out), parts };
    },
    async abandon() {
      // DuckDB must have nothing under way when it is closed.
      await writing.catch(() => {});
      filling?.into.done();
    },
  };
};

/**
 * Rows that DuckDB holds, for a thread, while it writes them: a whole number of its vectors. With larger ones files are no smaller, nor
 * with a higher level of zstd, and either takes more of the processor.
 */
const rowGroupSize = 20_480;

const writePart = async (
  connection: DuckDBConnection,
  part: { name: string; path: string; selected: string; schemaVersion: number },
): Promise<void> => {
  const unfinished = `${part.path}.new`;
  await connection.run(
    `COPY (SELECT ${part.selected} FROM ${part.name}) TO ${literal(unfinished)} (FORMAT parquet, COMPRESSION zstd, ` +
      `COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${rowGroupSize}, KV_METADATA {schema_version: ${literal(String(part.schemaVersion))}})`,
  );
  await connection.run(`DROP TABLE ${part.name}`);
  renameDurably(unfinished, part.path);
};

/** Bytes of all parts in a folder. */
const sizeOf = (folder: string): number =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => partForm.test(name))
        .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    : 0;
