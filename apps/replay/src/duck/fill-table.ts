import {
  BIGINT,
  BOOLEAN,
  DuckDBDataChunk,
  ENUM,
  INTEGER,
  TIMESTAMPTZ,
  VARCHAR,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBType,
} from '@duckdb/node-api';
import { literal } from './open-duckdb.ts';
import { packRows, type TableColumn } from './pack-rows.ts';

/** The SQL type of a column. */
export const sqlTypeOf = ({ type, values = [] }: Pick<TableColumn<never>, 'type' | 'values'>): string => {
  switch (type) {
    case 'integer':
      return 'INTEGER';
    case 'bigint':
      return 'BIGINT';
    case 'timestamp':
      return 'TIMESTAMPTZ';
    case 'text':
      return 'VARCHAR';
    case 'boolean':
      return 'BOOLEAN';
    case 'enum':
      return `ENUM (${values.map(literal).join(', ')})`;
  }
};

/** The type of a column in DuckDB's own terms. */
export const duckTypeOf = ({
  type,
  values = [],
}: Pick<TableColumn<never>, 'type' | 'values'>): DuckDBType => {
  switch (type) {
    case 'integer':
      return INTEGER;
    case 'bigint':
      return BIGINT;
    case 'timestamp':
      return TIMESTAMPTZ;
    case 'text':
      return VARCHAR;
    case 'boolean':
      return BOOLEAN;
    case 'enum':
      return ENUM(values);
  }
};

/** Chunks that an appender holds before the table has them. */
const chunksAtOnce = 5;

/** A table that is filled in bulk. */
export interface Filling<T> {
  /** Adds up to `vectorSize` rows. */
  add(items: readonly T[]): void;
  /** Makes what was added visible to queries. Nothing can be added after it. */
  done(): void;
}

/** Begins to fill a table of these columns, which exists. */
export const fillTable = async <T>(
  connection: DuckDBConnection,
  table: string,
  columns: readonly TableColumn<T>[],
): Promise<Filling<T>> => {
  const appender: DuckDBAppender = await connection.createAppender(table);
  const packing = packRows(columns);
  // One chunk for all of them: what it holds is native memory, of which a garbage collector does not know when it is due.
  const chunk = DuckDBDataChunk.create(columns.map(duckTypeOf));
  let held = 0;
  return {
    add(items) {
      packing.add(items);
      chunk.reset();
      packing.take().place(chunk.chunk);
      appender.appendDataChunk(chunk);
      // By itself it would hold a hundred chunks, and have them twice for a moment.
      if ((held += 1) === chunksAtOnce) {
        appender.flushSync();
        held = 0;
      }
    },
    done() {
      appender.closeSync();
    },
  };
};
