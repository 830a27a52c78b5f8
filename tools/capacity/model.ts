import { processes, type ProcessName, type UnitCosts } from './costs.ts';
import type { Parameters } from './parameters.ts';

/** Of EventStoreDB, beside payload and metadata: the record's own fields (about 100) and 24 of the index. Documented, not measured. */
export const storeOverheadBytes = 124;
const daySeconds = 86_400;
/** What the services are set to, and the least that is sensible. */
const fewestPartitions = 12;
/** One may be away: for an update, or because its machine is. */
const spare = 1;
const fewestInstances = 2;

type Service = 'gateway' | 'requests' | 'expiry' | 'notifications';

/** Per second, in the busiest one. */
export interface Rates {
  /** By people. */
  readonly commands: number;
  readonly events: number;
  readonly deadlines: number;
  readonly pages: number;
  /** Documents written to MongoDB. */
  readonly writes: number;
}

export interface Disk {
  /** With all copies. */
  readonly bytesPerDay: number;
  /** With all copies, at the end of the retention. */
  readonly bytes: number;
  /** Syncs per second and node in the busiest second, at most: engines gather writes. */
  readonly syncsPerSecond: number;
}

/** What has an end, and when it comes. */
export interface Limit {
  readonly what: string;
  /** Session requests a day, everything else being as it is. */
  readonly requestsPerDay: number;
  readonly then: string;
}

export interface Plan {
  readonly peak: Rates;
  readonly liveStreams: number;
  /** Cores in use in the busiest second. */
  readonly cores: Readonly<Record<ProcessName, number>>;
  readonly instances: Readonly<Record<Service, number>>;
  readonly partitions: number;
  readonly eventStoreClusters: number;
  readonly mongoShards: number;
  readonly disks: Readonly<Record<'eventstoredb' | 'kafka' | 'mongodb', Disk>>;
  /** Bytes of one instance. */
  readonly memory: Readonly<Record<Service, number>>;
  /** The first one is reached first. */
  readonly limits: readonly Limit[];
}

