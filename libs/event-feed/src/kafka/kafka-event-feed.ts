import type {
  Clock,
  DomainEvent,
  EventFeed,
  EventStore,
  FeedHealth,
  Ids,
  ParkedStreams,
  Timers,
} from '@hse/event-sourcing';
import type { Admin, Kafka } from 'kafkajs';
import { GroupMember } from './group-member.ts';
import { followProgress } from './progress-log.ts';
import type { KafkaTopics } from './topics.ts';

export interface KafkaEventFeedOptions<E extends DomainEvent> {
  /** Not shared with another feed: see `createKafka`. */
  readonly kafka: Kafka;
  readonly topics: KafkaTopics;
  /** Where events are read that are missing, and those of parked streams that are tried again. */
  readonly store: Pick<EventStore<E>, 'readStream'>;
  readonly parked: ParkedStreams;
  readonly ids: Ids;
  /** Says when a stream was parked. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: {
    debug(fields: object, message: string): void;
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** What Kafka calls a group is this and the group's name. Default `session-requests.`. */
  readonly groupPrefix?: string;
  /** How often an event is tried before its stream is parked. Default 5. */
  readonly attempts?: number;
  /** Pause after the first failure in a row; doubled with each further one. Default 100 ms. */
  readonly firstPauseMs?: number;
  /** The longest pause. Default 10 000 ms. */
  readonly longestPauseMs?: number;
  /** A member that has not been heard of for this long is out of its group; its partitions go to the others. Default 10 000 ms; brokers allow 6 000 and more. */
  readonly sessionTimeoutMs?: number;
  /** How often it is looked up what has been decided about parked streams. Default 2 000 ms. */
  readonly decisionsEveryMs?: number;
  /** Most bytes of one partition that are fetched at a time, and so handled in one batch. Default 256 KiB. */
  readonly maxBytesPerPartition?: number;
  /** Without a sign of life from the brokers for this long, the connection is made anew. Default 60 000 ms. */
  readonly silenceMs?: number;
}

export interface KafkaEventFeed<E extends DomainEvent = DomainEvent> extends EventFeed<E> {
  /** Of each group that is consumed at present, by this process. */
  health(): FeedHealth[];
  /**
   * How many messages are in the partitions of this process that it has not handled yet, by group; without a group that does not know
   * its partitions yet. What has not been published is not among them, what was published twice is twice.
   * @throws what Kafka's absence throws.
   */
  unhandled(): Promise<ReadonlyMap<string, number>>;
  /** Stops all subscriptions and leaves Kafka. */
  close(): Promise<void>;
}

/**
 * An `EventFeed` out of Kafka. The members of a group, in any number of processes, share the partitions; each gathers what
 * comes from its partitions into one batch at a time. Offsets are committed after the effects are durable, so an event is
 * delivered at least once; again after a rebalance, a crash, or a failed commit.
 *
 * A group begins where it has committed to, else at the beginning. While its consumer's checkpoint is 0 it begins at the
 * beginning in any case: its effects have been deleted, or it has never got through the log.
 *
 * `EventBatch.position` moves when the whole group has handled everything that the relay has accounted for.
 */
export const createKafkaEventFeed = <E extends DomainEvent = DomainEvent>(
  options: KafkaEventFeedOptions<E>,
): KafkaEventFeed<E> => {
  const { kafka, topics, ids, timers, logger } = options;
  const members = new Map<string, GroupMember<E>>();
  let progress: ReturnType<typeof followProgress> | undefined;
  let asking: Promise<Admin> | undefined;
  const dropAsking = async (): Promise<void> => {
    const dropped = asking;
    asking = undefined;
    await dropped?.then((admin) => admin.disconnect()).catch(() => {});
  };
  const connect = async (): Promise<Admin> => {
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  };
  return {
    consume(group, consumer) {
      if (members.has(group)) throw new Error(`group ${group} is consumed already, in this process`);
      progress ??= followProgress({ kafka, topic: topics.progress, ids, timers, logger });
      const member = new GroupMember(group, consumer, progress, options);
      members.set(group, member);
      void member.ended.then(() => members.delete(group));
      return member;
    },
    health: () => [...members.values()].map((member) => member.health()),
    async unhandled() {
      try {
        asking ??= connect();
        const offsets = await (await asking).fetchTopicOffsets(topics.events);
        const ends = new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
        const known = [...members].map(([group, member]) => [group, member.unhandled(ends)] as const);
        return new Map(known.flatMap(([group, count]) => (count === undefined ? [] : [[group, count]])));
      } catch (error) {
        await dropAsking();
        throw error;
      }
    },
    async close() {
      await dropAsking();
      await Promise.all([...members.values()].map((member) => member.stop()));
      await progress?.close();
    },
  };
};
