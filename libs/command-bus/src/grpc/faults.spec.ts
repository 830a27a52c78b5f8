import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionRequestBus, SessionRequestStore } from '@hse/contracts';
import { StoreUnavailable } from '@hse/event-sourcing';
import { createInMemoryEventStore, type StorageFault } from '@hse/event-sourcing/testing';
import type { SessionRequestEvent } from '@hse/session-requests';
import {
  busOn,
  connectBus,
  pause,
  request,
  startInstance,
  startServer,
  until,
  uuid,
  type Instance,
} from './fixtures/service-under-test.ts';
import type { GrpcCommandBus, GrpcCommandBusOptions } from './grpc-command-bus.ts';
import type { WireCommands } from './wire.ts';

let fault: StorageFault;
let store: SessionRequestStore;
const instances: Instance[] = [];
const buses: GrpcCommandBus[] = [];

beforeEach(() => {
  fault = () => undefined;
  store = createInMemoryEventStore<SessionRequestEvent>({ fault: (operation) => fault(operation) });
});
afterEach(async () => {
  for (const instance of instances.splice(0)) instance.kill();
  await Promise.all(buses.splice(0).map((bus) => bus.close()));
});

const start = async (
  bus: SessionRequestBus = busOn(store),
  options: Parameters<typeof startInstance>[1] = {},
): Promise<Instance> => {
  const instance = await startInstance(bus, options);
  instances.push(instance);
  return instance;
};

const connect = async (
  to: readonly Instance[] | string,
  options: Partial<GrpcCommandBusOptions> = {},
): Promise<GrpcCommandBus> => {
  const bus = connectBus(typeof to === 'string' ? to : to.map(({ address }) => address).join(), options);
  buses.push(bus);
  if (typeof to !== 'string') await until(() => bus.health().connected === to.length);
  return bus;
};

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const execute = (bus: GrpcCommandBus, count: number, from = 0) =>
  Promise.all(numbers(count).map((n) => bus.execute(request(from + n))));

/** Every command has had its effect, and had it once. */
const expectOnce = async (count: number): Promise<void> => {
  const recorded = [];
  for await (const { events } of store.readAll()) recorded.push(...events);
  expect(recorded.map(({ id }) => id).sort()).toEqual(numbers(count).map(uuid));
};

/** A bus of an instance that never comes to an end. */
const hanging = (): SessionRequestBus & { readonly taken: string[] } => {
  const taken: string[] = [];
  return {
    taken,
    execute: ({ commandId }) => {
      taken.push(commandId);
      return new Promise(() => {});
    },
  };
};

describe('an instance that dies', () => {
  it.each(['before', 'after'] as const)(
    'with commands under way, %s they are recorded, leaves them to the other',
    async (when) => {
      const two = [await start(), await start()] as const;
      const bus = await connect(two);
      let stuck = 0;
      const dead = Promise.withResolvers<undefined>();
      fault = ({ kind, moment }) => {
        if (kind !== 'append' || moment !== when) return undefined;
        stuck += 1;
        return dead.promise;
      };
      const results = execute(bus, 400);
      await until(() => stuck === 400);
      two[0].kill();
      dead.resolve(undefined);
      for (const result of await results)
        expect(result).toMatchObject({ ok: true, current: { revision: 0 } });
      await expectOnce(400);
      expect(bus.health()).toMatchObject({ connected: 1, waiting: 0, underWay: 0 });
    },
  );

  it('and comes back is used again', async () => {
    const [one, other] = [await start(), await start()];
    const bus = await connect([one, other]);
    one.kill();
    await until(() => bus.health().connected === 1);
    await execute(bus, 50);
    const back = await start(busOn(store), { port: one.port });
    await until(() => bus.health().connected === 2);
    await execute(bus, 50, 50);
    await expectOnce(100);
    expect(back.commands.health()).toMatchObject({ streams: 1, underWay: 0 });
  });

  it('alone leaves the commands waiting until it is back', async () => {
    const one = await start();
    const bus = await connect([one]);
    one.kill();
    await until(() => bus.health().connected === 0);
    expect(bus.health().lastError).toEqual(expect.any(String));
    const results = execute(bus, 50);
    await pause(100);
    expect(bus.health()).toMatchObject({ connected: 0, waiting: 50, underWay: 0 });
    await start(busOn(store), { port: one.port });
    await results;
    await expectOnce(50);
    expect(bus.health().lastError).toBeUndefined();
  });

  it('over and over costs no command, and doubles none', async () => {
    const ports = [(await start()).port, (await start()).port];
    const bus = await connect(instances);
    // An append takes a while, and so does its acknowledgement.
    let turn = 0;
    fault = async ({ kind }) => {
      if (kind === 'append') await pause((turn += 7) % 20);
      return undefined;
    };
    let done = 0;
    const load = Promise.all(
      numbers(40).map(async (caller) => {
        for (let n = 0; n < 25; n += 1) {
          expect(await bus.execute(request(caller * 25 + n))).toMatchObject({ ok: true });
          done += 1;
        }
      }),
    );
    let deaths = 0;
    while (done < 1_000) {
      const which = deaths % 2;
      instances[which]?.kill();
      deaths += 1;
      await pause(60);
      instances[which] = await startInstance(busOn(store), { port: ports[which] ?? 0 });
      await pause(60);
    }
    await load;
    await expectOnce(1_000);
    console.info(`1000 commands, ${deaths} deaths of an instance: each command once`);
  });
});

