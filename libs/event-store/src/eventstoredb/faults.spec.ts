import { randomUUID } from 'node:crypto';
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NewEvent, RecordedEvent } from '@hse/event-sourcing';
import { createTimers, silentLogger } from '@hse/service-kit';
import {
  openEventStoreDB,
  StreamDeleted,
  type EventStoreDBEventStore,
  type EventStoreDBOptions,
} from './eventstoredb-event-store.ts';
import { openSafeClient } from './safe-client.ts';
import { toEventData } from './wire-format.ts';
import type { AppendFault } from './testing/faults.ts';
import { startEventStoreDBStandIn, type EventStoreDBStandIn } from './testing/stand-in.ts';

const event = (n: number): NewEvent => ({
  type: 'Counted',
  data: { n },
  id: randomUUID(),
  metadata: { commandId: 'c', correlationId: 'k', recordedAt: '2026-11-22T12:00:00.000Z', schemaVersion: 1 },
});

let standIn: EventStoreDBStandIn;
let opened: EventStoreDBEventStore[];

const open = (options: Partial<EventStoreDBOptions> = {}): EventStoreDBEventStore => {
  const store = openEventStoreDB({
    connectionString: standIn.connectionString,
    streamPrefix: '',
    timers: createTimers(),
    ids: { next: randomUUID },
    logger: silentLogger,
    attemptMs: 500,
    ...options,
  });
  opened.push(store);
  return store;
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits for something that is going to be, by asking. */
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await turn();
};

const everything = async (store: EventStoreDBEventStore): Promise<RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  for await (const batch of store.readAll()) events.push(...batch.events);
  return events;
};

beforeEach(async () => {
  opened = [];
  standIn = await startEventStoreDBStandIn();
});

afterEach(async () => {
  standIn.faults.refusing = false;
  await Promise.all(opened.map((store) => store.close()));
  await standIn.close();
  await turn(); // what nobody catches, and would end a process, fails the test
});

describe('an append that meets', () => {
  const faults: [fault: AppendFault, what: string][] = [
    ['refuse', 'a server that is not ready'],
    ['drop-before', 'a broken connection before it is recorded'],
    ['drop-after', 'a broken connection after it was recorded'],
    ['lose', 'silence after it was recorded'],
    ['late', 'an answer that comes too late'],
    ['repeat', 'a server that executes it twice'],
    ['unknown', 'an error that says nothing'],
    ['timeout', 'a server that ran out of time after it was recorded'],
  ];
  for (const [fault, what] of faults) {
    it(`${what} is recorded once, and is no repeat`, async () => {
      const store = open();
      await store.append('a', [event(0)], { expected: 'no-stream' });
      standIn.faults.next(fault);
      const second = [event(1), event(2)];
      const result = await store.append('a', second, { expected: 0 });
      expect(result).toMatchObject({ revision: 2, repeated: false });
      standIn.faults.release();
      await expect(store.append('a', second, { expected: 0 })).resolves.toEqual({
        ...result,
        repeated: true,
      });
      const recorded = await store.readStream('a');
      expect(recorded.map(({ data }) => data)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
      expect(recorded.at(-1)?.position).toBe(result.position);
      expect(store.failure).toBeUndefined();
    });
  }

  it('all of that one after the other is still recorded once', async () => {
    const store = open();
    standIn.faults.next('refuse', 'drop-before', 'unknown', 'timeout', 'drop-after', 'lose');
    await expect(store.append('a', [event(0)], { expected: 'any' })).resolves.toMatchObject({
      revision: 0,
      repeated: false,
    });
    expect(await store.readStream('a')).toHaveLength(1);
  });

  it('a broken connection while it would have been refused is refused', async () => {
    const store = open();
    await store.append('a', [event(0)], { expected: 'no-stream' });
    standIn.faults.next('drop-before');
    await expect(store.append('a', [event(1)], { expected: 'no-stream' })).rejects.toMatchObject({
      name: 'WrongExpectedRevision',
      actual: 0,
    });
  });
});

describe('an append that is not sent before its time is over', () => {
  it('is recorded whole all the same', async () => {
    const { client, close } = openSafeClient(standIn.connectionString);
    const observer = open({ attemptMs: 10_000 });
    const many = Array.from({ length: 50 }, (_, n) => toEventData(event(n), 'append'));
    for (let deadline = 1; deadline <= 20; deadline += 1) {
      await client.appendToStream(`after-${deadline}`, many, { deadline });
      expect(await observer.readStream(`after-${deadline}`)).toHaveLength(many.length);
    }
    await close();
  });
});

describe('a connection that breaks again and again under load', () => {
  it('loses no acknowledged event, doubles none, fails nothing, and followers go on', async () => {
    const writer = open();
    const other = open();
    const ending = new AbortController();
    const followed: RecordedEvent[] = [];
    const following = (async () => {
      for await (const { events } of other.follow({ signal: ending.signal })) followed.push(...events);
    })();
    const streams = 20;
    const each = 15;
    let acknowledged = 0;
    const write = async (stream: number): Promise<void> => {
      for (let n = 0; n < each; n += 1) {
        const store = stream % 2 ? writer : other;
        const expected = n === 0 ? 'no-stream' : n - 1;
        const result = await store.append(`s-${stream}`, [event(n)], { expected });
        expect(result).toMatchObject({ revision: n, repeated: false });
        acknowledged += 1;
      }
    };
    const writing = Promise.all(Array.from({ length: streams }, (_, stream) => write(stream)));
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      await until(() => acknowledged > share * streams * each);
      standIn.faults.next('drop-after', 'drop-before');
    }
    await writing;
    const all = await everything(writer);
    expect(all).toHaveLength(streams * each);
    expect(new Set(all.map(({ id }) => id)).size).toBe(streams * each);
    await until(() => followed.length >= streams * each);
    ending.abort();
    await following;
    expect(followed).toEqual(all);
  }, 60_000);
});

