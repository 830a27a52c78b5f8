import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NotificationRecord, ReadModels, SessionRequestRecord } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import {
  createSqliteReadModelsCopy,
  openSqliteReadModels,
  openSqliteReadModelsSnapshot,
} from '@hse/read-models/sqlite';
import { evolve, type SessionRequest, type SessionRequestEvent } from '@hse/session-requests';
import { notificationsOf } from './notifications-of.ts';
import { createProjection } from './projection.ts';
import { RevisionGap } from '@hse/event-sourcing';
import { rebuildReadModels } from './rebuild.ts';
import { knownHistories, batchesOf, deliveries, logs, recordedLog } from './testing/log.ts';
import { temporaryPaths } from './testing/temporary-folder.ts';

const newPath = temporaryPaths();

interface Dump {
  readonly checkpoint: number;
  readonly records: SessionRequestRecord[];
  readonly notifications: NotificationRecord[];
}

const dump = async (path: string): Promise<Dump> => {
  const snapshot = openSqliteReadModelsSnapshot({ path });
  try {
    const { checkpoint } = snapshot;
    const records: SessionRequestRecord[] = [];
    const notifications: NotificationRecord[] = [];
    for await (const record of snapshot.records()) records.push(record);
    for await (const notification of snapshot.notifications()) notifications.push(notification);
    return { checkpoint, records, notifications };
  } finally {
    await snapshot.close();
  }
};

/** What has to come out, by the shortest way there is. */
const foldOf = (log: readonly RecordedEvent<SessionRequestEvent>[]): Dump => {
  const records = new Map<string, SessionRequestRecord>();
  for (const event of log) {
    const { requestId } = event.data;
    const state = evolve(records.get(requestId)?.state, event) as SessionRequest;
    records.set(requestId, { state, recordedAt: event.metadata.recordedAt, position: event.position });
  }
  return {
    checkpoint: log.length,
    records: [...records.values()].sort((a, b) => (a.state.requestId < b.state.requestId ? -1 : 1)),
    notifications: log.flatMap(notificationsOf),
  };
};

/** A few queries of each kind, for every participant of {@link recordedLog}. */
const answers = async (models: ReadModels): Promise<unknown[]> => {
  const participants = ['coach-0', 'coach-1', 'client-0', 'client-1', 'client-2'];
  const now = '2026-03-05T00:00:00.000Z';
  const asked = participants.flatMap((participantId) => [
    models.calendar({ participantId, limit: 50 }),
    models.calendar({ participantId, from: now, to: '2026-03-20T00:00:00.000Z', limit: 50 }),
    models.pendingActions({ participantId, now, limit: 50 }),
    models.countPendingActions({ participantId, now }),
    models.notifications({ participantId, limit: 50 }),
    models.countNotifications({ participantId, after: 3 }),
    models.changedAfter({ participantId, position: 3, limit: 50 }),
  ]);
  return Promise.all<unknown>(asked);
};

