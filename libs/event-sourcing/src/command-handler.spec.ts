import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CommandBus, CommandResult } from './command-bus.ts';
import {
  createCommandHandler,
  TooManyConflicts,
  type CommandHandlerOptions,
  type Decider,
} from './command-handler.ts';
import { StoreUnavailable, type EventStore } from './event-store.ts';
import { createInMemoryEventStore, type StorageFault } from './in-memory-event-store.ts';

// A jar holds at most 100 sweets. Small, and it has everything a decision can be: events, none, and a refusal.

type JarEvent =
  | { readonly type: 'SweetsAdded'; readonly data: { readonly count: number; readonly at: number } }
  | { readonly type: 'JarFilled'; readonly data: Record<string, never> };

type JarCommand =
  | { readonly type: 'Add'; readonly jar: string; readonly count: number }
  | { readonly type: 'Look'; readonly jar: string };

interface Jar {
  readonly sweets: number;
  readonly full: boolean;
  readonly times: readonly number[];
}

const decider: Decider<JarCommand, Jar, JarEvent, 'too-many', number> = {
  decide(command, jar, at) {
    if (command.type === 'Look' || command.count === 0) return { events: [] };
    const sweets = (jar?.sweets ?? 0) + command.count;
    if (sweets > 100) return { rejection: 'too-many' };
    const added: JarEvent = { type: 'SweetsAdded', data: { count: command.count, at } };
    return { events: sweets === 100 ? [added, { type: 'JarFilled', data: {} }] : [added] };
  },
  evolve(jar, event) {
    const { sweets, full, times } = jar ?? { sweets: 0, full: false, times: [] };
    switch (event.type) {
      case 'SweetsAdded':
        return { sweets: sweets + event.data.count, full, times: [...times, event.data.at] };
      case 'JarFilled':
        return { sweets, full: true, times };
    }
  },
};

type Bus = CommandBus<JarCommand, Jar, 'too-many'>;
type Result = CommandResult<Jar, 'too-many'>;

const commandId = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** A handler whose clock ticks once per decision. */
const handlerOn = (
  store: EventStore<JarEvent>,
  options: Partial<CommandHandlerOptions<JarCommand, Jar, JarEvent, 'too-many', number>> = {},
): Bus => {
  let ticks = 0;
  return createCommandHandler({
    store,
    decider,
    streamOf: ({ jar }) => `jar-${jar}`,
    context: () => {
      ticks += 1;
      return { context: ticks, recordedAt: new Date(Date.UTC(2026, 10, 22) + ticks).toISOString() };
    },
    ...options,
  });
};

const setUp = (fault?: StorageFault): { store: EventStore<JarEvent>; handler: Bus } => {
  const store = createInMemoryEventStore<JarEvent>(fault ? { fault } : {});
  return { store, handler: handlerOn(store) };
};

const add = (handler: Bus, id: number, count: number, jar = 'a'): Promise<Result> =>
  handler.execute({ commandId: commandId(id), command: { type: 'Add', jar, count } });

const look = (handler: Bus, id: number, jar = 'a'): Promise<Result> =>
  handler.execute({ commandId: commandId(id), command: { type: 'Look', jar } });