describe('a server that stays away', () => {
  it('fails an append that was never sent as not written, reads as well, and says so until it is back', async () => {
    const store = open({ giveUpMs: 300 });
    await store.untilReachable();
    const { port } = standIn;
    await standIn.close();
    const unreachable = { name: 'StoreUnavailable', reason: 'unreachable', outcome: 'not-written' };
    // the connection that broke may still take the first one
    await store.append('a', [event(0)], { expected: 'no-stream' }).catch(() => {});
    await expect(store.append('b', [event(0)], { expected: 'no-stream' })).rejects.toMatchObject(unreachable);
    await expect(store.readStream('a')).rejects.toMatchObject(unreachable);
    await expect(store.head()).rejects.toMatchObject(unreachable);
    expect(store.failure).toBeDefined();
    standIn = await startEventStoreDBStandIn({ port });
    await store.untilReachable();
    expect(store.failure).toBeUndefined();
    await store.append('b', [event(1)], { expected: 'no-stream' });
  });

  it('fails an append that may be recorded as unknown, and its repeat finds out', async () => {
    const store = open({ giveUpMs: 200, attemptMs: 150 });
    const observer = open();
    const events = [event(0)];
    standIn.faults.next('lose');
    const append = store.append('a', events, { expected: 'no-stream' });
    while ((await observer.readStream('a')).length === 0) await turn();
    standIn.faults.refusing = true;
    await expect(append).rejects.toMatchObject({
      name: 'StoreUnavailable',
      outcome: 'unknown',
      reason: 'unreachable',
    });
    standIn.faults.refusing = false;
    await expect(observer.append('a', events, { expected: 'no-stream' })).resolves.toMatchObject({
      revision: 0,
      repeated: true,
    });
  });

  it('is known to be back although nobody calls', async () => {
    const store = open({ giveUpMs: 100 });
    standIn.faults.refusing = true;
    await expect(store.readStream('a')).rejects.toThrow();
    expect(store.failure).toBeDefined();
    standIn.faults.refusing = false;
    await until(() => store.failure === undefined);
  });

  it('keeps a follower waiting, which goes on where it was', async () => {
    const store = open();
    await store.append('a', [event(0)], { expected: 'no-stream' });
    const seen: unknown[] = [];
    const ending = new AbortController();
    const following = (async () => {
      for await (const { events } of store.follow({ signal: ending.signal }))
        seen.push(...events.map(({ data }) => data));
    })();
    await until(() => seen.length === 1);
    standIn.faults.refusing = true;
    standIn.faults.dropConnections();
    await until(() => store.failure !== undefined);
    standIn.faults.refusing = false;
    await store.append('a', [event(1)], { expected: 0 });
    await until(() => seen.length === 2);
    ending.abort();
    await following;
    expect(seen).toEqual([{ n: 0 }, { n: 1 }]);
  });
});

describe('a cluster member that was found by gossip', () => {
  it('is looked for again when its connection breaks', async () => {
    const store = open({ connectionString: `esdb+discover://127.0.0.1:${standIn.port}?tls=false` });
    await store.append('a', [event(0)], { expected: 'no-stream' });
    standIn.faults.next('drop-after', 'refuse');
    const appends = Array.from({ length: 10 }, (_, n) =>
      store.append(`s-${n}`, [event(n)], { expected: 'no-stream' }),
    );
    for (const result of await Promise.all(appends))
      expect(result).toMatchObject({ revision: 0, repeated: false });
    expect(await everything(store)).toHaveLength(11);
  });
});

