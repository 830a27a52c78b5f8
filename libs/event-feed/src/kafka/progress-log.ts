import { type Ids, Setbacks, type Timers } from '@hse/event-sourcing';
import type { Admin, Kafka } from 'kafkajs';
import { decodeProgress, evolveLeadership, noLeadership, type Leadership } from './leadership.ts';
import { superviseConsumer } from './supervised-consumer.ts';

export interface ProgressLogOptions {
  readonly kafka: Kafka;
  /** The progress topic. */
  readonly topic: string;
  readonly ids: Ids;
  readonly timers: Timers;
  readonly logger: { warn(fields: object, message: string): void };
}

/** Reads the progress topic from its beginning and keeps on reading. */
export interface ProgressLog {
  /** As far as it has been read. */
  readonly leadership: Leadership;
  /** How many messages of the present leader have been read: grows with each sign of life. */
  readonly heard: number;
  /** Calls back after each message of the present leader. @returns a function that ends it. */
  onHeard(listener: () => void): () => void;
  /** Reads everything that has been written by now. @throws when Kafka cannot be asked, and when the signal aborts. */
  catchUp(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export const followProgress = (options: ProgressLogOptions): ProgressLog => {
  const { kafka, topic, ids, timers, logger } = options;
  const joined = new Set<string>();
  let groupId = '';
  /**
   * Of its own, because everyone reads everything; and anew for each consumer, because brokers that come back would let a second
   * member in only when they have given up the first.
   */
  const nextGroup = (): string => {
    groupId = `${topic}.follower.${ids.next()}`;
    return groupId;
  };
  const listeners = new Set<() => void>();
  let leadership = noLeadership;
  let heard = 0;
  /** A group that commits nothing begins anew after each rejoining; what has been read then is passed over. */
  let next = 0;
  let admin: Promise<Admin> | undefined;

  const read = (offset: number, value: Buffer | null): void => {
    if (offset < next) return;
    next = offset + 1;
    const message = decodeProgress(value);
    if (!message || message.epoch < leadership.epoch) return;
    leadership = evolveLeadership(leadership, message);
    if (message.epoch === leadership.epoch) heard += 1;
  };

  const end = superviseConsumer({
    kafka,
    topic,
    config: () => ({ groupId: nextGroup(), maxWaitTimeInMs: 250, allowAutoTopicCreation: false }),
    concurrency: 1,
    onJoin: () => void joined.add(groupId),
    isBusy: () => false,
    setbacks: new Setbacks({ timers, longestPauseMs: 2_000 }),
    timers,
    logger,
    async eachBatch(payload) {
      const { batch } = payload;
      for (const { offset, value } of batch.messages) read(Number(offset), value);
      next = Math.max(next, Number(batch.lastOffset()) + 1);
      payload.resolveOffset(batch.lastOffset());
      for (const listener of [...listeners]) listener();
      await payload.heartbeat();
    },
  });

  const connectedAdmin = async (): Promise<Admin> => {
    const connecting = kafka.admin();
    await connecting.connect();
    return connecting;
  };
  const dropAdmin = async (): Promise<void> => {
    const dropped = admin;
    admin = undefined;
    await dropped?.then((each) => each.disconnect()).catch(() => {});
  };

  return {
    get leadership() {
      return leadership;
    },
    get heard() {
      return heard;
    },
    onHeard(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async catchUp(signal) {
      let high: number;
      try {
        admin ??= connectedAdmin();
        const offsets = await (await admin).fetchTopicOffsets(topic);
        high = Number(offsets[0]?.high ?? 0);
      } catch (error) {
        await dropAdmin();
        throw error;
      }
      await new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (next < high && !signal.aborted) return;
          listeners.delete(look);
          signal.removeEventListener('abort', look);
          if (next >= high) resolve();
          else reject(new Error('waiting for the progress topic was given up'));
        };
        listeners.add(look);
        signal.addEventListener('abort', look);
        look();
      });
    },
    async close() {
      await end();
      try {
        await (await (admin ??= connectedAdmin())).deleteGroups([...joined]);
      } catch {
        // Nobody needs it: the brokers drop an empty group themselves, later.
      }
      await dropAdmin();
    },
  };
};
