import bindings, { type DataChunk, type Vector } from '@duckdb/node-bindings';

/** `integer` 32 bits, `bigint` 64 (below 2^53), `timestamp` milliseconds since 1970, `enum` one of `values`, at most 255. */
export interface TableColumn<T> {
  readonly name: string;
  readonly type: 'integer' | 'bigint' | 'timestamp' | 'text' | 'boolean' | 'enum';
  readonly values?: readonly string[];
  readonly of: (item: T) => string | number | boolean | undefined;
}

/** Rows in one vector of DuckDB. */
export const vectorSize = 2048;

/** Up to {@link vectorSize} rows as DuckDB has them in memory, outside of it. */
export interface PackedRows {
  readonly count: number;
  /** Copies them into an empty chunk with these columns. Once. */
  place(chunk: DataChunk): void;
}

/** Packs rows one after the other. */
export interface Packing<T> {
  /** How many have been added. */
  readonly count: number;
  /** Adds rows: all of them, or those before `end` from `begin` on. Not more than {@link vectorSize} altogether. */
  add(items: readonly T[], begin?: number, end?: number): void;
  /** What was added. What is added from now on are other rows. */
  take(): PackedRows;
}

/**
 * Goes column by column: a row that goes into DuckDB value by value costs several times as much. Keeps none of the items.
 */
export const packRows = <T>(columns: readonly TableColumn<T>[]): Packing<T> => {
  const packings = columns.map((column) =>
    column.type === 'text' ? packTexts(column) : packNumbers(column),
  );
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(items, begin = 0, end = items.length) {
      for (const packing of packings) packing.add(items, begin, end, count);
      count += end - begin;
    },
    take() {
      const taken = count;
      const places = packings.map((packing) => packing.take(taken));
      count = 0;
      return {
        count: taken,
        place: (chunk) => {
          bindings.data_chunk_set_size(chunk, taken);
          for (const [index, place] of places.entries()) place(bindings.data_chunk_get_vector(chunk, index));
        },
      };
    },
  };
};

interface ColumnPacking<T> {
  add(items: readonly T[], begin: number, end: number, at: number): void;
  take(count: number): (vector: Vector) => void;
}

/** Which of the values of a vector are there: a bit each. */
const packPresence = () => {
  const bits = new Uint8Array(vectorSize / 8).fill(0xff);
  let missing = 0;
  return {
    leaveOut(row: number): void {
      bits[row >> 3] = (bits[row >> 3] as number) & ~(1 << (row & 7)); // within the vector
      missing += 1;
    },
    get missing() {
      return missing;
    },
    take(count: number): (vector: Vector) => void {
      if (missing === 0) return () => {};
      const taken = bits.slice();
      bits.fill(0xff);
      missing = 0;
      return (vector) => {
        bindings.vector_ensure_validity_writable(vector);
        bindings.copy_data_to_vector_validity(vector, 0, taken.buffer, 0, Math.ceil(count / 64) * 8);
      };
    },
  };
};

const packNumbers = <T>({ name, type, values = [], of }: TableColumn<T>): ColumnPacking<T> => {
  const width = type === 'integer' ? 4 : type === 'boolean' || type === 'enum' ? 1 : 8;
  const bytes = new Uint8Array(vectorSize * width);
  const words = new Int32Array(bytes.buffer);
  const presence = packPresence();
  const places = new Map(values.map((value, place) => [value, place]));
  const put = (row: number, value: string | number | boolean): void => {
    switch (type) {
      case 'integer':
        words[row] = value as number;
        break;
      case 'enum': {
        const place = places.get(value as string);
        if (place === undefined) throw new RangeError(`there is no value ${String(value)} in ${name}`);
        bytes[row] = place;
        break;
      }
      case 'bigint':
      case 'timestamp': {
        const whole = type === 'timestamp' ? (value as number) * 1000 : (value as number);
        words[2 * row] = whole; // modulo 2^32, whatever the sign
        words[2 * row + 1] = Math.floor(whole / 2 ** 32);
        break;
      }
      default:
        bytes[row] = value ? 1 : 0;
    }
  };
  return {
    add(items, begin, end, at) {
      for (let index = begin; index < end; index += 1) {
        const row = at + index - begin;
        const value = of(items[index] as T);
        if (value === undefined) presence.leaveOut(row);
        else put(row, value);
      }
    },
    take(count) {
      const taken = bytes.slice(0, count * width);
      const settle = presence.take(count);
      return (vector) => {
        bindings.copy_data_to_vector(vector, 0, taken.buffer, 0, taken.length);
        settle(vector);
      };
    },
  };
};

