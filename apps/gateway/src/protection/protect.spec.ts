import { afterEach, describe, expect, it } from '@jest/globals';
import { noTelemetry } from '@hse/telemetry';
import type { Logger } from '@hse/service-kit';
import type { InjectOptions } from 'fastify';
import {
  anna,
  answered,
  chloe,
  dayMs,
  forgedToken,
  kenji,
  startGateway,
  type Answered,
  type GatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { TestBrowser } from '../testing/browser.ts';
import { parseRateLimits, type Protection } from './settings.ts';

let gateway: GatewayUnderTest;
let refusals: string[];
let nowMs: number;
let warned: object[];
let verifications: number;

const start = async (protection: Protection): Promise<void> => {
  refusals = [];
  warned = [];
  verifications = 0;
  // Ahead, because tokens are made by the real clock.
  nowMs = Date.now();
  const silent = (): void => undefined;
  const logger: Logger = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (fields) => void warned.push(fields),
  };
  gateway = await startGateway({
    logger,
    override: ({ oidc, ...dependencies }) => ({
      ...dependencies,
      oidc: {
        ...oidc,
        keys: (...asked) => {
          verifications += 1;
          return oidc.keys(...asked);
        },
      },
      protection,
      wallClock: { now: () => nowMs },
      telemetry: {
        ...noTelemetry,
        add: (_name, value, attributes) => {
          if (value > 0) refusals.push(...reasonOf(attributes));
        },
      },
    }),
  });
};
afterEach(() => gateway.close());

const reasonOf = (attributes: object): string[] =>
  'reason' in attributes ? [String(attributes.reason)] : [];

const limitsOf = (text: string): Protection => ({ rateLimits: parseRateLimits(text) ?? {} });
const inject = async (options: InjectOptions): Promise<Answered> =>
  answered(await gateway.fastify.inject(options));
const from = (address: string, forwarded?: string): InjectOptions => ({
  url: '/api/v1/me',
  remoteAddress: address,
  ...(forwarded !== undefined && { headers: { 'x-forwarded-for': forwarded } }),
});
const asking = () => ({ body: { with: anna.id, ...gateway.slotIn(7 * dayMs) } });

const expectTooMany = (answer: Answered, retryAfter: string): void => {
  expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([
    429,
    'too-many-requests',
    retryAfter,
  ]);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(refusals.at(-1)).toBe('rate-limit');
};

describe('a participant', () => {
  it('has a budget for changes and another to look, whatever the address, and is told what is left', async () => {
    await start(limitsOf('commands=2/60,reads=3/60'));
    const first = await gateway.as(chloe).post('/session-requests', asking());
    expect([first.status, first.headers['ratelimit-policy'], first.headers['ratelimit']]).toEqual([
      201,
      '"commands";q=2;w=60',
      '"commands";r=1;t=30',
    ]);
    await gateway.as(chloe).post('/session-requests', asking());
    const events = (await gateway.log()).length;
    expectTooMany(await gateway.as(chloe).post('/session-requests', asking()), '30');
    expect(await gateway.log()).toHaveLength(events);

    for (let times = 0; times < 3; times += 1) expect((await gateway.as(chloe).get('/me')).status).toBe(200);
    expectTooMany(await gateway.as(chloe).get('/me'), '20');
    expect((await gateway.as(kenji).get('/me')).status).toBe(200);

    nowMs += 30_000;
    expect((await gateway.as(chloe).post('/session-requests', asking())).status).toBe(201);
  });

  it('has so many live streams, and can be allowed others', async () => {
    await start({ liveConnections: 1 });
    await gateway.app.listen(0, '127.0.0.1');
    const { port } = gateway.app.getHttpServer().address() as { port: number };
    const listen = async (abort: AbortController) =>
      fetch(`http://127.0.0.1:${port}/api/v1/live`, {
        headers: { authorization: `Bearer ${await gateway.token(chloe.id)}` },
        signal: abort.signal,
      });
    const abort = new AbortController();
    expect((await listen(abort)).status).toBe(200);
    const second = await listen(new AbortController());
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '5']);
    abort.abort();
  });
});

