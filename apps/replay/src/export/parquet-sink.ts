import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBTableFunction, type DuckDBConnection } from '@duckdb/node-api';
import { duckTypeOf } from '../duck/fill-table.ts';
import { literal, type Duck } from '../duck/open-duckdb.ts';
import { packRows, vectorSize, type PackedRows, type TableColumn } from '../duck/pack-rows.ts';
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
  const packing = packRows(table);
  /** Of the part that is written, those that DuckDB has not taken yet. */
  let taking: readonly PackedRows[] = [];
  const writer = await duck.connect();
  writer.registerTableFunction(
    tableOf(table, () => {
      const [next, ...rest] = taking;
      taking = rest;
      return next;
    }),
  );
  // A reader should see text, whatever it knows of enumerations.
  const selected = table
    .map(({ name, type }) => (type === 'enum' ? `${name}::VARCHAR AS ${name}` : name))
    .join(', ');

  let { rows, position, parts } = done;
  let part: PackedRows[] = [];
  let inPart = 0;
  let writing: Promise<void> = Promise.resolve();

  const endPart = async (): Promise<void> => {
    if (packing.count > 0) part.push(packing.take());
    const progress: ExportProgress = { rows, position, bytes: 0, parts: parts + 1 };
    const path = join(folder, partName(parts));
    parts += 1;
    inPart = 0;
    const ended = part;
    part = [];
    await writing; // at most one part waits to be written
    taking = ended;
    writing = writePart(writer, { path, selected, schemaVersion: plan.schemaVersion }).then(() =>
      writeJson(manifestIn(folder), { plan, done: progress }),
    );
    writing.catch(() => {}); // whoever waits for it next is told
  };

  return {
    done,
    async write(entries) {
      for (let at = 0; at < entries.length;) {
        const count = Math.min(entries.length - at, vectorSize - packing.count, plan.partRows - inPart);
        packing.add(entries, at, at + count);
        at += count;
        inPart += count;
        rows += count;
        position = entries[at - 1]?.event.position ?? position;
        if (packing.count === vectorSize) part.push(packing.take());
        if (inPart === plan.partRows) await endPart();
      }
    },
    async finish() {
      // An export without rows has one part, which tells of the columns.
      if (inPart > 0 || parts === 0) await endPart();
      await writing;
      await renameDurably(folder, out);
      return { rows, position, bytes: sizeOf(out), parts };
    },
    async abandon() {
      // DuckDB must have nothing under way when it is closed.
      await writing.catch(() => {});
    },
  };
};

/** A table in SQL, `packed()`, of the rows that are handed out. DuckDB asks for them one after the other, and on this thread. */
const tableOf = (
  table: readonly TableColumn<Entry>[],
  next: () => PackedRows | undefined,
): DuckDBTableFunction =>
  DuckDBTableFunction.create({
    name: 'packed',
    bindFunction: (info) => {
      for (const column of table) info.addResultColumn(column.name, duckTypeOf(column));
    },
    initFunction: () => {},
    mainFunction: (_, { chunk }) => next()?.place(chunk), // none are none more
  });

/**
 * Rows that DuckDB holds, for a thread, while it writes them: a whole number of its vectors. With larger ones files are no smaller, nor
 * with a higher level of zstd, and either takes more of the processor.
 */
const rowGroupSize = 20_480;

const writePart = async (
  connection: DuckDBConnection,
  part: { path: string; selected: string; schemaVersion: number },
): Promise<void> => {
  const unfinished = `${part.path}.new`;
  await connection.run(
    `COPY (SELECT ${part.selected} FROM packed()) TO ${literal(unfinished)} (FORMAT parquet, COMPRESSION zstd, ` +
      `COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${rowGroupSize}, KV_METADATA {schema_version: ${literal(String(part.schemaVersion))}})`,
  );
  await renameDurably(unfinished, part.path);
};

/** Bytes of all parts in a folder. */
const sizeOf = (folder: string): number =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => partForm.test(name))
        .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    : 0;
