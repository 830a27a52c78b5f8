import type { StartedTestContainer } from 'testcontainers';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from './free-ports.ts';
import { metadata } from './kafka.ts';
import { initiate, writable } from './mongo.ts';
import type { ServerVariable } from './test-servers.ts';

/** The images that the compose set-up runs, too. */
const images = {
  EVENTSTOREDB_URL: 'eventstore/eventstore:24.10',
  KAFKA_BROKERS: 'apache/kafka:4.1.0',
  MONGODB_URL: 'mongo:8',
} satisfies Partial<Record<ServerVariable, string>>;
type Variable = keyof typeof images;

export interface StartedContainer {
  readonly address: string;
  readonly stop: () => Promise<void>;
}

const dockerTimeoutMs = 5_000;
const answerTimeoutMs = 60_000;

/** Why no container can be started here, or undefined where Docker answers. A Docker without a daemon is none. */
export const dockerAbsent = async (): Promise<string | undefined> => {
  const timeout = AbortSignal.timeout(dockerTimeoutMs);
  try {
    const { getContainerRuntimeClient } = await import('testcontainers');
    await Promise.race([
      getContainerRuntimeClient(),
      new Promise((_, reject) => {
        timeout.onabort = () => reject(new Error(`Docker did not answer within ${dockerTimeoutMs} ms`));
      }),
    ]);
    return undefined;
  } catch {
    return 'and no Docker answers here';
  }
};

/** A server of its own in a container. Docker has to answer. The container goes with this process, or by `stop`. */
export const startContainer = (variable: Variable): Promise<StartedContainer> => starters[variable]();

const starters: Readonly<Record<Variable, () => Promise<StartedContainer>>> = {
  EVENTSTOREDB_URL: async () => {
    const { GenericContainer, Wait } = await import('testcontainers');
    const container = await new GenericContainer(images.EVENTSTOREDB_URL)
      .withEnvironment({
        EVENTSTORE_INSECURE: 'true',
        EVENTSTORE_MEM_DB: 'true',
        EVENTSTORE_RUN_PROJECTIONS: 'None',
      })
      .withExposedPorts(2113)
      .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCodeMatching((code) => code < 300))
      .start();
    return started(container, `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`);
  },

  KAFKA_BROKERS: async () => {
    const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
    const { info } = await getContainerRuntimeClient();
    // Clients are told where the broker is by itself, so the port is known before it starts.
    const [port = 0] = await freePorts(1);
    const address = `${info.containerRuntime.host}:${port}`;
    const container = await new GenericContainer(images.KAFKA_BROKERS)
      .withEnvironment({
        KAFKA_NODE_ID: '1',
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://localhost:9093',
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${address}`,
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
        KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
        KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      })
      .withExposedPorts({ container: 9092, host: port })
      .start();
    await untilAnswer(() => metadata(address));
    return started(container, address);
  },

  MONGODB_URL: async () => {
    const { GenericContainer } = await import('testcontainers');
    const container = await new GenericContainer(images.MONGODB_URL)
      .withCommand(['mongod', '--replSet', 'rs0', '--bind_ip_all'])
      .withExposedPorts(27017)
      .start();
    // The member knows itself by a name of its own, which is of no use out here: so the connection is direct.
    const address = `mongodb://${container.getHost()}:${container.getMappedPort(27017)}/?directConnection=true`;
    await untilAnswer(() => initiate(address, ['127.0.0.1:27017']));
    await untilAnswer(() => writable(address));
    return started(container, address);
  },
};

const started = (container: StartedTestContainer, address: string): StartedContainer => ({
  address,
  stop: async () => {
    await container.stop();
  },
});

const untilAnswer = async (ask: () => Promise<unknown>): Promise<void> => {
  const deadlineMs = Date.now() + answerTimeoutMs;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
    }
    await pause(200);
  }
};
