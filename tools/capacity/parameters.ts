/** What somebody plans for. All numbers, none negative. */
export interface Parameters {
  readonly participants: number;
  readonly requestsPerDay: number;
  readonly roundsPerRequest: number;
  readonly unansweredShare: number;
  readonly pagesPerParticipantDay: number;
  readonly peakFactor: number;
  readonly liveShare: number;
  readonly retentionDays: number;
  readonly kafkaRetentionDays: number;
  readonly replicas: number;
  readonly utilisation: number;
  readonly appendsPerSecond: number;
  readonly relayedPerSecond: number;
  readonly partitionEventsPerSecond: number;
  readonly shardWritesPerSecond: number;
  readonly shardBytes: number;
  readonly storeBytes: number;
  readonly streamsPerGateway: number;
}

interface Parameter {
  readonly meaning: string;
  readonly default: number;
}

/** By name: `--requests-per-day 2000` on the command line. */
export const parameters: Readonly<Record<keyof Parameters, Parameter>> = {
  participants: { meaning: 'coaches and clients', default: 10_000 },
  requestsPerDay: { meaning: 'session requests that are made in a day', default: 2_000 },
  roundsPerRequest: {
    meaning: 'proposals per session request: the first, and each adjustment',
    default: 1.5,
  },
  unansweredShare: { meaning: 'session requests that end by their deadline, 0 to 1', default: 0.1 },
  pagesPerParticipantDay: {
    meaning: 'pages of session requests that each participant looks at',
    default: 10,
  },
  peakFactor: { meaning: 'the busiest second, against the average one', default: 5 },
  liveShare: { meaning: 'participants with an open live stream at the same time, 0 to 1', default: 0.1 },
  retentionDays: { meaning: 'days for which events and read models have to find room', default: 1_095 },
  kafkaRetentionDays: { meaning: 'days that events stay in Kafka (TOPIC_RETENTION_MS)', default: 30 },
  replicas: { meaning: 'copies that each engine keeps', default: 3 },
  utilisation: { meaning: 'how much of anything may be used in the busiest second, 0 to 1', default: 0.6 },
  appendsPerSecond: {
    meaning: 'what the leader of an EventStoreDB cluster can append; assumed, not measured',
    default: 5_000,
  },
  relayedPerSecond: {
    meaning:
      'what the relay can publish, of which there is one per EventStoreDB cluster; docs/benchmarks.md has 13 895',
    default: 10_000,
  },
  partitionEventsPerSecond: {
    meaning: 'what the instance that has a partition can take from it; assumed, not measured',
    default: 1_000,
  },
  shardWritesPerSecond: {
    meaning: 'documents that one MongoDB shard can write; docs/benchmarks.md has 6 302',
    default: 5_000,
  },
  shardBytes: { meaning: 'what one MongoDB shard is trusted with, on disk', default: 1e12 },
  storeBytes: { meaning: 'what one EventStoreDB node is trusted with', default: 4e12 },
  streamsPerGateway: { meaning: 'live streams that one gateway may have', default: 10_000 },
};

export const defaultParameters = Object.fromEntries(
  Object.entries(parameters).map(([name, { default: value }]) => [name, value]),
) as unknown as Parameters;
