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
import bindings, { type Vector } from '@duckdb/node-bindings';
import { literal } from './open-duckdb.ts';

/** `integer` 32 bits, `bigint` 64 (below 2^53), `timestamp` milliseconds since 1970, `enum` one of `values`. */
export interface TableColumn<T> {
  readonly name: string;
  readonly type: 'integer' | 'bigint' | 'timestamp' | 'text' | 'boolean' | 'enum';
  readonly values?: readonly string[];
  readonly of: (item: T) => string | number | boolean | undefined;
}

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

const duckTypeOf = ({ type, values = [] }: Pick<TableColumn<never>, 'type' | 'values'>): DuckDBType => {
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

/** Rows in one vector of DuckDB. */
export const vectorSize = 2048;

/** Chunks that an appender holds before the table has them. */
const chunksAtOnce = 5;

/** A table that is filled in bulk. */
export interface Filling<T> {
  /** Adds up to {@link vectorSize} rows. */
  add(items: readonly T[]): void;
  /** Makes what was added visible to queries. Nothing can be added after it. */
  done(): void;
}

/**
 * Begins to fill a table of these columns, which exists. Goes column by column into DuckDB's own vectors: a row that goes value by
 * value costs several times as much.
 */
export const fillTable = async <T>(
  connection: DuckDBConnection,
  table: string,
  columns: readonly TableColumn<T>[],
): Promise<Filling<T>> => {
  const appender: DuckDBAppender = await connection.createAppender(table);
  const types = columns.map(duckTypeOf);
  const writers = columns.map(writerOf);
  // One chunk for all of them: what it holds is native memory, of which a garbage collector does not know when it is due.
  const chunk = DuckDBDataChunk.create(types);
  let held = 0;
  return {
    add(items) {
      chunk.reset();
      chunk.rowCount = items.length;
      for (const [index, write] of writers.entries())
        write(items, bindings.data_chunk_get_vector(chunk.chunk, index));
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

type Write<T> = (items: readonly T[], vector: Vector) => void;

const writerOf = <T>({ type, values = [], of }: TableColumn<T>): Write<T> => {
  const valid = new Uint8Array(vectorSize / 8);
  /** Tells DuckDB which of the values are there, if not all of them are. */
  const settle = (vector: Vector, count: number, missing: boolean): void => {
    if (!missing) return;
    bindings.vector_ensure_validity_writable(vector);
    bindings.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, Math.ceil(count / 64) * 8);
    valid.fill(0xff);
  };
  const leaveOut = (index: number): void => {
    valid[index >> 3] = (valid[index >> 3] as number) & ~(1 << (index & 7)); // within the vector
  };
  valid.fill(0xff);

  if (type === 'text')
    return (items, vector) => {
      let missing = false;
      for (let index = 0; index < items.length; index += 1) {
        const value = of(items[index] as T);
        if (value === undefined) {
          leaveOut(index);
          missing = true;
        } else bindings.vector_assign_string_element(vector, index, value as string);
      }
      settle(vector, items.length, missing);
    };

  const width = type === 'integer' ? 4 : type === 'boolean' || type === 'enum' ? 1 : 8;
  const bytes = new Uint8Array(vectorSize * width);
  const numbers = new DataView(bytes.buffer);
  const places = new Map(values.map((value, place) => [value, place]));
  const put = (index: number, value: string | number | boolean): void => {
    switch (type) {
      case 'integer':
        numbers.setInt32(index * 4, value as number, true);
        break;
      case 'boolean':
        bytes[index] = value ? 1 : 0;
        break;
      case 'enum': {
        const place = places.get(value as string);
        if (place === undefined) throw new RangeError(`there is no value ${String(value)} in this column`);
        bytes[index] = place;
        break;
      }
      case 'bigint':
      case 'timestamp': {
        const whole = type === 'timestamp' ? (value as number) * 1000 : (value as number);
        numbers.setUint32(index * 8, whole >>> 0, true); // modulo 2^32, whatever the sign
        numbers.setInt32(index * 8 + 4, Math.floor(whole / 2 ** 32), true);
        break;
      }
    }
  };
  return (items, vector) => {
    let missing = false;
    for (let index = 0; index < items.length; index += 1) {
      const value = of(items[index] as T);
      if (value === undefined) {
        leaveOut(index);
        missing = true;
      } else put(index, value);
    }
    bindings.copy_data_to_vector(vector, 0, bytes.buffer, 0, items.length * width);
    settle(vector, items.length, missing);
  };
};
