import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import type { ReflectedChange } from '@hse/contracts';
import { startDistributed } from '@hse/e2e/distributed';
import { startKafka, startMongo } from '@hse/engines';
import { createKafkaEventFeed, createKafkaEventPublisher, configureKafka } from '@hse/event-feed/kafka';
import type { RecordedEvent } from '@hse/event-sourcing';
import { createInMemoryEventStore, createInMemoryParkedStreams } from '@hse/event-sourcing/in-memory';
import { demoAccounts } from '@hse/gateway';
import { createNotifications, createProjection } from '@hse/notifications';
import { connectMongo, openMongoReadModels } from '@hse/read-models/mongodb';
import { createRelay } from '@hse/requests';
import { createSystemClock, createTimers, createUuids, silentLogger as logger } from '@hse/service-kit';
import { toInstant, type SessionRequestEvent } from '@hse/session-requests';
import { Partitioners, type Kafka, type Message } from 'kafkajs';
import type { AnyBulkWriteOperation, Document } from 'mongodb';
import { count, median, percentile, type BenchPart, type Figure } from './figures.ts';
import { generateHistories, type GeneratedEvent } from './histories.ts';
import { alternate } from './rounds.ts';

const timers = createTimers();
const ids = createUuids();
const clock = createSystemClock();
const batchSize = 500;

/** Topics of their own for each measurement. */
const topicsOf = (brokers: string) => {
  const settings = {
    KAFKA_BROKERS: brokers.split(','),
    KAFKA_PREFIX: `bench-${randomUUID().slice(0, 8)}.`,
    KAFKA_TLS: 'off',
    KAFKA_USERNAME: undefined,
    KAFKA_PASSWORD: undefined,
    TOPICS: 'create',
    TOPIC_PARTITIONS: 12,
    TOPIC_RETENTION_MS: undefined,
    TOPIC_REPLICATION: undefined,
  } as const;
  return configureKafka({ settings, clientId: 'bench', logger });
};

/** A log that costs next to nothing to follow, so that what is measured is not the store. */
const logOf = (events: number): RecordedEvent<SessionRequestEvent>[] =>
  Array.from(generateHistories({ events, open: 2_000 }), ({ stream, revision, event }, index) => ({
    ...event,
    stream,
    revision,
    position: index + 1,
  }));

