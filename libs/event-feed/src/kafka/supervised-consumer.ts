import { elapse, type Setbacks, type Timers } from '@hse/event-sourcing';
import type { Consumer, ConsumerConfig, EachBatchPayload, Kafka } from 'kafkajs';

export interface SupervisedConsumerOptions {
  readonly kafka: Kafka;
  /** Of the next consumer that is made. */
  readonly config: () => ConsumerConfig;
  readonly topic: string;
  /** Batches handled at once, each of another partition. */
  readonly concurrency: number;
  readonly eachBatch: (payload: EachBatchPayload, consumer: Consumer) => Promise<void>;
  /** Called after each (re)joining of the group, before anything is fetched, with the partitions of this member. */
  readonly onJoin: (partitions: readonly number[], consumer: Consumer) => void;
  /** While this is true, silence is nothing to worry about: a batch is at hand. */
  readonly isBusy: () => boolean;
  readonly setbacks: Setbacks;
  readonly timers: Timers;
  readonly logger: { warn(fields: object, message: string): void };
  /** Without a sign of life from the brokers for this long, the consumer is made anew. Default 60 000 ms. */
  readonly silenceMs?: number;
}

const countMs = 500;

/**
 * A kafkajs consumer that is there for as long as it is wanted: its own restarting, which may end in a loop, is switched off;
 * when it crashes or falls silent it is made anew, after a pause.
 *
 * @returns a function that ends it: what is at hand has been settled then, and the group been left.
 */
export const superviseConsumer = (options: SupervisedConsumerOptions): (() => Promise<void>) => {
  const { kafka, config, topic, concurrency, eachBatch, onJoin, isBusy } = options;
  const { setbacks, timers, logger, silenceMs = 60_000 } = options;
  const closing = new AbortController();
  const { signal } = closing;

  /** Resolves with what went wrong; with nothing when it is to end. */
  const watch = async (consumer: Consumer): Promise<unknown> => {
    const over = new AbortController();
    let isAlive = true;
    const alive = (): void => void (isAlive = true);
    const { events } = consumer;
    consumer.on(events.FETCH, () => {
      alive();
      setbacks.recover();
    });
    consumer.on(events.HEARTBEAT, alive);
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      alive();
      onJoin(payload.memberAssignment[topic] ?? [], consumer);
    });
    const crashed = new Promise<unknown>((resolve) =>
      consumer.on(events.CRASH, ({ payload }) => resolve(payload.error)),
    );
    const silent = async (): Promise<unknown> => {
      while (await elapse(timers, silenceMs, over.signal)) {
        if (!isAlive && !isBusy()) {
          setbacks.note(undefined, silenceMs);
          return new Error(`the consumer has heard nothing from Kafka for ${silenceMs} ms`);
        }
        isAlive = false;
      }
      return undefined;
    };
    const count = async (): Promise<void> => {
      while (await elapse(timers, countMs, over.signal)) setbacks.wait(countMs);
    };
    signal.addEventListener('abort', () => over.abort(), { once: true });
    void count();
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: concurrency,
        eachBatch: (payload) => eachBatch(payload, consumer),
      });
      return await Promise.race([crashed, silent()]);
    } catch (error) {
      return error;
    } finally {
      over.abort();
    }
  };

  const isOver = (): boolean => signal.aborted;
  const supervise = async (): Promise<void> => {
    while (!isOver()) {
      const made = config();
      const consumer = kafka.consumer({
        ...made,
        retry: { ...made.retry, restartOnFailure: () => Promise.resolve(false) },
      });
      const error = await watch(consumer);
      const disconnected = consumer.disconnect().catch((reason: unknown) => reason);
      if (isOver()) await disconnected;
      else {
        const { failures } = setbacks;
        logger.warn({ err: error, groupId: made.groupId, failures }, 'a Kafka consumer has to be made anew');
        await Promise.race([disconnected, elapse(timers, 10_000, signal)]);
        await setbacks.pauseAfter(error, signal);
      }
    }
  };

  const ended = supervise();
  return () => {
    closing.abort();
    return ended;
  };
};
