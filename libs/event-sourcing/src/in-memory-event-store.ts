import {
  StoreUnavailable,
  WrongExpectedRevision,
  type AppendResult,
  type EventBatch,
  type EventStore,
  type ExpectedRevision,
  type ReadAllOptions,
} from './event-store.ts';
import type { DomainEvent, NewEvent, RecordedEvent } from './event.ts';
import { LogHead } from './log-head.ts';

/** A moment at which storage can fail. */
export interface StorageOperation {
  readonly kind: 'append' | 'read-stream' | 'read-all';
  /** `after` an append: it is recorded, and the caller does not know. Reads have no `after`. */
  readonly moment: 'before' | 'after';
  /** Undefined for reads of the whole log. */
  readonly stream?: string;
}

/**
 * Decides whether an operation fails: with the error it returns, or not when it returns undefined. A promise delays the
 * operation until it settles. A store has no faults of its own: whoever hands this in owns the dice.
 */
export type StorageFault = (operation: StorageOperation) => Error | undefined | Promise<Error | undefined>;

export interface InMemoryEventStoreOptions {
  /** Default: nothing ever fails. */
  readonly fault?: StorageFault;
}

/**
 * An {@link EventStore} for tests and simulations: the whole contract, deterministic, nothing durable. An append is
 * acknowledged before the next macrotask, in the order of the calls, unless `fault` delays it.
 */
export const createInMemoryEventStore = <E extends DomainEvent = DomainEvent>(
  options: InMemoryEventStoreOptions = {},
): EventStore<E> => {
  const { fault } = options;
  const log: RecordedEvent<E>[] = []; // the event at position p is log[p - 1]
  const streams = new Map<string, RecordedEvent<E>[]>();
  const head = new LogHead();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  const assertOpen = (): void => {
    if (closed) throw new StoreUnavailable('the event store is closed', 'not-written', 'closed');
  };
  const suffer = async (operation: StorageOperation): Promise<void> => {
    const error = await fault?.(operation);
    if (error) throw error;
  };

  const record = (
    stream: string,
    events: readonly NewEvent<E>[],
    expected: ExpectedRevision,
  ): AppendResult => {
    const recorded = streams.get(stream) ?? [];
    const actual = recorded.length > 0 ? recorded.length - 1 : undefined;
    const repeat = findRepeat(recorded, events, expected);
    if (repeat === 'partial') throw new WrongExpectedRevision(stream, expected, actual);
    if (repeat) return { revision: repeat.revision, position: repeat.position, repeated: true };
    if (!isAsExpected(expected, actual)) throw new WrongExpectedRevision(stream, expected, actual);
    for (const event of events) {
      const place = { stream, revision: recorded.length, position: log.length + 1 };
      const written = freeze({ ...event, ...place });
      recorded.push(written);
      log.push(written);
    }
    streams.set(stream, recorded);
    head.advance(log.length);
    return { revision: recorded.length - 1, position: log.length, repeated: false };
  };

  const pageAfter = async (
    position: number,
    { types, batchSize = 500 }: ReadAllOptions,
  ): Promise<EventBatch<E>> => {
    await suffer({ kind: 'read-all', moment: 'before' });
    const events: RecordedEvent<E>[] = [];
    let reached = position;
    while (reached < log.length && events.length < batchSize) {
      const event = log[reached];
      reached += 1;
      if (event && (!types || types.includes(event.type))) events.push(event);
    }
    return { events, position: reached };
  };

  return {
    append(stream, events, { expected }) {
      const attempt = async (): Promise<AppendResult> => {
        assertOpen();
        if (events.length === 0) throw new RangeError('there is nothing to append');
        const asGiven = JSON.parse(JSON.stringify(events)) as NewEvent<E>[]; // the caller may change theirs meanwhile
        await suffer({ kind: 'append', moment: 'before', stream });
        const result = record(stream, asGiven, expected);
        await suffer({ kind: 'append', moment: 'after', stream });
        return result;
      };
      const result = attempt();
      const settled: Promise<boolean> = result.then(
        () => underWay.delete(settled),
        () => underWay.delete(settled),
      );
      underWay.add(settled);
      return result;
    },
    async readStream(stream, { from = 0, limit = Number.MAX_SAFE_INTEGER } = {}) {
      assertOpen();
      await suffer({ kind: 'read-stream', moment: 'before', stream });
      return streams.get(stream)?.slice(from, from + limit) ?? [];
    },
    async *readAll(readOptions = {}) {
      assertOpen();
      let position = readOptions.after ?? 0;
      while (position < head.position && !readOptions.signal?.aborted) {
        const batch = await pageAfter(position, readOptions);
        position = batch.position;
        yield batch;
      }
    },
    async *follow(readOptions = {}) {
      assertOpen();
      let position = readOptions.after ?? 0;
      while (await head.beyond(position, readOptions.signal)) {
        const batch = await pageAfter(position, readOptions);
        position = batch.position;
        yield batch;
      }
    },
    async head() {
      assertOpen();
      return head.position;
    },
    async close() {
      closed = true;
      await Promise.all(underWay);
      head.end();
    },
  };
};

const isAsExpected = (expected: ExpectedRevision, actual: number | undefined): boolean => {
  if (expected === 'any') return true;
  if (expected === 'no-stream') return actual === undefined;
  if (expected === 'stream-exists') return actual !== undefined;
  return actual === expected;
};

/** The last of the events if all of them are where a repeat would find them; `partial` if only some are. */
const findRepeat = <E extends DomainEvent>(
  recorded: readonly RecordedEvent<E>[],
  events: readonly NewEvent<E>[],
  expected: ExpectedRevision,
): RecordedEvent<E> | 'partial' | undefined => {
  const ids = new Set(events.map(({ id }) => id));
  const anywhere = expected === 'any' || expected === 'stream-exists';
  const afterExpected = expected === 'no-stream' ? 0 : Number(expected) + 1;
  const from = anywhere ? recorded.findIndex(({ id }) => ids.has(id)) : afterExpected;
  if (from < 0 || from >= recorded.length) return undefined;
  const complete = events.every(({ id }, index) => recorded[from + index]?.id === id);
  if (complete) return recorded[from + events.length - 1];
  return anywhere ? 'partial' : undefined;
};

const freeze = <T extends object>(value: T): T => {
  for (const part of Object.values(value))
    if (typeof part === 'object' && part !== null) freeze(part as object);
  return Object.freeze(value);
};
