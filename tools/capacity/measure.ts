import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startDistributed } from '@hse/e2e/distributed';
import { startKafka, startMongo } from '@hse/engines';
import { demoAccounts } from '@hse/gateway';
import { MongoClient, type Db } from 'mongodb';
import { processes, type ProcessName, type UnitCosts } from './costs.ts';

const hourMs = 3_600_000;
/** Commands per second: of the first size, and of the second, at which what the first predicts is looked for. */
export const rates = [20, 80] as const;
const phaseMs = 10_000;
/** Session requests and pages before anything is measured: code that has not run often is slow. */
const warmUp = 500;
const atOnce = 24;
const idleMs = 5_000;
const deadlines = 200;
const listeners = { participants: 60, each: 10 } as const;
const standInPath = fileURLToPath(
  new URL('../../libs/event-store/dist/eventstoredb/testing/main.js', import.meta.url),
);

type PerProcess = Record<ProcessName, number>;
const each = (of: (name: ProcessName) => number): PerProcess =>
  Object.fromEntries(processes.map((name) => [name, of(name)])) as PerProcess;

/** What was predicted by the costs at the first size, and what was seen at the second. */
export interface Comparison {
  readonly what: string;
  readonly predicted: number;
  readonly measured: number;
}

export interface Measurement {
  readonly costs: UnitCosts;
  readonly comparisons: readonly Comparison[];
}

/** Linux counts in hundredths of a second. */
const cpuMsOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
};
const residentBytesOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;

const bytesOfTopic = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /session-requests\.events-\d+\/\d+\.log$/.test(path))
    .reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);

/** Bytes: of the log, of the topic, and of data and indexes of collections; of all documents, and what they take on disk. */
type Sizes = Record<
  'store' | 'kafka' | 'models' | 'notifications' | 'deadlines' | 'keys' | 'documents' | 'disk',
  number
>;

/** Of all generations of a collection. */
const sizeOf = async (db: Db, name: RegExp) => {
  const sum = { data: 0, indexes: 0, disk: 0 };
  for (const collection of await db.listCollections({ name }, { nameOnly: true }).toArray()) {
    const [stats] = await db
      .collection(collection.name)
      .aggregate<{ storageStats: { size: number; totalIndexSize: number; storageSize: number } }>([
        { $collStats: { storageStats: {} } },
      ])
      .toArray();
    sum.data += stats?.storageStats.size ?? 0;
    sum.indexes += stats?.storageStats.totalIndexSize ?? 0;
    sum.disk += stats?.storageStats.storageSize ?? 0;
  }
  return sum;
};

/**
 * Runs the distributed profile, one process of each service, and divides what it used by what it did. Under a minute and a half.
 * Needs Linux, and what `npm run engines` needs.
 */