const drainTopic = async (kafka: Kafka, topic: string, expected: number): Promise<Message[]> => {
  const consumer = kafka.consumer({ groupId: `${topic}.${randomUUID()}` });
  const messages: Message[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const { promise, resolve } = Promise.withResolvers<undefined>();
  await consumer.run({
    eachMessage: async ({ message: { key, value, headers } }) => {
      messages.push({ key, value, ...(headers && { headers }) });
      if (messages.length >= expected) resolve(undefined);
    },
  });
  await promise;
  await consumer.disconnect();
  return messages;
};

/** Everything recorded, through the relay, against a producer that only sends the same messages. */
const benchRelay = async (
  brokers: string,
  full: boolean,
  progress: (text: string) => void,
): Promise<Figure> => {
  const events = full ? 100_000 : 30_000;
  const log = logOf(events);
  const head = log.length;
  const store = {
    async *follow({ after = 0, batchSize: size = 500 } = {}) {
      for (let at = after; at < head; at += size) {
        const batch = log.slice(at, at + size);
        yield { events: batch, position: at + batch.length };
      }
    },
  };

  const relayAll = async (): Promise<{ perSecond: number; kafka: Kafka; topic: string }> => {
    const configured = topicsOf(brokers);
    await configured.prepare();
    const kafka = configured.client();
    const publisher = createKafkaEventPublisher<SessionRequestEvent>({
      kafka,
      topics: configured.topics,
      instance: 'bench',
      ids,
      timers,
      logger,
    });
    const relay = createRelay<SessionRequestEvent>({ store, publisher, timers, logger });
    relay.start();
    while (relay.health().state !== 'leading') await pause(1);
    const began = performance.now();
    while ((relay.health().position ?? 0) < head) await pause(1);
    const perSecond = (events / (performance.now() - began)) * 1_000;
    await relay.stop();
    await publisher.close();
    return { perSecond, kafka, topic: configured.topics.events };
  };

  const first = await relayAll();
  const messages = await drainTopic(first.kafka, first.topic, events);
  const produceAll = async (): Promise<number> => {
    const configured = topicsOf(brokers);
    await configured.prepare();
    const producer = configured.client().producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const began = performance.now();
    for (let at = 0; at < events; at += 1_000)
      await producer.send({
        topic: configured.topics.events,
        acks: -1,
        messages: messages.slice(at, at + 1_000),
      });
    const perSecond = (events / (performance.now() - began)) * 1_000;
    await producer.disconnect();
    return perSecond;
  };
  const rounds = full ? 7 : 5;
  const { ours, peer, ratio, ratios } = await alternate(
    rounds,
    async () => (await relayAll()).perSecond,
    produceAll,
    (round, each) => progress(`relay, round ${round} of ${rounds}: ${each.toFixed(2)}`),
  );
  return {
    measure: `relay of ${count(events)} events from a log in memory to Kafka, with its progress`,
    figure: `${count(ours)} events/s`,
    against: `the same messages produced in batches of 1 000, acks=all: ${count(peer)}/s`,
    ratio,
    ratios,
    aim: '≥ 0.8',
    met: ratio >= 0.8,
  };
};

/** From the append's acknowledgement to the record in MongoDB, against one message from producer to consumer. */
const benchLatency = async (
  brokers: string,
  mongodb: string,
  full: boolean,
  progress: (text: string) => void,
): Promise<Figure> => {
  const samples = full ? 500 : 200;
  const everyMs = 20;
  const connection = await connectMongo({ url: mongodb, database: `bench-${randomUUID()}`, logger });
  const configured = topicsOf(brokers);
  await configured.prepare();
  const store = createInMemoryEventStore<SessionRequestEvent>();
  const readModels = await openMongoReadModels({ db: connection.db, timers });
  const publisher = createKafkaEventPublisher<SessionRequestEvent>({
    kafka: configured.client(),
    topics: configured.topics,
    instance: 'bench',
    ids,
    timers,
    logger,
  });
  const relay = createRelay<SessionRequestEvent>({ store, publisher, timers, logger });
  const feed = createKafkaEventFeed<SessionRequestEvent>({
    kafka: configured.client(),
    topics: configured.topics,
    groupPrefix: configured.groupPrefix,
    store,
    parked: createInMemoryParkedStreams(),
    ids,
    clock,
    timers,
    logger,
  });
  const reflected = new Map<number, () => void>();
  const live = {
    publish: (changes: readonly ReflectedChange[]) => {
      for (const { position } of changes) reflected.get(position)?.();
    },
    subscribe: () => () => {},
  };
  const notifications = createNotifications({ feed, readModels, live, logger });
  relay.start();
  notifications.start();

  const producer = configured.client().producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const consumer = configured.client().consumer({ groupId: `raw-${randomUUID()}` });
  const raw = topicsOf(brokers);
  await raw.prepare();
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic: raw.topics.events, fromBeginning: true });
  const consumed = new Map<string, () => void>();
  await consumer.run({
    eachMessage: async ({ message }) => consumed.get(String(message.key))?.(),
  });

  const histories = generateHistories({ events: 1_000_000, open: 2_000 });
  const appendToRead = async (): Promise<number> => {
    const { stream, revision, event } = histories.next().value as GeneratedEvent; // there are enough

    const { position } = await store.append(stream, [event], {
      expected: revision === 0 ? 'no-stream' : revision - 1,
    });
    const began = performance.now();
    await new Promise<void>((resolve) => reflected.set(position, resolve));
    reflected.delete(position);
    return performance.now() - began;
  };
  const produceToConsume = async (): Promise<number> => {
    const key = randomUUID();
    const began = performance.now();
    const arrived = new Promise<void>((resolve) => consumed.set(key, resolve));
    await producer.send({
      topic: raw.topics.events,
      acks: -1,
      messages: [{ key, value: 'x'.repeat(420) }],
    });
    await arrived;
    consumed.delete(key);
    return performance.now() - began;
  };
  /** At a steady pace, however long each takes. */
  const p99Of = async (once: () => Promise<number>): Promise<number> => {
    const all: Promise<number>[] = [];
    for (let sample = 0; sample < samples; sample += 1) {
      all.push(once());
      await pause(everyMs);
    }
    return percentile(await Promise.all(all), 0.99);
  };
  await appendToRead(); // until everybody is there
  await produceToConsume();
  const rounds = full ? 7 : 5;
  const { ours, peer, ratio, ratios } = await alternate(
    rounds,
    () => p99Of(appendToRead),
    () => p99Of(produceToConsume),
    (round, each) => progress(`latency, round ${round} of ${rounds}: ${each.toFixed(2)}`),
  );
  await notifications.stop();
  await feed.close();
  await relay.stop();
  await publisher.close();
  await Promise.all([producer.disconnect(), consumer.disconnect()]);
  await connection.db.dropDatabase();
  await connection.close();
  return {
    measure: `append to read model, p99 at ${1_000 / everyMs} events/s, by relay, Kafka, feed and MongoDB`,
    figure: `${Math.round(ours)} ms`,
    against: `raw produce to consume, acks=all: p99 ${Math.round(peer)} ms`,
    ratio,
    ratios,
    aim: '≤ 3',
    met: ratio <= 3,
  };
};

