import { describeWithServer } from '@hse/engines';
import {
  createInMemoryEventStore,
  createInMemoryParkedStreams,
  eventFeedContract,
} from '@hse/event-sourcing/testing';
import { createSystemClock, createTimers, createUuids, silentLogger } from '@hse/service-kit';
import { createKafka } from './create-kafka.ts';
import { createKafkaEventFeed } from './kafka-event-feed.ts';
import { createKafkaEventPublisher } from './kafka-event-publisher.ts';
import { ensureTopics, type KafkaTopics } from './topics.ts';

describeWithServer('KAFKA_BROKERS', 'the Kafka feed', (brokers) => {
  const ids = createUuids();
  const timers = createTimers();
  const logger = silentLogger;

  eventFeedContract('the Kafka feed', async () => {
    const kafka = createKafka({ brokers: brokers.split(','), clientId: 'contract', logger });
    const run = ids.next();
    const topics: KafkaTopics = { events: `${run}.events`, progress: `${run}.progress`, partitions: 4 };
    await ensureTopics({ kafka, topics, logger });
    const store = createInMemoryEventStore();
    const publisher = createKafkaEventPublisher({ kafka, topics, instance: 'one', ids, timers, logger });
    const stopping = new AbortController();
    const relay = async (): Promise<void> => {
      const publication = await publisher.lead(stopping.signal);
      for await (const batch of store.follow({ after: publication.after, signal: stopping.signal }))
        await publication.publish(batch);
    };
    const relaying = relay();
    const feed = createKafkaEventFeed({
      kafka,
      topics,
      store,
      parked: createInMemoryParkedStreams(),
      ids,
      clock: createSystemClock(),
      timers,
      logger,
      groupPrefix: `${run}.`,
    });
    return {
      store,
      feed,
      letPausesPass() {},
      async close() {
        stopping.abort();
        await relaying;
        await Promise.all([feed.close(), publisher.close()]);
        const admin = kafka.admin();
        await admin.connect();
        await admin.deleteTopics({ topics: [topics.events, topics.progress] });
        await admin.disconnect();
      },
    };
  });
});
