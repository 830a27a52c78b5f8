import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createInMemoryEventStore } from '@hse/event-sourcing/testing';
import type { SessionRequestEvent } from '@hse/session-requests';
import { busOn, connectBus, request, startInstance, until } from './fixtures/service-under-test.ts';

const opened: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** A network between client and instance that can fall silent: connections stay, nothing gets through. */
const networkTo = async (port: number) => {
  let silent = false;
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => {
        if (!silent) to.write(data);
      });
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fallSilent: () => (silent = true),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

describe('a connection that is dead without a word', () => {
  it('is noticed in time for its commands to be executed by the other instance', async () => {
    const store = createInMemoryEventStore<SessionRequestEvent>();
    const [one, other] = [await startInstance(busOn(store)), await startInstance(busOn(store))];
    const network = await networkTo(one.port);
    const bus = connectBus([network.address, other.address].join());
    opened.push({ close: one.kill }, { close: other.kill }, network, bus);
    await until(() => bus.health().connected === 2);
    network.fallSilent();
    const results = await Promise.all(Array.from({ length: 100 }, (_, n) => bus.execute(request(n))));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(await store.head()).toBe(100);
    expect(bus.health().connected).toBe(1);
  });
});
