import { describeWithServer } from '@hse/engines';
import type { RecordedEvent } from '@hse/event-sourcing';
import { createTimers, createUuids, silentLogger } from '@hse/service-kit';
import { expect, it } from '@jest/globals';
import type { Kafka, ProducerBatch } from 'kafkajs';
import { createKafka } from './create-kafka.ts';
import { createKafkaEventPublisher } from './kafka-event-publisher.ts';
import { ensureTopics, type KafkaTopics } from './topics.ts';

const ids = createUuids();
const timers = createTimers();
const logger = silentLogger;

const recorded = (n: number): RecordedEvent => ({
  type: 'Counted',
  data: { n },
  id: ids.next(),
  metadata: { commandId: 'c', correlationId: 'k', recordedAt: '2026-11-22T12:00:00.000Z', schemaVersion: 1 },
  stream: `sessionRequest-${n}`,
  revision: 0,
  position: n + 1,
});

/** Its producers do what kafkajs does when a partition moves to a broker that has answered: once, partition 0 is left out. */
const movingPartition = (kafka: Kafka) => {
  let leftOut = 0;
  const withoutPartition0 = ({ topicMessages = [], ...batch }: ProducerBatch): ProducerBatch => ({
    ...batch,
    topicMessages: topicMessages.map(({ topic, messages }) => {
      const kept = messages.filter(({ partition }) => partition !== 0);
      leftOut += messages.length - kept.length;
      return { topic, messages: kept };
    }),
  });
  const moving = Object.create(kafka) as Kafka;
  moving.producer = (config) => {
    const producer = kafka.producer(config);
    return {
      ...producer,
      sendBatch: (batch) => producer.sendBatch(leftOut > 0 ? batch : withoutPartition0(batch)),
    };
  };
  return { kafka: moving, leftOut: () => leftOut };
};

describeWithServer('KAFKA_BROKERS', 'the Kafka publisher', (brokers) => {
  it('does not take for published what the client has left out without a word', async () => {
    const kafka = createKafka({ brokers: brokers.split(','), clientId: 'test', logger });
    const run = ids.next();
    const topics: KafkaTopics = { events: `${run}.events`, progress: `${run}.progress`, partitions: 4 };
    await ensureTopics({ kafka, topics, logger });
    const moving = movingPartition(kafka);
    const publisher = createKafkaEventPublisher({
      ...{ kafka: moving.kafka, topics, instance: 'one', ids, timers, logger },
    });
    const admin = kafka.admin();
    await admin.connect();
    try {
      const publication = await publisher.lead(new AbortController().signal);
      const events = Array.from({ length: 40 }, (_, n) => recorded(n));
      const batch = { events, position: 40 };
      await expect(publication.publish(batch)).rejects.toThrow(/partition 0/);
      expect(moving.leftOut()).toBeGreaterThan(0);
      await publication.publish(batch);
      const ends = await admin.fetchTopicOffsets(topics.events);
      const inTopic = ends.reduce((sum, { high }) => sum + Number(high), 0);
      expect(inTopic).toBe(2 * 40 - moving.leftOut());
    } finally {
      await publisher.close();
      await admin.deleteTopics({ topics: [topics.events, topics.progress] });
      await admin.disconnect();
    }
  });
});