export const measureOnce = async (directory: string, say: (text: string) => void): Promise<Measurement> => {
  const loadBefore = loadavg()[0] ?? 0;
  await using resources = new AsyncDisposableStack();
  const kafkaDir = mkdtempSync(join(directory, 'kafka-'));
  const kafka = resources.adopt(await startKafka({ dataDir: kafkaDir }), (it) => it.remove());
  const mongo = resources.adopt(await startMongo(), (it) => it.remove());
  resources.defer(() => rmSync(kafkaDir, { recursive: true, force: true }));
  const log = join(directory, `log-${process.pid}-${Date.now()}`);
  const real = process.env['EVENTSTOREDB_URL'];
  const store = spawn(process.execPath, [standInPath, '--data', log], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  resources.defer(() => {
    store.kill('SIGTERM');
    rmSync(log, { force: true });
  });
  const [printed] = (await once(store.stdout, 'data')) as [Buffer];
  process.env['EVENTSTOREDB_URL'] = real ?? String(printed).trim();
  resources.defer(() => {
    if (real === undefined) delete process.env['EVENTSTOREDB_URL'];
  });

  const people = Array.from({ length: listeners.participants }, (_, index) => ({
    account: `listener-${index}`,
    id: `p-listener-${index}`,
    role: 'client' as const,
    name: `Listener ${index}`,
    email: `listener-${index}@example.org`,
    timeZone: 'Europe/Berlin',
  }));
  const accounts = join(directory, 'accounts.json');
  writeFileSync(accounts, JSON.stringify([...demoAccounts, ...people]));
  const system = resources.adopt(
    await startDistributed({
      ACCOUNTS: accounts,
      KAFKA_BROKERS: kafka.brokers,
      MONGODB_URL: mongo.url,
      CLOCK: 'simulated',
      CLOCK_START: '2026-11-23T08:00:00Z',
    }),
    (it) => it.stop(),
  );
  const pids = new Map<ProcessName, number>([
    ['eventstoredb', Number(store.pid)],
    ['kafka', Number(kafka.pid)],
    ['mongodb', Number(mongo.members[0]?.pid)],
    ...system.instances.map(({ service, running }): [ProcessName, number] => [
      service,
      Number(running.process.pid),
    ]),
  ]);
  const pidOf = (name: ProcessName): number => pids.get(name) ?? 0;
  const client = await MongoClient.connect(String(system.environment['MONGODB_URL']));
  resources.defer(() => client.close());
  const db = client.db();

  const [coach, other] = ['coach', 'client'].map((role) => demoAccounts.find((one) => one.role === role)?.id);
  const asker = await system.mint(String(other));
  const answerer = await system.mint(String(coach));
  const api = `${String(system.urls[0])}/api/v1`;
  let sent = 0;
  const call = async (token: string, path: string, body?: object, revision?: number) => {
    const answer = await fetch(`${api}${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json', 'idempotency-key': `key-${(sent += 1)}` }),
        ...(revision !== undefined && { 'if-match': `"${revision}"` }),
      },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as { id: string };
  };
  let slots = 0;
  const ask = (leadHours = 24 * 40) => {
    const startsAt = Date.UTC(2026, 10, 23, 8) + leadHours * hourMs + (slots += 1) * 1_000;
    return call(asker, '/session-requests', {
      with: coach,
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(startsAt + hourMs).toISOString(),
      note: 'To prepare the talk for the board: what to leave out, and how to begin.',
    });
  };
  /** Starts so many a second, but no more than {@link atOnce} at a time: where the machine cannot keep up, it takes longer. */
  const paced = async (count: number, perSecond: number, once: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    const underWay = new Set<Promise<unknown>>();
    for (let index = 0; index < count; index += 1) {
      const waitMs = began + (index / perSecond) * 1_000 - performance.now();
      if (waitMs > 0) await pause(waitMs);
      if (underWay.size >= atOnce) await Promise.race(underWay);
      const one = once().finally(() => underWay.delete(one));
      underWay.add(one);
    }
    await Promise.all(underWay);
  };
  /** Milliseconds of CPU time per second; known once it has been measured. */
  let idle = each(() => 0);
  /** CPU milliseconds of each process. */
  const during = async (work: () => Promise<void>) => {
    const [before, began] = [each((name) => cpuMsOf(pidOf(name))), performance.now()];
    await work();
    const seconds = (performance.now() - began) / 1_000;
    const cpu = each((name) => cpuMsOf(pidOf(name)) - before[name]);
    /** Of one of so many, without what is used anyway. */
    const perUnit = (units: number) => each((name) => Math.max(0, cpu[name] - idle[name] * seconds) / units);
    return { cpu, seconds, perUnit };
  };
  const settle = (): Promise<void> => pause(1_500);

  /** One session request after the other, each accepted: two commands, two events. */
  const commands = (perSecond: number): Promise<void> =>
    paced((perSecond * phaseMs) / 2_000, perSecond / 2, async () => {
      const { id } = await ask();
      await call(answerer, `/session-requests/${id}/accept`, {}, 0);
    }).then(settle);

  say('warming up');
  await paced(warmUp, 50, () => ask());
  await paced(warmUp / 2, 100, () => call(asker, '/session-requests?limit=20'));
  await pause(4_000);
  const seen: { commands: number; used: Awaited<ReturnType<typeof during>>; bytes: Sizes }[] = [];
  /** What is left of other work makes it more, so the least of several looks counts. */
  const restAgain = async (): Promise<void> => {
    say('nothing');
    const quiet = await during(() => pause(idleMs));
    const now = each((name) => quiet.cpu[name] / quiet.seconds);
    idle = seen.length === 0 ? now : each((name) => Math.min(idle[name], now[name]));
  };

  const sizes = async (): Promise<Sizes> => {
    const [models, notes, dues, keys] = await Promise.all(
      [/^sessionRequests_/, /^notifications_/, /^deadlines$/, /^idempotencyKeys$/].map((name) =>
        sizeOf(db, name),
      ),
    );
    return {
      store: real === undefined ? statSync(log).size : 0,
      kafka: bytesOfTopic(kafkaDir),
      models: (models?.data ?? 0) + (models?.indexes ?? 0),
      notifications: (notes?.data ?? 0) + (notes?.indexes ?? 0),
      deadlines: (dues?.data ?? 0) + (dues?.indexes ?? 0),
      keys: (keys?.data ?? 0) + (keys?.indexes ?? 0),
      documents: [models, notes, dues, keys].reduce((sum, one) => sum + (one?.data ?? 0), 0),
      disk: [models, notes, dues, keys].reduce((sum, one) => sum + (one?.disk ?? 0), 0),
    };
  };
  await restAgain();
  for (const rate of rates) {
    say(`${rate} commands a second`);
    const used = await during(() => commands(rate));
    seen.push({ commands: (rate * phaseMs) / 1_000, used, bytes: await sizes() });
    await restAgain();
  }
  const [one, four] = seen as [(typeof seen)[number], (typeof seen)[number]];
  const instance = (name: ProcessName): number => residentBytesOf(pidOf(name));
  const memory = {
    gateway: instance('gateway'),
    requests: instance('requests'),
    expiry: instance('expiry'),
    notifications: instance('notifications'),
  };

  say('queries');
  const queries = 600;
  const looked = await during(() =>
    paced(queries, 60, () => call(asker, '/session-requests?limit=20')).then(settle),
  );

  say(`${deadlines} deadlines`);
  await paced(deadlines, 50, () => ask(24 * 5));
  await settle();
  const expired = await during(async () => {
    await call(answerer, '/clock/advance', { to: new Date(Date.UTC(2026, 10, 28, 8)).toISOString() });
    await settle();
  });

  say('live streams');
  const residentBefore = instance('gateway');
  const open: IncomingMessage[] = [];
  for (const { id } of people) {
    const token = await system.mint(id);
    for (let index = 0; index < listeners.each; index += 1)
      open.push(
        await new Promise<IncomingMessage>((resolve, reject) => {
          get(`${api}/live`, { agent: false, headers: { authorization: `Bearer ${token}` } }, (answer) => {
            answer.resume();
            resolve(answer);
          }).on('error', reject);
        }),
      );
  }
  await settle();
  const liveConnection = Math.max(0, instance('gateway') - residentBefore) / open.length;
  for (const stream of open) stream.destroy();

  // Warming up left one event for each of its requests.
  const perCommand = one.used.perUnit(one.commands);
  const requestsAt = (commandsSoFar: number): number => warmUp + commandsSoFar / 2;
  const eventsAt = (commandsSoFar: number): number => warmUp + commandsSoFar;
  const [atOne, atFour] = [one.commands, one.commands + four.commands];
  const bytes: UnitCosts['bytes'] = {
    event: one.bytes.store / eventsAt(atOne),
    kafkaPerEvent: one.bytes.kafka / eventsAt(atOne),
    readModelPerRequest: one.bytes.models / requestsAt(atOne),
    notificationsPerEvent: one.bytes.notifications / eventsAt(atOne),
    deadlinePerRequest: one.bytes.deadlines / requestsAt(atOne),
    idempotencyPerCommand: one.bytes.keys / eventsAt(atOne),
    mongodbOnDisk: four.bytes.disk / four.bytes.documents,
  };
  const [cpu] = cpus();
  const costs: UnitCosts = {
    measured: {
      at: new Date().toISOString(),
      machine: `${cpus().length} cores of ${cpu?.model.trim() ?? 'unknown'}, shared by services, engines and load`,
      node: process.version,
      load: [loadBefore, loadavg()[0] ?? 0],
      eventStore: real === undefined ? 'stand-in' : 'EventStoreDB',
      runs: 1,
    },
    cpuMs: {
      idle,
      command: perCommand,
      query: looked.perUnit(queries),
      deadline: expired.perUnit(deadlines),
    },
    bytes,
    memory: { instance: memory, liveConnection },
  };
  const comparisons: Comparison[] = [
    ...processes.map((name) => ({
      what: `CPU of ${name} for ${four.commands} commands at ${rates[1]}/s, s`,
      predicted: (idle[name] * four.used.seconds + perCommand[name] * four.commands) / 1_000,
      measured: four.used.cpu[name] / 1_000,
    })),
    ...(
      [
        ['EventStoreDB', bytes.event * eventsAt(atFour), four.bytes.store],
        ['Kafka', bytes.kafkaPerEvent * eventsAt(atFour), four.bytes.kafka],
        ['read models', bytes.readModelPerRequest * requestsAt(atFour), four.bytes.models],
        ['notifications', bytes.notificationsPerEvent * eventsAt(atFour), four.bytes.notifications],
        ['deadlines', bytes.deadlinePerRequest * requestsAt(atFour), four.bytes.deadlines],
      ] as const
    ).map(([name, predicted, measured]) => ({
      what: `bytes of ${name} after ${eventsAt(atFour)} events`,
      predicted,
      measured,
    })),
  ];
  return { costs, comparisons };
};
