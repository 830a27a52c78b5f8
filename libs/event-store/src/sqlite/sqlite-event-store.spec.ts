import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventStore, ExpectedRevision, NewEvent, RecordedEvent } from '@hse/event-sourcing';
import { createInMemoryEventStore, eventStoreContract } from '@hse/event-sourcing/testing';
import { inlineCommits, type OpenCommits } from './commits.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';
import { EventStoreInUse } from './process-lock.ts';
import { migrate, migrations, UnusableEventStoreFile } from './schema.ts';
import { openSqliteEventStore } from './sqlite-event-store.ts';
import { commitsOnThread, workerCommits } from './worker-commits.ts';
import { Writer } from './writer.ts';

const newPath = (): string => join(temporaryDirectory(), 'data', 'events.db');

eventStoreContract('SQLite, with a writer thread,', () => openSqliteEventStore({ path: newPath() }), {
  gapless: true,
});
eventStoreContract(
  'SQLite, inline,',
  () => openSqliteEventStore({ path: newPath(), commits: inlineCommits }),
  {
    gapless: true,
  },
);

const event = (n: number, data: object = { n }): NewEvent => {
  const id = `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
  return {
    type: 'Counted',
    data,
    id,
    metadata: { commandId: id, correlationId: id, recordedAt: '2026-11-22T12:00:00.000Z', schemaVersion: 1 },
  };
};

const readLog = async (store: EventStore): Promise<RecordedEvent[]> => {
  const log: RecordedEvent[] = [];
  for await (const { events } of store.readAll()) log.push(...events);
  return log;
};

const refusal = (error: unknown): object => {
  const { name, actual } = error as { name: string; actual?: number };
  return { name, actual };
};

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a SQLite event store', () => {
  it('has everything when it is opened again, and goes on where it ended', async () => {
    const path = newPath();
    const first = await openSqliteEventStore({ path });
    await first.append('a', [event(1), event(2)], { expected: 'no-stream' });
    const before = await readLog(first);
    await first.close();

    const second = await openSqliteEventStore({ path });
    expect(await second.head()).toBe(2);
    expect(await readLog(second)).toEqual(before);
    await expect(second.append('a', [event(1), event(2)], { expected: 'no-stream' })).resolves.toEqual({
      revision: 1,
      position: 2,
      repeated: true,
    });
    await expect(second.append('a', [event(3)], { expected: 1 })).resolves.toMatchObject({
      revision: 2,
      position: 3,
    });
    await second.close();
  });

  it('commits appends that come at the same time together', async () => {
    const batches: number[] = [];
    const counted: OpenCommits = async (path, options) => {
      const commits = await workerCommits(path, options);
      return {
        ...commits,
        async commit(requests) {
          const verdicts = await commits.commit(requests);
          batches.push(verdicts.length);
          return verdicts;
        },
      };
    };
    const store = await openSqliteEventStore({ path: newPath(), commits: counted });
    await Promise.all(
      Array.from({ length: 64 }, async (_, n) => {
        for (let round = 0; round < 5; round += 1)
          await store.append(`s-${n}`, [event(round)], { expected: 'any' });
      }),
    );
    expect(batches).toEqual([64, 64, 64, 64, 64]);
    await store.close();
  });

  it('agrees with the in-memory store on any history of appends', async () => {
    const expectation = fc.oneof(
      fc.constantFrom<ExpectedRevision>('no-stream', 'stream-exists', 'any'),
      fc.nat({ max: 6 }),
    );
    const append = fc.record({
      stream: fc.constantFrom('a', 'b'),
      ids: fc.uniqueArray(fc.nat({ max: 8 }), { minLength: 1, maxLength: 3 }),
      expected: expectation,
      together: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(append, { maxLength: 40 }), async (appends) => {
        const play = async (store: EventStore): Promise<unknown> => {
          let underWay: Promise<unknown>[] = [];
          const outcomes: unknown[] = [];
          for (const { stream, ids, expected, together } of appends) {
            const outcome = store.append(
              stream,
              ids.map((n) => event(n)),
              { expected },
            );
            underWay.push(outcome.catch(refusal));
            if (together) continue;
            outcomes.push(...(await Promise.all(underWay)));
            underWay = [];
          }
          outcomes.push(...(await Promise.all(underWay)));
          const log = await readLog(store);
          const streams = [await store.readStream('a'), await store.readStream('b')];
          await store.close();
          return { outcomes, log, streams };
        };
        const sqlite = await openSqliteEventStore({ path: newPath(), commits: inlineCommits });
        expect(await play(sqlite)).toEqual(await play(createInMemoryEventStore()));
      }),
      { numRuns: 60, seed: 20261122 },
    );
  }, 30_000);

  it('lets others run while it reads much', async () => {
    const store = await openSqliteEventStore({ path: newPath() });
    for (let n = 0; n < 20_000; n += 1000) {
      await store.append(
        'a',
        Array.from({ length: 1000 }, (_, index) => event(n + index)),
        { expected: 'any' },
      );
    }
    let turns = 0;
    let reading = true;
    const count = (): void => {
      turns += 1;
      if (reading) setImmediate(count);
    };
    setImmediate(count);
    expect(await readLog(store)).toHaveLength(20_000);
    expect(await store.readStream('a')).toHaveLength(20_000);
    for await (const { position } of store.readAll({ types: ['Never'] })) expect(position).toBeGreaterThan(0);
    reading = false;
    expect(turns).toBeGreaterThan(40 + 19);
    await store.close();
  });
});

describe('a second opening of the same file', () => {
  it('is refused, also within the process, until the first is closed', async () => {
    const path = newPath();
    const first = await openSqliteEventStore({ path });
    const refusal = await failureOf(openSqliteEventStore({ path }));
    expect(refusal).toBeInstanceOf(EventStoreInUse);
    expect(refusal).toMatchObject({ path });
    expect((refusal as Error).message).toContain(path);
    await first.append('a', [event(1)], { expected: 'no-stream' });
    await first.close();
    const second = await openSqliteEventStore({ path });
    expect(await second.head()).toBe(1);
    await second.close();
  });
});

describe('the schema', () => {
  it('of an older release is brought up to date with all that was recorded; the older release then refuses the file', async () => {
    const path = newPath();
    const store = await openSqliteEventStore({ path });
    await store.append('a', [event(1), event(2)], { expected: 'no-stream' });
    const before = await readLog(store);
    await store.close();

    const next = [
      ...migrations,
      (db: DatabaseSync) => {
        db.exec('ALTER TABLE events ADD COLUMN shredded INTEGER NOT NULL DEFAULT 0');
        db.exec('UPDATE events SET shredded = revision + 1');
      },
    ];
    const db = new DatabaseSync(path);
    migrate(db, path, next);
    migrate(db, path, next); // nothing left to do
    expect(db.prepare('SELECT position, shredded FROM events ORDER BY position').all()).toEqual([
      expect.objectContaining({ position: 1, shredded: 1 }),
      expect.objectContaining({ position: 2, shredded: 2 }),
    ]);
    expect(db.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: migrations.length + 1 });
    const writer = new Writer(path);
    writer.add([{ stream: 'a', expected: 1, events: [{ id: '3', type: 'T', data: '{}', metadata: '{}' }] }]);
    expect(writer.commit()).toEqual([{ kind: 'appended', revision: 2, position: 3 }]);
    writer.close();
    db.close();

    const refusal = await failureOf(openSqliteEventStore({ path }));
    expect(refusal).toBeInstanceOf(UnusableEventStoreFile);
    expect((refusal as Error).message).toMatch(/newer release \(schema 2, this release knows 1\)/);
    const untouched = new DatabaseSync(path, { readOnly: true });
    expect(untouched.prepare('SELECT count(*) AS events FROM events').get()).toMatchObject({
      events: before.length + 1,
    });
    untouched.close();
  });

  it('stays as it was where a step fails', async () => {
    const path = newPath();
    const store = await openSqliteEventStore({ path });
    await store.append('a', [event(1)], { expected: 'no-stream' });
    await store.close();
    const db = new DatabaseSync(path);
    const failing = (broken: DatabaseSync): void => {
      broken.exec('DELETE FROM events');
      broken.exec('ALTER TABLE nowhere ADD COLUMN x');
    };
    expect(() => migrate(db, path, [...migrations, failing])).toThrow('no such table');
    db.close();
    const again = await openSqliteEventStore({ path });
    expect(await readLog(again)).toHaveLength(1);
    await again.close();
  });

  it('of a file that is something else is left alone', async () => {
    const path = join(temporaryDirectory(), 'other.db');
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE events (x); PRAGMA user_version = 1');
    other.close();
    await expect(openSqliteEventStore({ path })).rejects.toThrow(UnusableEventStoreFile);

    writeFileSync(`${path}.txt`, 'Dear diary, '.repeat(100));
    await expect(openSqliteEventStore({ path: `${path}.txt` })).rejects.toThrow('not a database');
    expect(readFileSync(`${path}.txt`, 'utf8')).toBe('Dear diary, '.repeat(100));
  });
});

describe('a full disk', () => {
  const large = { text: 'x'.repeat(50_000) };
  const full: object = expect.objectContaining({
    name: 'StoreUnavailable',
    reason: 'full',
    outcome: 'not-written',
  });

  for (const [title, commits] of [
    ['with a writer thread', workerCommits],
    ['inline', inlineCommits],
  ] as const) {
    it(`refuses appends, saying so, and loses nothing; with room again they go on (${title})`, async () => {
      const path = newPath();
      const store = await openSqliteEventStore({ path, commits, maxBytes: 1_000_000 });
      let recorded = 0;
      const appendNext = () => store.append('a', [event(recorded, large)], { expected: 'any' });
      let refusal: unknown;
      while (!refusal && recorded < 100) {
        refusal = await failureOf(appendNext());
        if (!refusal) recorded += 1;
      }
      expect(refusal).toEqual(full);
      expect(recorded).toBeGreaterThan(10);
      await expect(appendNext()).rejects.toEqual(full);
      expect(store.failure).toBeUndefined();
      const before = await readLog(store);
      expect(before.map(({ position }) => position)).toEqual(
        Array.from({ length: recorded }, (_, n) => n + 1),
      );
      await store.close();

      const roomier = await openSqliteEventStore({ path, commits, maxBytes: 2_000_000 });
      expect(await readLog(roomier)).toEqual(before);
      await expect(
        roomier.append('a', [event(recorded, large)], { expected: recorded - 1 }),
      ).resolves.toEqual({
        revision: recorded,
        position: recorded + 1,
        repeated: false,
      });
      await roomier.close();
    });
  }

  it('does not keep small appends from being made that come together with one that is too large', async () => {
    const store = await openSqliteEventStore({ path: newPath(), maxBytes: 200_000 });
    const outcomes = await Promise.allSettled([
      store.append('a', [event(1)], { expected: 'no-stream' }),
      store.append('b', [event(2, { text: 'x'.repeat(500_000) })], { expected: 'no-stream' }),
      store.append('a', [event(3)], { expected: 0 }),
      store.append('c', [event(4)], { expected: 8 }),
    ]);
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: { revision: 0, position: 1, repeated: false } },
      { status: 'rejected', reason: full },
      { status: 'fulfilled', value: { revision: 1, position: 2, repeated: false } },
      { status: 'rejected', reason: expect.objectContaining({ name: 'WrongExpectedRevision' }) as object },
    ]);
    await store.close();
  });

  it('that gets room while the store is open takes appends again', () => {
    const path = newPath();
    const migrated = openSqliteEventStore({ path, commits: inlineCommits }).then((store) => store.close());
    return migrated.then(() => {
      const writer = new Writer(path, { maxBytes: 100_000 });
      const row = (id: string) => ({ id, type: 'T', data: JSON.stringify(large), metadata: '{}' });
      const appendTo = (stream: string) => {
        writer.add([{ stream, expected: 'no-stream', events: [row(stream)] }]);
        return writer.commit();
      };
      expect(appendTo('a')).toMatchObject([{ kind: 'appended', position: 1 }]);
      expect(appendTo('b')).toMatchObject([{ kind: 'failed', reason: 'full' }]);
      writer.limit(1_000_000);
      expect(appendTo('b')).toMatchObject([{ kind: 'appended', position: 2 }]);
      writer.close();
    });
  });
});

describe('a writer thread that dies', () => {
  const dying = (name: string): OpenCommits =>
    commitsOnThread(new URL(`./fixtures/${name}.ts`, import.meta.url));

  for (const [name, cause] of [
    ['throwing-thread', /cannot go on/],
    ['exiting-thread', /ended with code 3/],
    ['faulty-thread', /disk I\/O error/],
  ] as const) {
    it(`fails what is in flight with an unknown outcome and all that follows with a clear one (${name})`, async () => {
      const logged: string[] = [];
      const store = await openSqliteEventStore({
        path: newPath(),
        commits: dying(name),
        logger: { error: (_, message) => logged.push(message) },
      });
      const following = readLogUntilClosed(store);
      const inFlight = failureOf(store.append('a', [event(1)], { expected: 'no-stream' }));
      await new Promise((resolve) => setImmediate(resolve)); // the first is on its way, the second gathers
      await new Promise((resolve) => setImmediate(resolve));
      const gathering = failureOf(store.append('b', [event(2)], { expected: 'no-stream' }));
      const lost = await inFlight;
      expect(lost).toMatchObject({ name: 'StoreUnavailable', outcome: 'unknown', reason: 'unreachable' });
      expect((lost as Error).cause).toHaveProperty('message', expect.stringMatching(cause));
      const refused = { name: 'StoreUnavailable', outcome: 'not-written', reason: 'unreachable' };
      expect(await gathering).toMatchObject(refused);
      expect(await failureOf(store.append('c', [event(3)], { expected: 'any' }))).toMatchObject(refused);
      expect(store.failure?.message).toMatch(cause);
      expect(logged).toEqual([expect.stringContaining('restart the process')]);
      expect(await store.readStream('a')).toEqual([]); // reads go on
      await store.close();
      expect(await following).toEqual([]);
    });
  }

  it('before it is ready fails the opening and leaves the file to others', async () => {
    const path = newPath();
    await expect(openSqliteEventStore({ path, commits: dying('missing-thread') })).rejects.toThrow();
    await (await openSqliteEventStore({ path })).close();
  });
});

const readLogUntilClosed = async (store: EventStore): Promise<RecordedEvent[]> => {
  const log: RecordedEvent[] = [];
  for await (const { events } of store.follow()) log.push(...events);
  return log;
};

describe('the write-ahead log', () => {
  it('stays within bounds under load with readers, and is empty after closing', async () => {
    const path = newPath();
    const store = await openSqliteEventStore({ path });
    const following = readLogUntilClosed(store);
    const text = 'x'.repeat(10_000);
    let largest = 0;
    for (let round = 0; round < 100; round += 1) {
      await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          store.append(`s-${n}`, [event(round, { text })], { expected: 'any' }),
        ),
      );
      largest = Math.max(largest, statSync(`${path}-wal`).size);
    }
    await store.close();
    expect(await following).toHaveLength(10_000);
    expect(statSync(path).size).toBeGreaterThan(100_000_000);
    expect(largest).toBeLessThan(40_000_000);
    expect(statSync(`${path}-wal`, { throwIfNoEntry: false })).toBeUndefined();
  }, 30_000);
});