describe('a command', () => {
  it('records what was decided on the state that the stream makes, and answers with the new state', async () => {
    const { store, handler } = setUp();
    await expect(add(handler, 1, 40)).resolves.toEqual({
      ok: true,
      current: {
        state: { sweets: 40, full: false, times: [1] },
        revision: 0,
        recordedAt: '2026-11-22T00:00:00.001Z',
      },
      position: 1,
    });
    await expect(add(handler, 2, 60)).resolves.toEqual({
      ok: true,
      current: {
        state: { sweets: 100, full: true, times: [1, 2] },
        revision: 2,
        recordedAt: '2026-11-22T00:00:00.002Z',
      },
      position: 3,
    });
    expect((await store.readStream('jar-a')).map(({ type }) => type)).toEqual([
      'SweetsAdded',
      'SweetsAdded',
      'JarFilled',
    ]);
  });

  it('writes who caused it, when, and under which trace into the metadata of each of its events', async () => {
    const { store, handler } = setUp();
    await handler.execute({
      commandId: commandId(1),
      command: { type: 'Add', jar: 'a', count: 100 },
      correlationId: 'outside',
      causationId: 'cause',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    const [first, second] = await store.readStream('jar-a');
    expect(first?.metadata).toEqual({
      commandId: commandId(1),
      correlationId: 'outside',
      causationId: 'cause',
      recordedAt: '2026-11-22T00:00:00.001Z',
      schemaVersion: 1,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    expect(second?.metadata).toEqual(first?.metadata);
    expect([first?.id, second?.id]).toEqual([commandId(1), '8d4035dc-2470-5da4-8dfe-3942ac4f1762']);
    await add(handler, 2, 1, 'b');
    const [other] = await store.readStream('jar-b');
    expect(other?.metadata).toEqual({
      commandId: commandId(2),
      correlationId: commandId(2),
      recordedAt: '2026-11-22T00:00:00.002Z',
      schemaVersion: 1,
    });
  });

  it('that is refused records nothing and answers with the state it was refused on', async () => {
    const { store, handler } = setUp();
    await expect(add(handler, 1, 101)).resolves.toEqual({
      ok: false,
      rejection: 'too-many',
      current: undefined,
    });
    await add(handler, 2, 90);
    await expect(add(handler, 3, 11)).resolves.toMatchObject({
      ok: false,
      current: { revision: 0, state: { sweets: 90 } },
    });
    expect(await store.head()).toBe(1);
  });

  it('with nothing to do answers with the state as it is', async () => {
    const { store, handler } = setUp();
    await expect(look(handler, 1)).resolves.toEqual({ ok: true, current: undefined, position: undefined });
    await add(handler, 2, 5);
    await expect(look(handler, 3)).resolves.toMatchObject({
      ok: true,
      current: { revision: 0 },
      position: undefined,
    });
    expect(await store.head()).toBe(1);
  });

  it('works on a stream whose events make no state', async () => {
    const store = createInMemoryEventStore<JarEvent>();
    const forgetful = handlerOn(store, { decider: { ...decider, evolve: () => undefined } });
    await expect(add(forgetful, 1, 5)).resolves.toEqual({ ok: true, current: undefined, position: 1 });
    await expect(add(forgetful, 2, 5)).resolves.toEqual({ ok: true, current: undefined, position: 2 });
    expect(await store.readStream('jar-a')).toHaveLength(2);
  });
});

describe('a stream that is not in memory', () => {
  const setUpCounted = () => {
    let reads = 0;
    const { store, handler } = setUp(({ kind }) => {
      if (kind === 'read-stream') reads += 1;
      return undefined;
    });
    return { store, handler, reads: () => reads };
  };

  it('is not read by the command that begins it, nor by those after it', async () => {
    const { handler, reads } = setUpCounted();
    await add(handler, 1, 10);
    await add(handler, 2, 10);
    expect(reads()).toBe(0);
  });

  it('is read once where it is not new', async () => {
    const { store, reads } = setUpCounted();
    await add(handlerOn(store), 1, 95);
    const restarted = handlerOn(store);
    await expect(add(restarted, 2, 5)).resolves.toMatchObject({
      ok: true,
      current: { revision: 2, state: { full: true } },
    });
    expect(reads()).toBe(1);
    await expect(add(handlerOn(store), 3, 1)).resolves.toMatchObject({ ok: false, current: { revision: 2 } });
    await expect(look(handlerOn(store), 4)).resolves.toMatchObject({ ok: true, current: { revision: 2 } });
    expect(reads()).toBe(3);
  });
});

describe('a command id', () => {
  it('has to be a UUID', async () => {
    const { handler } = setUp();
    await expect(
      handler.execute({ commandId: 'twice', command: { type: 'Look', jar: 'a' } }),
    ).rejects.toThrow('a command id has to be a UUID, not twice');
  });
});

describe('a repeated command', () => {
  it('gets the first answer, also after other commands, and records nothing', async () => {
    const { store, handler } = setUp();
    await add(handler, 1, 10);
    const first = await add(handler, 2, 20);
    await add(handler, 3, 30);
    await expect(add(handler, 2, 20)).resolves.toEqual(first);
    await expect(add(handlerOn(store), 2, 20)).resolves.toEqual(first); // another process
    expect(await store.head()).toBe(3);
  });

  it('gets the first answer although it would be decided differently now', async () => {
    const { handler } = setUp();
    const first = await add(handler, 1, 60);
    await add(handler, 2, 40);
    await expect(add(handler, 1, 60)).resolves.toEqual(first);
  });

  it('that recorded several events gets the state after the last of them', async () => {
    const { handler } = setUp();
    const first = await add(handler, 1, 100);
    expect(first).toMatchObject({ current: { revision: 1 }, position: 2 });
    await expect(add(handler, 1, 100)).resolves.toEqual(first);
  });

  it('shares the outcome of the first while that is under way', async () => {
    const { store, handler } = setUp();
    const results = await Promise.all([1, 2, 3, 4].map(() => add(handler, 1, 10)));
    expect(new Set(results).size).toBe(1);
    expect(await store.head()).toBe(1);
  });

  it('with the same id on another stream is another command', async () => {
    const { store, handler } = setUp();
    await Promise.all([add(handler, 1, 10, 'a'), add(handler, 1, 10, 'b')]);
    expect(await store.head()).toBe(2);
  });

  it('gets what another process has recorded for it, not what it decides itself', async () => {
    const store = createInMemoryEventStore<JarEvent>();
    const here = handlerOn(store);
    const there = handlerOn(store);
    await add(here, 1, 10);
    await add(there, 8, 10, 'other'); // its clock is at another time
    await look(there, 9);
    const first = await add(here, 2, 20); // `there` remembers the stream without it
    await expect(add(there, 2, 20)).resolves.toEqual(first);
    await expect(look(there, 3)).resolves.toMatchObject({ current: first.current });
  });
});

describe('an append of unknown outcome', () => {
  const lost = new StoreUnavailable('the answer was lost', 'unknown', 'unreachable');
  for (const moment of ['before', 'after'] as const) {
    it(`fails the command; its repeat finds out, when it failed ${moment} it was written`, async () => {
      let failures = 0;
      const { store, handler } = setUp((operation) =>
        operation.kind === 'append' && operation.moment === moment && failures-- > 0 ? lost : undefined,
      );
      await add(handler, 1, 10);
      failures = 1;
      await expect(add(handler, 2, 20)).rejects.toBe(lost);
      await expect(add(handler, 2, 20)).resolves.toMatchObject({
        ok: true,
        current: { revision: 1, state: { sweets: 30 } },
      });
      await expect(add(handler, 3, 30)).resolves.toMatchObject({
        ok: true,
        current: { revision: 2, state: { sweets: 60 } },
      });
      expect(await store.head()).toBe(3);
    });
  }

  it('is not hidden by a refusal: the repeat of what was recorded is no second attempt', async () => {
    let failures = 1;
    const { handler } = setUp(({ moment }) => (moment === 'after' && failures-- > 0 ? lost : undefined));
    await expect(add(handler, 1, 100)).rejects.toBe(lost);
    await expect(add(handler, 1, 100)).resolves.toMatchObject({
      ok: true,
      current: { state: { full: true } },
    });
  });
});

describe('commands that race', () => {
  it('lose no update: each is decided on the state it is recorded on', async () => {
    const { store, handler } = setUp();
    const rivals = [
      handler,
      handlerOn(store, { attempts: 100 }),
      handlerOn(store, { attempts: 100, cacheSize: 0 }),
    ] as const;
    const patient = handlerOn(store, { attempts: 100 });
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, n) => add(n % 3 ? (rivals[n % 3] as Bus) : patient, n, 5)),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(20);
    const { current } = await look(handler, 99);
    expect(current?.state).toMatchObject({ sweets: 100, full: true });
    expect(await store.readStream('jar-a')).toHaveLength(21);
  });

  it('are decided anew as often as allowed, and then given up with nothing recorded', async () => {
    let rival = 1000;
    const store: EventStore<JarEvent> = createInMemoryEventStore<JarEvent>({
      fault: async ({ kind, moment }) => {
        if (kind === 'append' && moment === 'before' && interfering) {
          interfering = false;
          await add(other, rival++, 1); // somebody is always faster
          interfering = true;
        }
        return undefined;
      },
    });
    let interfering = false;
    const other = handlerOn(store);
    const handler = handlerOn(store, { attempts: 3 });
    await look(handler, 50);
    interfering = true;
    const outcome = await add(handler, 1, 10).catch((error: unknown) => error);
    interfering = false;
    expect(outcome).toBeInstanceOf(TooManyConflicts);
    expect(rival).toBe(1003);
    await expect(look(handler, 2)).resolves.toMatchObject({ current: { state: { sweets: 3 } } });
    await expect(add(handler, 1, 10)).resolves.toMatchObject({
      ok: true,
      current: { state: { sweets: 13 } },
    });
  });

  it('are refused on what is there, not on what is remembered', async () => {
    const store = createInMemoryEventStore<JarEvent>();
    const here = handlerOn(store);
    const there = handlerOn(store);
    await add(here, 1, 50);
    await add(there, 2, 40);
    await expect(add(here, 3, 20)).resolves.toMatchObject({
      ok: false,
      current: { revision: 1, state: { sweets: 90 } },
    });
    await add(there, 4, 5);
    await expect(look(here, 5)).resolves.toMatchObject({
      ok: true,
      current: { revision: 2, state: { sweets: 95 } },
    });
  });
});

describe('memory', () => {
  const steps = fc.array(
    fc.record({
      handler: fc.nat({ max: 1 }),
      id: fc.nat({ max: 12 }),
      count: fc.nat({ max: 40 }),
      jar: fc.constantFrom('a', 'b', 'c'),
    }),
    { maxLength: 30 },
  );

  it('makes no difference: with any size of it, two processes answer and record as without', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(1, 2, 10_000), async (commands, cacheSize) => {
        const play = async (size: number): Promise<[results: Result[], log: unknown[]]> => {
          const store = createInMemoryEventStore<JarEvent>();
          // decisions differ in number where memory was behind, so the time stands still here
          const context = () => ({ context: 0, recordedAt: '2026-11-22T00:00:00.000Z' });
          const handlers = [0, 1].map(() => handlerOn(store, { cacheSize: size, context }));
          const results: Result[] = [];
          for (const { handler, id, count, jar } of commands) {
            results.push(await add(handlers[handler] as Bus, id, count, jar));
          }
          const log: unknown[] = [];
          for await (const { events } of store.readAll()) log.push(...events);
          return [results, log];
        };
        expect(await play(cacheSize)).toEqual(await play(0));
      }),
      { numRuns: 200, seed: 20261122 },
    );
  });
});