describe('the projection', () => {
  test('makes the same read models of the same events, however they are delivered', async () => {
    await fc.assert(
      fc.asyncProperty(
        logs(),
        deliveries(),
        fc.constantFrom(0, 1, 3, 1000),
        async (log, delivery, cacheSize) => {
          const path = newPath();
          const models = openSqliteReadModels({ path });
          const projection = createProjection({ target: models, cacheSize });
          for (const batch of batchesOf(log, delivery)) await projection.handle(batch);
          await models.close();
          expect(await dump(path)).toStrictEqual(foldOf(log));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('tells each event once as news, however often it is delivered', async () => {
    await fc.assert(
      fc.asyncProperty(logs(), deliveries(), async (log, delivery) => {
        const models = openSqliteReadModels({ path: ':memory:' });
        const projection = createProjection({ target: models });
        const news = [];
        for (const batch of batchesOf(log, delivery)) news.push(...(await projection.handle(batch)));
        await models.close();
        expect(news.map(({ position, eventType }) => ({ position, eventType }))).toEqual(
          log.map(({ position, type }) => ({ position, eventType: type })),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('comes out as a rebuild does, whatever that keeps in memory', async () => {
    await fc.assert(
      fc.asyncProperty(
        logs(),
        deliveries(),
        fc.integer({ min: 1, max: 5 }),
        async (log, { sizes }, keptRecords) => {
          const path = newPath();
          const store = {
            head: async () => log.length,
            async *readAll() {
              yield* batchesOf(log, { sizes, rewinds: [0] });
            },
          };
          const copy = createSqliteReadModelsCopy({ path, keptRecords });
          await rebuildReadModels({ store, copy, elapsedMs: () => 0 });
          expect(await dump(path)).toStrictEqual(foldOf(log));

          const trickled = openSqliteReadModels({ path: ':memory:' });
          await createProjection({ target: trickled }).handle({ events: log, position: log.length });
          const rebuilt = openSqliteReadModels({ path });
          expect(await answers(rebuilt)).toStrictEqual(await answers(trickled));
          await Promise.all([trickled.close(), rebuilt.close()]);
        },
      ),
      { numRuns: 12 },
    );
  });

  test('tells the record as the whole batch has left it, which is what can be queried', async () => {
    const [history = []] = knownHistories;
    const log = recordedLog([history]);
    const models = openSqliteReadModels({ path: ':memory:' });
    const news = await createProjection({ target: models }).handle({ events: log, position: log.length });
    const record = await models.find('request-0');
    expect(news).toEqual(log.map(({ type, position }) => ({ record, eventType: type, position })));
    await models.close();
  });

  test('writes nothing of a batch with a gap, and goes on when the events come', async () => {
    const log = recordedLog(knownHistories.slice(0, 2), [0, 1]);
    const models = openSqliteReadModels({ path: ':memory:' });
    const projection = createProjection({ target: models });
    const missing = log.findIndex(({ revision }) => revision === 1);
    const gappy = { events: log.filter((_, index) => index !== missing), position: log.length };
    await expect(projection.handle(gappy)).rejects.toThrow(RevisionGap);
    expect(await models.checkpoint()).toBe(0);
    expect(await models.find('request-0')).toBeUndefined();
    await projection.handle({ events: log, position: log.length });
    expect(await models.checkpoint()).toBe(log.length);
    await models.close();
  });

  test('completes what a target wrote only half of before it failed', async () => {
    const log = recordedLog(knownHistories.slice(0, 2), [0, 1]);
    const path = newPath();
    const models = openSqliteReadModels({ path });
    let failures = 1;
    const failing: ReadModels = {
      ...models,
      async apply(changes) {
        if (failures-- <= 0) return models.apply(changes);
        await models.apply({ ...changes, notifications: [], checkpoint: 0 });
        throw new Error('the connection broke');
      },
    };
    const projection = createProjection({ target: failing });
    const batch = { events: log, position: log.length };
    await expect(projection.handle(batch)).rejects.toThrow('the connection broke');
    await projection.handle(batch);
    await models.close();
    expect(await dump(path)).toEqual(foldOf(log));
  });

  test('remembers nothing of a batch that could not be written', async () => {
    const log = recordedLog(knownHistories.slice(0, 2), [0, 1]);
    const path = newPath();
    const models = openSqliteReadModels({ path });
    let failures = 1;
    const failing: ReadModels = {
      ...models,
      async apply(changes) {
        if (failures-- > 0) throw new Error('no space left');
        await models.apply(changes);
      },
    };
    const projection = createProjection({ target: failing });
    const batch = { events: log, position: log.length };
    await expect(projection.handle(batch)).rejects.toThrow('no space left');
    expect(await projection.handle(batch)).toHaveLength(log.length);
    await models.close();
    expect(await dump(path)).toStrictEqual(foldOf(log));
  });

  test('moves the checkpoint on where there is nothing for it', async () => {
    const models = openSqliteReadModels({ path: ':memory:' });
    await createProjection({ target: models }).handle({ events: [], position: 700 });
    expect(await models.checkpoint()).toBe(700);
    await models.close();
  });
});
