import { describe, expect, it } from '@jest/globals';
import {
  WrongExpectedRevision,
  type EventBatch,
  type EventStore,
  type ExpectedRevision,
} from './event-store.ts';
import type { EventMetadata, NewEvent, RecordedEvent } from './event.ts';

export interface EventStoreContractOptions {
  /** The log's positions are 1, 2, 3, …: an adapter may promise more than the port does. Default false. */
  readonly gapless?: boolean;
  /** What one append may hold at least, in bytes: a server may have a limit of its own. Default 1 200 000. */
  readonly appendBytes?: number;
}

const metadata: EventMetadata = {
  commandId: '0190f5a2-0000-7000-8000-000000000001',
  correlationId: '0190f5a2-0000-7000-8000-000000000002',
  causationId: '0190f5a2-0000-7000-8000-000000000003',
  recordedAt: '2026-11-22T12:00:00.000Z',
  schemaVersion: 3,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

const idOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** An event of which everything follows from `n`. */
const event = (n: number, type = 'Counted', data: object = { n }): NewEvent => ({
  type,
  data,
  id: idOf(n),
  metadata,
});

const ids = (events: readonly { id: string }[]): string[] => events.map(({ id }) => id);

const collect = async (batches: AsyncIterable<EventBatch>): Promise<RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  for await (const batch of batches) events.push(...batch.events);
  return events;
};

const wrongRevision = (actual: number | undefined): object =>
  expect.objectContaining({ name: 'WrongExpectedRevision', actual });

/**
 * What every event store has to do, as tests. Registers one suite; call it at the top level of a spec.
 *
 * @param makeStore gives an empty store of its own to each test; the suite closes it.
 */
