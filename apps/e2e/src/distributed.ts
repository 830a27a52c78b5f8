import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { startEventStoreDBStandIn } from '@hse/event-store/eventstoredb/testing';
import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import { startOidcIssuer } from './oidc-issuer.ts';
import { end, freePort, ready, spawnService, type Running } from './server-process.ts';
import { clockStart, createSystem, type StartSystem, type System } from './system.ts';

export type ServiceName = 'gateway' | 'requests' | 'expiry' | 'notifications';

const services: readonly ServiceName[] = ['requests', 'notifications', 'expiry', 'gateway'];

/** One process of a service, which can be killed and started again as the same instance. */
export interface Instance {
  readonly service: ServiceName;
  /** Where its health is asked. */
  readonly port: number;
  /** Where its metrics are. */
  readonly metricsPort: number;
  readonly running: Running;
  /** Starts it (again); resolves when it is ready. */
  start(): Promise<void>;
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** The services in processes of their own, on a database and topics of their own. */
export interface Distributed {
  readonly instances: readonly Instance[];
  of(service: ServiceName): Instance[];
  /** URLs of the gateways. */
  readonly urls: readonly string[];
  /** What every process is given. */
  readonly environment: Readonly<Record<string, string>>;
  mint(participantId: string): Promise<string>;
  /** Everything that was printed, by all, over all their starts. */
  printed(): string;
  stop(): Promise<void>;
}

/**
 * Starts the services, all at once: none needs another one to be there first.
 * @param counts instances of each; default 1.
 * @param environment for every process; `KAFKA_BROKERS` and `MONGODB_URL` where they are not those of this process.
 */
export const startDistributed = async (
  environment: Record<string, string> = {},
  counts: Partial<Record<ServiceName, number>> = {},
): Promise<Distributed> => {
  const name = `e2e-${randomUUID().slice(0, 13)}`;
  const { KAFKA_BROKERS: brokers = '', MONGODB_URL: url = '' } = { ...process.env, ...environment };
  // No `URL`: that knows one host only.
  const mongodb = url.replace(/^(mongodb:\/\/[^/]+)[^?]*/, `$1/${name}`);
  const { NODE_COMPILE_CACHE } = process.env;
  const resources = new AsyncDisposableStack();
  const issuer = resources.adopt(await startOidcIssuer(), (it) => it.close());
  const realStore = process.env['EVENTSTOREDB_URL'];
  const standIn = realStore
    ? undefined
    : resources.adopt(await startEventStoreDBStandIn(), (it) => it.close());
  resources.defer(() => forget(name, brokers, mongodb));

  const instancesOf = (service: ServiceName): number[] =>
    Array.from({ length: counts[service] ?? 1 }, (_, index) => index);
  const grpcPorts = await Promise.all(instancesOf('requests').map(() => freePort()));
  const shared: Record<string, string> = {
    EVENTSTOREDB_URL: realStore ?? String(standIn?.connectionString),
    EVENTSTOREDB_NAMESPACE: realStore ? `${name}-` : '',
    KAFKA_PREFIX: `${name}.`,
    TOPIC_PARTITIONS: '6',
    REQUESTS_ADDRESS: grpcPorts.map((port) => `127.0.0.1:${port}`).join(','),
    OIDC_ISSUER: issuer.issuer,
    HOST: '127.0.0.1',
    GRPC_HOST: '127.0.0.1',
    HEALTH_HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
    METRICS_PORT: '0',
    ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }),
    ...environment,
    KAFKA_BROKERS: brokers,
    MONGODB_URL: mongodb,
  };
  const printed: string[] = [];

  const instances: Instance[] = [];
  for (const service of services)
    for (const index of instancesOf(service)) {
      const port = await freePort();
      const metricsPort = service === 'gateway' ? await freePort() : port;
      const main = fileURLToPath(new URL(`../../${service}/dist/main.js`, import.meta.url));
      const own = {
        ...(service === 'gateway'
          ? { PORT: String(port), METRICS_PORT: String(metricsPort) }
          : { HEALTH_PORT: String(port) }),
        ...(service === 'requests' && { GRPC_PORT: String(grpcPorts[index]) }),
        ...((service === 'requests' || service === 'expiry') && { INSTANCE: `${service}-${index}` }),
      };
      let running: Running | undefined;
      instances.push({
        service,
        port,
        metricsPort,
        get running() {
          if (!running) throw new Error(`${service} has not been started`);
          return running;
        },
        start: async () => {
          if (running) printed.push(`${service}: ${running.printed.text}`);
          running = spawnService(main, { ...shared, ...own });
          await ready(running, port);
        },
        end: (signal) => end(running, signal),
      });
    }
  resources.defer(async () => {
    // Those that take requests first, then those they rely on.
    for (const instance of [...instances].reverse()) await instance.end('SIGTERM');
  });

  try {
    await Promise.all(instances.map((instance) => instance.start()));
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
  const of = (service: ServiceName): Instance[] => instances.filter((each) => each.service === service);
  return {
    instances,
    of,
    urls: of('gateway').map(({ port }) => `http://127.0.0.1:${port}`),
    environment: shared,
    mint: (participantId) => issuer.mint(participantId),
    printed: () =>
      [...printed, ...instances.map(({ service, running }) => `${service}: ${running.printed.text}`)].join(
        '\n',
      ),
    stop: () => resources.disposeAsync(),
  };
};

/** Drops what the services have made on engines that others use, too. */
const forget = async (prefix: string, brokers: string, mongodb: string): Promise<void> => {
  const client = await MongoClient.connect(mongodb);
  await client.db().dropDatabase();
  await client.close();
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
};

/** The distributed profile as the suites of all profiles see it. */
export const startDistributedSystem: StartSystem = async (environment = {}): Promise<System> => {
  const distributed = await startDistributed({
    CLOCK: 'simulated',
    CLOCK_START: clockStart,
    ...environment,
  });
  return createSystem({
    url: String(distributed.urls[0]),
    mint: (participantId) => distributed.mint(participantId),
    restart: async () => {
      await Promise.all(distributed.instances.map((instance) => instance.end('SIGTERM')));
      await Promise.all(distributed.instances.map((instance) => instance.start()));
    },
    stop: () => distributed.stop(),
  });
};