describe('what holds up one append', () => {
  it('holds up no other', async () => {
    const store = open({ attemptMs: 5_000 });
    standIn.faults.next('delay');
    const delayed = store.append('slow', [event(0)], { expected: 'no-stream' });
    await until(() => standIn.faults.appends.single === 1);
    await store.append('fast', [event(1)], { expected: 'no-stream' });
    expect(await store.readStream('slow')).toEqual([]);
    standIn.faults.release();
    await expect(delayed).resolves.toMatchObject({ revision: 0, repeated: false });
  });

  it('does not use the batch append of the client, which fails what others have in flight', async () => {
    const store = open();
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => store.append(`s-${n}`, [event(n)], { expected: 'no-stream' })),
    );
    expect(standIn.faults.appends).toEqual({ single: 10, batch: 0 });
  });
});

describe('a stream that was deleted', () => {
  it('is a clear error, for appends and reads, and nothing else is', async () => {
    const store = open();
    await store.append('a', [event(0)], { expected: 'no-stream' });
    await store.append('b', [event(0)], { expected: 'no-stream' });
    standIn.faults.tombstone('a');
    for (const expected of [0, 'no-stream', 'any', 'stream-exists'] as const)
      await expect(store.append('a', [event(1)], { expected })).rejects.toThrow(StreamDeleted);
    await expect(store.readStream('a')).rejects.toThrow('a has been deleted');
    await store.append('b', [event(1)], { expected: 0 });
    expect(await store.readStream('b')).toHaveLength(2);
  });
});

describe('what the server cannot take', () => {
  it('is an error of the caller', async () => {
    const store = open();
    const large = { ...event(0), data: { text: 'x'.repeat(1_100_000) } };
    await expect(store.append('a', [large], { expected: 'no-stream' })).rejects.toMatchObject({
      name: 'RangeError',
    });
    expect(await store.readStream('a')).toEqual([]);
  });
});

describe('readAll, follow and head', () => {
  it('go by the prefix, and pass by what others have recorded', async () => {
    const store = open({ streamPrefix: 'mine-' });
    const others = open();
    await store.append('mine-1', [event(0)], { expected: 'no-stream' });
    const head = await store.head();
    for (let n = 0; n < 30; n += 1)
      await others.append(
        `other-${n}`,
        Array.from({ length: 100 }, () => event(n)),
        { expected: 'no-stream' },
      );
    expect(await store.head()).toBe(head);
    expect((await everything(store)).map(({ stream }) => stream)).toEqual(['mine-1']);
    const positions: number[] = [];
    for await (const { position } of store.follow()) {
      positions.push(position);
      if (position > (await others.head()) - 600_000) break; // the last checkpoint is at most 1 000 events back
    }
    expect(positions[0]).toBe(head);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    await store.append('mine-1', [event(1)], { expected: 0 });
    const after = positions.at(-1) ?? 0;
    const seen: unknown[] = [];
    for await (const batch of store.readAll({ after })) seen.push(...batch.events.map(({ data }) => data));
    expect(seen).toEqual([{ n: 1 }]);
  }, 30_000);
});

describe('the stand-in as a process of its own', () => {
  it('has, after kill -9, all that was acknowledged', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'stand-in-'));
    const start = (port: number) =>
      new Promise<{ connectionString: string; kill: () => Promise<void> }>((resolve, reject) => {
        const child = fork(
          new URL('./testing/main.ts', import.meta.url),
          ['--port', `${port}`, '--data', join(directory, 'log')],
          { execArgv: ['--conditions=@hse/source'], stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: {} },
        );
        const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
        const kill = () => (child.kill('SIGKILL'), gone);
        child.once('error', reject);
        child.stdout?.once('data', (text: Buffer) =>
          resolve({ connectionString: text.toString().trim(), kill }),
        );
      });
    const first = await start(0);
    const store = open({ connectionString: first.connectionString });
    for (let n = 0; n < 10; n += 1)
      await store.append('a', [event(n)], { expected: n === 0 ? 'no-stream' : n - 1 });
    const before = await store.readStream('a');
    await first.kill();
    const second = await start(Number(/:(\d+)\?/.exec(first.connectionString)?.[1]));
    expect(await store.readStream('a')).toEqual(before);
    await store.append('a', [event(10)], { expected: 9 });
    await store.close();
    await second.kill();
    rmSync(directory, { recursive: true });
  }, 30_000);
});

it('a connection string that is not understood is not shown', () => {
  const inspected = (() => {
    try {
      open({ connectionString: 'esdb://admin:swordfish@host:port' });
    } catch (error) {
      return inspect(error, { depth: Infinity, showHidden: true });
    }
    return undefined;
  })();
  expect(inspected).toMatch(/RangeError: .*not understood/);
  expect(inspected).not.toContain('swordfish');
});
