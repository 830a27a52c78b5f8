import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import { createTimers, silentLogger } from '@hse/service-kit';
import { MongoClient, MongoNetworkError } from 'mongodb';
import { explaining } from './explained.ts';
import { openMongoDeadlineStore } from './deadline-store.ts';
import { openMongoGatewayStore } from './gateway-store.ts';
import { openMongoSharedClock } from './shared-clock.ts';
import { testDatabases } from './testing/test-database.ts';

const at = '2026-11-22T12:00:00.000Z';
const noon = Date.parse(at);

/**
 * A way to the server on which, while the test wants it, all connections break at every 37th piece of data, before it goes
 * on: now a question is lost, now an answer.
 */
const breakableWay = async (url: string) => {
  const target = new URL(url.split(',')[0] ?? url);
  const sockets = new Set<Socket>();
  let pieces = 0;
  let breaks = 0;
  let isBreaking = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port || 27_017), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.on('data', (piece) => {
        pieces += 1;
        if (isBreaking && pieces % 37 === 0) {
          breaks += 1;
          for (const each of [...sockets]) each.destroy();
        } else other.write(piece);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `mongodb://127.0.0.1:${port}/?directConnection=true&retryWrites=true`,
    /** @returns how often they broke. */
    whileBreaking: async (work: () => Promise<void>): Promise<number> => {
      isBreaking = true;
      try {
        await work();
      } finally {
        isBreaking = false;
      }
      return breaks;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
};

test('who asks a MongoDB that is away is told so, as of any store', async () => {
  const away = new MongoNetworkError('connection refused');
  const questions = explaining({
    find: (id: string) => Promise.reject(id === 'a' ? away : new TypeError('b')),
  });
  await expect(questions.find('a')).rejects.toMatchObject({
    name: 'StoreUnavailable',
    outcome: 'not-written',
    reason: 'unreachable',
    cause: away,
  });
  await expect(questions.find('b')).rejects.toThrow('b');
});

describeWithServer('MONGODB_URL', 'when connections to MongoDB break', (url) => {
  const databases = testDatabases(url);
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  /** A fresh database, and a way to it that can break. */
  const shaky = async () => {
    const way = await breakableWay(url);
    cleanUp.push(way.close);
    const client = await MongoClient.connect(way.url);
    cleanUp.push(() => client.close());
    return { db: client.db(databases.fresh().databaseName), whileBreaking: way.whileBreaking };
  };

  test('a key is new to one caller at most, and a failed call says that the outcome is unknown', async () => {
    const { db, whileBreaking } = await shaky();
    const store = await openMongoGatewayStore({ db });
    const states: string[] = [];
    const failures: unknown[] = [];
    const breaks = await whileBreaking(async () => {
      for (let index = 0; index < 200; index += 1)
        for (let turn = 0; turn < 2; turn += 1) {
          const begun = store.begin('me', `key ${index}`, 'POST /a', at);
          await begun.then(
            ({ state }) => states.push(`${index} ${state}`),
            (error: unknown) => failures.push(error),
          );
        }
    });
    const news = states.filter((state) => state.endsWith('new'));
    console.log(
      `${breaks} breaks: of 200 keys begun twice, ${news.length} new, ${failures.length} calls failed`,
    );
    expect(breaks).toBeGreaterThan(5);
    expect(new Set(news).size).toBe(news.length);
    for (const failure of failures)
      expect(failure).toMatchObject({ name: 'StoreUnavailable', outcome: 'unknown', reason: 'unreachable' });
    const calm = await openMongoGatewayStore({ db: databases.latest() });
    for (const state of states)
      expect(await calm.begin('me', `key ${parseInt(state, 10)}`, 'POST /a', at)).toEqual({
        state: 'in-progress',
      });
  }, 60_000);

  test('no deadline is claimed twice within its lease, and none is lost', async () => {
    const { db, whileBreaking } = await shaky();
    const store = await openMongoDeadlineStore({ db });
    const subjects = Array.from({ length: 400 }, (_, index) => `s${index}`);
    const claimed: string[] = [];
    let failures = 0;
    const breaks = await whileBreaking(async () => {
      const repeat = async (work: () => Promise<void>): Promise<void> => {
        for (;;)
          try {
            await work();
            return;
          } catch {
            failures += 1;
          }
      };
      for (let from = 0; from < 400; from += 20)
        await repeat(() =>
          store.apply(
            subjects.slice(from, from + 20).map((subject) => ({
              type: 'schedule',
              subject,
              revision: 0,
              round: 1,
              dueAt: noon,
            })),
            from + 20,
          ),
        );
      for (let call = 0; call < 60; call += 1)
        await repeat(async () => {
          const won = await store.claim({ now: noon, limit: 10, claimant: 'one', leaseUntil: noon + 1_000 });
          claimed.push(...won.map(({ subject }) => subject));
        });
    });
    expect(breaks).toBeGreaterThan(1);
    expect(new Set(claimed).size).toBe(claimed.length);
    const calm = await openMongoDeadlineStore({ db: databases.latest() });
    expect(await calm.checkpoint()).toBe(400);
    expect(await calm.count()).toBe(400);
    const rest = await calm.claim({ now: noon, limit: 500, claimant: 'two', leaseUntil: noon + 1_000 });
    const held = 400 - claimed.length - rest.length;
    console.log(
      `${breaks} breaks, ${failures} failed calls: ${claimed.length} claimed once, ${rest.length} left, ${held} claimed by calls that failed`,
    );
    expect(rest.filter(({ subject }) => claimed.includes(subject))).toEqual([]);
    const afterLease = { now: noon + 1_000, limit: 500, claimant: 'two', leaseUntil: noon + 2_000 };
    expect(await calm.claim(afterLease)).toHaveLength(400);
  }, 60_000);

  test('a shared clock is followed again, and shows what was set meanwhile', async () => {
    const { db, whileBreaking } = await shaky();
    const options = { start: noon, timers: createTimers(), logger: silentLogger };
    const follower = await openMongoSharedClock({ db, ...options });
    const leader = await openMongoSharedClock({ db: databases.latest(), ...options });
    cleanUp.push(
      () => follower.close(),
      () => leader.close(),
    );
    const seen: number[] = [];
    const arrived = new Promise<void>((resolve) => {
      for (let step = 1; step <= 30; step += 1)
        follower.wakeAt(noon + step, () => {
          seen.push(follower.now());
          if (step === 30) resolve();
        });
    });
    const breaks = await whileBreaking(async () => {
      for (let step = 1; step <= 30; step += 1) {
        await leader.advanceTo(noon + step);
        for (let more = 0; more < 4; more += 1) await db.command({ ping: 1 }).catch(() => undefined);
      }
    });
    await arrived;
    expect(breaks).toBeGreaterThan(1);
    expect(seen).toHaveLength(30);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(follower.now()).toBe(noon + 30);
  }, 60_000);
});
