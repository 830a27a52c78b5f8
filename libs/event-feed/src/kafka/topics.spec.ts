import { describeWithServer } from '@hse/engines';
import { createUuids, silentLogger } from '@hse/service-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Admin } from 'kafkajs';
import { createKafka } from './create-kafka.ts';
import { ensureTopics, partitionOf, type KafkaTopics } from './topics.ts';

describe('the partition of a key', () => {
  it('is where every Kafka client puts it, and stays there', () => {
    const partition = partitionOf({ events: 'e', progress: 'p', partitions: 12 });
    // Hashes from the tests of the Java client (UtilsTest, testMurmur2).
    const hashes = {
      '21': -973932308,
      foobar: -790332482,
      'a-little-bit-long-string': -985981536,
      abc: 479470107,
    };
    for (const [key, hash] of Object.entries(hashes)) expect(partition(key)).toBe((hash & 0x7fffffff) % 12);
  });
});

describeWithServer('KAFKA_BROKERS', 'the topics', (brokers) => {
  const kafka = createKafka({
    brokers: (brokers || 'none:1').split(','),
    clientId: 'test',
    logger: silentLogger,
  });
  const ids = createUuids();
  const logger = silentLogger;
  let topics: KafkaTopics;
  let admin: Admin;

  beforeEach(async () => {
    const run = ids.next();
    topics = { events: `${run}.events`, progress: `${run}.progress`, partitions: 3 };
    admin = kafka.admin();
    await admin.connect();
  });

  afterEach(async () => {
    const existing = await admin.listTopics();
    const own = [topics.events, topics.progress].filter((topic) => existing.includes(topic));
    if (own.length > 0) await admin.deleteTopics({ topics: own });
    await admin.disconnect();
  });

  it('are created once, by whoever comes first', async () => {
    await Promise.all(Array.from({ length: 3 }, () => ensureTopics({ kafka, topics, logger })));
    await ensureTopics({ kafka, topics, logger, create: false });
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [topics.events, topics.progress] });
    expect(Object.fromEntries(found.map(({ name, partitions }) => [name, partitions.length]))).toEqual({
      [topics.events]: 3,
      [topics.progress]: 1,
    });
  });

  it('where creation is switched off, what is missing is said', async () => {
    await expect(ensureTopics({ kafka, topics, logger, create: false })).rejects.toMatchObject({
      name: 'TopicsNotAsConfigured',
      problems: [
        `${topics.events} does not exist and creating it is switched off`,
        `${topics.progress} does not exist and creating it is switched off`,
      ],
    });
  });

  it('of another shape they are refused, and nothing is changed', async () => {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic: topics.events,
          numPartitions: 5,
          configEntries: [{ name: 'retention.ms', value: '1000' }],
        },
        { topic: topics.progress, numPartitions: 2 },
      ],
    });
    await expect(ensureTopics({ kafka, topics, logger })).rejects.toMatchObject({
      problems: [
        `${topics.events} has 5 partitions instead of 3`,
        `${topics.events} has retention.ms=1000 instead of -1`,
        `${topics.progress} has 2 partitions instead of 1`,
        `${topics.progress} has cleanup.policy=delete instead of compact`,
      ],
    });
  });
});
