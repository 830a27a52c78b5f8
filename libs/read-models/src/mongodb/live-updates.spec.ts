import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ReadModels, ReflectedChange } from '@hse/contracts';
import { describeWithServer } from '@hse/engines';
import { createTimers, silentLogger } from '@hse/service-kit';
import { ReadConcern } from 'mongodb';
import { beginRebuild } from './generations.ts';
import { openMongoLiveUpdates } from './live-updates.ts';
import { openMongoReadModels } from './read-models.ts';
import { mongoDatabases } from './testing/databases.ts';
import { notificationOf, recordOf } from './testing/samples.ts';

describeWithServer('MONGODB_URL', 'live updates by way of MongoDB', (url) => {
  const databases = mongoDatabases(url);
  const timers = createTimers();
  let models: ReadModels;
  let gateways: Awaited<ReturnType<typeof openMongoLiveUpdates>>[] = [];
  beforeEach(async () => {
    models = await openMongoReadModels({ db: await databases.fresh(), timers });
  });
  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    gateways = [];
  });

  /** A gateway that listens, and how to wait for what it hears. */
  const gateway = async () => {
    const live = await openMongoLiveUpdates({ db: databases.latest(), timers, logger: silentLogger });
    gateways.push(live);
    const heard: ReflectedChange[] = [];
    const waiting = new Set<() => void>();
    live.subscribe((changes) => {
      heard.push(...changes);
      for (const look of waiting) look();
    });
    return {
      live,
      heard,
      positions: () => heard.map(({ position }) => position),
      until: (position: number) =>
        new Promise<void>((resolve) => {
          const look = () => heard.some((change) => change.position >= position) && resolve();
          waiting.add(look);
          look();
        }),
    };
  };
  const apply = (records: Parameters<typeof recordOf>[], checkpoint: number) => {
    const made = records.map((each) => recordOf(...each));
    return models.apply({
      records: made,
      notifications: made.map((record) => notificationOf(record)),
      checkpoint,
    });
  };

  test('reach every gateway, by event, with a record that can be queried', async () => {
    const [one, two] = [await gateway(), await gateway()];
    await apply([['a', 1]], 1);
    await Promise.all([one.until(1), two.until(1)]);
    const expected = [{ record: recordOf('a', 1), eventType: 'SessionAccepted', position: 1 }];
    expect(one.heard).toEqual(expected);
    expect(two.heard).toEqual(expected);
  });

  test('come in log order, once the checkpoint has passed them, however partitions are interleaved', async () => {
    const one = await gateway();
    // One partition is at 8 when the other has not even seen 2.
    await apply([['a', 1]], 1);
    await apply([['b', 4]], 1);
    await apply([['b', 8, { revision: 1 }]], 1);
    await apply([['c', 2]], 4);
    await one.until(4);
    expect(one.positions()).toEqual([1, 2, 4]);
    await apply([['c', 6, { revision: 1 }]], 8);
    await one.until(8);
    expect(one.positions()).toEqual([1, 2, 4, 6, 8]);
    expect(one.heard.at(2)?.record.state).toMatchObject({ requestId: 'b', revision: 1 });
  });

  test('tell of every event of a long stretch, each once, also of those that both parties are told of', async () => {
    const one = await gateway();
    const records = Array.from({ length: 1_234 }, (_, index) => recordOf(`r${index}`, index + 1));
    await models.apply({
      records,
      notifications: records.flatMap((record) => [
        notificationOf(record, 'coach'),
        notificationOf(record, 'client'),
      ]),
      checkpoint: 1_234,
    });
    await one.until(1_234);
    expect(one.positions()).toEqual(records.map(({ position }) => position));
  });

  test('begin with what is recorded after they were opened', async () => {
    await apply([['a', 1]], 1);
    const one = await gateway();
    await apply([['b', 2]], 2);
    await one.until(2);
    expect(one.positions()).toEqual([2]);
  });

  test('end for a listener who stops, and go on for the others when one fails', async () => {
    const one = await gateway();
    const stopped: number[] = [];
    one.live.subscribe(() => {
      throw new Error('listener');
    });
    const stop = one.live.subscribe((changes) => stopped.push(...changes.map(({ position }) => position)));
    await apply([['a', 1]], 1);
    await one.until(1);
    stop();
    await apply([['b', 2]], 2);
    await one.until(2);
    expect(one.positions()).toEqual([1, 2]);
    expect(stopped).toEqual([1]);
  });

  test('go on where they were when the change stream is lost', async () => {
    const one = await gateway();
    await apply([['a', 1]], 1);
    await one.until(1);
    // The server ends the cursor of the change stream.
    const { client } = databases.latest();
    const admin = client.db('admin', { readConcern: new ReadConcern('local') });
    const cursors = await admin
      .aggregate<{ cursor: { cursorId: unknown } }>([
        { $currentOp: { idleCursors: true, allUsers: true } },
        {
          $match: {
            ns: `${databases.latest().databaseName}.readModels`,
            'cursor.cursorId': { $exists: true },
          },
        },
      ])
      .toArray();
    expect(cursors.length).toBeGreaterThan(0);
    await databases.latest().command({
      killCursors: 'readModels',
      cursors: cursors.map((operation) => operation.cursor.cursorId),
    });
    await apply([['b', 2]], 2);
    await one.until(2);
    expect(one.positions()).toEqual([1, 2]);
  });

  test('go on in the next generation', async () => {
    const one = await gateway();
    await apply([['a', 1]], 1);
    await one.until(1);
    const rebuild = await beginRebuild(databases.latest());
    await rebuild.mirror();
    await apply([['b', 2]], 2);
    await rebuild.replace(2);
    await rebuild.end();
    await apply([['c', 3]], 3);
    await one.until(3);
    expect(one.positions()).toEqual([1, 2, 3]);
  });

  describe('publishing', () => {
    test('is not needed: it does nothing', async () => {
      const one = await gateway();
      one.live.publish([{ record: recordOf('x', 9), eventType: 'SessionAccepted', position: 9 }]);
      await apply([['a', 1]], 1);
      await one.until(1);
      expect(one.positions()).toEqual([1]);
    });
  });
});
