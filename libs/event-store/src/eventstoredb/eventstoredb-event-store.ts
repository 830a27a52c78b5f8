import {
  BACKWARDS,
  END,
  NO_STREAM,
  START,
  type EventData,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client';
import {
  elapse,
  StoreUnavailable,
  WrongExpectedRevision,
  type AppendResult,
  type DomainEvent,
  type EventBatch,
  type EventStore,
  type Ids,
  type ReadAllOptions,
  type Timers,
} from '@hse/event-sourcing';
import { NoAnswer, verdictOn } from './client-errors.ts';
import { openSafeClient } from './safe-client.ts';
import { Subscription } from './subscription.ts';
import { fromResolvedEvent, toEventData, type ReadEvent } from './wire-format.ts';

export interface EventStoreDBOptions {
  /** `esdb://…` or `esdb+discover://…`, with the credentials in it. */
  readonly connectionString: string;
  /** The streams that readAll, follow and head go by begin with this. Default `sessionRequest-`. */
  readonly streamPrefix?: string;
  /** Put before the name of each stream in the database, so that several stores can share one. Default: nothing. */
  readonly namespace?: string;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** A call that the server has not answered after this many milliseconds is made again. Default 3 000. */
  readonly attemptMs?: number;
  /** After this many milliseconds of attempts a call fails. Default 10 000. Followers never give up. */
  readonly giveUpMs?: number;
}

export interface EventStoreDBEventStore<E extends DomainEvent = DomainEvent> extends EventStore<E> {
  /**
   * Why the last call, or the connection of a follower, failed; undefined when the server has answered since. It is asked every
   * second then, so this does not depend on further calls.
   */
  readonly failure: Error | undefined;
  /** Resolves as soon as the server answers, and says in the log when it has to wait; rejects when the signal aborts or the server refuses. */
  untilReachable(signal?: AbortSignal): Promise<void>;
}

/** The stream was deleted. Sessions are never deleted here: somebody did it by hand, and nothing can be appended any more. */
export class StreamDeleted extends Error {
  readonly stream: string;
  constructor(stream: string, options?: ErrorOptions) {
    super(`${stream} has been deleted from the event store`, options);
    this.name = 'StreamDeleted';
    this.stream = stream;
  }
}

/** One call of append, however often it is attempted. */
interface Append {
  readonly stream: string;
  readonly events: readonly EventData[];
  readonly id: string;
}

/** What is known of an append that has no result yet. */
interface Fate {
  mayBeWritten: boolean;
}

const firstPauseMs = 20;
const longestPauseMs = 1_000;

/**
 * An event store in EventStoreDB 22.6 or later. Does nothing until the first call.
 *
 * An append whose outcome is unknown is repeated with the same event ids at the same revision until the server has said what
 * became of it. Positions are commit positions in `$all`: they grow, with gaps. A stream that was deleted fails with StreamDeleted;
 * events larger than the server's limit (MaxAppendSize, 1 MiB by default, for all events of an append) fail with RangeError.
 */
export const openEventStoreDB = <E extends DomainEvent = DomainEvent>({
  connectionString,
  streamPrefix = 'sessionRequest-',
  namespace = '',
  timers,
  ids,
  logger,
  attemptMs = 3_000,
  giveUpMs = 10_000,
}: EventStoreDBOptions): EventStoreDBEventStore<E> => {
  const connection = openSafeClient(connectionString);
  const { client } = connection;
  const address = connectionString.replace(/\/\/[^@/]*@/, '//'); // without the credentials
  const storeId = ids.next();
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  /** Of streams with appends under way that go wherever the stream ends. */
  const lanes = new Map<string, { known: ReadEvent<E>[]; waiting: number; last: Promise<unknown> }>();
  let appends = 0;
  let knownHead = 0;
  let failure: Error | undefined;
  let asking = false;
  let closed: Promise<void> | undefined;

  const assertOpen = (): void => {
    if (closed) throw new StoreUnavailable(`${address} is closed`, 'not-written', 'closed');
  };

  const failed = (error: unknown): void => {
    if (!failure) logger.warn({ err: error, address }, 'EventStoreDB does not answer');
    failure = error instanceof Error ? error : new Error(String(error));
    if (!asking) void askUntilAnswered();
  };
  const answered = (): void => {
    if (failure) logger.info({ address }, 'EventStoreDB answers again');
    failure = undefined;
  };

  /** Waits so long and no longer; what comes later is nobody's. */
  const within = <T>(ms: number, promise: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = timers.after(ms, () => reject(new NoAnswer(ms)));
      promise.then(resolve, reject).finally(() => timer.cancel());
    });

  /** A limit of time that begins now. */
  const limit = (ms: number): { readonly over: boolean; cancel(): void } => {
    const state = { over: false };
    const timer = timers.after(ms, () => (state.over = true));
    return {
      get over() {
        return state.over;
      },
      cancel: () => timer.cancel(),
    };
  };

  /** Makes a call until the server has answered it, one way or the other. */
  const persistently = async <T>(
    what: string,
    attempt: () => Promise<T>,
    fate: Fate = { mayBeWritten: false },
  ): Promise<T> => {
    const time = limit(giveUpMs);
    try {
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
        try {
          const result = await attempt();
          answered();
          return result;
        } catch (error) {
          const verdict = verdictOn(error);
          const ours = error instanceof WrongExpectedRevision || error instanceof StreamDeleted;
          if (ours || error instanceof RangeError || (verdict !== 'unknown' && verdict !== 'not-sent')) {
            answered();
            throw error;
          }
          failed(error);
          if (time.over) {
            const outcome = fate.mayBeWritten ? 'unknown' : 'not-written';
            const message = `${address}: ${what}: ${(error as Error).message}`;
            throw new StoreUnavailable(message, outcome, 'unreachable', { cause: error });
          }
        }
        await elapse(timers, pauseMs);
      }
    } finally {
      time.cancel();
    }
  };

  /** Reads until `enough` says so or there is no more. The client has no time limit of its own for reads: silence ends them here. */
  const read = (open: () => StreamingRead<ResolvedEvent>, enough: (event: ResolvedEvent) => boolean) =>
    new Promise<void>((resolve, reject) => {
      const reading = open();
      let heard = false;
      let over = false;
      const listen = () =>
        timers.after(attemptMs, () => {
          if (!heard) return settle(new NoAnswer(attemptMs));
          heard = false;
          silence = listen();
        });
      let silence = listen();
      const settle = (error?: Error, ended = false): void => {
        if (over) return;
        over = true;
        silence.cancel();
        if (!ended) reading.cancel().catch(() => {}); // it never began
        if (error) reject(error);
        else resolve();
      };
      reading
        .on('error', (error) => settle(error)) // stays: an error nobody listens to ends the process, and they may come late
        .on('end', () => settle(undefined, true))
        .on('data', (event) => {
          if (over) return;
          heard = true;
          try {
            if (enough(event)) settle();
          } catch (error) {
            settle(error as Error);
          }
        });
    });

  /** The smallest call that shows whether the server answers. */
  const ask = (): Promise<void> =>
    read(
      () => client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }),
      () => true,
    );

  /** After a failure: whoever is not used any more because of it has no other call that could succeed. */
  const askUntilAnswered = async (): Promise<void> => {
    asking = true;
    while (failure) {
      await elapse(timers, longestPauseMs, closing.signal);
      if (closing.signal.aborted) return;
      try {
        await ask();
        answered();
      } catch (error) {
        if (verdictOn(error) === 'refused') answered();
        else failed(error);
      }
    }
    asking = false;
  };

  /** One attempt to read a stretch of a stream. */
  const readStretch = async (
    stream: string,
    { from, limit: most }: { from: number; limit: number },
  ): Promise<ReadEvent<E>[]> => {
    const events: ReadEvent<E>[] = [];
    const options = {
      fromRevision: from === 0 ? START : BigInt(from),
      maxCount: most,
      requiresLeader: true, // what was acknowledged is there at once
    } as const;
    try {
      await read(
        () => client.readStream(namespace + stream, options),
        (resolved) => {
          const event = fromResolvedEvent<E>(resolved, namespace);
          if (event) events.push(event);
          return false;
        },
      );
    } catch (error) {
      const verdict = verdictOn(error);
      if (verdict === 'stream-deleted') throw new StreamDeleted(stream, { cause: error });
      if (verdict !== 'no-stream') throw error;
    }
    return events;
  };

  const lastRevision = async (stream: string): Promise<number | undefined> => {
    let revision: number | undefined;
    try {
      await read(
        () =>
          client.readStream(namespace + stream, {
            direction: BACKWARDS,
            fromRevision: END,
            maxCount: 1,
            requiresLeader: true,
          }),
        (resolved) => {
          revision = fromResolvedEvent<E>(resolved, namespace)?.event.revision;
          return false;
        },
      );
    } catch (error) {
      if (verdictOn(error) !== 'no-stream') throw error;
    }
    return revision;
  };

  /** The result, if all events of the append are there from an index on. */
  const resultAt = (
    there: readonly ReadEvent<E>[],
    index: number,
    { events, id: appendId }: Append,
  ): AppendResult | undefined => {
    const last = there[index + events.length - 1];
    if (!last || !events.every(({ id }, offset) => there[index + offset]?.event.id === id)) return undefined;
    const { revision, position } = last.event;
    return { revision, position, repeated: last.appendId !== appendId };
  };

  /** One attempt at an exact revision; -1 for no stream. */
  const appendAfter = async (append: Append, expected: number, fate: Fate): Promise<AppendResult> => {
    const { stream, events } = append;
    let refusal: unknown;
    let acknowledged: number | undefined;
    try {
      const result = await within(
        attemptMs,
        client.appendToStream(namespace + stream, [...events], {
          expectedRevision: expected < 0 ? NO_STREAM : BigInt(expected),
          requiresLeader: true,
        }),
      );
      acknowledged = Number(result.nextExpectedRevision);
      fate.mayBeWritten = true;
    } catch (error) {
      const verdict = verdictOn(error);
      if (verdict === 'unknown') fate.mayBeWritten = true;
      if (verdict === 'stream-deleted') throw new StreamDeleted(stream, { cause: error });
      if ((error as { maxAppendSize?: number }).maxAppendSize !== undefined)
        throw new RangeError(`${stream}: the events are too large for the server`, { cause: error });
      // The server calls a partial repeat a wrong version in some releases and an unknown error in others: the stream tells.
      if (verdict !== 'wrong-revision' && verdict !== 'unknown') throw error;
      refusal = error;
    }
    // The server acknowledges a repeat like a first time: the event itself says which append it came with.
    const most = acknowledged === undefined ? Number.MAX_SAFE_INTEGER : events.length;
    const there = await readStretch(stream, { from: expected + 1, limit: most });
    const result = resultAt(there, 0, append);
    if (result) return result;
    if (acknowledged !== undefined) {
      if (acknowledged !== expected + events.length) throw new StreamDeleted(stream); // and has begun again, at a later revision
      throw new Error(`${stream}: what was acknowledged cannot be read yet`);
    }
    const actual = there.at(-1)?.event.revision ?? (await lastRevision(stream));
    if ((actual ?? -1) === expected && verdictOn(refusal) === 'unknown') throw refusal; // to be repeated
    throw new WrongExpectedRevision(stream, expected < 0 ? 'no-stream' : expected, actual);
  };

  const appendAt = (append: Append, expected: number): Promise<AppendResult> => {
    const fate: Fate = { mayBeWritten: false };
    return persistently(`appending to ${append.stream}`, () => appendAfter(append, expected, fate), fate);
  };

  /**
   * The server is idempotent for these only as well as its cache: they become appends at an exact revision. Those of one stream
   * go one after the other, and each knows what the one before it has read.
   */
  const appendAnywhere = async (append: Append, expected: 'any' | 'stream-exists'): Promise<AppendResult> => {
    const lane = lanes.get(append.stream) ?? { known: [], waiting: 0, last: Promise.resolve() };
    lanes.set(append.stream, lane);
    lane.waiting += 1;
    const result = lane.last.then(() => appendKnowing(lane.known, append, expected));
    lane.last = result.catch(() => {});
    try {
      return await result;
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) lanes.delete(append.stream);
    }
  };

  const appendKnowing = async (
    known: ReadEvent<E>[],
    append: Append,
    expected: 'any' | 'stream-exists',
  ): Promise<AppendResult> => {
    const { stream, events } = append;
    const own = new Set(events.map(({ id }) => id));
    for (;;) {
      const from = known.length;
      const more = () => readStretch(stream, { from, limit: Number.MAX_SAFE_INTEGER });
      known.push(...(await persistently(`reading ${stream}`, more)));
      const actual = known.at(-1)?.event.revision;
      const first = known.findIndex(({ event }) => own.has(event.id));
      const result = first < 0 ? undefined : resultAt(known, first, append);
      if (result) return result;
      if (first >= 0 || (expected === 'stream-exists' && actual === undefined))
        throw new WrongExpectedRevision(stream, expected, actual);
      try {
        return await appendAt(append, actual ?? -1);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error; // else somebody was faster
      }
    }
  };

  /** Backwards through `$all`, as far as the last head that was seen. */
  const findHead = async (): Promise<number> => {
    const enough = (resolved: ResolvedEvent): boolean => {
      const at = Number(resolved.event?.position?.commit ?? 0);
      if (at !== 0 && at <= knownHead) return true;
      if (!resolved.event?.streamId.startsWith(namespace + streamPrefix)) return false;
      const event = fromResolvedEvent<E>(resolved, namespace)?.event;
      if (event) knownHead = Math.max(knownHead, event.position);
      return event !== undefined;
    };
    await read(
      () => client.readAll({ direction: BACKWARDS, fromPosition: END, requiresLeader: true }),
      enough,
    );
    return knownHead;
  };

  /** Batches after a position, for as long as nobody ends it, or as far as `until`. Connects again and goes on where it was. */
  async function* batches(
    { after = 0, types, batchSize = 500, signal }: ReadAllOptions,
    until?: number,
  ): AsyncGenerator<EventBatch<E>> {
    const ending = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
    let position = after;
    let pauseMs = firstPauseMs;
    let time: { readonly over: boolean; cancel(): void } | undefined; // since it failed
    while (!ending.aborted) {
      const subscription = new Subscription<E>({
        client,
        namespace,
        prefix: streamPrefix,
        after: position,
        buffer: batchSize,
        timers,
        confirmWithinMs: attemptMs,
        signal: ending,
      });
      try {
        for (;;) {
          const batch = await subscription.next(batchSize, until);
          if (!batch) return;
          answered();
          pauseMs = firstPauseMs;
          time?.cancel();
          time = undefined;
          position = batch.position;
          yield {
            events: types ? batch.events.filter(({ type }) => types.includes(type)) : batch.events,
            position,
          };
          if (until !== undefined && position >= until) return;
        }
      } catch (error) {
        if (error instanceof RangeError || verdictOn(error) === 'refused') throw error;
        failed(error);
        if (until !== undefined) time ??= limit(giveUpMs);
        if (time?.over)
          throw new StoreUnavailable(`${address}: reading`, 'not-written', 'unreachable', { cause: error });
      } finally {
        subscription.stop();
      }
      await elapse(timers, pauseMs, ending);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }

  const closeAll = async (): Promise<void> => {
    await Promise.allSettled(underWay);
    closing.abort();
    await connection.close();
  };

  return {
    get failure() {
      return failure;
    },
    async untilReachable(signal) {
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
        assertOpen();
        signal?.throwIfAborted();
        try {
          await ask();
          answered();
          return;
        } catch (error) {
          if (verdictOn(error) === 'refused') throw error;
          failed(error);
        }
        await elapse(timers, pauseMs, signal);
      }
    },
    append(stream, events, { expected }) {
      const attempt = async (): Promise<AppendResult> => {
        assertOpen();
        if (events.length === 0) throw new RangeError('there is nothing to append');
        appends += 1;
        const id = `${storeId}/${appends}`;
        const call = { stream, id, events: events.map((event) => toEventData(event, id)) };
        if (expected === 'any' || expected === 'stream-exists') return appendAnywhere(call, expected);
        return appendAt(call, expected === 'no-stream' ? -1 : expected);
      };
      const result = attempt();
      const settled: Promise<unknown> = result.then(
        () => underWay.delete(settled),
        () => underWay.delete(settled),
      );
      underWay.add(settled);
      return result;
    },
    async readStream(stream, { from = 0, limit: most = Number.MAX_SAFE_INTEGER } = {}) {
      assertOpen();
      if (most === 0) return [];
      const read = await persistently(`reading ${stream}`, () => readStretch(stream, { from, limit: most }));
      return read.map(({ event }) => event);
    },
    async *readAll(options = {}) {
      assertOpen();
      const head = await persistently('reading the head', findHead);
      if (head <= (options.after ?? 0)) return;
      yield* batches(options, head);
      if (!options.signal?.aborted) assertOpen(); // else it has not come to the end
    },
    async *follow(options = {}) {
      assertOpen();
      yield* batches(options);
    },
    async head() {
      assertOpen();
      return persistently('reading the head', findHead);
    },
    close() {
      closed ??= closeAll();
      return closed;
    },
  };
};
