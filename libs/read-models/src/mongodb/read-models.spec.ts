// cspell:words bsontype
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ReadModels, SessionRequestRecord } from '@hse/contracts';
import { readModelsContract } from '@hse/contracts/testing';
import { describeWithServer } from '@hse/engines';
import { createManualTimers } from '@hse/event-sourcing/testing';
import { ensureMongoReadModels, generationOf } from './generations.ts';
import { openMongoReadModels } from './read-models.ts';
import { mongoDatabases } from './testing/databases.ts';
import { notificationOf, recordOf, slotOn } from './testing/samples.ts';

describeWithServer('MONGODB_URL', 'read models in MongoDB', (url) => {
  const databases = mongoDatabases(url);
  const another = () => openMongoReadModels({ db: databases.latest(), timers: createManualTimers() });
  const open = async () => {
    await databases.fresh();
    return another();
  };
  readModelsContract('MongoDB', { open, reopen: another });

  let models: ReadModels;
  beforeEach(async () => {
    models = await open();
  });
  const put = (...records: SessionRequestRecord[]) =>
    models.apply({
      records,
      notifications: records.map((record) => notificationOf(record)),
      checkpoint: Math.max(...records.map(({ position }) => position)),
    });

  describe('several instances', () => {
    test('make the collections at the same time, as often as they like', async () => {
      const db = await databases.fresh();
      await Promise.all(Array.from({ length: 8 }, () => ensureMongoReadModels(db)));
      await ensureMongoReadModels(db);
      const indexes = await generationOf(db, 1).requests.indexes();
      expect(indexes.map(({ name }) => name)).toEqual([
        '_id_',
        'by_start',
        'wide_by_start',
        'by_position',
        'by_until',
      ]);
    });

    test('write the same requests at once: the newest revision stays, whoever was last', async () => {
      const writers = await Promise.all(Array.from({ length: 6 }, another));
      const names = Array.from({ length: 40 }, (_, index) => `r${index}`);
      // Each writes every request, at a revision of its own.
      await Promise.all(
        writers.map((writer, revision) =>
          writer.apply({
            records: names.map((name, index) => recordOf(name, 100 * revision + index + 1, { revision })),
            notifications: names.map((name, index) =>
              notificationOf(recordOf(name, 100 * revision + index + 1, { revision })),
            ),
            checkpoint: 0,
          }),
        ),
      );
      const records = await models.load(names);
      expect(records.map(({ state }) => state.revision)).toEqual(names.map(() => 5));
      expect(await models.countNotifications({ participantId: 'coach', after: 0 })).toBe(6 * 40);
    });

    test('move one checkpoint, to the greatest that any has reached', async () => {
      const other = await another();
      await Promise.all([
        models.apply({ records: [], notifications: [], checkpoint: 7 }),
        other.apply({ records: [], notifications: [], checkpoint: 5 }),
      ]);
      expect(await Promise.all([models.checkpoint(), other.checkpoint()])).toEqual([7, 7]);
    });
  });

  test('tell of what changed only up to the checkpoint, where records are ahead of it', async () => {
    await models.apply({
      records: [recordOf('a', 3), recordOf('b', 9)],
      notifications: [],
      checkpoint: 5,
    });
    const changed = async () =>
      (await models.changedAfter({ participantId: 'coach', position: 0, limit: 9 })).map(
        ({ position }) => position,
      );
    expect(await changed()).toEqual([3]);
    await models.apply({ records: [], notifications: [], checkpoint: 9 });
    expect(await changed()).toEqual([3, 9]);
  });

  test('keep texts and fields exactly that MongoDB or its driver would change', async () => {
    const half = 'a\ud83d.';
    const strange = {
      [half]: 1,
      $ref: 'x',
      $id: 2,
      'a.b': 3,
      '\0': 4,
      _bsontype: 'Long',
      '': null,
      negative: -1,
      large: 2 ** 53 - 1,
      small: 1e-9,
      list: [1, [half]],
    };
    const state = { strange } as object; // as a later release might record it
    const record = recordOf(half, 2 ** 52, { coachId: `\0${half}`, clientId: 'a\ufffd.', ...state });
    const plain = recordOf('a\ufffd.', 1, { coachId: '\0"coach"', clientId: 'NUL \0, 😀' });
    await put(record, plain);
    expect(await models.find(half)).toStrictEqual(record);
    expect(await models.find('a\ufffd.')).toStrictEqual(plain);
    expect(await models.calendar({ participantId: `\0${half}`, limit: 9 })).toStrictEqual([record]);
    expect(await models.calendar({ participantId: '\0"coach"', limit: 9 })).toStrictEqual([plain]);
    const [told] = await models.notifications({ participantId: 'coach', limit: 1 });
    expect(told).toStrictEqual(notificationOf(record));
  });

  test('keep states and events as documents that people can read', async () => {
    await put(recordOf('a', 1));
    const { requests, notifications } = generationOf(databases.latest(), 1);
    expect(await requests.findOne({ _id: 'a' })).toMatchObject({
      participants: ['coach', 'client'],
      state: { slot: slotOn(10), proposal: { awaiting: 'coach' } },
    });
    expect(await notifications.findOne({})).toMatchObject({ event: { type: 'SessionAccepted' } });
  });

  test('refuse documents that are not of the form agreed on', async () => {
    await put(recordOf('a', 1));
    const { requests, notifications } = generationOf(databases.latest(), 1);
    await expect(requests.updateOne({}, { $unset: { position: '' } })).rejects.toThrow('validation');
    await expect(requests.updateOne({}, { $set: { more: 1 } })).rejects.toThrow('validation');
    await expect(notifications.updateOne({}, { $set: { position: -1 } })).rejects.toThrow('validation');
  });
});
