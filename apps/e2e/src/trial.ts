import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SessionRequestStore } from '@hse/contracts';
import { openEventStoreDB } from '@hse/event-store/eventstoredb';
import { connectMongo, openMongoReadModels } from '@hse/read-models/mongodb';
import { createTimers, createUuids, silentLogger } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { Kafka, logLevel } from 'kafkajs';
import type { Db } from 'mongodb';
import { startDistributed, type Distributed, type Instance, type ServiceName } from './distributed.ts';
import { createLoad, type Load } from './load.ts';
import { ended, spawnService } from './server-process.ts';

/** What was counted while everything was proven. */
export interface Proof {
  /** Recorded events, all of them in Kafka and in the read models. */
  readonly events: number;
  /** Messages in Kafka that say again what was said before. */
  readonly repeats: number;
  /** Milliseconds from the end of the load until the read models had everything. */
  readonly caughtUpMs: number;
}

/** The distributed profile under load, about to be ill-treated. */
export interface Trial {
  readonly distributed: Distributed;
  readonly load: Load;
  readonly store: SessionRequestStore;
  readonly db: Db;
  /** Kills an instance under load, lets the others go on for so many session requests, and starts it again. */
  killed(instances: readonly Instance[], goOn: number): Promise<void>;
  /** Runs a command of the notifications service, such as `parity`. */
  command(name: 'parity' | 'parked', ...args: string[]): Promise<{ code: number | null; text: string }>;
  /** Resolves when the read models and the deadlines reflect all that is recorded; with how long that took. */
  caughtUp(): Promise<number>;
  /**
   * Ends the load, and proves that nothing acknowledged was lost or doubled, that the read models equal the log, that Kafka
   * has the whole log in the order of each request, and that nobody reported a fault that had not been expected.
   *
   * @param others events that are recorded beside those of the load. Default: 0.
   * @param expected what may be in the processes' logs at the level of errors. Default: nothing.
   * @throws Error that says what is not so.
   */
  proven(but?: { others?: number; expected?: readonly RegExp[] }): Promise<Proof>;
  stop(): Promise<void>;
}

/** Waits until it holds. @throws Error that names what did not come about in time. */
export const until = async (
  what: string,
  holds: () => Promise<boolean> | boolean,
  limitMs = 60_000,
): Promise<number> => {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await pause(25);
  }
  return Math.round(performance.now() - began);
};

/** What an instance says about itself. */
export const readiness = async ({
  port,
}: Instance): Promise<{ ok: boolean; checks: { name: string; ok: boolean; detail?: string }[] }> => {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  const body = (await answer?.json().catch(() => undefined)) as { checks?: [] } | undefined;
  return { ok: answer?.ok === true, checks: body?.checks ?? [] };
};

