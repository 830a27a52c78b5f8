import { describeWithServer } from '@hse/engines';
import {
  createKafka,
  createKafkaEventPublisher,
  ensureTopics,
  type KafkaTopics,
} from '@hse/event-feed/kafka';
import type { EventPublisher, NewEvent } from '@hse/event-sourcing';
import { createInMemoryEventStore } from '@hse/event-sourcing/testing';
import { createTimers, createUuids, silentLogger } from '@hse/service-kit';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { createRelay, type Relay } from './relay.ts';

const ids = createUuids();
const timers = createTimers();
const logger = silentLogger;
const STREAMS = 30;

const event = (): NewEvent => ({
  type: 'Counted',
  data: {},
  id: ids.next(),
  metadata: {
    commandId: ids.next(),
    correlationId: ids.next(),
    recordedAt: '2026-11-22T12:00:00.000Z',
    schemaVersion: 1,
  },
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => timers.after(ms, () => resolve()));
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await pause(10);
};

/** A client whose producers send nothing while the gate is shut, and everything as soon as it opens: alive, and too late. */
const withGate = (kafka: Kafka) => {
  let gate: Promise<void> = Promise.resolve();
  let open = (): void => {};
  const gated = Object.create(kafka) as Kafka;
  gated.producer = (config) => {
    const producer = kafka.producer(config);
    return {
      ...producer,
      async sendBatch(batch) {
        await gate;
        return producer.sendBatch(batch);
      },
    };
  };
  return {
    kafka: gated,
    shut: () => void (gate = new Promise((resolve) => (open = resolve))),
    open: () => open(),
  };
};

describeWithServer('KAFKA_BROKERS', 'two relays on Kafka', (brokers) => {
  let kafka: Kafka;
  let topics: KafkaTopics;

  beforeEach(async () => {
    kafka = createKafka({ brokers: brokers.split(','), clientId: 'test', logger });
    const run = ids.next();
    topics = { events: `${run}.events`, progress: `${run}.progress`, partitions: 4 };
    await ensureTopics({ kafka, topics, logger });
  });

  afterEach(async () => {
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topics.events, topics.progress] });
    await admin.disconnect();
  });

  /** Everything in the events topic, as headers say it, in the order of each partition. */
  const readTopic = async (): Promise<{ stream: string; revision: number }[]> => {
    const admin = kafka.admin();
    await admin.connect();
    const total = (await admin.fetchTopicOffsets(topics.events)).reduce(
      (sum, { high }) => sum + Number(high),
      0,
    );
    await admin.disconnect();
    const messages: { stream: string; revision: number }[] = [];
    const consumer = kafka.consumer({ groupId: ids.next(), maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic: topics.events, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      async eachMessage({ message }) {
        const { ce_stream: stream, ce_revision: revision } = message.headers ?? {};
        messages.push({ stream: String(stream), revision: Number(revision) });
      },
    });
    await until(() => messages.length >= total);
    await consumer.disconnect();
    return messages;
  };

  /** First occurrences have to come in order and without a gap, per stream. */
  const checkOrder = (messages: readonly { stream: string; revision: number }[]) => {
    const last = new Map<string, number>();
    let repeats = 0;
    let outOfOrder = 0;
    for (const { stream, revision } of messages) {
      const next = (last.get(stream) ?? -1) + 1;
      if (revision < next) repeats += 1;
      else if (revision > next) outOfOrder += 1;
      else last.set(stream, revision);
    }
    const events = [...last.values()].reduce((sum, revision) => sum + revision + 1, 0);
    return { events, repeats, outOfOrder };
  };

  const publisherOf = (instance: string, client = kafka): EventPublisher =>
    createKafkaEventPublisher({ kafka: client, topics, instance, ids, timers, logger, leaseMs: 600 });

  it('one is held up past the takeover and then sends all the same: nothing is missing, each stream is in order', async () => {
    const store = createInMemoryEventStore();
    let recorded = 0;
    const record = async (count: number): Promise<void> => {
      const from = recorded;
      recorded += count;
      await Promise.all(
        Array.from({ length: count }, (_, n) =>
          store.append(`s-${(from + n) % STREAMS}`, [event()], { expected: 'any' }),
        ),
      );
    };
    const gate = withGate(kafka);
    const [first, second] = [publisherOf('first', gate.kafka), publisherOf('second')];
    const [zombie, successor] = [first, second].map((publisher) =>
      createRelay({ store, publisher, timers, logger, batchSize: 20 }),
    ) as [Relay, Relay];
    zombie.start();
    await until(() => zombie.health().state === 'leading');
    await record(300);
    await until(() => zombie.health().position === recorded);
    successor.start();

    gate.shut();
    await record(300);
    await until(() => successor.health().state === 'leading');
    gate.open();
    for (let wave = 0; wave < 20; wave += 1) {
      await record(30);
      await pause(10);
    }
    await until(() => successor.health().position === recorded);
    await until(() => zombie.health().state === 'standby');

    await successor.stop(); // and the zombie leads again, where the other has left off
    await until(() => zombie.health().state === 'leading');
    await record(60);
    await until(() => zombie.health().position === recorded);
    await zombie.stop();
    await Promise.all([first.close(), second.close()]);

    const counted = checkOrder(await readTopic());
    expect(counted).toMatchObject({ events: recorded, outOfOrder: 0 });
    expect(counted.repeats).toBeGreaterThan(0); // what the zombie sent too late
    console.log(`${recorded} events recorded; in the topic: ${JSON.stringify(counted)}`);
  });

  it('a restarted instance leads at once; another one waits until the lease is over', async () => {
    const stopping = new AbortController();
    const [first, other] = [publisherOf('one'), publisherOf('other')];
    const led = await first.lead(stopping.signal);
    await led.publish({ events: [], position: 17 });
    const restarted = publisherOf('one');
    const again = await restarted.lead(stopping.signal);
    expect(again.after).toBe(17);
    await until(() => led.lost.aborted);
    await expect(led.publish({ events: [], position: 18 })).rejects.toThrow('does not publish any more');
    const waiting = other.lead(stopping.signal);
    await pause(1_500); // more than two leases
    expect(again.lost.aborted).toBe(false);
    await again.release();
    expect((await waiting).after).toBe(17);
    stopping.abort();
    await Promise.all([first, restarted, other].map((publisher) => publisher.close()));
  });

  it('when Kafka has lost events, all of them are published again', async () => {
    const signal = new AbortController().signal;
    const store = createInMemoryEventStore();
    await store.append('s-1', [event(), event(), event()], { expected: 'any' });
    const before = publisherOf('before');
    const publication = await before.lead(signal);
    for await (const batch of store.readAll()) await publication.publish(batch);
    await before.close();
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topics.events] });
    while ((await admin.listTopics()).includes(topics.events)) await pause(20);
    await ensureTopics({ kafka, topics, logger });
    await admin.disconnect();
    const after = publisherOf('after');
    expect((await after.lead(signal)).after).toBe(0);
    await after.close();
  });
});