describe('an address', () => {
  it('has a budget for everything it asks, before any token is looked at; health can always be asked for', async () => {
    await start(limitsOf('address=2/60'));
    const invalid = { authorization: `Bearer ${await forgedToken({ header: { kid: 'none' } })}` };
    for (let times = 0; times < 2; times += 1)
      expect((await inject({ ...from('192.0.2.1'), headers: invalid })).status).toBe(401);
    const before = verifications;
    expectTooMany(await inject({ ...from('192.0.2.1'), headers: invalid }), '30');
    expectTooMany(await inject({ url: '/api/docs', remoteAddress: '192.0.2.1' }), '30');
    expectTooMany(await inject({ url: '/nothing', remoteAddress: '192.0.2.1' }), '30');
    expect(verifications).toBe(before);
    expect((await inject({ url: '/livez', remoteAddress: '192.0.2.1' })).status).toBe(200);
    expect((await inject(from('192.0.2.2'))).status).toBe(401);
  });

  it('that sends tokens that are not taken is not listened to for a while, but for those that are known', async () => {
    await start(limitsOf('log-ins=2/60'));
    const known = { authorization: `Bearer ${await gateway.token(chloe.id)}` };
    expect((await inject({ url: '/api/v1/me', headers: known })).status).toBe(200);
    const invalid = { authorization: `Bearer ${await forgedToken({ header: { kid: 'none' } })}` };
    for (let times = 0; times < 2; times += 1)
      expect((await inject({ url: '/api/v1/me', headers: invalid })).status).toBe(401);
    const before = verifications;
    expectTooMany(await inject({ url: '/api/v1/me', headers: invalid }), '30');
    expectTooMany(await inject({ url: '/api/v1/me', headers: { cookie: 'session=guessed' } }), '30');
    expect(verifications).toBe(before);
    expect((await inject({ url: '/api/v1/me', headers: known })).status).toBe(200);
  });

  it('can try so many passwords at the embedded issuer, and begin so many log-ins', async () => {
    await start(limitsOf('log-ins=4/60'));
    const browser = new TestBrowser(gateway.fastify);
    const page = await browser.follow('/auth/login');
    const guess = () => browser.send('POST', page.url, { form: { account: 'anna', password: 'guess' } });
    for (let times = 0; times < 3; times += 1) expect((await guess()).statusCode).toBe(401);
    expectTooMany(answered(await guess()), '15');
    expectTooMany(answered(await browser.send('GET', '/auth/login')), '15');
    // Nobody is locked out elsewhere by that.
    expect((await inject({ url: '/auth/login', remoteAddress: '192.0.2.9' })).status).toBe(302);
  });

  it('is that of the connection, unless a trusted proxy says otherwise', async () => {
    await start(limitsOf('address=1/60'));
    expect((await inject(from('192.0.2.1', '198.51.100.1'))).status).toBe(401);
    expectTooMany(await inject(from('192.0.2.1', '198.51.100.2')), '60');
    await gateway.close();

    await start({ ...limitsOf('address=1/60'), trustedProxies: ['10.0.0.0/8'] });
    expect((await inject(from('10.0.0.1', '198.51.100.1'))).status).toBe(401);
    expectTooMany(await inject(from('10.0.0.2', '198.51.100.1')), '60');
    // The first entry is what anybody can write; the last is what the proxy has seen.
    expectTooMany(await inject(from('10.0.0.1', '203.0.113.5, 198.51.100.1')), '60');
    expect((await inject(from('10.0.0.1', '198.51.100.2'))).status).toBe(401);
    // What is no address says nothing.
    expect((await inject(from('10.0.0.1', 'nonsense'))).status).toBe(401);
    expectTooMany(await inject(from('10.0.0.1', 'more nonsense')), '60');
    // Nobody else is believed.
    expect((await inject(from('192.0.2.1', '198.51.100.3'))).status).toBe(401);
    expectTooMany(await inject(from('192.0.2.1', '198.51.100.4')), '60');
  });
});

