import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka as Client, logLevel } from 'kafkajs';
import { cached } from './cached.ts';
import type { Engine } from './engine.ts';
import { freePorts } from './free-ports.ts';
import { maven, requireJava, systemProperties } from './java.ts';
import { serverProcess } from './server-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { runTool } from './tool.ts';

export interface KafkaOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Where its log is kept, to be found by a later start. Default: a temporary directory. */
  readonly dataDir?: string;
  /** Lines of `server.properties` on top of ours. */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** Names and passwords (SCRAM-SHA-512) of who comes in by `guarded`, with no right until they are given one. Default: it is not there. */
  readonly users?: Readonly<Record<string, string>>;
}

export interface KafkaEngine extends Engine {
  /** `127.0.0.1:<port>`, as `KAFKA_BROKERS` wants it. */
  readonly brokers: string;
  /** The same, for users; `brokers` lets everybody do everything. */
  readonly guarded?: string;
  readonly pid: number | undefined;
}

export const kafkaVersion = '4.1.0';

/** What Kafka says of a fault goes to its log by slf4j-simple; without a binding it would end without a word. */
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>engines</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** Fetches Kafka once. @returns the directory of its jars. @throws EngineUnavailable */
export const fetchKafka = (): Promise<string> =>
  cached(`kafka-${kafkaVersion}`, async (directory) => {
    await requireJava();
    writeFileSync(join(directory, 'pom.xml'), pom);
    await maven(directory, 'dependency:copy-dependencies', { outputDirectory: directory });
    rmSync(join(directory, 'pom.xml'));
  });

/**
 * A real Kafka, one broker in KRaft mode, on 127.0.0.1. Topics have to be created, consumer groups do not wait for members
 * that might come. It dies with this process.
 *
 * @throws EngineUnavailable
 */
export const startKafka = async (options: KafkaOptions = {}): Promise<KafkaEngine> => {
  const jars = await fetchKafka();
  const [free = 0, controllerPort = 0, guardedPort = 0] = await freePorts(3);
  const port = options.port ?? free;
  const temporary = options.dataDir === undefined ? temporaryDirectory() : undefined;
  const home = options.dataDir ?? temporary?.path ?? '';
  const brokers = `127.0.0.1:${port}`;
  const guarded = options.users && `127.0.0.1:${guardedPort}`;
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://${brokers},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${brokers}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(home, 'log'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    // After a kill the broker is let in again only when the session of its former life has expired.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    // The default is most of a small heap.
    'log.cleaner.dedupe.buffer.size': 8 * 2 ** 20,
    ...(guarded && {
      listeners: `PLAINTEXT://${brokers},SASL_PLAINTEXT://${guarded},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://${brokers},SASL_PLAINTEXT://${guarded}`,
      'listener.security.protocol.map':
        'PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
      'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config':
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
    }),
    ...options.properties,
  };
  mkdirSync(home, { recursive: true });
  const settings = join(home, 'server.properties');
  writeFileSync(
    settings,
    Object.entries(properties)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const classPath = `${jars}/*`;
  const server = serverProcess({
    name: 'Kafka',
    command: [
      'java',
      '-Xms128m',
      '-Xmx384m',
      '-XX:+UseSerialGC',
      ...systemProperties({
        'org.slf4j.simpleLogger.defaultLogLevel': 'warn',
        'org.slf4j.simpleLogger.showDateTime': 'true',
      }),
      '-cp',
      classPath,
      'kafka.Kafka',
      settings,
    ],
    cwd: home,
    logFile: join(home, 'kafka.log'),
    ports: [port, controllerPort],
    answers: () => metadata(brokers),
  });
  const remove = async (): Promise<void> => {
    await server.kill();
    temporary?.remove();
  };
  try {
    if (!existsSync(join(home, 'log', 'meta.properties'))) {
      const id = randomBytes(16).toString('base64url');
      const format = ['-XX:TieredStopAtLevel=1', '-cp', classPath, 'kafka.tools.StorageTool', 'format'];
      const users = Object.entries(options.users ?? {}).flatMap(([name, password]) => [
        '--add-scram',
        `SCRAM-SHA-512=[name=${name},password=${password}]`,
      ]);
      await runTool('java', [...format, `--cluster-id=${id}`, '-c', settings, ...users], {
        remedy: 'Kafka could not make its log.',
      });
    }
    await server.start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    brokers,
    ...(guarded && { guarded }),
    get pid() {
      return server.pid;
    },
    logFiles: [server.logFile],
    start: server.start,
    stop: server.stop,
    kill: server.kill,
    remove,
  };
};

/** Rejects unless the broker tells who is in the cluster, and that is itself. */
export const metadata = async (brokers: string): Promise<void> => {
  const client = new Client({
    brokers: [brokers],
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length === 0) throw new Error('Kafka knows no broker yet');
  } finally {
    await admin.disconnect();
  }
};