/** Texts of so many bytes stand in DuckDB's vector themselves; of longer ones, where they are. */
const inlineBytes = 12;

/**
 * All texts of a vector go to DuckDB in one call, as one long text, and the vector's entries are made to point into it: a call for each
 * costs five times as much, and a row has ten of them. An entry is the `duckdb_string_t` of DuckDB's C interface, 16 bytes: the length
 * (32 bits); then a short text itself, or its first four bytes and the address (64 bits).
 */
const packTexts = <T>({ of }: TableColumn<T>): ColumnPacking<T> => {
  const presence = packPresence();
  /** One after the other, in UTF-8. */
  let bytes = Buffer.alloc(vectorSize);
  let length = 0;
  /** Instead of addresses, places among the bytes. */
  const entries = new Uint32Array(vectorSize * 4);
  const entryBytes = new Uint8Array(entries.buffer);

  const write = (text: string, isAscii: boolean): void => {
    const most = text.length * (isAscii ? 1 : 3);
    if (length + most > bytes.length) {
      const larger = Buffer.alloc(2 * (length + most));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    length += bytes.write(text, length, isAscii ? 'latin1' : 'utf8');
  };
  /** Those of some rows, which are in the caches of the processor still. */
  const pack = (texts: readonly (string | undefined)[], first: number): void => {
    let at = length;
    const all = texts.join('');
    const isAscii = Buffer.byteLength(all) === all.length;
    if (isAscii) write(all, true);
    for (let index = 0; index < texts.length; index += 1) {
      const text = texts[index];
      if (text === undefined) continue;
      // By themselves: halves of a character must not become a whole one where two texts meet.
      if (!isAscii) write(text, false);
      const size = isAscii ? text.length : length - at;
      const entry = (first + index) * 4;
      entries[entry] = size;
      if (size > inlineBytes) {
        entries[entry + 1] = bytes.readUInt32LE(at);
        entries[entry + 2] = at;
      } else
        for (let byte = 0; byte < size; byte += 1)
          entryBytes[entry * 4 + 4 + byte] = bytes[at + byte] as number; // one of it
      at += size;
    }
  };

  return {
    add(items, begin, end, at) {
      const texts: (string | undefined)[] = [];
      let isEmpty = true;
      for (let index = begin; index < end; index += 1) {
        const text = of(items[index] as T) as string | undefined;
        texts.push(text);
        if (text === undefined) presence.leaveOut(at + index - begin);
        else isEmpty = false;
      }
      if (!isEmpty) pack(texts, at);
    },
    take(count) {
      const isEmpty = presence.missing === count;
      const settle = presence.take(count);
      if (isEmpty) return settle;
      const heap = new Uint8Array(bytes.subarray(0, length));
      const taken = entries.slice(0, count * 4);
      length = 0;
      entries.fill(0); // texts that are missing, or short, leave of an entry what was there
      return (vector) => {
        if (heap.length > inlineBytes) {
          bindings.vector_assign_string_element_len(vector, 0, heap);
          const { buffer, byteOffset } = bindings.vector_get_data(vector, 16);
          const entry = new DataView(buffer, byteOffset);
          const [low, high] = [entry.getUint32(8, true), entry.getUint32(12, true)];
          for (let word = 0; word < taken.length; word += 4) {
            if ((taken[word] as number) <= inlineBytes) continue;
            const address = low + (taken[word + 2] as number);
            taken[word + 2] = address; // modulo 2^32
            taken[word + 3] = address < 2 ** 32 ? high : high + 1;
          }
        }
        bindings.copy_data_to_vector(vector, 0, taken.buffer, 0, taken.byteLength);
        settle(vector);
      };
    },
  };
};