export const eventStoreContract = (
  name: string,
  makeStore: () => Promise<EventStore>,
  { gapless = false, appendBytes = 1_200_000 }: EventStoreContractOptions = {},
): void => {
  /** Registers a test that gets a store for itself. */
  const test = (title: string, body: (store: EventStore) => Promise<void>): void => {
    it(title, async () => {
      const store = await makeStore();
      try {
        await body(store);
      } finally {
        await store.close();
      }
    });
  };

  describe(`${name} as an event store`, () => {
    describe('expected revision', () => {
      test('no-stream, a revision, stream-exists and any each append where the stream is so', async (store) => {
        await expect(store.append('a', [event(1)], { expected: 'no-stream' })).resolves.toMatchObject({
          revision: 0,
        });
        await expect(store.append('a', [event(2)], { expected: 0 })).resolves.toMatchObject({ revision: 1 });
        await expect(store.append('a', [event(3)], { expected: 'stream-exists' })).resolves.toMatchObject({
          revision: 2,
        });
        await expect(store.append('a', [event(4)], { expected: 'any' })).resolves.toMatchObject({
          revision: 3,
        });
        await expect(store.append('b', [event(5)], { expected: 'any' })).resolves.toMatchObject({
          revision: 0,
          repeated: false,
        });
        expect(ids(await store.readStream('a'))).toEqual([1, 2, 3, 4].map(idOf));
      });

      const refusals: [there: number, expected: ExpectedRevision][] = [
        [0, 0],
        [0, 7],
        [0, 'stream-exists'],
        [2, 'no-stream'],
        [2, 0],
        [2, 2],
        [2, 1_000_000],
      ];
      for (const [there, expected] of refusals) {
        test(`${expected} is refused on a stream of ${there} events, and nothing is written`, async (store) => {
          for (let n = 0; n < there; n += 1) await store.append('a', [event(n)], { expected: 'any' });
          const before = await store.head();
          await expect(store.append('a', [event(9)], { expected })).rejects.toEqual(
            wrongRevision(there > 0 ? there - 1 : undefined),
          );
          expect(await store.readStream('a')).toHaveLength(there);
          expect(await store.head()).toBe(before);
        });
      }

      test('the refusal says which stream, what was expected and what is there', async (store) => {
        await store.append('a', [event(1)], { expected: 'no-stream' });
        const refusal: unknown = await store
          .append('a', [event(2)], { expected: 4 })
          .catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(WrongExpectedRevision);
        expect(refusal).toMatchObject({ stream: 'a', expected: 4, actual: 0 });
      });

      test('of appends that race with the same expected revision exactly one wins', async (store) => {
        await store.append('a', [event(0)], { expected: 'no-stream' });
        const racers = Array.from({ length: 20 }, (_, n) =>
          store.append('a', [event(n + 1)], { expected: 0 }),
        );
        const outcomes = await Promise.allSettled(racers);
        const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
        expect(lost).toHaveLength(19);
        for (const { reason } of lost) expect(reason).toEqual(wrongRevision(1));
        expect(await store.readStream('a')).toHaveLength(2);
      });

      test('an append that is refused does not fail those made at the same time', async (store) => {
        const outcomes = await Promise.allSettled([
          store.append('a', [event(1)], { expected: 'no-stream' }),
          store.append('b', [event(2)], { expected: 5 }),
          store.append('c', [event(3)], { expected: 'no-stream' }),
        ]);
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect((await store.readStream('c')).map(({ id }) => id)).toEqual([idOf(3)]);
      });
    });

    describe('append', () => {
      test('several events are recorded next to each other, in order, and the result is the place of the last', async (store) => {
        const others = [10, 11, 12].map((n) => store.append(`other-${n}`, [event(n)], { expected: 'any' }));
        const result = await store.append('a', [event(1), event(2), event(3)], { expected: 'no-stream' });
        await Promise.all(others);
        const recorded = await store.readStream('a');
        expect(ids(recorded)).toEqual([1, 2, 3].map(idOf));
        expect(recorded.map(({ revision }) => revision)).toEqual([0, 1, 2]);
        expect(result).toEqual({ revision: 2, position: recorded[2]?.position, repeated: false });
        const log = ids(await collect(store.readAll()));
        expect(log.slice(log.indexOf(idOf(1)), log.indexOf(idOf(1)) + 3)).toEqual([1, 2, 3].map(idOf));
      });

      test('several events that are refused leave none behind', async (store) => {
        await store.append('a', [event(1)], { expected: 'no-stream' });
        await expect(store.append('a', [event(2), event(3)], { expected: 'no-stream' })).rejects.toEqual(
          wrongRevision(0),
        );
        expect(ids(await collect(store.readAll()))).toEqual([idOf(1)]);
      });

      test('revisions have no gaps and positions grow in the order of acknowledgement', async (store) => {
        const places: number[] = [];
        for (let n = 0; n < 30; n += 1) {
          const { revision, position } = await store.append(`s-${n % 3}`, [event(n)], { expected: 'any' });
          expect(revision).toBe(Math.floor(n / 3));
          places.push(position);
        }
        expect(places).toEqual([...places].sort((a, b) => a - b));
        expect(new Set(places).size).toBe(30);
        if (gapless) expect(places).toEqual(places.map((_, index) => index + 1));
      });

      if (gapless) {
        test('positions have no gaps, whatever was refused or repeated meanwhile', async (store) => {
          await Promise.allSettled(
            Array.from({ length: 60 }, (_, n) =>
              store.append(`s-${n % 7}`, n % 4 ? [event(n), event(n + 1000)] : [event(n)], {
                expected: n % 3 ? 'any' : n % 5,
              }),
            ),
          );
          const recorded = await collect(store.readAll());
          expect(recorded.length).toBeGreaterThan(20);
          expect(recorded.map(({ position }) => position)).toEqual(recorded.map((_, index) => index + 1));
        });
      }

      test('nothing to append is an error of the caller', async (store) => {
        await expect(store.append('a', [], { expected: 'any' })).rejects.toThrow(RangeError);
      });
    });

    describe('repeats', () => {
      const modes: [title: string, expected: ExpectedRevision][] = [
        ['the revision before them', 0],
        ['any', 'any'],
        ['stream-exists', 'stream-exists'],
      ];
      for (const [title, expected] of modes) {
        test(`the same events under ${title} are not recorded again, also after later ones`, async (store) => {
          await store.append('a', [event(1)], { expected: 'no-stream' });
          const first = await store.append('a', [event(2), event(3)], { expected });
          expect(first).toMatchObject({ revision: 2, repeated: false });
          await expect(store.append('a', [event(2), event(3)], { expected })).resolves.toEqual({
            ...first,
            repeated: true,
          });
          await store.append('a', [event(4)], { expected: 2 });
          await expect(store.append('a', [event(2), event(3)], { expected })).resolves.toEqual({
            ...first,
            repeated: true,
          });
          expect(ids(await store.readStream('a'))).toEqual([1, 2, 3, 4].map(idOf));
        });

        test(`under ${title}, events of which only some are there are refused`, async (store) => {
          await store.append('a', [event(1)], { expected: 'no-stream' });
          await store.append('a', [event(2), event(3)], { expected: 0 });
          for (const overlap of [
            [event(2), event(4)],
            [event(2), event(3), event(4)],
            [event(3), event(2)],
            [event(4), event(3)],
          ]) {
            await expect(store.append('a', overlap, { expected })).rejects.toEqual(wrongRevision(2));
          }
          expect(ids(await store.readStream('a'))).toEqual([1, 2, 3].map(idOf));
        });
      }

      test('the events that began a stream under no-stream are not recorded again', async (store) => {
        const first = await store.append('a', [event(1), event(2)], { expected: 'no-stream' });
        await store.append('a', [event(3)], { expected: 1 });
        await expect(store.append('a', [event(1), event(2)], { expected: 'no-stream' })).resolves.toEqual({
          ...first,
          repeated: true,
        });
        await expect(store.append('a', [event(1)], { expected: 'no-stream' })).resolves.toMatchObject({
          revision: 0,
          repeated: true,
        });
      });

      test('under a revision, only what follows right after it is a repeat', async (store) => {
        for (const n of [0, 1, 2]) await store.append('a', [event(n)], { expected: 'any' });
        await expect(store.append('a', [event(2)], { expected: 0 })).rejects.toEqual(wrongRevision(2));
        await expect(store.append('a', [event(2)], { expected: 'no-stream' })).rejects.toEqual(
          wrongRevision(2),
        );
        await expect(store.append('a', [event(2)], { expected: 1 })).resolves.toMatchObject({
          revision: 2,
          repeated: true,
        });
      });

      test('the same ids in another stream are no repeat', async (store) => {
        await store.append('a', [event(1)], { expected: 'no-stream' });
        await expect(store.append('b', [event(1)], { expected: 'any' })).resolves.toMatchObject({
          repeated: false,
        });
      });

      for (const expected of ['no-stream', 'any'] as const) {
        test(`appends of the same events at the same time under ${expected} record them once`, async (store) => {
          const results = await Promise.all(
            Array.from({ length: 10 }, () => store.append('a', [event(1), event(2)], { expected })),
          );
          expect(results.filter(({ repeated }) => !repeated)).toHaveLength(1);
          expect(new Set(results.map(({ position }) => position)).size).toBe(1);
          expect(await store.readStream('a')).toHaveLength(2);
        });
      }

      test('in a long stream, a repeat under any is found wherever it is', async (store) => {
        const many = Array.from({ length: 700 }, (_, n) => event(n));
        await store.append('a', many.slice(0, 300), { expected: 'no-stream' });
        const { position } = await store.append('a', [event(300)], { expected: 299 });
        await store.append('a', many.slice(301), { expected: 300 });
        await expect(store.append('a', [event(300)], { expected: 'any' })).resolves.toEqual({
          revision: 300,
          position,
          repeated: true,
        });
      });
    });

    describe('what comes back', () => {
      test('type, data, id, metadata and place are as they were recorded', async (store) => {
        const data = {
          text: 'z',
          list: [1, 2.5, -3e-7, true, null],
          nested: { deep: { empty: {}, none: [] } },
          big: 2 ** 53 - 1,
        };
        const { position } = await store.append('a', [event(1, 'SomethingHappened', data)], {
          expected: 'no-stream',
        });
        const expected = {
          type: 'SomethingHappened',
          data,
          id: idOf(1),
          metadata,
          stream: 'a',
          revision: 0,
          position,
        };
        expect(await store.readStream('a')).toEqual([expected]);
        expect(await collect(store.readAll())).toEqual([expected]);
      });

      test('metadata without its optional fields stays without them', async (store) => {
        const { commandId, correlationId, recordedAt, schemaVersion } = metadata;
        const least = { commandId, correlationId, recordedAt, schemaVersion };
        await store.append('a', [{ ...event(1), metadata: least }], { expected: 'no-stream' });
        const [recorded] = await store.readStream('a');
        expect(Object.keys(recorded?.metadata ?? {}).sort()).toEqual(Object.keys(least).sort());
      });

      const texts = [
        'Grüße, 世界',
        '👩🏽‍💻 Ω≈ç√∫',
        'quo"te \\ back\nline\ttab\r\u0000nul\u2028sep',
        '\ud800 alone',
        "'; DROP TABLE events; --",
      ];
      test('any text survives in payloads', async (store) => {
        await store.append('a', [event(1, 'Said', { texts })], { expected: 'no-stream' });
        expect((await store.readStream('a'))[0]?.data).toEqual({ texts });
      });

      test('streams may have any printable name, and similar names are different streams', async (store) => {
        const names = ['a', 'A', 'a ', 'ä', "a'b", 'a-b', 'a_b', 'a%', '世界', 'x'.repeat(200)];
        for (const [n, stream] of names.entries())
          await store.append(stream, [event(n)], { expected: 'no-stream' });
        for (const [n, stream] of names.entries()) {
          expect(await store.readStream(stream)).toEqual([
            expect.objectContaining({ stream, id: idOf(n), revision: 0 }),
          ]);
        }
      });

      test('a payload of a megabyte, or as much as an append may hold, is whole', async (store) => {
        const text = 'päyload '.repeat((appendBytes - 2_000) / 9); // 9 bytes each; the rest is for the envelopes
        await store.append('a', [event(1, 'Said', { text }), event(2)], { expected: 'no-stream' });
        const [first, second] = await store.readStream('a');
        expect((first?.data as { text: string }).text === text).toBe(true);
        expect(second?.id).toBe(idOf(2));
      });

      test('what is recorded changes neither with the objects that were appended nor with those that were read', async (store) => {
        const data = { list: [1] };
        const appended = store.append('a', [event(1, 'Listed', data)], { expected: 'no-stream' });
        data.list.push(2);
        await appended;
        data.list.push(3);
        const [read] = await store.readStream('a');
        try {
          (read?.data as { list: number[] }).list.push(4);
          Object.assign(read ?? {}, { type: 'Changed' });
        } catch {
          // a store may also hand out frozen objects
        }
        for (const again of [await store.readStream('a'), await collect(store.readAll())]) {
          expect(again[0]).toMatchObject({ type: 'Listed', data: { list: [1] } });
        }
      });
    });

    describe('readStream', () => {
      test('from and limit select a stretch', async (store) => {
        await store.append(
          'a',
          [0, 1, 2, 3, 4].map((n) => event(n)),
          { expected: 'no-stream' },
        );
        await store.append('b', [event(9)], { expected: 'no-stream' });
        const select = async (options: { from?: number; limit?: number }) =>
          ids(await store.readStream('a', options));
        expect(await select({})).toEqual([0, 1, 2, 3, 4].map(idOf));
        expect(await select({ from: 3 })).toEqual([3, 4].map(idOf));
        expect(await select({ limit: 2 })).toEqual([0, 1].map(idOf));
        expect(await select({ from: 1, limit: 2 })).toEqual([1, 2].map(idOf));
        expect(await select({ from: 4, limit: 100 })).toEqual([idOf(4)]);
        expect(await select({ from: 5 })).toEqual([]);
        expect(await select({ limit: 0 })).toEqual([]);
      });

      test('a stream that is not there is empty', async (store) => {
        expect(await store.readStream('nowhere')).toEqual([]);
      });

      test('what was acknowledged is there at once', async (store) => {
        for (let n = 0; n < 20; n += 1) {
          await store.append('a', [event(n)], { expected: 'any' });
          expect(await store.readStream('a', { from: n })).toHaveLength(1);
        }
      });

      test('a stream of thousands of events comes whole', async (store) => {
        const many = Array.from({ length: 2500 }, (_, n) => event(n));
        for (let n = 0; n < many.length; n += 500)
          await store.append('a', many.slice(n, n + 500), { expected: 'any' });
        expect(ids(await store.readStream('a'))).toEqual(ids(many));
        expect(ids(await store.readStream('a', { from: 700, limit: 1500 }))).toEqual(
          ids(many.slice(700, 2200)),
        );
      });
    });

    describe('readAll', () => {
      test('nothing recorded is no batch, and the head is 0', async (store) => {
        expect(await collect(store.readAll())).toEqual([]);
        expect(await store.head()).toBe(0);
      });

      test('comes in batches of at most batchSize, each saying where to go on, and ends at the head', async (store) => {
        for (let n = 0; n < 10; n += 1) await store.append(`s-${n % 3}`, [event(n)], { expected: 'any' });
        const all = await collect(store.readAll());
        expect(ids(all)).toEqual(Array.from({ length: 10 }, (_, n) => idOf(n)));

        const batches: EventBatch[] = [];
        for await (const batch of store.readAll({ batchSize: 4 })) batches.push(batch);
        expect(batches.flatMap(({ events }) => events)).toEqual(all);
        for (const { events } of batches) expect(events.length).toBeLessThanOrEqual(4);
        for (const { events, position } of batches)
          expect(position).toBeGreaterThanOrEqual(events.at(-1)?.position ?? 0);
        expect(batches.at(-1)?.position).toBe(await store.head());

        let seen = 0;
        for (const { events, position } of batches) {
          seen += events.length;
          expect(await collect(store.readAll({ after: position }))).toEqual(all.slice(seen));
        }
      });

      test('only events of the given types are delivered, and the position moves past the others', async (store) => {
        for (let n = 0; n < 12; n += 1) {
          await store.append('a', [event(n, n % 4 === 0 ? 'Rare' : 'Frequent')], { expected: 'any' });
        }
        const batches: EventBatch[] = [];
        for await (const batch of store.readAll({ types: ['Rare'], batchSize: 2 })) batches.push(batch);
        expect(ids(batches.flatMap(({ events }) => events))).toEqual([0, 4, 8].map(idOf));
        expect(batches.at(-1)?.position).toBe(await store.head());
        expect(ids(await collect(store.readAll({ types: ['Rare', 'Frequent'] })))).toHaveLength(12);

        const none: EventBatch[] = [];
        for await (const batch of store.readAll({ types: ['Never'] })) none.push(batch);
        expect(none.flatMap(({ events }) => events)).toEqual([]);
        expect(none.at(-1)?.position).toBe(await store.head());
      });

      test('an aborted signal ends it quietly', async (store) => {
        for (let n = 0; n < 10; n += 1) await store.append('a', [event(n)], { expected: 'any' });
        const controller = new AbortController();
        let seen = 0;
        for await (const { events } of store.readAll({ batchSize: 2, signal: controller.signal })) {
          seen += events.length;
          controller.abort();
        }
        expect(seen).toBe(2);
      });
    });

    describe('follow', () => {
      test('delivers what was there and then what comes, without gap or repeat, while 16 writers append', async (store) => {
        const writers = 16;
        const each = 25;
        let started = 0;
        const write = async (writer: number): Promise<void> => {
          for (let n = 0; n < each; n += 1) {
            const number = writer * each + n;
            await store.append(writer % 2 ? `own-${writer}` : 'shared', [event(number)], { expected: 'any' });
            started += 1;
          }
        };
        const follow = async (): Promise<RecordedEvent[]> => {
          const controller = new AbortController();
          const events: RecordedEvent[] = [];
          let last = 0;
          for await (const batch of store.follow({ batchSize: 7, signal: controller.signal })) {
            expect(batch.position).toBeGreaterThan(last);
            last = batch.position;
            events.push(...batch.events);
            if (events.length >= writers * each) controller.abort();
          }
          return events;
        };
        const early = follow();
        const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
        while (started < (writers * each) / 2) await new Promise((resolve) => setImmediate(resolve));
        const late = follow();
        await writing;
        const all = await collect(store.readAll());
        expect(all).toHaveLength(writers * each);
        for (const followed of [await early, await late]) {
          expect(ids(followed)).toEqual(ids(all));
          expect(followed).toEqual(all);
        }
        const perStream = new Map<string, number>();
        for (const { stream, revision } of all) {
          expect(revision).toBe((perStream.get(stream) ?? -1) + 1);
          perStream.set(stream, revision);
        }
      });

      test('begins after the given position and filters by type', async (store) => {
        for (let n = 0; n < 6; n += 1)
          await store.append('a', [event(n, n % 2 ? 'Odd' : 'Even')], { expected: 'any' });
        const after = (await collect(store.readAll()))[2]?.position ?? 0;
        const controller = new AbortController();
        const seen: string[] = [];
        let position = 0;
        const following = (async () => {
          for await (const batch of store.follow({ after, types: ['Odd'], signal: controller.signal })) {
            seen.push(...ids(batch.events));
            position = batch.position;
            if (seen.length === 3) controller.abort();
          }
        })();
        await store.append('b', [event(6, 'Even'), event(7, 'Odd')], { expected: 'any' });
        await following;
        expect(seen).toEqual([3, 5, 7].map(idOf));
        expect(position).toBe(await store.head());
      });

      test('aborting the signal ends a follower that waits', async (store) => {
        const controller = new AbortController();
        const following = collect(store.follow({ signal: controller.signal }));
        await store.append('a', [event(1)], { expected: 'any' });
        await new Promise((resolve) => setImmediate(resolve));
        controller.abort();
        expect(ids(await following).length).toBeLessThanOrEqual(1);
        await expect(collect(store.follow({ signal: controller.signal }))).resolves.toEqual([]);
      });

      test('leaving the loop leaves the store as it was', async (store) => {
        await store.append('a', [event(1)], { expected: 'any' });
        for await (const batch of store.follow()) {
          if (batch.events.length === 0) continue; // only a position, past what others have recorded
          expect(batch.events).toHaveLength(1);
          break;
        }
        await store.append('a', [event(2)], { expected: 0 });
        expect(await store.readStream('a')).toHaveLength(2);
      });

      test('a slow follower misses nothing and holds up nobody', async (store) => {
        const controller = new AbortController();
        const gate = { open: (): void => {} };
        const opened = new Promise<void>((resolve) => (gate.open = resolve));
        const seen: string[] = [];
        const following = (async () => {
          for await (const { events } of store.follow({ signal: controller.signal })) {
            await opened;
            seen.push(...ids(events));
            if (seen.length === 50) controller.abort();
          }
        })();
        for (let n = 0; n < 50; n += 1) await store.append('a', [event(n)], { expected: 'any' });
        gate.open();
        await following;
        expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => idOf(n)));
      });
    });

    describe('close', () => {
      test('finishes the appends under way and ends followers', async (store) => {
        const following = collect(store.follow());
        await store.append('a', [event(0)], { expected: 'no-stream' });
        const appends = Array.from({ length: 20 }, (_, n) =>
          store.append(`s-${n}`, [event(n)], { expected: 'no-stream' }),
        );
        const closing = store.close();
        await expect(Promise.all(appends)).resolves.toHaveLength(20);
        await closing;
        await following;
      });

      test('later calls fail, saying so, and closing again is harmless', async (store) => {
        await store.close();
        const closed: object = expect.objectContaining({
          name: 'StoreUnavailable',
          reason: 'closed',
          outcome: 'not-written',
        });
        await expect(store.append('a', [event(1)], { expected: 'any' })).rejects.toEqual(closed);
        await expect(store.readStream('a')).rejects.toEqual(closed);
        await expect(collect(store.readAll())).rejects.toEqual(closed);
        await expect(collect(store.follow())).rejects.toEqual(closed);
        await expect(store.head()).rejects.toEqual(closed);
        await store.close();
      });
    });
  });
};