export const startTrial = async ({
  counts,
  environment = {},
  through,
  callers = 8,
}: {
  counts: Partial<Record<ServiceName, number>>;
  environment?: Record<string, string>;
  /** Where the load goes. Default: to the gateways themselves. */
  through?: readonly string[];
  callers?: number;
}): Promise<Trial> => {
  const resources = new AsyncDisposableStack();
  const distributed = await startDistributed(
    {
      CLOCK: 'simulated',
      CLOCK_START: '2026-11-23T08:00:00Z',
      LOG_FORMAT: 'json',
      ...environment,
    },
    counts,
  );
  resources.defer(() => distributed.stop());
  const {
    KAFKA_BROKERS: brokers = '',
    KAFKA_PREFIX: prefix = '',
    MONGODB_URL: url = '',
  } = distributed.environment;
  const store = openEventStoreDB<SessionRequestEvent>({
    connectionString: String(distributed.environment['EVENTSTOREDB_URL']),
    namespace: String(distributed.environment['EVENTSTOREDB_NAMESPACE']),
    timers: createTimers(),
    ids: createUuids(),
    logger: silentLogger,
  });
  resources.defer(() => store.close());
  const mongo = await connectMongo({ url, logger: silentLogger, appName: 'e2e' });
  resources.defer(() => mongo.close());
  const readModels = await openMongoReadModels({ db: mongo.db, timers: createTimers() });
  const load = await createLoad({
    urls: through ?? distributed.urls,
    mint: (participantId) => distributed.mint(participantId),
    callers,
    insists: true,
    // Processes start several times as fast beside people who pause than beside a machine that is all taken up.
    thinkMs: 300,
  });

  const log = async (): Promise<Map<string, string[]>> => {
    const streams = new Map<string, string[]>();
    for await (const { events } of store.readAll())
      for (const { stream, id } of events) {
        const ids = streams.get(stream) ?? [];
        ids.push(id);
        streams.set(stream, ids);
      }
    return streams;
  };

  const command: Trial['command'] = async (name, ...args) => {
    const main = fileURLToPath(new URL(`../../notifications/dist/commands/${name}.js`, import.meta.url));
    const running = spawnService(main, distributed.environment, args);
    return { code: await ended(running), text: running.printed.text };
  };

  const caughtUp = async (): Promise<number> => {
    const head = await store.head();
    return until(`read models at ${head}`, async () => (await readModels.checkpoint()) >= head);
  };

  const proveLog = async (): Promise<{ events: number; repeats: number }> => {
    const recorded = await log();
    const topic = `${prefix}session-requests.events`;
    const published = await readTopic(brokers, topic);
    let repeats = 0;
    const seen = new Map<string, string[]>();
    for (const { stream, id, revision } of published) {
      const ids = seen.get(stream) ?? [];
      seen.set(stream, ids);
      if (revision < ids.length) {
        if (ids[revision] !== id) throw new Error(`Kafka has two events at ${stream} ${revision}`);
        repeats += 1;
      } else if (revision > ids.length)
        throw new Error(`Kafka has ${stream} ${revision} after ${ids.length - 1}`);
      else ids.push(id);
    }
    let events = 0;
    for (const [stream, ids] of recorded) {
      events += ids.length;
      if (ids.join() !== seen.get(stream)?.join()) throw new Error(`Kafka has not all of ${stream}`);
    }
    if (seen.size !== recorded.size)
      throw new Error(`Kafka knows ${seen.size} streams, the log ${recorded.size}`);
    return { events, repeats };
  };

  const proveQuiet = (expected: readonly RegExp[]): void => {
    for (const { service, port, running } of distributed.instances) {
      const { exitCode, signalCode } = running.process;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`${service} at ${port} has ended by itself: ${exitCode ?? signalCode}`);
    }
    for (const line of distributed.printed().split('\n'))
      if (isWrong(line) && !expected.some((each) => each.test(line)))
        throw new Error(`somebody reported ${line}`);
  };

  return {
    distributed,
    load,
    store,
    command,
    caughtUp,
    db: mongo.db,
    async killed(instances, goOn) {
      await Promise.all(instances.map((instance) => instance.end('SIGKILL')));
      if (goOn > 0) await load.until(goOn);
      await Promise.all(instances.map((instance) => instance.start()));
    },
    async proven({ others = 0, expected = [] } = {}) {
      await load.stop();
      await load.finish();
      const caughtUpMs = await caughtUp();
      await load.verify();
      const { events, repeats } = await proveLog();
      if (events !== load.wishes * 2 + others)
        throw new Error(`${load.wishes} session requests made ${events - others} events`);
      const parity = await command('parity');
      if (parity.code !== 0 || !parity.text.includes(`${events} events`))
        throw new Error(`${events} events are recorded, and parity says ${parity.code}: ${parity.text}`);
      proveQuiet(expected);
      return { events, repeats, caughtUpMs };
    },
    stop: () => resources.disposeAsync(),
  };
};

/** An error in the log, or something that is no log line, such as a stack trace. */
const isWrong = (line: string): boolean => {
  const text = line.replace(/^\w+: /, '');
  if (text === '') return false;
  try {
    return (JSON.parse(text) as { level: number }).level >= 50;
  } catch {
    return true;
  }
};

interface Published {
  readonly stream: string;
  readonly id: string;
  readonly revision: number;
}

/** Everything that is in a topic now, by partition in order. */
const readTopic = async (brokers: string, topic: string): Promise<Published[]> => {
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const groupId = `${topic}.reader.${createUuids().next()}`;
  const left = new Map<number, number>();
  for (const { partition, high } of await admin.fetchTopicOffsets(topic))
    if (Number(high) > 0) left.set(partition, Number(high));
  const found: Published[] = [];
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, resolveOffset }) => {
      for (const { headers = {} } of batch.messages) {
        const header = (name: string): string => String(headers[name]);
        found.push({
          stream: header('ce_stream'),
          id: header('ce_id'),
          revision: Number(header('ce_revision')),
        });
      }
      resolveOffset(batch.lastOffset());
      if (Number(batch.lastOffset()) + 1 >= (left.get(batch.partition) ?? 0)) left.delete(batch.partition);
      return Promise.resolve();
    },
  });
  await until(`the end of ${topic}`, () => left.size === 0);
  await consumer.disconnect();
  await admin.deleteGroups([groupId]).catch(() => {});
  await admin.disconnect();
  return found;
};
