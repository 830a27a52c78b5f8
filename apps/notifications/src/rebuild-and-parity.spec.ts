import { existsSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ReadModelsDifference, SessionRequestStore } from '@hse/contracts';
import { createInMemoryEventStore } from '@hse/event-sourcing/testing';
import {
  createSqliteReadModelsCopy,
  openSqliteReadModels,
  openSqliteReadModelsSnapshot,
  ReadModelsInUse,
} from '@hse/read-models/sqlite';
import type { Progress } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { notificationsOf } from './notifications-of.ts';
import { checkParity } from './parity.ts';
import { createProjection } from './projection.ts';
import { rebuildReadModels } from './rebuild.ts';
import { knownHistories, recordedLog } from './testing/log.ts';
import { temporaryPaths } from './testing/temporary-folder.ts';

const newPath = temporaryPaths();
const log = recordedLog(knownHistories, [0, 2, 1]);
const half = Math.floor(log.length / 2);

/** Half a second per look at it. */
const stopwatch = () => {
  let elapsed = 0;
  return () => (elapsed += 500);
};

let store: SessionRequestStore;
let path: string;
beforeEach(async () => {
  path = newPath();
  store = createInMemoryEventStore<SessionRequestEvent>();
  for (const { stream, type, data, id, metadata } of log)
    await store.append(stream, [{ ...({ type, data } as SessionRequestEvent), id, metadata }], {
      expected: 'any',
    });
});

const rebuild = (options: { onProgress?: (progress: Progress) => void; signal?: AbortSignal } = {}) =>
  rebuildReadModels({
    store,
    copy: createSqliteReadModelsCopy({ path }),
    batchSize: 5,
    elapsedMs: stopwatch(),
    ...options,
  });

const parity = async () => {
  const differences: ReadModelsDifference[] = [];
  const progress: Progress[] = [];
  const snapshot = openSqliteReadModelsSnapshot({ path });
  const result = await checkParity({
    store,
    snapshot,
    batchSize: 5,
    onDifference: (difference) => differences.push(difference),
    onProgress: (each) => progress.push(each),
    elapsedMs: stopwatch(),
  });
  await snapshot.close();
  return { result, differences, progress };
};

const project = async (from: number, to: number): Promise<void> => {
  const models = openSqliteReadModels({ path });
  await createProjection({ target: models }).handle({ events: log.slice(from, to), position: to });
  await models.close();
};

const tamper = (sql: string): void => {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
};

describe('a rebuild', () => {
  test('makes read models of the whole log where there were none, that live on from there', async () => {
    expect(await rebuild()).toMatchObject({ events: log.length, position: log.length });
    expect((await parity()).differences).toEqual([]);
    const models = openSqliteReadModels({ path });
    expect(await models.checkpoint()).toBe(log.length);
    await createProjection({ target: models }).handle({ events: log, position: log.length });
    await models.close();
    expect((await parity()).differences).toEqual([]);
  });

  test('puts right what was wrong', async () => {
    await project(0, log.length);
    tamper('UPDATE request SET position = 1; DELETE FROM notification');
    expect((await parity()).differences).not.toEqual([]);
    await rebuild();
    expect((await parity()).differences).toEqual([]);
  });

  test('takes the place of a file that cannot be read any more', async () => {
    writeFileSync(path, 'this is no database');
    await rebuild();
    expect((await parity()).differences).toEqual([]);
  });

  test('shows how far it is', async () => {
    const seen: Progress[] = [];
    await rebuild({ onProgress: (progress) => seen.push(progress) });
    const last = seen.at(-1);
    expect(last).toMatchObject({
      events: log.length,
      position: log.length,
      target: log.length,
      percent: 100,
      remainingMs: 0,
    });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.map(({ percent }) => percent)).toEqual(
      seen.map(({ percent }) => percent).sort((a, b) => a - b),
    );
    expect(seen[0]?.remainingMs).toBeGreaterThan(0);
    expect(last?.eventsPerSecond).toBeGreaterThan(0);
  });

  test('leaves what is in use alone when it is aborted or fails, and nothing behind', async () => {
    await project(0, half);
    const aborting = new AbortController();
    const aborted = rebuild({
      onProgress: () => aborting.abort(new Error('enough')),
      signal: aborting.signal,
    });
    await expect(aborted).rejects.toThrow('enough');
    await store.close();
    await expect(rebuild()).rejects.toThrow();
    expect(existsSync(`${path}.rebuilding`)).toBe(false);
    const models = openSqliteReadModels({ path });
    expect(await models.checkpoint()).toBe(half);
    await models.close();
  });

  test('is refused while somebody writes to the read models', async () => {
    const models = openSqliteReadModels({ path });
    expect(() => createSqliteReadModelsCopy({ path })).toThrow(ReadModelsInUse);
    await models.close();
  });

  test('of an empty log makes empty read models', async () => {
    store = createInMemoryEventStore<SessionRequestEvent>();
    expect(await rebuild()).toMatchObject({ events: 0, position: 0 });
    expect((await parity()).result).toEqual({
      checkpoint: 0,
      events: 0,
      records: 0,
      notifications: 0,
      differences: 0,
    });
  });
});