/** Batches through the projection's target, against a bulk write of the very documents it makes. */
const benchProjection = async (
  mongodb: string,
  full: boolean,
  progress: (text: string) => void,
): Promise<Figure> => {
  const batches = full ? 40 : 16;
  const connection = await connectMongo({ url: mongodb, database: `bench-${randomUUID()}`, logger });
  const { db } = connection;
  const readModels = await openMongoReadModels({ db, timers });
  const collections = ['sessionRequests_1', 'notifications_1'] as const;
  for (const name of collections) {
    const raw = await db.createCollection(`raw_${name}`);
    for (const { key, name: index, v: _, ns: __, ...options } of await db.collection(name).indexes())
      if (index !== '_id_') await raw.createIndexes([{ key, name: String(index), ...options }]);
  }
  const histories = generateHistories({ events: 10_000_000, open: 2_000 });
  let position = 0;
  const nextBatch = (): RecordedEvent<SessionRequestEvent>[] =>
    Array.from({ length: batchSize }, () => {
      const { stream, revision, event } = histories.next().value as GeneratedEvent; // there are enough
      position += 1;
      return { ...event, stream, revision, position };
    });

  // Both write what the same events lead to; ours first, because it makes the documents.
  const written: Document[][][] = [];
  let applyMs = 0;
  const projection = createProjection({
    target: {
      load: (requestIds) => readModels.load(requestIds),
      apply: async (changes) => {
        const began = performance.now();
        await readModels.apply(changes);
        applyMs += performance.now() - began;
      },
    },
  });
  const project = async (): Promise<number> => {
    applyMs = 0;
    let documents = 0;
    for (let batch = 0; batch < batches; batch += 1) {
      const events = nextBatch();
      const from = events[0]?.position ?? 0;
      await projection.handle({ events, position });
      const requestIds = [...new Set(events.map(({ data }) => data.requestId))];
      const made: Document[][] = [
        await db
          .collection<{ _id: string }>(collections[0])
          .find({ _id: { $in: requestIds } })
          .toArray(),
        await db
          .collection(collections[1])
          .find({ position: { $gte: from, $lte: position } })
          .toArray(),
      ];
      documents += made.flat().length;
      written.push(made);
    }
    return (documents / applyMs) * 1_000;
  };
  const bulkWrite = async (): Promise<number> => {
    let documents = 0;
    let tookMs = 0;
    for (const made of written.splice(0)) {
      const began = performance.now();
      for (const [index, name] of collections.entries()) {
        const some = made[index] ?? [];
        const operations = some.map((document): AnyBulkWriteOperation => {
          const { _id, ...replacement } = document;
          return { replaceOne: { filter: { _id: _id as never }, replacement, upsert: true } };
        });
        if (operations.length > 0)
          await db.collection(`raw_${name}`).bulkWrite(operations, { ordered: false });
        documents += some.length;
      }
      tookMs += performance.now() - began;
    }
    return (documents / tookMs) * 1_000;
  };
  const rounds = full ? 7 : 5;
  const { ours, peer, ratio, ratios } = await alternate(rounds, project, bulkWrite, (round, each) =>
    progress(`projection, round ${round} of ${rounds}: ${each.toFixed(2)}`),
  );
  await db.dropDatabase();
  await connection.close();
  return {
    measure: `projection writes to MongoDB in batches of ${batchSize} events, guarded, with the checkpoint`,
    figure: `${count(ours)} documents/s`,
    against: `unordered bulkWrite of the same documents: ${count(peer)}/s`,
    ratio,
    ratios,
    aim: '≥ 0.8',
    met: ratio >= 0.8,
  };
};

