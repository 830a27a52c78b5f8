import type { Kafka } from 'kafkajs';
import { createKafka, type CreateKafkaOptions } from './create-kafka.ts';
import { ensureTopics, sessionRequestTopics, type KafkaTopics } from './topics.ts';

/** Kafka as the environment of a service describes it; `kafkaSettings` of the service kit. */
export interface ConfiguredKafka {
  /** Makes a client of its own. @param options see `createKafka`. */
  client(options?: Pick<CreateKafkaOptions, 'requestTimeoutMs'>): Kafka;
  readonly topics: KafkaTopics;
  readonly groupPrefix: string;
  /** Creates or checks the topics, as configured. @throws TopicsNotAsConfigured and what the brokers' absence throws. */
  prepare(): Promise<void>;
}

export const configureKafka = ({
  settings,
  clientId,
  logger,
}: {
  settings: {
    readonly KAFKA_BROKERS: readonly string[];
    readonly KAFKA_PREFIX: string | undefined;
    readonly KAFKA_TLS: 'on' | 'off';
    readonly KAFKA_USERNAME: string | undefined;
    readonly KAFKA_PASSWORD: string | undefined;
    readonly TOPICS: 'create' | 'check';
    readonly TOPIC_PARTITIONS: number;
    readonly TOPIC_RETENTION_MS: number | undefined;
    readonly TOPIC_REPLICATION: number | undefined;
  };
  clientId: string;
  logger: CreateKafkaOptions['logger'];
}): ConfiguredKafka => {
  const { KAFKA_PREFIX: prefix = '', KAFKA_USERNAME: username, KAFKA_PASSWORD: password = '' } = settings;
  const { TOPIC_RETENTION_MS: retentionMs, TOPIC_REPLICATION: replicationFactor } = settings;
  const client = (options: Pick<CreateKafkaOptions, 'requestTimeoutMs'> = {}): Kafka =>
    createKafka({
      ...options,
      brokers: settings.KAFKA_BROKERS,
      clientId,
      logger,
      ssl: settings.KAFKA_TLS === 'on',
      ...(username !== undefined && { sasl: { mechanism: 'scram-sha-512', username, password } }),
    });
  const topics: KafkaTopics = {
    events: prefix + sessionRequestTopics.events,
    progress: prefix + sessionRequestTopics.progress,
    partitions: settings.TOPIC_PARTITIONS,
  };
  return {
    client,
    topics,
    groupPrefix: `${prefix}session-requests.`,
    prepare: () =>
      ensureTopics({
        kafka: client(),
        topics,
        logger,
        create: settings.TOPICS === 'create',
        ...(retentionMs !== undefined && { retentionMs }),
        ...(replicationFactor !== undefined && { replicationFactor }),
      }),
  };
};