describe('the parity check', () => {
  test('finds no difference in what the projection wrote, and counts what it compared', async () => {
    await project(0, log.length);
    const { result, differences, progress } = await parity();
    expect(differences).toEqual([]);
    expect(result).toMatchObject({
      checkpoint: log.length,
      events: log.length,
      records: knownHistories.length,
      differences: 0,
    });
    expect(result.notifications).toBeGreaterThanOrEqual(log.length);
    expect(progress.at(-1)).toMatchObject({ events: log.length, percent: 100 });
  });

  test('compares up to the checkpoint of the read models, which may be behind the log', async () => {
    await project(0, half);
    const { result } = await parity();
    expect(result).toMatchObject({ checkpoint: half, events: half, differences: 0 });
  });

  test('compares one state of the read models, whatever is written meanwhile', async () => {
    await project(0, half);
    const snapshot = openSqliteReadModelsSnapshot({ path });
    await project(half, log.length);
    const differences: ReadModelsDifference[] = [];
    const onDifference = (difference: ReadModelsDifference): void => void differences.push(difference);
    const result = await checkParity({ store, snapshot, onDifference, elapsedMs: stopwatch() });
    await snapshot.close();
    expect(result).toMatchObject({ checkpoint: half, differences: 0 });
    expect(differences).toEqual([]);
    expect((await parity()).result).toMatchObject({ checkpoint: log.length, differences: 0 });
  });

  test('names each record that differs, is missing, or should not be there', async () => {
    await project(0, log.length);
    tamper(`
      UPDATE request SET revision = revision + 1 WHERE id = 'request-0';
      UPDATE request SET id = 'request-x' WHERE id = 'request-1'`);
    const { differences, result } = await parity();
    const records = differences.filter((difference) => difference.of === 'record');
    expect(records.map(({ kind, requestId }) => `${kind} ${requestId}`).sort()).toEqual([
      'different request-0',
      'missing request-1',
      'unexpected request-x',
    ]);
    const [different] = records.filter(({ kind }) => kind === 'different');
    expect(different?.found?.state.revision).toBe((different?.expected?.state.revision ?? NaN) + 1);
    expect(result.differences).toBe(differences.length);
  });

  test('names each notification that differs, is missing, or should not be there', async () => {
    await project(0, log.length);
    tamper(`
      UPDATE notification SET recorded_at = recorded_at + 1 WHERE n / 2 = 2;
      DELETE FROM notification WHERE n / 2 IN (1, 4);
      CREATE TEMP TABLE more AS SELECT * FROM notification WHERE n / 2 = 3;
      UPDATE more SET n = n + 1000000;
      INSERT INTO notification SELECT * FROM more`);
    const { differences } = await parity();
    const notifications = differences.filter((difference) => difference.of === 'notification');
    expect(notifications).toHaveLength(differences.length);
    // Each of these events was by a person, and so makes one notification.
    expect(notifications.map(({ kind, position }) => `${kind} ${position}`)).toEqual([
      'missing 1',
      'different 2',
      'missing 4',
      'unexpected 500003',
    ]);
  });

  test('names what is missing at the end of the log', async () => {
    await project(0, log.length);
    tamper(`DELETE FROM notification WHERE n / 2 = ${log.length}`);
    const { differences } = await parity();
    const last = log.slice(-1).flatMap(notificationsOf);
    expect(differences).toEqual(
      last.map((expected) => {
        const { position, participantId } = expected;
        return { kind: 'missing', of: 'notification', position, participantId, expected };
      }),
    );
  });
});
