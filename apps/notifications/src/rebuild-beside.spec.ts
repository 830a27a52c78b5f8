import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type {
  NotificationRecord,
  ReadModels,
  ReadModelsCopy,
  ReadModelsDifference,
  SessionRequestRecord,
  SessionRequestStore,
} from '@hse/contracts';
import { describeWithServer } from '@hse/engines';
import type { RecordedEvent } from '@hse/event-sourcing';
import { createInMemoryEventStore } from '@hse/event-sourcing/testing';
import {
  connectMongo,
  createMongoReadModelsCopy,
  openMongoReadModels,
  openMongoReadModelsSnapshot,
  RebuildUnderWay,
  type MongoConnection,
} from '@hse/read-models/mongodb';
import { createTimers, createUuids, silentLogger } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { checkParity } from './parity.ts';
import { createProjection } from './projection.ts';
import { rebuildReadModels } from './rebuild.ts';
import { knownHistories, recordedLog } from './testing/log.ts';

const log = recordedLog(
  Array.from({ length: 12 }, (_, index) => knownHistories[index % knownHistories.length] ?? []),
  [0, 4, 2, 7, 1],
);
const half = Math.floor(log.length / 2);
const timers = createTimers();

/** Half a second per look at it. */
const stopwatch = () => {
  let elapsed = 0;
  return () => (elapsed += 500);
};