describe('overload', () => {
  const bounds = { requests: 1_000, commands: 1_000, delayMs: 1_000 };

  it('refuses commands beyond those under way, without carrying them out, and takes the next when one is done', async () => {
    await start({ overload: { ...bounds, commands: 2 } });
    const begun = (await gateway.log()).length;
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const store = gateway.store as { append: (...args: never[]) => Promise<unknown> };
    const append = store.append.bind(store);
    store.append = async (...args) => {
      await held;
      return append(...args);
    };
    const key = { 'idempotency-key': 'repeated' };
    const first = [
      gateway.as(chloe).post('/session-requests', asking()),
      gateway.as(kenji).post('/session-requests', asking()),
    ];
    await new Promise(setImmediate);
    while (gateway.executed.length < 2) await new Promise(setImmediate);
    const refused = await gateway.as(chloe).post('/session-requests', { ...asking(), headers: key });
    expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([
      503,
      'overloaded',
      '1',
    ]);
    expect((await gateway.as(chloe).get('/me')).status).toBe(200);
    release(undefined);
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([201, 201]);
    // The key is free: nothing has happened under it.
    const repeated = await gateway.as(chloe).post('/session-requests', { ...asking(), headers: key });
    expect(repeated.status).toBe(201);
    expect(await gateway.log()).toHaveLength(begun + 3);
    expect(refusals).toEqual(['overload']);
  });

  it('refuses requests beyond those under way at once, and none when they are done', async () => {
    await start({ overload: { ...bounds, requests: 2 } });
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const find = gateway.readModels.countPendingActions.bind(gateway.readModels);
    let asked = 0;
    const { promise: bothAsked, resolve: askedTwice } = Promise.withResolvers<undefined>();
    gateway.readModels.countPendingActions = async (query) => {
      asked += 1;
      if (asked === 2) askedTwice(undefined);
      await held;
      return find(query);
    };
    const slow = [gateway.as(chloe).get('/me'), gateway.as(anna).get('/me')];
    await bothAsked;
    const refused = await gateway.as(kenji).get('/me');
    expect([
      refused.status,
      refused.body.code,
      refused.headers['retry-after'],
      refused.headers['connection'],
    ]).toEqual([503, 'overloaded', '1', 'close']);
    expect(refusals).toEqual(['overload']);
    expect((await inject({ url: '/readyz' })).status).toBe(200);
    release(undefined);
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await gateway.as(kenji).get('/me')).status).toBe(200);
    // One line for all of them.
    gateway.timers.elapse(500);
    expect(warned).toContainEqual({ refused: 1, underWay: 0, delayMs: expect.any(Number) });
  });

  it('refuses everything while the event loop is late for a second, and nothing afterwards', async () => {
    await start({ overload: { ...bounds, delayMs: 60 } });
    const block = async (): Promise<void> => {
      for (let times = 0; times < 4; times += 1) {
        const until = performance.now() + 120;
        while (performance.now() < until);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      gateway.timers.elapse(500);
    };
    await block();
    expect((await inject({ url: '/livez' })).status).toBe(200);
    expect((await gateway.as(chloe).get('/me')).status).toBe(200);
    await block();
    expect((await gateway.as(chloe).get('/me')).status).toBe(503);
    // A second look finds it idle.
    await new Promise((resolve) => setTimeout(resolve, 200));
    gateway.timers.elapse(500);
    expect((await gateway.as(chloe).get('/me')).status).toBe(200);
  });
});

describe('pages of another origin', () => {
  const elsewhere = { origin: 'https://app.example.org' };
  const preflightOf = (method: string): InjectOptions => ({
    method: 'OPTIONS',
    url: '/api/v1/me',
    headers: { ...elsewhere, 'access-control-request-method': method },
  });

  it('ask within the budget of their address, too, and can read that it is used up', async () => {
    await start({
      corsOrigins: ['https://app.example.org'],
      rateLimits: { address: { requests: 2, seconds: 60 } },
    });
    expect((await inject(preflightOf('GET'))).status).toBe(204);
    expect((await inject(preflightOf('GET'))).status).toBe(204);
    const refused = await inject(preflightOf('GET'));
    expectTooMany(refused, '30');
    expect(refused.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.org',
      'access-control-expose-headers': expect.stringContaining('Retry-After'),
    });
  });

  it('can listen live, and what is sent there is protected as everything else', async () => {
    await start({ corsOrigins: ['https://app.example.org'] });
    const { headers } = await inject({
      method: 'HEAD',
      url: '/api/v1/live',
      headers: { ...elsewhere, authorization: `Bearer ${await gateway.token(chloe.id)}` },
    });
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.org',
      'content-type': 'text/event-stream; charset=utf-8',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-request-id': expect.any(String),
    });
  });

  it('are let in by nobody by default', async () => {
    await start({});
    const answer = await inject({ url: '/api/problems', headers: elsewhere });
    const preflight = await inject({
      method: 'OPTIONS',
      url: '/api/v1/me',
      headers: { ...elsewhere, 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(405);
    for (const { headers } of [answer, preflight])
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('can be let in one by one, to the API, and never with cookies', async () => {
    await start({ corsOrigins: ['https://app.example.org'] });
    const preflight = await inject({
      method: 'OPTIONS',
      url: '/api/v1/session-requests/x/accept',
      headers: { ...elsewhere, 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.text]).toEqual([204, '']);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.org',
      vary: 'Origin',
      'access-control-allow-headers': expect.stringContaining('If-Match'),
    });
    const token = `Bearer ${await gateway.token(chloe.id)}`;
    const me = await inject({ url: '/api/v1/me', headers: { ...elsewhere, authorization: token } });
    expect([me.status, me.headers['access-control-allow-origin']]).toEqual([200, 'https://app.example.org']);
    // Also where it is refused, or the page could not read why.
    const refused = await inject({ url: '/api/v1/me', headers: elsewhere });
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([
      401,
      'https://app.example.org',
    ]);
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'https://app.example.org.evil.example' },
      { origin: 'null' },
    ])
      expect(
        (await inject({ url: '/api/v1/me', headers })).headers['access-control-allow-origin'],
      ).toBeUndefined();
    for (const answer of [preflight, me, refused])
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(
      (await inject({ url: '/auth/login', headers: elsewhere })).headers['access-control-allow-origin'],
    ).toBeUndefined();
  });
});
