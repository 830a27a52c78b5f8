import {
  type DomainEvent,
  elapse,
  type EventPublisher,
  type Ids,
  type Publication,
  Setbacks,
  type Timers,
} from '@hse/event-sourcing';
import { Partitioners, type Kafka, type Producer, type RecordMetadata, type TopicMessages } from 'kafkajs';
import { encodeEvent } from './cloud-event.ts';
import { encodeProgress, type ProgressMessage } from './leadership.ts';
import { followProgress } from './progress-log.ts';
import { partitionOf, type KafkaTopics } from './topics.ts';

export interface KafkaEventPublisherOptions {
  readonly kafka: Kafka;
  readonly topics: KafkaTopics;
  /**
   * Name of this instance: the same after a restart, and no other running instance has it. A restarted instance then leads
   * again at once instead of waiting until it is given up itself.
   */
  readonly instance: string;
  readonly ids: Ids;
  readonly timers: Timers;
  readonly logger: {
    debug(fields: object, message: string): void;
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** For how long nothing has to be heard from a leader until another takes over. It lets hear from itself four times as often. Default 10 000 ms. */
  readonly leaseMs?: number;
}

/**
 * Publishes to Kafka; who leads is decided in the progress topic, see `evolveLeadership`.
 *
 * Why the order of a key is kept whatever happens, as far as first occurrences go: an event is sent only after everything
 * before it has been acknowledged by all replicas, or is in front of it in the same request. A leader begins at an accepted
 * position, which was written after such an acknowledgement, and goes on without a gap; so this holds for each single leader,
 * however many take themselves for it at a time, and for a request that arrives late. What they send is in the log already,
 * or all that is before it is. Followers see some events again, and never one for the first time after a later one.
 *
 * A failed request may be in the log. Repeating it with another content under the same sequence number would be refused for
 * ever, so a producer that has failed is replaced.
 */
export const createKafkaEventPublisher = <E extends DomainEvent = DomainEvent>(
  options: KafkaEventPublisherOptions,
): EventPublisher<E> => {
  const { kafka, topics, instance, ids, timers, logger, leaseMs = 10_000 } = options;
  /** Of the claims made here. */
  const tokens = new Set<string | undefined>();
  const closing = new AbortController();
  const log = followProgress({ kafka, topic: topics.progress, ids, timers, logger });
  let hasLed = false;
  let current: Publication<E> | undefined;
  let endCurrent = (): void => {};
  const partitionOfKey = partitionOf(topics);

  // --- writing ----------------------------------------------------------------------------------------------------------

  let connecting: Promise<Producer> | undefined;
  let sending: Promise<unknown> = Promise.resolve();

  const connect = async (): Promise<Producer> => {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 3 },
    });
    await producer.connect();
    return producer;
  };

  const dropProducer = async (): Promise<void> => {
    const dropped = connecting;
    connecting = undefined;
    await dropped?.then((producer) => producer.disconnect()).catch(() => {});
  };

  /** One request at a time, in the order of the calls. */
  const send = (topicMessages: TopicMessages): Promise<RecordMetadata[]> => {
    const sent = sending.then(async () => {
      try {
        connecting ??= connect();
        const answers = await (await connecting).sendBatch({ acks: -1, topicMessages: [topicMessages] });
        assertComplete(topicMessages, answers);
        return answers;
      } catch (error) {
        await dropProducer();
        throw error;
      }
    });
    sending = sent.catch(() => {});
    return sent;
  };

  const say = async (message: ProgressMessage): Promise<void> => {
    await send({ topic: topics.progress, messages: [encodeProgress(message)] });
  };

  // --- who leads ----------------------------------------------------------------------------------------------------------

  /** Resolves to true after a sign of life, to false when there has been none for the time of a lease. */
  const hearsOfLeader = async (signal: AbortSignal): Promise<boolean> => {
    const heard = new AbortController();
    const before = log.heard;
    const forget = log.onHeard(() => {
      if (log.heard !== before) heard.abort();
    });
    const hasElapsed = await elapse(timers, leaseMs, AbortSignal.any([signal, heard.signal]));
    forget();
    return !hasElapsed;
  };

  const mayClaim = async (signal: AbortSignal): Promise<boolean> => {
    const { epoch, released, instance: leader } = log.leadership;
    if (epoch === 0 || released) return true;
    // Not a second time: two running instances of one name would take the lead from each other without end.
    if (leader === instance && !hasLed) return true;
    if (await hearsOfLeader(signal)) return false;
    const { heard } = log;
    await log.catchUp(signal); // perhaps it was Kafka that was silent
    return heard === log.heard;
  };

  const leads = (): boolean => tokens.has(log.leadership.token) && !log.leadership.released;

  const claim = async (signal: AbortSignal): Promise<void> => {
    const epoch = log.leadership.epoch + 1;
    // Another one for each: a claim whose answer was lost must not be compacted away by the one that repeats it.
    const token = ids.next();
    tokens.add(token);
    await say({ type: 'claim', epoch, instance, token });
    await log.catchUp(signal);
  };

  /** @returns where to go on from; the beginning when Kafka has lost what it had acknowledged. */
  const placeToGoOnFrom = async (): Promise<{ after: number; offsets: number[] }> => {
    const { position, offsets } = log.leadership;
    const admin = kafka.admin();
    try {
      await admin.connect();
      const ends = new Map<number, number>();
      for (const { partition, high } of await admin.fetchTopicOffsets(topics.events))
        ends.set(partition, Number(high));
      if (offsets.every((offset, partition) => offset <= (ends.get(partition) ?? 0)))
        return { after: position, offsets: [...offsets] };
      logger.warn(
        { topic: topics.events, position },
        'Kafka has lost events; all of them are published again',
      );
      return { after: 0, offsets: [] };
    } finally {
      await admin.disconnect().catch(() => {});
    }
  };

  const takeTheLead = async (): Promise<Publication<E>> => {
    const { epoch } = log.leadership;
    const { after, offsets } = await placeToGoOnFrom();
    endCurrent();
    hasLed = true;
    const lost = new AbortController();
    const over = new AbortController();
    let position = after;
    let isIdle = false;

    const stopListening = log.onHeard(() => {
      if (log.leadership.epoch === epoch) return;
      end();
      lost.abort(new Error(`another instance publishes: ${log.leadership.instance ?? 'unknown'}`));
    });
    const end = (): void => {
      stopListening();
      over.abort();
    };
    const sayProgress = async (): Promise<void> => {
      isIdle = false;
      await say({
        type: 'progress',
        epoch,
        position,
        offsets: Array.from(offsets, (offset: number | undefined) => offset ?? 0),
      });
    };
    /** Also right at the start: what the leader before said may go by compaction. */
    const beat = async (): Promise<void> => {
      do {
        if (isIdle)
          await sayProgress().catch((error: unknown) => {
            logger.debug({ err: error, epoch }, 'progress could not be written');
          });
        isIdle = true;
      } while (await elapse(timers, leaseMs / 4, over.signal));
    };
    const sendEvents = async (messages: readonly PlacedMessage[]): Promise<void> => {
      const counts: number[] = [];
      for (const { partition } of messages) counts[partition] = (counts[partition] ?? 0) + 1;
      const ends = new Map<number, number>();
      for (const { partition, baseOffset } of await send({ topic: topics.events, messages: [...messages] })) {
        if (baseOffset === undefined || Number(baseOffset) < 0)
          throw new Error(`Kafka did not say where the events are in partition ${partition}`);
        const end = Number(baseOffset) + (counts[partition] ?? 0);
        ends.set(partition, Math.max(end, ends.get(partition) ?? 0)); // one that moved may be sent, and answered for, twice
      }
      for (const [partition, end] of ends) offsets[partition] = end;
    };
    isIdle = true;
    void beat();
    logger.info({ epoch, instance, after }, 'publishes events from now on');

    const publication: Publication<E> = {
      after,
      lost: lost.signal,
      async publish(batch) {
        if (over.signal.aborted) throw new Error('this instance does not publish any more');
        if (batch.events.length > 0) {
          const messages = batch.events.map((event) => {
            const message = encodeEvent(event);
            return { ...message, partition: partitionOfKey(message.key) };
          });
          for (const some of inRequests(messages)) await sendEvents(some);
        }
        position = batch.position;
        await sayProgress();
        if (lost.signal.aborted) throw lost.signal.reason;
      },
      async release() {
        if (over.signal.aborted) return;
        end();
        await say({ type: 'release', epoch });
      },
    };
    current = publication;
    endCurrent = end;
    return publication;
  };

  return {
    async lead(signal) {
      const over = AbortSignal.any([signal, closing.signal]);
      const isOver = (): boolean => over.aborted;
      const setbacks = new Setbacks({ timers, longestPauseMs: 2_000 });
      while (!isOver()) {
        try {
          await log.catchUp(over);
          if (!leads() && (await mayClaim(over)) && !isOver()) await claim(over);
          if (leads()) return await takeTheLead();
        } catch (error) {
          if (isOver()) break;
          logger.warn(
            { err: error, failures: setbacks.failures + 1 },
            'the lead could not be taken; tries again',
          );
          await setbacks.pauseAfter(error, over);
        }
      }
      throw new Error('waiting for the lead was given up');
    },
    async close() {
      closing.abort();
      await current?.release().catch(() => {}); // else another takes over after the lease
      await sending;
      await dropProducer();
      await log.close();
    },
  };
};