describe('a deadline', () => {
  it('passes while nobody is there: not written', async () => {
    const bus = await connect('127.0.0.1:1', { timeoutMs: 200 });
    await expect(bus.execute(request(1))).rejects.toMatchObject({
      name: 'StoreUnavailable',
      outcome: 'not-written',
      reason: 'unreachable',
      message: expect.stringMatching(/^no instance of 127\.0\.0\.1:1 took the command within 200 ms \(.+\)$/),
    });
    expect(bus.health()).toMatchObject({ waiting: 0, underWay: 0 });
  });

  it('passes while the name is not known: not written, and it says why', async () => {
    const bus = await connect('requests.invalid:5000', { timeoutMs: 300 });
    await expect(bus.execute(request(1))).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
  });

  it('passes while an instance is at it: the outcome is unknown', async () => {
    const bus = await connect([await start(hanging())], { timeoutMs: 200 });
    await expect(bus.execute(request(1))).rejects.toMatchObject({
      outcome: 'unknown',
      reason: 'unreachable',
    });
  });

  it('passes after the stream broke: the outcome is unknown', async () => {
    const bus = hanging();
    const one = await start(bus);
    const client = await connect([one], { timeoutMs: 500 });
    const result = expect(client.execute(request(1))).rejects.toMatchObject({ outcome: 'unknown' });
    await until(() => bus.taken.length === 1);
    one.kill();
    await until(() => client.health().waiting === 1);
    await result;
  });

  it('passes before the instance has read a command: it is not executed behind the back of who was told so', async () => {
    const taken = new Set<string>();
    const resume = Promise.withResolvers<undefined>();
    const server = await startServer((stream) => {
      stream.write({ capacity: 100 });
      stream.on('error', () => {});
      void resume.promise.then(() =>
        stream.on('data', ({ commands }: WireCommands) => {
          for (const { commandId = '' } of commands) taken.add(commandId);
        }),
      );
    });
    const client = await connect(server.address, { timeoutMs: 300 });
    await until(() => client.health().connected === 1);
    const note = 'x'.repeat(100_000); // more than the connection holds
    const results = await Promise.allSettled(numbers(60).map((n) => client.execute(request(n, note))));
    const told = results.map(
      (result) => result.status === 'rejected' && (result.reason as { outcome: string }).outcome,
    );
    const unknown = numbers(60).filter((n) => told[n] === 'unknown');
    expect(told.filter((outcome) => outcome === 'not-written')).toHaveLength(60 - unknown.length);
    expect(unknown.length).toBeLessThan(60);
    resume.resolve(undefined);
    await until(() => unknown.every((n) => taken.has(uuid(n))));
    await pause(100);
    expect(taken.size).toBe(unknown.length);
    server.kill();
  });

  it('of another instance does not say that nothing is written, when the first may have written', async () => {
    const bus = hanging();
    const one = await start(bus);
    const client = await connect([one]);
    const result = expect(client.execute(request(1))).rejects.toMatchObject({ outcome: 'unknown' });
    await until(() => bus.taken.length === 1);
    one.kill();
    await until(() => client.health().waiting === 1);
    await start(
      { execute: () => Promise.reject(new StoreUnavailable('away', 'not-written', 'unreachable')) },
      { port: one.port },
    );
    await result;
  });

  it('passes for those who waited behind: not written', async () => {
    const client = await connect([await start(hanging(), { capacity: 2 })], { timeoutMs: 300 });
    const results = await Promise.allSettled(numbers(5).map((n) => client.execute(request(n))));
    expect(
      results.map((result) => result.status === 'rejected' && (result.reason as { outcome: string }).outcome),
    ).toEqual(['unknown', 'unknown', 'not-written', 'not-written', 'not-written']);
  });
});

