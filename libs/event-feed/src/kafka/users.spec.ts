/** Each service does its work in Kafka as the user that docker/kafka/users.sh gives rights to, and that user does no other. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeWithOwn, startKafka, type KafkaEngine } from '@hse/engines';
import { createInMemoryEventStore, createInMemoryParkedStreams } from '@hse/event-sourcing/testing';
import { createSystemClock, createTimers, createUuids, silentLogger } from '@hse/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs, { type AclEntry, type Kafka } from 'kafkajs';
import { configureKafka, type ConfiguredKafka } from './configure-kafka.ts';
import { createKafka } from './create-kafka.ts';
import { createKafkaEventFeed } from './kafka-event-feed.ts';
import { createKafkaEventPublisher } from './kafka-event-publisher.ts';

const script = fileURLToPath(new URL('../../../../docker/kafka/users.sh', import.meta.url));
const users = ['requests', 'expiry', 'notifications', 'topics'] as const;
type User = (typeof users)[number];
const password = 'for-this-test';
const ids = createUuids();
const timers = createTimers();
const logger = silentLogger;
const { AclOperationTypes: operations, AclResourceTypes: kinds, ResourcePatternTypes: patterns } = kafkajs;

/** What the script asks Kafka's own tools for, which would take a second each. */
const asked = (): { passwords: Record<string, string>; rights: AclEntry[] } => {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-users-'));
  try {
    for (const tool of ['kafka-configs.sh', 'kafka-acls.sh']) {
      // A line for each call, with the name first.
      writeFileSync(
        join(folder, tool),
        `#!/bin/sh\n(printf '%s\\t' ${tool} "$@"; echo) >> ${folder}/calls\n`,
      );
      chmodSync(join(folder, tool), 0o755);
    }
    const own = Object.fromEntries(users.map((user) => [`${user.toUpperCase()}_PASSWORD`, password]));
    execFileSync('bash', [script], { env: { ...process.env, ...own, KAFKA_TOOLS: folder } });
    const calls = readFileSync(join(folder, 'calls'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const passwords: Record<string, string> = {};
    const rights = calls.flatMap((line) => {
      const [tool, ...args] = line.split('\t').slice(0, -1);
      const all = (option: string) => args.flatMap((arg, at) => (arg === option ? [args[at + 1] ?? ''] : []));
      const [one = ''] = all('--entity-name');
      if (tool === 'kafka-configs.sh')
        passwords[one] = /^SCRAM-SHA-512=\[password=(.*)\]$/.exec(all('--add-config')[0] ?? '')?.[1] ?? '';
      const resources = (['TOPIC', 'GROUP'] as const).flatMap((kind) =>
        all(`--${kind.toLowerCase()}`).map((resourceName) => ({ resourceType: kinds[kind], resourceName })),
      );
      const [pattern = 'literal'] = all('--resource-pattern-type');
      return resources.flatMap((resource) =>
        all('--operation').map((operation) => ({
          ...resource,
          principal: all('--allow-principal')[0] ?? '',
          host: '*',
          operation: named(operations, operation),
          permissionType: kafkajs.AclPermissionTypes.ALLOW,
          resourcePatternType: named(patterns, pattern),
        })),
      );
    });
    return { passwords, rights };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** `DescribeConfigs`, as the tools write it, is `DESCRIBE_CONFIGS`. */
const named = <E extends number>(numbers: Readonly<Record<string, E | string>>, name: string): E => {
  const found = numbers[name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()];
  if (typeof found !== 'number') throw new Error(`${name} is not known`);
  return found;
};

describeWithOwn('kafka', 'as a user of Kafka', () => {
  let kafka: KafkaEngine | undefined;
  const as = (user: User, TOPICS: 'create' | 'check' = 'check'): ConfiguredKafka =>
    configureKafka({
      settings: {
        KAFKA_BROKERS: [kafka?.guarded ?? ''],
        KAFKA_PREFIX: undefined,
        KAFKA_TLS: 'off',
        KAFKA_USERNAME: user,
        KAFKA_PASSWORD: password,
        TOPICS,
        TOPIC_PARTITIONS: 2,
        TOPIC_RETENTION_MS: undefined,
        TOPIC_REPLICATION: 1,
      },
      clientId: user,
      logger,
    });

  beforeAll(async () => {
    const { passwords, rights } = asked();
    expect(Object.keys(passwords).sort()).toEqual([...users].sort());
    kafka = await startKafka({ users: passwords });
    const admin = createKafka({ brokers: [kafka.brokers], clientId: 'admin', logger }).admin();
    await admin.connect();
    await admin.createAcls({ acl: rights });
    await admin.disconnect();
  }, 60_000);
  afterAll(() => kafka?.remove());

  const withAdmin = async (client: Kafka, work: (admin: ReturnType<Kafka['admin']>) => Promise<unknown>) => {
    const admin = client.admin();
    await admin.connect();
    await work(admin).finally(() => admin.disconnect());
  };

  it('only `topics` creates them, and the others find them as they have to be', async () => {
    for (const user of users.filter((each) => each !== 'topics'))
      await expect(as(user, 'create').prepare()).rejects.toMatchObject({
        problems: [
          'session-requests.events does not exist and this client is not allowed to create it',
          'session-requests.progress does not exist and this client is not allowed to create it',
        ],
      });
    await as('topics', 'create').prepare();
    for (const user of users) await as(user).prepare();
  });

  it('`requests` publishes, and `expiry` and `notifications` are told', async () => {
    const store = createInMemoryEventStore();
    const metadata = { commandId: 'c', correlationId: 'k', recordedAt: '2026-11-22T12:00:00.000Z' };
    const id = ids.next();
    const event = {
      type: 'Counted',
      data: { requestId: 's' },
      id,
      metadata: { ...metadata, schemaVersion: 1 },
    };
    await store.append('s', [event], { expected: 'no-stream' });
    const publisher = createKafkaEventPublisher({
      ...{
        kafka: as('requests').client(),
        topics: as('requests').topics,
        instance: 'one',
        ids,
        timers,
        logger,
      },
    });
    const publication = await publisher.lead(new AbortController().signal);
    const feeds = (['expiry', 'notifications'] as const).map((group) => {
      const { topics, groupPrefix, client } = as(group);
      const feed = createKafkaEventFeed({
        ...{ kafka: client(), topics, groupPrefix, store, parked: createInMemoryParkedStreams() },
        ...{ ids, clock: createSystemClock(), timers, logger },
      });
      const told = new Promise<number>((resolve) => {
        let events = 0;
        feed.consume(group, {
          checkpoint: async () => 0,
          handle: async (some) => {
            events += some.events.length;
            if (some.position > 0) resolve(events);
          },
        });
      });
      return { feed, told };
    });
    for await (const batch of store.readAll()) await publication.publish(batch);
    expect(await Promise.all(feeds.map(({ told }) => told))).toEqual([1, 1]);
    for (const { feed } of feeds) {
      expect([...(await feed.unhandled()).values()]).toEqual([0]);
      await feed.close();
    }
    await publisher.close();
  });

  describe('nobody does what is not their work:', () => {
    const send = (topic: string) => async (client: Kafka) => {
      const producer = client.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
      await producer.connect();
      await producer.send({ topic, messages: [{ value: 'forged' }] }).finally(() => producer.disconnect());
    };
    const join = (groupId: string) => async (client: Kafka) =>
      withAdmin(client, (admin) => admin.fetchOffsets({ groupId, topics: ['session-requests.events'] }));
    const drop = (client: Kafka) =>
      withAdmin(client, (admin) => admin.deleteTopics({ topics: ['session-requests.events'] }));
    const give = (user: User) => (client: Kafka) =>
      withAdmin(client, (admin) =>
        admin.createAcls({
          acl: [
            {
              ...{ resourceType: kinds.TOPIC, resourceName: '*', principal: `User:${user}`, host: '*' },
              ...{ operation: operations.ALL, permissionType: kafkajs.AclPermissionTypes.ALLOW },
              resourcePatternType: patterns.LITERAL,
            },
          ],
        }),
      );
    const [events, progress] = ['session-requests.events', 'session-requests.progress'];
    it.each<[User, string, (client: Kafka) => Promise<unknown>]>([
      ['expiry', 'writes events', send(events)],
      ['notifications', 'writes events', send(events)],
      ['topics', 'writes events', send(events)],
      ['expiry', 'writes progress', send(progress)],
      ['notifications', 'writes progress', send(progress)],
      ['expiry', 'is in the group of another', join('session-requests.notifications')],
      ['notifications', 'is in the group of another', join('session-requests.expiry')],
      ['requests', 'is in a group of events', join('session-requests.expiry')],
      ...users.flatMap((user): [User, string, (client: Kafka) => Promise<unknown>][] => [
        [user, 'deletes a topic', drop],
        [user, 'gives itself rights', give(user)],
      ]),
    ])('%s, who %s', async (user, _what, work) => {
      const refusal: unknown = await work(as(user).client()).catch((error: unknown) => error);
      const { type, name } = refusal as { type?: string; name?: string };
      // kafkajs says no more of a group that it may not ask about.
      expect(type ?? name).toMatch(/_AUTHORIZATION_FAILED$|^KafkaJSGroupCoordinatorNotFound$/);
    });

    it('who has another password, or no name', async () => {
      const brokers = [kafka?.guarded ?? ''];
      const other = { mechanism: 'scram-sha-512', username: 'requests', password: 'another' } as const;
      for (const sasl of [other, undefined]) {
        const client = createKafka({ brokers, clientId: 'other', logger, ...(sasl && { sasl }) });
        await expect(withAdmin(client, (admin) => admin.listTopics())).rejects.toThrow();
      }
    });
  });
});