/**
 * When a partition moves from a broker that failed to one that has answered for its own partitions already, kafkajs 2.2.4 takes that
 * answer for this partition's, too, sends nothing, and reports success.
 *
 * @throws when a partition is not among those answered for: whether its messages are in the log is not known.
 */
const assertComplete = (
  { topic, messages }: TopicMessages,
  answers: readonly Pick<RecordMetadata, 'partition'>[],
): void => {
  const answered = new Set(answers.map(({ partition }) => partition));
  for (const { partition } of messages)
    if (partition !== undefined && !answered.has(partition))
      throw new Error(`nothing is known of the messages to partition ${partition} of ${topic}`);
};

type PlacedMessage = ReturnType<typeof encodeEvent> & { readonly partition: number };

/**
 * Bytes of messages that go to one partition in one request, if there is more than one: brokers take 1 MiB by default, and
 * refuse what is larger for ever.
 */
const fullRequestBytes = 512 * 1024;

/** In order, so that no partition gets too much at a time. */
function* inRequests(messages: readonly PlacedMessage[]): Generator<readonly PlacedMessage[]> {
  let some: PlacedMessage[] = [];
  const bytes: number[] = [];
  for (const message of messages) {
    const { partition } = message;
    const size = bytesOf(message);
    if ((bytes[partition] ?? 0) > 0 && (bytes[partition] ?? 0) + size > fullRequestBytes) {
      yield some;
      some = [];
      bytes.length = 0;
    }
    some.push(message);
    bytes[partition] = (bytes[partition] ?? 0) + size;
  }
  if (some.length > 0) yield some;
}

/** A little more than a message takes. */
const bytesOf = ({ key, value, headers }: PlacedMessage): number => {
  let bytes = 100 + Buffer.byteLength(key) + Buffer.byteLength(value ?? '');
  for (const [name, text] of Object.entries(headers ?? {}))
    bytes += 20 + name.length + Buffer.byteLength(String(text));
  return bytes;
};