/** What is needed for so many. Pure; linear in what happens, as far as things are not counted in whole instances. */
export const plan = (costs: UnitCosts, parameters: Parameters): Plan => {
  const { requestsPerDay, participants, peakFactor, utilisation, replicas } = parameters;
  const eventsPerRequest = parameters.roundsPerRequest + 1;
  const commandsPerRequest = eventsPerRequest - parameters.unansweredShare;
  const perSecond = (perDay: number): number => (perDay / daySeconds) * peakFactor;

  const requests = perSecond(requestsPerDay);
  const events = requests * eventsPerRequest;
  const commands = requests * commandsPerRequest;
  // The record, a notification for each party, the deadline; the key of a command, and its answer.
  const writes = events * 4 + commands * 2;
  const peak: Rates = {
    commands,
    events,
    deadlines: requests * parameters.unansweredShare,
    pages: perSecond(participants * parameters.pagesPerParticipantDay),
    writes,
  };
  const liveStreams = participants * parameters.liveShare;

  const coresOf = (name: ProcessName): number =>
    (peak.commands * costs.cpuMs.command[name] +
      peak.deadlines * costs.cpuMs.deadline[name] +
      peak.pages * costs.cpuMs.query[name]) /
    1_000;
  const cores = Object.fromEntries(processes.map((name) => [name, coresOf(name)])) as Record<
    ProcessName,
    number
  >;
  // Node works on one core.
  const instancesFor = (name: Service): number =>
    Math.max(fewestInstances, Math.ceil(cores[name] / utilisation) + spare);
  const instances = {
    gateway: Math.max(instancesFor('gateway'), Math.ceil(liveStreams / parameters.streamsPerGateway) + spare),
    requests: instancesFor('requests'),
    expiry: instancesFor('expiry'),
    notifications: instancesFor('notifications'),
  };
  const partitions = roundUp(
    Math.max(
      fewestPartitions,
      // So that no instance has twice as much to do as another.
      2 * Math.max(instances.expiry, instances.notifications),
      events / (parameters.partitionEventsPerSecond * utilisation),
    ),
    fewestPartitions,
  );

  const { bytes } = costs;
  const eventsPerDay = requestsPerDay * eventsPerRequest;
  const stored = bytes.event + storeOverheadBytes;
  const storePerDay = eventsPerDay * stored;
  const kafkaPerDay = eventsPerDay * bytes.kafkaPerEvent;
  const mongoPerDay =
    (requestsPerDay * (bytes.readModelPerRequest + bytes.deadlinePerRequest) +
      eventsPerDay * bytes.notificationsPerEvent) *
    bytes.mongodbOnDisk;
  const mongoKeys = requestsPerDay * commandsPerRequest * bytes.idempotencyPerCommand * bytes.mongodbOnDisk;
  const storeBytes = storePerDay * parameters.retentionDays;
  const mongoBytes = mongoPerDay * parameters.retentionDays + mongoKeys;

  const eventStoreClusters = atLeastOne(
    events / (parameters.appendsPerSecond * utilisation),
    events / (parameters.relayedPerSecond * utilisation),
    storeBytes / parameters.storeBytes,
  );
  const mongoShards = atLeastOne(
    writes / (parameters.shardWritesPerSecond * utilisation),
    mongoBytes / parameters.shardBytes,
  );

  const disks = {
    eventstoredb: {
      bytesPerDay: storePerDay * replicas,
      bytes: storeBytes * replicas,
      syncsPerSecond: events / eventStoreClusters,
    },
    kafka: {
      bytesPerDay: kafkaPerDay * replicas,
      bytes: kafkaPerDay * parameters.kafkaRetentionDays * replicas,
      // It leaves that to the operating system.
      syncsPerSecond: 0,
    },
    mongodb: {
      bytesPerDay: mongoPerDay * replicas,
      bytes: mongoBytes * replicas,
      syncsPerSecond: writes / mongoShards,
    },
  };
  const memory = {
    ...costs.memory.instance,
    gateway:
      costs.memory.instance.gateway +
      (liveStreams / Math.max(1, instances.gateway - spare)) * costs.memory.liveConnection,
  };
  return {
    peak,
    liveStreams,
    cores,
    instances,
    partitions,
    eventStoreClusters,
    mongoShards,
    disks,
    memory,
    limits: limitsOf(parameters, {
      eventsPerRequest,
      writesPerRequest: eventsPerRequest * 4 + commandsPerRequest * 2,
      storeBytesPerRequest: eventsPerRequest * stored,
      mongoBytesPerRequest: requestsPerDay === 0 ? 0 : mongoPerDay / requestsPerDay,
    }),
  };
};

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;
const atLeastOne = (...needed: readonly number[]): number => Math.max(1, ...needed.map(Math.ceil));

const limitsOf = (
  { peakFactor, utilisation, retentionDays, ...parameters }: Parameters,
  perRequest: {
    eventsPerRequest: number;
    writesPerRequest: number;
    storeBytesPerRequest: number;
    mongoBytesPerRequest: number;
  },
): Limit[] => {
  const byRate = (perSecond: number, each: number): number =>
    (perSecond * utilisation * daySeconds) / (peakFactor * each);
  const bySize = (bytes: number, each: number): number => bytes / (retentionDays * each);
  const limits: Limit[] = [
    {
      what: 'MongoDB: writes of the primary of one replica set',
      requestsPerDay: byRate(parameters.shardWritesPerSecond, perRequest.writesPerRequest),
      then: 'shard by the keys in docs/scaling.md',
    },
    {
      what: 'EventStoreDB: appends of the one leader',
      requestsPerDay: byRate(parameters.appendsPerSecond, perRequest.eventsPerRequest),
      then: 'a cell per tenant: each with its own cluster, topics and database',
    },
    {
      what: 'the relay, one per EventStoreDB cluster',
      requestsPerDay: byRate(parameters.relayedPerSecond, perRequest.eventsPerRequest),
      then: 'the same: a cell has a relay of its own',
    },
    {
      what: 'EventStoreDB: room on a node',
      requestsPerDay: bySize(parameters.storeBytes, perRequest.storeBytesPerRequest),
      then: 'archive streams of closed requests, or a cell per tenant',
    },
    {
      what: 'MongoDB: room on one replica set',
      requestsPerDay: bySize(parameters.shardBytes, perRequest.mongoBytesPerRequest),
      then: 'shard, or forget old notifications',
    },
  ];
  return limits.sort((a, b) => a.requestsPerDay - b.requestsPerDay);
};
