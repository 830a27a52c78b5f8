import { fullMessageLength } from './wire.ts';

/** What waits to be written to a stream. */
export interface Batches<T> {
  add(item: T): void;
  /** The stream takes more: to be called at its `drain`. */
  resume(): void;
}

/**
 * Gathers what is added in one turn of the event loop into one message, and holds it back while the stream is full.
 * @param write hands a message to the stream; false: it is full.
 * @param lengthOf of the texts in an item: a message takes no more when it is long.
 */
export const createBatches = <T>(
  write: (items: readonly T[]) => boolean,
  lengthOf: (item: T) => number,
): Batches<T> => {
  let waiting: T[] = [];
  let scheduled = false;
  let full = false;

  const next = (): readonly T[] => {
    let length = 0;
    const end = waiting.findIndex((item) => (length += lengthOf(item)) >= fullMessageLength) + 1;
    const items = end === 0 ? waiting : waiting.slice(0, end);
    waiting = end === 0 ? [] : waiting.slice(end);
    return items;
  };
  const flush = (): void => {
    scheduled = false;
    while (!full && waiting.length > 0) full = !write(next());
  };
  return {
    add(item) {
      waiting.push(item);
      if (scheduled || full) return;
      scheduled = true;
      setImmediate(flush);
    },
    resume() {
      full = false;
      flush();
    },
  };
};