describe('an instance that shuts down', () => {
  it('answers what it has, and sends the rest to the other', async () => {
    const two = [await start(), await start()] as const;
    const bus = await connect(two);
    const go = Promise.withResolvers<undefined>();
    let stuck = 0;
    fault = ({ kind, moment }) => {
      if (kind !== 'append' || moment !== 'before') return undefined;
      stuck += 1;
      return go.promise;
    };
    const first = execute(bus, 200);
    await until(() => stuck === 200);
    const underWay = two[0].commands.health().underWay;
    expect(underWay).toBeGreaterThan(50);
    const stopped = two[0].stop();
    const rest = execute(bus, 200, 200);
    await until(() => stuck === 400);
    expect(two[0].commands.health().underWay).toBe(underWay);
    go.resolve(undefined);
    await Promise.all([first, rest, stopped]);
    await expectOnce(400);
    // Nobody had to repeat anything: whatever was executed was executed where it was first sent.
    expect(stuck).toBe(400);
  });

  it('refuses what was on its way, which waits for another without doubt about its outcome', async () => {
    const one = await start();
    const bus = await connect([one], { timeoutMs: 400 });
    const drained = one.commands.drain();
    // The client cannot know yet.
    const results = await Promise.allSettled(numbers(3).map((n) => bus.execute(request(n))));
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: { outcome: 'not-written' } });
    await drained;
    expect(await store.head()).toBe(0);
  });

  it('does not wait for ever for what does not end', async () => {
    const one = await start(hanging(), { drainMs: 100 });
    const bus = await connect([one], { timeoutMs: 600 });
    const result = expect(bus.execute(request(1))).rejects.toMatchObject({ outcome: 'unknown' });
    await until(() => one.commands.health().underWay === 1);
    await one.commands.drain();
    expect(one.commands.health()).toEqual({ streams: 0, underWay: 0, draining: true });
    await result;
  });

  it('takes no stream any more', async () => {
    const one = await start();
    await one.commands.drain();
    const bus = await connect(one.address);
    await until(() => bus.health().instances[0]?.state === 'away');
    expect(bus.health().connected).toBe(0);
    expect(bus.health().lastError).toBe('the instance ended the stream');
  });
});

describe('a full instance', () => {
  it('is sent no more than it takes; the rest waits, and all are executed', async () => {
    let most = 0;
    let now = 0;
    const one = busOn(store);
    const counted: SessionRequestBus = {
      async execute(envelope) {
        most = Math.max(most, (now += 1));
        await pause(1);
        return one.execute(envelope).finally(() => (now -= 1));
      },
    };
    const bus = await connect([await start(counted, { capacity: 4 })]);
    await execute(bus, 300);
    expect(most).toBe(4);
    await expectOnce(300);
  });

  it('lets others have what it has no room for', async () => {
    const stuck = hanging();
    const bus = await connect([await start(stuck, { capacity: 8 }), await start()], { timeoutMs: 1_000 });
    const results = await Promise.allSettled(numbers(200).map((n) => bus.execute(request(n))));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(8);
    expect(await store.head()).toBe(192);
  });

  it('with a full queue before it makes commands fail at once', async () => {
    const bus = await connect([await start(hanging(), { capacity: 2 })], { timeoutMs: 500, maxWaiting: 10 });
    const results = numbers(10_000).map((n) => bus.execute(request(n)));
    expect(bus.health()).toMatchObject({ waiting: 10, underWay: 2 });
    for (const late of results.slice(12))
      await expect(late).rejects.toMatchObject({
        outcome: 'not-written',
        message: expect.stringMatching(/^10 commands already wait for an instance of/),
      });
    await Promise.allSettled(results);
  });
});

