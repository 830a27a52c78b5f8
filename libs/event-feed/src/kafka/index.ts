export { configureKafka, type ConfiguredKafka } from './configure-kafka.ts';
export { createKafka, type CreateKafkaOptions } from './create-kafka.ts';
export {
  ensureTopics,
  sessionRequestTopics,
  TopicsNotAsConfigured,
  type EnsureTopicsOptions,
  type KafkaTopics,
} from './topics.ts';
export { createKafkaEventPublisher, type KafkaEventPublisherOptions } from './kafka-event-publisher.ts';
export { createKafkaEventFeed, type KafkaEventFeed, type KafkaEventFeedOptions } from './kafka-event-feed.ts';