const standInPath = fileURLToPath(
  new URL('../../libs/event-store/dist/eventstoredb/testing/main.js', import.meta.url),
);

/** Commands through HTTP, gRPC and the store, all services in processes of their own. */
export const benchDistributedCommands = async (
  servers: { brokers: string; mongodb: string },
  directory: string,
  full: boolean,
  progress: (text: string) => void,
): Promise<Figure> => {
  const real = process.env.EVENTSTOREDB_URL;
  const standIn = real
    ? undefined
    : spawn(process.execPath, [standInPath, '--data', join(directory, 'log')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
  const [printed] = standIn ? ((await once(standIn.stdout, 'data')) as [Buffer]) : [];
  process.env.EVENTSTOREDB_URL ??= String(printed).trim();
  process.env.KAFKA_BROKERS = servers.brokers;
  process.env.MONGODB_URL = servers.mongodb;
  try {
    const system = await startDistributed();
    const url = `${system.urls[0] ?? ''}/api/v1/session-requests`;
    const requests: autocannon.Request[] = [];
    for (const [index, from] of demoAccounts.entries())
      for (const to of demoAccounts.filter(({ role }) => role !== from.role)) {
        const startsAtMs = Math.ceil(Date.now() / 3_600_000 + 7 * 24 + 8 * index) * 3_600_000;
        requests.push({
          method: 'POST',
          headers: {
            authorization: `Bearer ${await system.mint(from.id)}`,
            'content-type': 'application/json',
          },
          body: JSON.stringify({
            with: to.id,
            startsAt: toInstant(startsAtMs),
            endsAt: toInstant(startsAtMs + 3_600_000),
            note: 'To prepare the talk for the board: what to leave out, and how to begin.',
          }),
        });
      }
    const rates: number[] = [];
    const p99s: number[] = [];
    const rounds = full ? 5 : 3;
    for (let round = 0; round <= rounds; round += 1) {
      const result = await autocannon({ url, connections: 64, duration: full ? 8 : 4, requests });
      const answers = result.statusCodeStats?.['201']?.count ?? 0;
      if (answers !== result.requests.total)
        throw new Error(`answers ${JSON.stringify(result.statusCodeStats)} and not 201 only`);
      if (round === 0) continue; // warming up
      rates.push(answers / result.duration);
      p99s.push(result.latency.p99);
      progress(`commands, round ${round} of ${rounds}: ${count(answers / result.duration)}/s`);
    }
    await system.stop();
    return {
      measure: `commands through HTTP, gRPC and ${real ? 'EventStoreDB' : 'the stand-in for EventStoreDB'}, 64 connections, all on this machine`,
      figure: `${count(median(rates))} commands/s, p99 ${Math.round(median(p99s))} ms`,
    };
  } finally {
    if (real === undefined) delete process.env.EVENTSTOREDB_URL;
    standIn?.kill('SIGTERM');
  }
};

/** The distributed profile on the engines that the environment names, or on those of `npm run engines`. */
export const benchDistributed: BenchPart = async ({ full, directory, progress }) => {
  const { KAFKA_BROKERS, MONGODB_URL } = process.env;
  const kafka = KAFKA_BROKERS ? undefined : await startKafka();
  const mongo = MONGODB_URL ? undefined : await startMongo();
  try {
    const servers = {
      brokers: KAFKA_BROKERS ?? String(kafka?.brokers),
      mongodb: MONGODB_URL ?? String(mongo?.url),
    };
    return [
      await benchRelay(servers.brokers, full, progress),
      await benchLatency(servers.brokers, servers.mongodb, full, progress),
      await benchProjection(servers.mongodb, full, progress),
      await benchDistributedCommands(servers, directory, full, progress),
    ];
  } finally {
    await kafka?.remove();
    await mongo?.remove();
  }
};
