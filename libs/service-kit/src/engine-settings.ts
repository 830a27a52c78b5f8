import { anyText, oneOf, wholeNumber, type Setting } from './settings.ts';

const address = /^[\w.-]+:\d{1,5}$/;

const urlOf =
  (...protocols: string[]) =>
  (text: string): string | undefined =>
    protocols.some((protocol) => text.startsWith(`${protocol}://`)) ? text : undefined;

/** Where recorded events are. */
export const eventStoreSettings = {
  EVENTSTOREDB_URL: {
    meaning: 'connection string of EventStoreDB, with user and password where it asks for them',
    form: 'a connection string such as esdb://localhost:2113?tls=false',
    default: 'esdb://localhost:2113?tls=false',
    parse: urlOf('esdb', 'esdb+discover'),
  },
  EVENTSTOREDB_NAMESPACE: {
    meaning: 'put before the names of streams, where several systems share a database',
    form: 'at most 100 letters, digits, dots, dashes or underscores',
    default: undefined,
    parse: (text) => (/^[\w.-]{1,100}$/.test(text) ? text : undefined),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** As the adapter of EventStoreDB asks for it. */
export const eventStoreAddress = ({
  EVENTSTOREDB_URL: connectionString,
  EVENTSTOREDB_NAMESPACE: namespace = '',
}: {
  EVENTSTOREDB_URL: string;
  EVENTSTOREDB_NAMESPACE: string | undefined;
}) => ({ connectionString, namespace });

/** Where read models, deadlines and what the gateway remembers are. */
export const mongoSettings = {
  MONGODB_URL: {
    meaning:
      'connection string of MongoDB, a replica set; its path names the database, default `session-requests`',
    form: 'a connection string such as mongodb://localhost:27017/session-requests?replicaSet=rs0',
    default: 'mongodb://localhost:27017/session-requests?replicaSet=rs0',
    parse: urlOf('mongodb', 'mongodb+srv'),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** What carries recorded events to everyone who follows them. */
export const kafkaSettings = {
  KAFKA_BROKERS: {
    meaning: 'brokers to begin with',
    form: 'a list of host:port with commas between',
    default: 'localhost:9092',
    parse: (text) => {
      const brokers = text.split(',').map((broker) => broker.trim());
      return brokers.every((broker) => address.test(broker)) ? brokers : undefined;
    },
  },
  KAFKA_PREFIX: {
    meaning: 'put before the names of topics and consumer groups, where several systems share a cluster',
    form: 'at most 100 letters, digits, dots, dashes or underscores',
    default: undefined,
    parse: (text) => (/^[\w.-]{1,100}$/.test(text) ? text : undefined),
  },
  KAFKA_TLS: {
    meaning: 'whether the brokers are reached over TLS',
    form: '"on" or "off"',
    default: 'off',
    parse: oneOf('on', 'off'),
  },
  KAFKA_USERNAME: {
    meaning: 'user for SASL/SCRAM-SHA-512; default: no authentication',
    form: 'a text',
    default: undefined,
    parse: anyText,
  },
  KAFKA_PASSWORD: { meaning: 'its password', form: 'a text', default: undefined, parse: anyText },
  TOPICS: {
    meaning: 'whether missing topics are created, or only checked',
    form: '"create" or "check"',
    default: 'create',
    parse: oneOf('create', 'check'),
  },
  TOPIC_PARTITIONS: {
    meaning: 'partitions of the topic of events; not to be changed once there are events',
    form: 'a whole number from 1 to 10000',
    default: '12',
    parse: wholeNumber(1, 10_000),
  },
  TOPIC_RETENTION_MS: {
    meaning: 'milliseconds that events are kept in Kafka; default: for ever',
    form: 'a whole number of milliseconds',
    default: undefined,
    parse: wholeNumber(60_000, Number.MAX_SAFE_INTEGER),
  },
  TOPIC_REPLICATION: {
    meaning: 'replicas of each topic that is created; default: as the brokers are set up',
    form: 'a whole number from 1 to 10',
    default: undefined,
    parse: wholeNumber(1, 10),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** Where commands are executed. */
export const requestsSettings = {
  REQUESTS_ADDRESS: {
    meaning:
      'the requests service; commands are balanced over all addresses of a name, and over several names',
    form: 'a list of host:port with commas between',
    default: 'localhost:50051',
    parse: (text) => (text.split(',').every((each) => address.test(each)) ? text : undefined),
  },
} as const satisfies Record<string, Setting<unknown>>;
