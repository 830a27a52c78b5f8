import kafkajs, { Partitioners, type Admin, type Kafka } from 'kafkajs';

/** Where the events go, and where is written how far they have gone. */
export interface KafkaTopics {
  readonly events: string;
  readonly progress: string;
  /**
   * Over how many partitions the events are spread, at least 1. Fixed for the life of the topic: it decides which key is in
   * which partition, so another number needs another topic, filled by a relay from the beginning.
   */
  readonly partitions: number;
}

export const sessionRequestTopics: KafkaTopics = {
  events: 'session-requests.events',
  progress: 'session-requests.progress',
  partitions: 12,
};

export interface EnsureTopicsOptions {
  readonly kafka: Kafka;
  readonly topics: KafkaTopics;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** Whether missing topics are created. Default true; where it turns out not to be allowed, they are only checked. */
  readonly create?: boolean;
  /** How long events are kept, in milliseconds. Default -1: for ever. A group that starts anew sees only what is there. */
  readonly retentionMs?: number;
  /** Copies of each partition. Default -1: as the brokers are configured. */
  readonly replicationFactor?: number;
}

/** The topics are missing or are not as they have to be. */
export class TopicsNotAsConfigured extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Kafka topics are not as configured: ${problems.join('; ')}`);
    this.name = 'TopicsNotAsConfigured';
    this.problems = problems;
  }
}

/**
 * Creates the topics that are missing and checks all of them. Nothing that exists is changed: a number of partitions that is
 * not the configured one is an error, because a key would be in another partition than before.
 *
 * @throws TopicsNotAsConfigured with everything that is wrong.
 */
export const ensureTopics = async (options: EnsureTopicsOptions): Promise<void> => {
  const { kafka, topics, create = true } = options;
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = await admin.listTopics();
    const missing = [topics.events, topics.progress].filter((topic) => !existing.includes(topic));
    let refusal: string | undefined = 'creating it is switched off';
    if (missing.length > 0 && create) refusal = await createTopics(admin, missing, options);
    const absent = refusal === undefined ? [] : missing;
    const problems = absent.map((topic) => `${topic} does not exist and ${refusal ?? ''}`);
    for (const topic of [topics.events, topics.progress])
      if (!absent.includes(topic)) problems.push(...(await check(admin, topic, options)));
    if (problems.length > 0) throw new TopicsNotAsConfigured(problems);
  } finally {
    await admin.disconnect();
  }
};

/** @returns why it was refused; undefined when the topics are there now. */
const createTopics = async (
  admin: Admin,
  missing: readonly string[],
  { topics, logger, retentionMs = -1, replicationFactor = -1 }: EnsureTopicsOptions,
): Promise<string | undefined> => {
  const shapes = {
    [topics.events]: {
      numPartitions: topics.partitions,
      configEntries: [
        { name: 'cleanup.policy', value: 'delete' },
        { name: 'retention.ms', value: String(retentionMs) },
        { name: 'retention.bytes', value: '-1' },
      ],
    },
    [topics.progress]: {
      numPartitions: 1,
      configEntries: [
        { name: 'cleanup.policy', value: 'compact' },
        // Small segments are cleaned soon, so that a follower has little to read when it starts.
        { name: 'segment.bytes', value: String(1024 ** 2) },
        { name: 'segment.ms', value: String(600_000) },
        { name: 'min.cleanable.dirty.ratio', value: '0.1' },
      ],
    },
  };
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({ topic, replicationFactor, ...shapes[topic] })),
    });
    logger.info({ topics: missing }, 'created Kafka topics');
    return undefined;
  } catch (error) {
    const types = [error, ...((error as { errors?: unknown[] }).errors ?? [])].map(
      (each) => (each as { type?: string }).type,
    );
    if (types.includes('TOPIC_ALREADY_EXISTS')) return undefined; // another instance was quicker
    if (types.includes(NOT_KNOWN_YET)) return undefined; // created, but the broker asked has not heard of it
    if (!types.some((type) => type?.endsWith('_AUTHORIZATION_FAILED'))) throw error;
    return 'this client is not allowed to create it';
  }
};

const check = async (
  admin: Admin,
  topic: string,
  { topics, logger, retentionMs = -1 }: EnsureTopicsOptions,
): Promise<string[]> => {
  const isProgress = topic === topics.progress;
  const { topics: found } = await metadataOf(admin, topic);
  const partitions = found[0]?.partitions.length ?? 0;
  const expected = isProgress ? 1 : topics.partitions;
  const problems: string[] = [];
  if (partitions !== expected) problems.push(`${topic} has ${partitions} partitions instead of ${expected}`);
  const config = await configOf(admin, topic).catch((error: unknown) => {
    logger.warn({ err: error, topic }, 'the configuration of a Kafka topic could not be checked');
    return undefined;
  });
  if (!config) return problems;
  const policy = config.get('cleanup.policy');
  const expectedPolicy = isProgress ? 'compact' : 'delete';
  if (policy !== expectedPolicy)
    problems.push(`${topic} has cleanup.policy=${policy ?? '?'} instead of ${expectedPolicy}`);
  if (isProgress) return problems;
  const keptMs = Number(config.get('retention.ms'));
  if (keptMs !== -1 && (retentionMs === -1 || keptMs < retentionMs))
    problems.push(`${topic} has retention.ms=${keptMs} instead of ${retentionMs}`);
  return problems;
};

const NOT_KNOWN_YET = 'UNKNOWN_TOPIC_OR_PARTITION';

/** A topic that has just been created becomes known to a broker a moment later: asks for as long as some hundred answers take. */
const metadataOf = async (admin: Admin, topic: string): ReturnType<Admin['fetchTopicMetadata']> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await admin.fetchTopicMetadata({ topics: [topic] });
    } catch (error) {
      if ((error as { type?: string }).type !== NOT_KNOWN_YET || attempt === 500) throw error;
    }
  }
};

const configOf = async (admin: Admin, topic: string): Promise<Map<string, string>> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [
      // Node finds no export of that name in this CommonJS module.
      {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configNames: ['cleanup.policy', 'retention.ms'],
      },
    ],
  });
  return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
};

/** Where a key is put: as every Kafka client does it, by the number of partitions that is configured. */
export const partitionOf = ({ events, partitions }: KafkaTopics): ((key: string) => number) => {
  const byKey = Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return (key) => byKey({ topic: events, partitionMetadata, message: { key, value: null } });
};
