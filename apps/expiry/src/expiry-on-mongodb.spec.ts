import { afterAll, expect, test } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import { connectMongo, openMongoDeadlineStore, type MongoConnection } from '@hse/read-models/mongodb';
import { createUuids, silentLogger } from '@hse/service-kit';
import { createWorld, DAY_MS, MINUTE_MS, START } from './testing/world.ts';

describeWithServer('MONGODB_URL', 'Instances on one deadline store in MongoDB', (url) => {
  const database = `expiry_${createUuids().next().replaceAll('-', '')}`;
  const connections: MongoConnection[] = [];
  const connected = async (): Promise<MongoConnection> => {
    const connection = await connectMongo({ url, database, logger: silentLogger });
    connections.push(connection);
    return connection;
  };
  afterAll(async () => {
    await connections[0]?.db.dropDatabase();
    for (const connection of connections) await connection.close();
  });

  test('carry out each of 300 deadlines once in effect, none early, though one dies in the middle', async () => {
    const world = createWorld({ speed: 1 });
    const stores = await Promise.all(
      Array.from({ length: 3 }, async () => openMongoDeadlineStore({ db: (await connected()).db })),
    );
    const requestIds = Array.from({ length: 300 }, (_, index) => `r-${index}`);
    for (const [index, id] of requestIds.entries())
      await world.request(id, DAY_MS + (index % 10) * MINUTE_MS);

    let killed: number | undefined;
    const processes = stores.map((deadlineStore, index) =>
      world.startProcess({
        deadlineStore,
        claimBatch: 20,
        concurrency: 4,
        leaseMs: 2_000,
        pollMs: 500,
        busFault: async (_, execute) => {
          const { sent, kill } = processes[index]!;
          if (killed === undefined && sent.length > 20) {
            killed = index;
            kill();
          }
          await new Promise((resolve) => setTimeout(resolve, 5));
          return execute();
        },
      }),
    );
    const store = stores[1]!;
    /** Time passes at its own pace: the server is a real one. */
    const until = async (isSo: () => Promise<boolean>): Promise<void> => {
      let last = performance.now();
      while (!(await isSo())) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        const now = performance.now();
        world.timers.elapse(Math.floor(now - last));
        last += Math.floor(now - last);
      }
    };
    const head = await world.store.head();
    await until(async () => (await store.checkpoint()) === head);
    expect(await store.count()).toBe(300);

    world.clock.advanceTo(START + 2 * DAY_MS);
    await until(async () => (await store.count()) === 0);

    const expired = await world.expired();
    expect(expired.map(({ requestId }) => requestId).sort()).toEqual([...requestIds].sort());
    expect(expired.filter(({ at, respondBy }) => at < respondBy)).toEqual([]);
    const sent = processes.map((process) => process.sent.length);
    expect(killed).toBeDefined();
    expect(sent.filter((count) => count > 0).length).toBeGreaterThan(1);
    console.log(
      `300 deadlines: ${sent.join(' + ')} commands, instance ${killed} killed; ${expired.length} cancellations, none twice, none early`,
    );
    for (const [index, { expiry }] of processes.entries()) if (index !== killed) await expiry.stop();
  }, 60_000);
});
