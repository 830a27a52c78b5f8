import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Server } from 'node:http';
import { afterEach, expect, it } from '@jest/globals';
import { chloe, startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts';
import { parseRateLimits, type Protection } from './settings.ts';

let gateway: GatewayUnderTest;
afterEach(() => gateway.close());

const start = async (protection: Protection): Promise<void> => {
  gateway = await startGateway({ override: (dependencies) => ({ ...dependencies, protection }) });
};
const limitsOf = (text: string): Protection => ({ rateLimits: parseRateLimits(text) ?? {} });

const port = async (): Promise<number> => {
  const server: Server = gateway.app.getHttpServer();
  if (!server.listening) await gateway.app.listen(0, '127.0.0.1');
  return (server.address() as AddressInfo).port;
};

/** The status lines that a connection gets which sends this. */
const raw = async (text: string): Promise<string[]> => {
  const to = await port();
  return new Promise((resolve) => {
    const socket = connect(to, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received.match(/^HTTP\/1\.1 \d+/gm) ?? []));
  });
};
const get = (target: string): string =>
  `GET ${target} HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n`;

it.each([
  ['with letters written as their codes', '/%61uth/login'],
  ['with its whole address', 'http://localhost:3000/auth/login'],
  ['with a query', '/auth/login?returnTo=%2F'],
])('a log-in that is begun %s counts as one', async (_how, target) => {
  await start(limitsOf('log-ins=1/60'));
  expect(await raw(get('/auth/login'))).toEqual(['HTTP/1.1 303']);
  expect(await raw(get(target))).toEqual(['HTTP/1.1 429']);
});

it('whoever leaves before their turn has come is under way no more', async () => {
  const most = 5;
  let held = Promise.withResolvers<number>();
  let asked = 0;
  let allAsked = Promise.withResolvers<undefined>();
  gateway = await startGateway({
    override: (dependencies) => ({
      ...dependencies,
      protection: { overload: { requests: most, commands: 9, delayMs: 10_000 } },
      queries: {
        ...dependencies.queries,
        countPendingActions: () => {
          asked += 1;
          if (asked % most === 0) allAsked.resolve(undefined);
          return held.promise;
        },
      },
    }),
  });
  const to = await port();
  const authorization = `Authorization: Bearer ${await gateway.token(chloe.id)}`;
  const server: Server = gateway.app.getHttpServer();
  // The second time shows what has stayed of the first.
  for (let times = 0; times < 2; times += 1) {
    held = Promise.withResolvers();
    allAsked = Promise.withResolvers();
    const arrived = once(server, 'connection') as Promise<[Socket]>;
    const client = connect(to, '127.0.0.1', () =>
      client.write(`GET /api/v1/me HTTP/1.1\r\nHost: x\r\n${authorization}\r\n\r\n`.repeat(most)),
    );
    client.on('error', () => undefined);
    const [socket] = await arrived;
    await allAsked.promise;
    expect(await raw(get('/nothing'))).toEqual(['HTTP/1.1 503']);
    const gone = once(socket, 'close').catch(() => undefined);
    client.resetAndDestroy();
    await gone;
    held.resolve(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await raw(get('/nothing'))).toEqual(['HTTP/1.1 404']);
  }
});