describeWithServer('MONGODB_URL', 'a rebuild beside live read models in MongoDB', (url) => {
  let mongo: MongoConnection;
  let store: SessionRequestStore;
  let models: ReadModels;
  const prefix = `rebuild_${createUuids().next()}`;
  let databases = 0;
  const database = () => mongo.client.db(`${prefix}_${databases}`);
  beforeAll(async () => {
    mongo = await connectMongo({ url, logger: silentLogger });
  });
  beforeEach(async () => {
    if (databases > 0) await database().dropDatabase();
    databases += 1;
    store = createInMemoryEventStore<SessionRequestEvent>();
    models = await openMongoReadModels({ db: database(), timers });
  });
  afterAll(async () => {
    await database().dropDatabase();
    await mongo.close();
  });

  const record = async (from: number, to: number): Promise<void> => {
    for (const { stream, type, data, id, metadata } of log.slice(from, to))
      await store.append(stream, [{ ...({ type, data } as SessionRequestEvent), id, metadata }], {
        expected: 'any',
      });
  };
  const project = (
    events: readonly RecordedEvent<SessionRequestEvent>[],
    position: number,
    target: ReadModels = models,
  ) => createProjection({ target }).handle({ events, position });
  const recordAndProject = async (from: number, to: number): Promise<void> => {
    await record(from, to);
    await project(log.slice(from, to), to);
  };
  const openCopy = () => createMongoReadModelsCopy({ db: database(), timers });
  const rebuild = async (
    options: { copy?: ReadModelsCopy; signal?: AbortSignal; onRead?: () => Promise<void> } = {},
  ) => {
    const { copy = await openCopy(), signal, onRead } = options;
    return rebuildReadModels({
      store: {
        head: () => store.head(),
        async *readAll(readOptions) {
          for await (const batch of store.readAll(readOptions)) {
            yield batch;
            await onRead?.();
          }
        },
      },
      copy,
      batchSize: 7,
      elapsedMs: stopwatch(),
      ...(signal && { signal }),
    });
  };
  const parity = async () => {
    const differences: ReadModelsDifference[] = [];
    const snapshot = await openMongoReadModelsSnapshot({ db: database() });
    const onDifference = (difference: ReadModelsDifference): void => void differences.push(difference);
    const result = await checkParity({ store, snapshot, onDifference, batchSize: 7, elapsedMs: stopwatch() });
    await snapshot.close();
    return { result, differences };
  };
  const collections = async () =>
    (await database().listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();

  test('makes the next generation of the whole log, and those who write go on in it', async () => {
    await recordAndProject(0, half);
    expect(await models.generation?.()).toBe('1');
    expect(await rebuild()).toMatchObject({ events: half, position: half, repaired: 0 });
    expect(await models.generation?.()).toBe('2');
    expect((await parity()).result).toMatchObject({ checkpoint: half, differences: 0 });
    await recordAndProject(half, log.length);
    expect((await parity()).result).toMatchObject({ checkpoint: log.length, differences: 0 });
  });

  test('loses nothing that is recorded and projected, by several, while it is made', async () => {
    await record(0, half);
    const writers = [models, await openMongoReadModels({ db: database(), timers })];
    const projections = writers.map((target) => createProjection({ target }));
    let recorded = half;
    let projected = 0;
    /** As partitions have it: each writer has its own requests, and the second is behind the first. */
    const goOn = async (): Promise<void> => {
      await record(recorded, recorded + 2);
      recorded = Math.min(log.length, recorded + 2);
      const to = Math.min(recorded, projected + 5);
      const events = log.slice(projected, to);
      const own = (writer: number) =>
        events.filter(({ stream }) => Number(stream.replace(/\D/g, '')) % 2 === writer);
      await projections[0]?.handle({ events: own(0), position: projected });
      await projections[1]?.handle({ events: own(1), position: to });
      projected = to;
    };
    await rebuild({ onRead: goOn });
    while (projected < log.length) await goOn();
    expect(await models.generation?.()).toBe('2');
    expect((await parity()).result).toMatchObject({
      checkpoint: log.length,
      events: log.length,
      differences: 0,
    });
  });

  test('takes an event whose batch began before it was joined from the log', async () => {
    await recordAndProject(0, half);
    const copy = await openCopy();
    // This writer has asked for nothing but the generation when the copy takes over.
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let begun = (): void => {};
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    await record(half, half + 5);
    const slow = createProjection({
      target: {
        generation: async () => (await models.generation?.()) ?? '',
        load: async (ids) => {
          const records = await models.load(ids);
          begun();
          await held;
          return records;
        },
        apply: (changes) => models.apply(changes),
      },
    }).handle({ events: log.slice(half, half + 5), position: half + 5 });
    await hasBegun;
    await rebuild({ copy });
    release();
    await slow;
    expect((await parity()).result).toMatchObject({ checkpoint: half + 5, differences: 0 });
  });

  test('puts right what was wrong, also what it is told by those who compute from what is wrong', async () => {
    await recordAndProject(0, half);
    const db = database();
    await db.collection('sessionRequests_1').updateMany({}, { $set: { 'state.requestedBy': 'nobody' } });
    await db.collection('notifications_1').deleteMany({ position: { $lt: 5 } });
    expect((await parity()).differences.length).toBeGreaterThan(4);
    const copy = await openCopy();
    const { beside } = copy;
    if (!beside) throw new Error('this copy is made beside others');
    const result = await rebuild({
      copy: {
        ...copy,
        beside: {
          ...beside,
          // As soon as the copy is the mirror, the next events come, to a writer who knows only what is wrong.
          async join() {
            await beside.join();
            await recordAndProject(half, log.length);
          },
        },
      },
    });
    expect(result.repaired).toBeGreaterThan(0);
    expect((await parity()).result).toMatchObject({ checkpoint: log.length, differences: 0 });
  });

  test('takes away what no event has made', async () => {
    await recordAndProject(0, half);
    const copy = await openCopy();
    const { beside } = copy;
    if (!beside) throw new Error('this copy is made beside others');
    const stray: SessionRequestRecord = {
      ...((await models.load(['request-0']))[0] as SessionRequestRecord),
      position: 2,
    };
    const state = { ...stray.state, requestId: 'nobody asked' };
    const told = (
      await models.notifications({ participantId: 'coach-0', limit: 1 })
    )[0] as NotificationRecord;
    copy.put({ ...stray, state }, [{ ...told, position: 1_000_000 }]);
    expect((await rebuild({ copy })).repaired).toBe(2);
    expect((await parity()).result).toMatchObject({ checkpoint: half, differences: 0 });
  });

  test('is one at a time, and leaves what is in use alone when it fails', async () => {
    await recordAndProject(0, half);
    const copy = await openCopy();
    await expect(openCopy()).rejects.toThrow(RebuildUnderWay);
    const aborting = new AbortController();
    aborting.abort(new Error('enough'));
    await expect(rebuild({ copy, signal: aborting.signal })).rejects.toThrow('enough');
    expect(await models.generation?.()).toBe('1');
    expect(await collections()).toEqual(['notifications_1', 'readModels', 'sessionRequests_1']);
    await rebuild();
    expect(await models.generation?.()).toBe('3');
  });

  test('clears away what a rebuild that died has left, once it is taken for dead', async () => {
    await recordAndProject(0, half);
    const dead = await openCopy();
    await dead.beside?.join();
    await expect(openCopy()).rejects.toThrow(RebuildUnderWay);
    // A minute without a word from it.
    await database()
      .collection<{ _id: string }>('readModels')
      .updateOne({ _id: 'pointer' }, { $set: { 'rebuild.until': new Date(0) } });
    await rebuild();
    expect(await models.generation?.()).toBe('3');
    // The last generation stays for readers who have not heard yet, until the next rebuild.
    expect(await collections()).toEqual([
      'notifications_1',
      'notifications_3',
      'readModels',
      'sessionRequests_1',
      'sessionRequests_3',
    ]);
    await expect(dead.finish()).rejects.toThrow(RebuildUnderWay);
    expect((await parity()).result).toMatchObject({ checkpoint: half, differences: 0 });
  });

  test('of an empty log makes empty read models', async () => {
    expect(await rebuild()).toMatchObject({ events: 0, position: 0 });
    expect((await parity()).result).toMatchObject({ checkpoint: 0, records: 0, differences: 0 });
  });

  describe('the parity check', () => {
    test('holds where records are ahead of the checkpoint', async () => {
      await record(0, log.length);
      // One partition is at the end, of the others nothing but the first events were applied.
      await project(log.slice(0, 4), 4);
      await project(
        log.filter(({ stream, position }) => position > 4 && stream.endsWith('request-0')),
        4,
      );
      expect((await parity()).result).toMatchObject({ checkpoint: 4, events: 4, differences: 0 });
    });

    test('allows a notification ahead of its record, and misses one that the record has', async () => {
      await record(0, log.length);
      await project(log.slice(0, 4), 4);
      const ahead = log.filter(({ stream, position }) => position > 4 && stream.endsWith('request-0'));
      await project(ahead, 4);
      const db = database();
      const last = ahead.at(-1)?.position ?? 0;
      const before = ahead.at(-2)?.position ?? 0;
      // The record goes back by one event: its last notification is ahead of it, and may be.
      await db.collection('sessionRequests_1').deleteOne({ _id: 'request-0' as never });
      const target = { load: models.load, apply: models.apply };
      await createProjection({ target }).handle({
        events: log.filter(({ stream, position }) => position <= before && stream.endsWith('request-0')),
        position: 4,
      });
      expect((await parity()).differences).toEqual([]);
      await db.collection('notifications_1').deleteMany({ position: before });
      await db.collection('notifications_1').updateMany({ position: last }, { $set: { revision: 99 } });
      const { differences } = await parity();
      expect(
        differences.map(({ kind, ...difference }) => [kind, 'position' in difference && difference.position]),
      ).toEqual([
        ['missing', before],
        ['different', last],
      ]);
    });

    test('names a record that is ahead and wrong, and one that reflects more than there is', async () => {
      await record(0, log.length);
      await project(log.slice(0, 4), 4);
      await project(
        log.filter(({ stream, position }) => position > 4 && stream.endsWith('request-0')),
        4,
      );
      const requests = database().collection('sessionRequests_1');
      await requests.updateOne({ _id: 'request-0' as never }, { $set: { 'state.round': 77 } });
      await requests.updateOne(
        { position: { $lte: 4 }, _id: { $ne: 'request-0' as never } },
        { $set: { revision: 99, position: 1_000_000 } },
      );
      const { differences } = await parity();
      expect(differences.filter(({ of }) => of === 'record').map(({ kind, of }) => `${kind} ${of}`)).toEqual([
        'different record',
        'different record',
      ]);
    });

    test('compares one moment, whatever is written meanwhile', async () => {
      await recordAndProject(0, half);
      const snapshot = await openMongoReadModelsSnapshot({ db: database() });
      await recordAndProject(half, log.length);
      const differences: ReadModelsDifference[] = [];
      const onDifference = (difference: ReadModelsDifference): void => void differences.push(difference);
      const result = await checkParity({ store, snapshot, onDifference, elapsedMs: stopwatch() });
      await snapshot.close();
      expect(differences).toEqual([]);
      expect(result).toMatchObject({ checkpoint: half, events: half });
    });
  });
});
