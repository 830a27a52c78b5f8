import { afterEach, describe, expect, it } from '@jest/globals';
import type { SessionRequestBus } from '@hse/contracts';
import { createInMemoryEventStore } from '@hse/event-sourcing/testing';
import type { SessionRequestEvent } from '@hse/session-requests';
import {
  busOn,
  pause,
  rawStream,
  request,
  startInstance,
  until,
  uuid,
} from './fixtures/service-under-test.ts';
import { maxCommandBytes, type WireCommand, type WireResult } from './wire.ts';

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0).reverse()) one.close();
});

const connect = async (bus: SessionRequestBus, options: Parameters<typeof startInstance>[1] = {}) => {
  const instance = await startInstance(bus, options);
  opened.push({ close: instance.kill });
  const raw = rawStream(instance.address);
  opened.push(raw);
  return { instance, stream: raw.stream };
};

const wire = (sequence: number, note?: string): WireCommand => {
  const { commandId, command } = request(sequence, note);
  return { sequence, commandId, command: JSON.stringify(command), timeoutMs: 60_000 };
};

describe('what is no command', () => {
  it('is answered so, and disturbs nothing else in its batch', async () => {
    const store = createInMemoryEventStore<SessionRequestEvent>();
    const { stream } = await connect(busOn(store));
    const results: WireResult[] = [];
    stream.on('data', (message: { results?: WireResult[] }) => results.push(...(message.results ?? [])));
    const good = wire(1);
    const command = (n: number, value: unknown): WireCommand => ({
      ...wire(n),
      command: JSON.stringify(value),
    });
    stream.write({
      commands: [
        good,
        { ...wire(2), commandId: 'twice' },
        { ...wire(3), command: '{"type":' },
        command(4, { type: 'DeleteEverything' }),
        command(5, { type: '__proto__' }),
        command(6, null),
        command(7, { ...request(7).command, slot: { startsAt: 'soon', endsAt: 'later' } }),
        command(8, { type: 'AcceptSession', requestId: uuid(1), by: 'carla', expectedRevision: '0' }),
        { ...wire(9), command: `"${'x'.repeat(maxCommandBytes)}"` },
        { sequence: 10 },
        {},
        wire(12),
      ],
    });
    await until(() => results.length === 12);
    const said = new Map(results.map(({ sequence = 0, failed }) => [sequence, failed]));
    expect(
      results
        .filter(({ done }) => done)
        .map(({ sequence }) => sequence)
        .sort(),
    ).toEqual([1, 12]);
    expect([...said.values()].filter((failed) => failed?.kind === 'INVALID')).toHaveLength(10);
    expect(said.get(2)?.message).toBe('a command id has to be a UUID, not twice');
    expect(said.get(4)?.message).toBe('there is no command DeleteEverything');
    expect(said.get(7)?.message).toBe('RequestSession.slot is not what it has to be');
    expect(said.get(8)?.message).toBe('AcceptSession.expectedRevision is not what it has to be');
    expect(said.get(9)?.message).toBe('a command can have 1048576 bytes of JSON at most');
    expect(await store.head()).toBe(2);
  });
});

describe('a client that keeps to no limit', () => {
  it('is not read from while its commands are under way', async () => {
    let taken = 0;
    const { stream, instance } = await connect(
      {
        execute: () => {
          taken += 1;
          return new Promise(() => {});
        },
      },
      { capacity: 16 },
    );
    stream.on('data', () => {});
    let written = 0;
    let silentFor = 0;
    while (silentFor < 40 && written < 100_000) {
      if (stream.writableNeedDrain) {
        silentFor += 1;
        await pause(5);
      } else {
        silentFor = 0;
        stream.write({
          commands: Array.from({ length: 100 }, () => wire((written += 1), 'x'.repeat(1_000))),
        });
      }
    }
    expect(taken).toBe(16);
    expect(instance.commands.health().underWay).toBe(16);
    // What the sockets hold, and no more.
    expect(written).toBeLessThan(20_000);
  });

  it('gets the commands executed that waited, except those whose time was over', async () => {
    const go = Promise.withResolvers<undefined>();
    const bus = busOn(createInMemoryEventStore<SessionRequestEvent>());
    const { stream } = await connect(
      {
        async execute(envelope) {
          await go.promise;
          return bus.execute(envelope);
        },
      },
      { capacity: 2 },
    );
    const results: WireResult[] = [];
    stream.on('data', (message: { results?: WireResult[] }) => results.push(...(message.results ?? [])));
    stream.write({ commands: [wire(1), wire(2), wire(3), { ...wire(4), timeoutMs: 20 }] });
    await pause(100);
    go.resolve(undefined);
    await until(() => results.length === 4);
    expect(results.find(({ sequence }) => sequence === 4)?.failed).toMatchObject({
      kind: 'NOT_WRITTEN',
      reason: 'unreachable',
    });
    expect(results.filter(({ done }) => done)).toHaveLength(3);
  });
});

describe('a client that does not read', () => {
  it('is not read from either, once its results do not get through', async () => {
    let executed = 0;
    const bus = busOn(createInMemoryEventStore<SessionRequestEvent>());
    const { stream } = await connect(
      {
        execute(envelope) {
          executed += 1;
          return bus.execute(envelope);
        },
      },
      { capacity: 16 },
    );
    // One that never begins to read takes everything into its memory: that is how the library is.
    stream.once('data', () => stream.pause());
    let written = 0;
    let silentFor = 0;
    while (silentFor < 60 && written < 20_000) {
      if (stream.writableNeedDrain) {
        silentFor += 1;
        await pause(5);
      } else {
        silentFor = 0;
        stream.write({ commands: Array.from({ length: 16 }, () => wire((written += 1), 'x'.repeat(4_000))) });
      }
    }
    expect(written).toBeLessThan(20_000);
    expect(executed).toBeLessThan(written);
  });
});

describe('a client that leaves', () => {
  it('politely gets what is under way first', async () => {
    const go = Promise.withResolvers<undefined>();
    const { stream, instance } = await connect({
      async execute() {
        await go.promise;
        return { ok: true, current: undefined, position: undefined };
      },
    });
    const results: WireResult[] = [];
    let ended = false;
    stream.on('data', (message: { results?: WireResult[] }) => results.push(...(message.results ?? [])));
    stream.on('end', () => (ended = true));
    stream.write({ commands: [wire(1), wire(2)] });
    stream.end();
    await until(() => instance.commands.health().underWay === 2);
    go.resolve(undefined);
    await until(() => ended);
    expect(results).toHaveLength(2);
    await until(() => instance.commands.health().streams === 0);
  });

  it('without a word leaves nothing behind', async () => {
    const { stream, instance } = await connect({ execute: () => new Promise(() => {}) }, { capacity: 2 });
    stream.on('data', () => {});
    stream.write({ commands: [wire(1), wire(2), wire(3)] });
    await until(() => instance.commands.health().underWay === 2);
    stream.cancel();
    await until(() => instance.commands.health().streams === 0);
    expect(instance.commands.health().underWay).toBe(0);
  });
});