describe('the instances', () => {
  it('follow the name: new ones are used, and those gone from it are forgotten when they leave', async () => {
    let taken = 0;
    const counted = busOn(store);
    const one = await start({
      execute(envelope) {
        taken += 1;
        return counted.execute(envelope);
      },
    });
    const other = await start();
    let addresses = [one.address];
    const bus = await connect('requests', { resolve: async () => addresses, resolveEveryMs: 20 });
    await until(() => bus.health().connected === 1);
    addresses = [other.address];
    await until(() => bus.health().connected === 2);
    // The one that has left the name is still connected, and not asked any more.
    taken = 0;
    await execute(bus, 100);
    expect(taken).toBe(0);
    one.kill();
    await until(() => bus.health().instances.length === 1);
    expect(bus.health().instances).toEqual([{ address: other.address, state: 'connected' }]);
    await execute(bus, 10);
  });

  it('that have left the name are asked where there is nobody else', async () => {
    const one = await start();
    let addresses = [one.address];
    const bus = await connect('requests', { resolve: async () => addresses, resolveEveryMs: 20 });
    await until(() => bus.health().connected === 1);
    addresses = ['127.0.0.1:1'];
    await until(() => bus.health().instances.length === 2);
    await execute(bus, 10);
    addresses = [];
    await pause(50);
    await execute(bus, 10, 10);
    await expectOnce(20);
  });

  it('stay while the name cannot be resolved', async () => {
    const one = await start();
    let fails = false;
    const bus = await connect('requests', {
      resolve: async () => {
        if (fails) throw new Error('no resolver');
        return [one.address];
      },
      resolveEveryMs: 10,
    });
    await until(() => bus.health().connected === 1);
    fails = true;
    await pause(50);
    await execute(bus, 10);
    one.kill();
    await until(() => bus.health().connected === 0);
    await start(busOn(store), { port: one.port });
    await execute(bus, 10, 10);
    await expectOnce(20);
  });

  it('get all commands on one session request each, and an even share of them', async () => {
    const seen = [new Set<string>(), new Set<string>(), new Set<string>()];
    const three = await Promise.all(
      seen.map((requests) =>
        start({
          execute: async ({ command }) => {
            requests.add(command.requestId);
            return { ok: true, current: undefined, position: undefined };
          },
        }),
      ),
    );
    const [bus, another] = [await connect(three), await connect(three)];
    for (let round = 0; round < 3; round += 1) await Promise.all([execute(bus, 300), execute(another, 300)]);
    const shares = seen.map(({ size }) => size);
    expect(shares.reduce((sum, share) => sum + share)).toBe(300);
    expect(Math.min(...shares)).toBeGreaterThan(60);
  });
});

describe('a bus that is closed', () => {
  it('finishes what is under way, and takes nothing more', async () => {
    const one = await start();
    const bus = await connect([one]);
    const go = Promise.withResolvers<undefined>();
    fault = ({ kind }) => (kind === 'append' ? go.promise : undefined);
    const results = execute(bus, 20);
    const closed = bus.close();
    await expect(bus.execute(request(99))).rejects.toMatchObject({
      outcome: 'not-written',
      reason: 'closed',
    });
    await until(() => one.commands.health().underWay === 20);
    go.resolve(undefined);
    await results;
    await closed;
    await until(() => one.commands.health().streams === 0);
    expect(bus.health().connected).toBe(0);
  });

  it('ends also where there is nobody', async () => {
    const bus = await connect('127.0.0.1:1');
    await until(() => bus.health().instances[0]?.state === 'away');
    await bus.close();
  });
});
