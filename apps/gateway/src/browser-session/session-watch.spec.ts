import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GatewayStore } from '@hse/contracts';
import { StoreUnavailable } from '@hse/event-sourcing';
import { createManualTimers, type ManualTimers } from '@hse/event-sourcing/testing';
import { openSqliteGatewayStore } from '@hse/read-models/sqlite';
import { silentLogger } from '@hse/service-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { heartbeatMs } from '../live-updates.ts';
import { TestBrowser } from '../testing/browser.ts';
import { chloe, startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts';
import { checkMs, SessionWatch } from './session-watch.ts';

const endsAt = '2026-12-06T12:00:00.000Z';

/** Lets what has been set off come to its end. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('who goes on without requests', () => {
  let store: GatewayStore;
  let timers: ManualTimers;
  let watch: SessionWatch;
  /** The keys of each question to the store. */
  let asked: (readonly string[])[];
  let isDown: boolean;
  let told: string[];

  beforeEach(() => {
    store = openSqliteGatewayStore({ path: ':memory:' });
    timers = createManualTimers();
    [asked, told, isDown] = [[], [], false];
    const spied: Pick<GatewayStore, 'existingSessions'> = {
      existingSessions: async (keys) => {
        asked.push(keys);
        if (isDown) throw new StoreUnavailable('down', 'not-written', 'unreachable');
        return store.existingSessions(keys);
      },
    };
    watch = new SessionWatch({ store: spied, timers, logger: silentLogger });
  });
  afterEach(async () => {
    await watch.close();
    await store.close();
  });

  const listen = (key: string, as = key): (() => void) => watch.add(key, () => void told.push(as));
  const check = async (): Promise<void> => {
    timers.elapse(checkMs);
    await settled();
  };

  it('is told once, all who listen for that session and nobody else', async () => {
    listen('a', 'a1');
    listen('a', 'a2');
    listen('b');
    watch.over('a');
    watch.over('a');
    watch.over('unknown');
    expect(told).toEqual(['a1', 'a2']);
  });

  it('is told of what other processes end, by one question for all', async () => {
    for (let index = 0; index < 1_000; index += 1) {
      await store.keepSession(`key ${index}`, { sealed: 'a', endsAt });
      listen(`key ${index}`);
    }
    await check();
    expect(told).toEqual([]);
    await store.endSession('key 7');
    await store.endSession('key 8');
    await check();
    expect(told).toEqual(['key 7', 'key 8']);
    await check();
    expect(asked.map(({ length }) => length)).toEqual([1_000, 1_000, 998]);
  });

  it('goes on while the store does not answer, and is told once it does', async () => {
    listen('gone');
    isDown = true;
    await check();
    await check();
    expect(told).toEqual([]);
    isDown = false;
    await check();
    expect(told).toEqual(['gone']);
    expect(asked).toHaveLength(3);
  });

  it('costs nothing once nobody listens, and begins anew', async () => {
    await store.keepSession('a', { sealed: 'a', endsAt });
    const stops = [listen('a', 'a1'), listen('a', 'a2')];
    expect(timers.waiting).toBe(1);
    for (const stop of stops) stop();
    expect(timers.waiting).toBe(0);
    await check();
    expect(asked).toEqual([]);

    listen('a', 'a3');
    // Whose turn is over takes nobody else away.
    for (const stop of stops) stop();
    await store.endSession('a');
    await check();
    expect(told).toEqual(['a3']);
    expect(timers.waiting).toBe(0);
  });

  it('who comes while the store is being asked is looked after the next time', async () => {
    listen('a');
    timers.elapse(checkMs);
    listen('b');
    await settled();
    expect([told, asked]).toEqual([['a'], [['a']]]);
    await check();
    expect([told, asked]).toEqual([
      ['a', 'b'],
      [['a'], ['b']],
    ]);
  });
});

describe('a live stream', () => {
  const page = { 'x-requested-with': 'session-requests-web' };
  let gateways: GatewayUnderTest[];
  let streams: Stream[];

  beforeEach(() => {
    gateways = [];
    streams = [];
  });
  afterEach(async () => {
    for (const { response } of streams) response.destroy();
    for (const each of gateways.reverse()) await each.close();
  });

  interface Stream {
    readonly response: IncomingMessage;
    isOver: boolean;
    readonly over: Promise<void>;
  }

  const start = async (gatewayStore?: GatewayStore): Promise<GatewayUnderTest> => {
    const gateway = await startGateway(
      gatewayStore ? { gatewayStore: { ...gatewayStore, close: async () => undefined } } : {},
    );
    await gateway.app.listen(0, '127.0.0.1');
    gateways.push(gateway);
    return gateway;
  };

  const listen = async (
    { app }: GatewayUnderTest,
    headers: Readonly<Record<string, string>>,
  ): Promise<Stream> => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const options = { port, host: '127.0.0.1', path: '/api/v1/live', headers, agent: false };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(options, resolve).on('error', reject);
    });
    expect(response.statusCode).toBe(200);
    response.on('error', () => undefined);
    const { promise: over, resolve } = Promise.withResolvers<undefined>();
    const stream: Stream = { response, isOver: false, over };
    response.on('close', () => {
      stream.isOver = true;
      resolve(undefined);
    });
    streams.push(stream);
    // It has been set up.
    await new Promise((first) => response.once('data', first));
    return stream;
  };

  const cookieOf = (browser: TestBrowser) => ({ cookie: `session=${browser.cookies.get('session')!.value}` });

  const loggedIn = async ({ fastify }: GatewayUnderTest): Promise<TestBrowser> => {
    const browser = new TestBrowser(fastify);
    await browser.logIn('chloe');
    return browser;
  };

  it('ends at once when its session is logged out, with those of all its tabs; others go on', async () => {
    const gateway = await start();
    const [browser, phone] = [await loggedIn(gateway), await loggedIn(gateway)];
    const tabs = [await listen(gateway, cookieOf(browser)), await listen(gateway, cookieOf(browser))];
    const others = [
      await listen(gateway, cookieOf(phone)),
      await listen(gateway, { authorization: `Bearer ${await gateway.token(chloe.id)}` }),
    ];
    const waiting = gateway.timers.waiting;
    expect((await browser.send('POST', '/auth/logout', { headers: page })).statusCode).toBe(200);
    await Promise.all(tabs.map(({ over }) => over));
    // When their token expires, and their next sign of life.
    expect(gateway.timers.waiting).toBe(waiting - 4);
    gateway.timers.elapse(heartbeatMs);
    await settled();
    expect(others.map(({ isOver }) => isOver)).toEqual([false, false]);
  });

  it('ends when its browser logs in anew', async () => {
    const gateway = await start();
    const browser = await loggedIn(gateway);
    const stream = await listen(gateway, cookieOf(browser));
    await browser.logIn('chloe');
    await stream.over;
    await listen(gateway, cookieOf(browser));
  });

  it('that another gateway serves ends by its next sign of life', async () => {
    const one = await start();
    const other = await start(one.gatewayStore);
    const [browser, phone] = [await loggedIn(one), await loggedIn(one)];
    const [ending, staying] = [await listen(other, cookieOf(browser)), await listen(other, cookieOf(phone))];
    await browser.send('POST', '/auth/logout', { headers: page });
    other.timers.elapse(heartbeatMs - 1);
    await settled();
    expect(ending.isOver).toBe(false);
    other.timers.elapse(1);
    await ending.over;
    expect(staying.isOver).toBe(false);
  });

  it('that another gateway serves ends at once when that is asked anything with the cookie', async () => {
    const one = await start();
    const other = await start(one.gatewayStore);
    const browser = await loggedIn(one);
    const headers = cookieOf(browser);
    const stream = await listen(other, headers);
    await browser.send('POST', '/auth/logout', { headers: page });
    expect((await other.fastify.inject({ url: '/api/v1/me', headers })).statusCode).toBe(401);
    await stream.over;
  });
});
