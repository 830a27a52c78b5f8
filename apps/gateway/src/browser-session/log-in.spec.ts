// cspell:ignore Fsessions Fsettings httponly
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSqliteGatewayStore } from '@hse/read-models/sqlite';
import { createEmbeddedIssuer } from '../oidc/embedded-issuer.ts';
import { IssuerUnavailable } from '../oidc/access-tokens.ts';
import {
  anna,
  audience,
  chloe,
  everybody,
  signingKeys,
  startGateway,
  type GatewayOptions,
  type GatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { TestBrowser } from '../testing/browser.ts';

const page = { 'x-requested-with': 'session-requests-web' };
const here = 'http://localhost:3000';

let gateway: GatewayUnderTest;
let browser: TestBrowser;
const start = async (options: GatewayOptions = {}): Promise<void> => {
  gateway = await startGateway(options);
  browser = new TestBrowser(gateway.fastify);
};
beforeEach(() => start());
afterEach(() => gateway.close());

const restart = async (options: GatewayOptions): Promise<void> => {
  await gateway.close();
  await start(options);
};

const me = async (as: TestBrowser, headers: Record<string, string> = {}): Promise<[number, string]> => {
  const answer = await as.send('GET', '/api/v1/me', { headers });
  const { id, code } = answer.json<{ id?: string; code?: string }>();
  return [answer.statusCode, id ?? code ?? ''];
};

/** Up to where the issuer sends the browser back to, and not there. */
const upToCallback = async (as: TestBrowser, account = 'chloe', query = ''): Promise<string> => {
  const form = await as.follow(`/auth/login${query}`, undefined, /^\/auth\/callback/);
  if (new URL(form.url).pathname === '/auth/callback') return form.url;
  return (await as.follow(form.url, { pick: account }, /^\/auth\/callback/)).url;
};

/** Every failure is a page for people, with a way out, that nothing can be smuggled into. */
const failed = (
  answer: Awaited<ReturnType<TestBrowser['send']>>,
  status: number,
  title: string,
  link = '/auth/login',
): void => {
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
  expect(answer.body).toContain(`<h1>${title}</h1>`);
  expect(answer.body).toContain(`href="${here}${link}`);
  expect(answer.body).not.toContain('<script');
};

describe('logging in with a browser', () => {
  it('leads over the issuer to a session that the API takes, and back to where one wanted to be', async () => {
    expect(await browser.logIn('chloe', '/sessions?view=week')).toBe(`${here}/sessions?view=week`);
    expect([...browser.cookies.keys()].filter((name) => !name.startsWith('_'))).toEqual(['session']);
    expect(browser.cookies.get('session')?.attributes).toEqual([
      'Path=/',
      'Max-Age=1209600',
      'HttpOnly',
      'SameSite=Strict',
    ]);
    expect(await me(browser)).toEqual([200, chloe.id]);
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/auth/logout'])(
    'leads to /sessions instead of %s, asked for at the beginning or smuggled into the cookie',
    async (elsewhere) => {
      expect(await browser.logIn('chloe', elsewhere)).toBe(`${here}/sessions`);
      const callback = await upToCallback(browser);
      for (const [name, kept] of browser.cookies)
        if (name.startsWith('log-in-')) {
          const parts = kept.value.split('.');
          parts[4] = Buffer.from(elsewhere).toString('base64url');
          browser.cookies.set(name, { ...kept, value: parts.join('.') });
        }
      expect((await browser.send('GET', callback)).headers.location).toBe(`${here}/sessions`);
    },
  );

  it('gives each attempt a cookie of its own, which only comes back to this server and for a quarter of an hour', async () => {
    await browser.send('GET', '/auth/login');
    const [attempt] = [...browser.cookies].filter(([name]) => name.startsWith('log-in-'));
    expect(attempt?.[1].attributes).toEqual(['Path=/', 'Max-Age=900', 'HttpOnly', 'SameSite=Lax']);
    const { headers } = await browser.send('GET', '/auth/login');
    expect(Object.fromEntries(new URL(String(headers.location)).searchParams)).toMatchObject({
      client_id: 'gateway',
      redirect_uri: `${here}/auth/callback`,
      response_type: 'code',
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect([...browser.cookies.keys()].filter((name) => name.startsWith('log-in-'))).toHaveLength(2);
  });

  it('works in several tabs at once, in any order, and forgets attempts that are too many', async () => {
    await browser.logIn('chloe');
    const callbacks = [];
    for (const path of ['/a', '/b', '/c'])
      callbacks.push(await upToCallback(browser, 'chloe', `?returnTo=${path}`));
    const ends = [];
    for (const callback of callbacks.reverse())
      ends.push((await browser.send('GET', callback)).headers.location);
    expect(ends).toEqual([`${here}/c`, `${here}/b`, `${here}/a`]);
    for (let index = 0; index < 20; index += 1) await browser.send('GET', '/auth/login');
    expect([...browser.cookies.keys()].filter((name) => name.startsWith('log-in-'))).toHaveLength(6);
    expect(await browser.logIn('chloe')).toBe(`${here}/sessions`);
  });

  it('makes a new session each time, and ends the one that the browser came with', async () => {
    await browser.logIn('chloe');
    const before = browser.cookies.get('session')!;
    // Somebody else put it there, and knows it.
    const attacker = new TestBrowser(gateway.fastify);
    attacker.cookies.set('session', before);
    await browser.logIn('chloe');
    expect(browser.cookies.get('session')?.value).not.toBe(before.value);
    expect(await me(attacker)).toEqual([401, 'unauthenticated']);
    expect(await me(browser)).toEqual([200, chloe.id]);
  });

  it('does not make a cookie a session that was not given out', async () => {
    browser.cookies.set('session', { value: 'a'.repeat(43), path: '/', attributes: [] });
    expect(await me(browser)).toEqual([401, 'unauthenticated']);
  });

  it('is not taken away by the late answer to a page of the session before it', async () => {
    await browser.logIn('chloe');
    const before = new TestBrowser(gateway.fastify);
    before.cookies.set('session', browser.cookies.get('session')!);
    await browser.logIn('chloe');
    // A browser applies what any answer says of cookies, whichever it sent with the question.
    const late = await before.send('GET', '/api/v1/me');
    expect([late.statusCode, late.headers['set-cookie']]).toEqual([401, undefined]);
    expect(await me(browser)).toEqual([200, chloe.id]);
  });

  it('outlives a restart of the server', async () => {
    const gatewayStore = openSqliteGatewayStore({ path: ':memory:' });
    await restart({ gatewayStore: { ...gatewayStore, close: async () => undefined } });
    await browser.logIn('chloe');
    const { cookies } = browser;
    await restart({ gatewayStore });
    for (const [name, kept] of cookies) browser.cookies.set(name, kept);
    expect(await me(browser)).toEqual([200, chloe.id]);
  });
});

describe('a callback', () => {
  it('with a state that was made up, or that belongs to another browser, leads nowhere', async () => {
    const callback = await upToCallback(browser);
    const other = new TestBrowser(gateway.fastify);
    failed(await other.send('GET', callback), 400, 'This log-in cannot go on');
    // Not with an attempt of one’s own either.
    await other.send('GET', '/auth/login');
    failed(await other.send('GET', callback), 400, 'This log-in cannot go on');
    for (const query of [
      '',
      '?code=x',
      '?code=x&state=',
      '?state=a&state=b',
      `?code=x&state=${'a'.repeat(43)}`,
    ])
      failed(await browser.send('GET', `/auth/callback${query}`), 400, 'This log-in cannot go on');
    expect(other.cookies.has('session')).toBe(false);
    // It did not disturb the one whose it is.
    expect((await browser.send('GET', callback)).headers.location).toBe(`${here}/sessions`);
  });

  it('is good once, for a browser that kept its cookie too, and its code is void after that', async () => {
    const callback = await upToCallback(browser);
    const attempts = new Map(browser.cookies);
    await browser.send('GET', callback);
    failed(await browser.send('GET', callback), 400, 'This log-in cannot go on');
    const thief = new TestBrowser(gateway.fastify);
    for (const [name, kept] of attempts) thief.cookies.set(name, kept);
    failed(await thief.send('GET', callback), 400, 'You are not logged in');
    expect(thief.cookies.has('session')).toBe(false);
  });

  it('does not take the code of another log-in: an attacker cannot log the victim in as themselves', async () => {
    const attackers = new URL(await upToCallback(new TestBrowser(gateway.fastify), 'anna'));
    const callback = new URL(await upToCallback(browser));
    callback.searchParams.set('code', attackers.searchParams.get('code') ?? '');
    failed(await browser.send('GET', callback.href), 400, 'You are not logged in');
    expect(browser.cookies.has('session')).toBe(false);
  });

  it('does not take the answer of another issuer', async () => {
    const callback = new URL(await upToCallback(browser));
    callback.searchParams.set('iss', 'https://evil.example');
    failed(await browser.send('GET', callback.href), 400, 'You are not logged in');
  });

  it('that comes too late says so, and leads back to where one wanted to be', async () => {
    let late = 0;
    await restart({
      override: (dependencies) => ({ ...dependencies, wallClock: { now: () => Date.now() + late } }),
    });
    const callback = await upToCallback(browser, 'chloe', '?returnTo=/settings');
    late = 15 * 60_000 + 1;
    const answer = await browser.send('GET', callback);
    failed(answer, 400, 'The log-in took too long', '/auth/login?returnTo=%2Fsettings');
  });

  it('with an error of the issuer says what it means, and shows nothing but text of it', async () => {
    const callback = new URL(await upToCallback(browser));
    const withError = (error: string, description: string): string => {
      const state = callback.searchParams.get('state') ?? '';
      const query = new URLSearchParams({
        error,
        error_description: description,
        state,
        iss: `${here}/oidc`,
      });
      return `/auth/callback?${query.toString()}`;
    };
    failed(await browser.send('GET', withError('access_denied', '')), 400, 'You are not logged in');
    callback.href = await upToCallback(browser);
    const answer = await browser.send('GET', withError('server_error', '<script>alert(1)</script>'));
    failed(answer, 400, 'You are not logged in');
    expect(answer.body).toContain('&lt;script&gt;');
  });

  it('of somebody who is no participant says so, gives no session, and offers to be somebody else', async () => {
    await restart({ participants: everybody.filter(({ id }) => id !== chloe.id) });
    const answer = await browser.send('GET', await upToCallback(browser));
    failed(answer, 403, 'You are not a participant', '/oidc/session/end?');
    expect(browser.cookies.has('session')).toBe(false);
  });
});

describe('an issuer that does not answer', () => {
  it('is said on a page, and log-out works all the same', async () => {
    let isDown = false;
    await restart({
      override: (dependencies) => {
        const { gatewayClient } = dependencies.oidc.embedded!;
        const reach: typeof gatewayClient.fetch = (...args) =>
          isDown ? Promise.reject(new TypeError('fetch failed')) : gatewayClient.fetch!(...args);
        return {
          ...dependencies,
          oidc: { ...dependencies.oidc, client: { ...gatewayClient, fetch: reach } },
        };
      },
    });
    isDown = true;
    failed(
      await browser.send('GET', '/auth/login?returnTo=/settings'),
      503,
      'Log-in is not possible at present',
      '/auth/login?returnTo=%2Fsettings',
    );
    isDown = false;
    const callback = await upToCallback(browser);
    isDown = true;
    failed(await browser.send('GET', callback), 503, 'Log-in is not possible at present');
    isDown = false;
    await browser.logIn('chloe');
    isDown = true;
    expect(await me(browser)).toEqual([200, chloe.id]);
    const out = await browser.send('POST', '/auth/logout', { headers: page });
    // The browser may reach it all the same, and nothing else ends the log-in there: who logs in next is to be asked who they are.
    expect([out.statusCode, out.json()]).toEqual([
      200,
      { location: expect.stringMatching(/\/oidc\/session\/end\?.*id_token_hint=/) },
    ]);
    expect(await me(browser)).toEqual([401, 'unauthenticated']);
  });

  it('is a 503 for a session whose token cannot be checked, and the session stays', async () => {
    await browser.logIn('chloe');
    let isDown = true;
    // Another server, which has not seen the token.
    const other = await startGateway({
      gatewayStore: { ...gateway.gatewayStore, close: async () => undefined },
      override: (dependencies) => ({
        ...dependencies,
        oidc: {
          ...dependencies.oidc,
          keys: (...args) => {
            if (isDown) throw new IssuerUnavailable();
            return dependencies.oidc.keys(...args);
          },
        },
      }),
    });
    const there = new TestBrowser(other.fastify);
    for (const [name, kept] of browser.cookies) there.cookies.set(name, kept);
    expect(await me(there)).toEqual([503, 'unavailable']);
    isDown = false;
    expect(await me(there)).toEqual([200, chloe.id]);
    await other.close();
  });
});

describe('logging out', () => {
  it('ends the session here and at the issuer, without a question', async () => {
    await browser.logIn('chloe');
    const out = await browser.send('POST', '/auth/logout', { headers: page });
    expect(out.statusCode).toBe(200);
    expect(browser.cookies.has('session')).toBe(false);
    const { location } = out.json<{ location: string }>();
    expect(new URL(location).pathname).toBe('/oidc/session/end');
    const question = await browser.follow(location);
    // The page has a script that sends the form off.
    const [, action = ''] = /action="([^"]+)"/.exec(question.response.body) ?? [];
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(question.response.body) ?? [];
    expect(question.response.body).toContain('<h1>Logging out');
    expect((await browser.follow(action, { xsrf, logout: 'yes' })).url).toBe(`${here}/`);
    const again = await browser.follow('/auth/login');
    expect(again.response.body).toContain('<h1>Log in</h1>');
  });

  it('asks first where somebody else is logged in at the issuer than the hint says', async () => {
    await browser.logIn('chloe');
    const out = await browser.send('POST', '/auth/logout', { headers: page });
    const { location } = out.json<{ location: string }>();
    const other = new TestBrowser(gateway.fastify);
    await other.logIn('anna');
    expect((await other.follow(location)).response.body).toContain('<h1>Log out?</h1>');
  });

  it('elsewhere ends the session here, and without a session there is nothing to do', async () => {
    await browser.logIn('chloe');
    const twin = new TestBrowser(gateway.fastify);
    twin.cookies.set('session', browser.cookies.get('session')!);
    await twin.send('POST', '/auth/logout', { headers: page });
    expect(await me(browser)).toEqual([401, 'unauthenticated']);
    const out = await browser.send('POST', '/auth/logout', { headers: page });
    expect([out.statusCode, out.json()]).toEqual([200, { location: `${here}/` }]);
  });
});

describe('a request that another site had the browser send', () => {
  const slot = { startsAt: '2026-12-01T09:00:00.000Z', endsAt: '2026-12-01T10:00:00.000Z' };
  const ask = (headers: Record<string, string>) =>
    gateway.fastify.inject({
      method: 'POST',
      url: '/api/v1/session-requests',
      headers: {
        cookie: `session=${browser.cookies.get('session')!.value}`,
        'content-type': 'application/json',
        ...headers,
      },
      payload: JSON.stringify({ with: anna.id, ...slot }),
    });

  it.each<[string, Record<string, string>, number]>([
    ['as a page of ours sends it', { ...page, origin: here, 'sec-fetch-site': 'same-origin' }, 201],
    ['as a browser sends it that says nothing of where it comes from', page, 201],
    ['without the header', {}, 403],
    ['without the header, from here', { origin: here, 'sec-fetch-site': 'same-origin' }, 403],
    ['with another value in the header', { 'x-requested-with': 'XMLHttpRequest' }, 403],
    ['with the header, from another site', { ...page, origin: 'https://evil.example' }, 403],
    ['with the header, from another port', { ...page, origin: 'http://localhost:4000' }, 403],
    ['with the header, from a page without an origin', { ...page, origin: 'null' }, 403],
    ['with the header, from a subdomain', { ...page, 'sec-fetch-site': 'same-site' }, 403],
    ['with the header, cross-site', { ...page, 'sec-fetch-site': 'cross-site' }, 403],
    ['with the header, typed in', { ...page, 'sec-fetch-site': 'none' }, 403],
  ])('%s', async (_title, headers, status) => {
    await browser.logIn('chloe');
    const answer = await ask(headers);
    expect(answer.statusCode).toBe(status);
    if (status === 403) expect(answer.json()).toMatchObject({ code: 'cross-site-request' });
    expect(gateway.executed).toHaveLength(status === 201 ? 1 : 0);
  });

  it('does not log anybody out', async () => {
    await browser.logIn('chloe');
    for (const headers of [{}, { ...page, origin: 'https://evil.example' }] as Record<string, string>[])
      expect((await browser.send('POST', '/auth/logout', { headers })).statusCode).toBe(403);
    expect((await browser.send('GET', '/auth/logout')).statusCode).toBe(405);
    expect(await me(browser)).toEqual([200, chloe.id]);
  });

  it('is not meant where there is a Bearer token, which counts instead of the cookie', async () => {
    await browser.logIn('chloe');
    const authorization = `Bearer ${await gateway.token(anna.id)}`;
    expect(await me(browser, { authorization })).toEqual([200, anna.id]);
    const answer = await ask({ authorization });
    expect([answer.statusCode, answer.json<{ code?: string }>().code]).toEqual([422, 'same-role']);
    expect(await me(browser, { authorization: 'Bearer x.y.z' })).toEqual([401, 'unauthenticated']);
  });
});

describe('the address of the server', () => {
  it('over https: cookies that no other host and no plain connection can set or see, also of the embedded issuer', async () => {
    const publicUrl = 'https://sessions.example.org';
    const jwks = await signingKeys();
    await restart({
      override: (dependencies) => {
        const issuer = `${publicUrl}/oidc`;
        const embedded = createEmbeddedIssuer({ issuer, audience, jwks, accounts: everybody });
        return { ...dependencies, publicUrl, oidc: { issuer, audience, keys: embedded.keys, embedded } };
      },
    });
    // Nothing on this machine answers under that name: the issuer is reached within the process.
    const secure = new TestBrowser(gateway.fastify, publicUrl);
    expect(await secure.logIn('chloe')).toBe(`${publicUrl}/sessions`);
    expect(await me(secure)).toEqual([200, chloe.id]);
    expect(secure.cookies.get('__Host-session')?.attributes).toEqual([
      'Path=/',
      'Max-Age=1209600',
      'HttpOnly',
      'SameSite=Strict',
      'Secure',
    ]);
    for (const [name, { attributes }] of secure.cookies)
      expect([name, attributes.map((each) => each.toLowerCase())]).toEqual([
        name,
        expect.arrayContaining(['secure', 'httponly']),
      ]);
    // The plain name is not taken there.
    const plain = new TestBrowser(gateway.fastify, publicUrl);
    plain.cookies.set('session', secure.cookies.get('__Host-session')!);
    expect(await me(plain)).toEqual([401, 'unauthenticated']);
  });

  it('over http on another machine: nobody can log in, and a page says why', async () => {
    await restart({ override: (dependencies) => ({ ...dependencies, publicUrl: 'http://192.0.2.7:3000' }) });
    const answer = await browser.send('GET', '/auth/login');
    expect([answer.statusCode, answer.headers['set-cookie']]).toEqual([400, undefined]);
    expect(answer.body).toContain('PUBLIC_URL');
  });

  const logInUnder = (host: string, query: string) =>
    gateway.fastify.inject({ url: `/auth/login?${query}`, headers: { host } });

  it.each<[string, string]>([
    ['127.0.0.1:3000', ''],
    ['[::1]:3000', ''],
    ['sessions.local', ''],
    ['localhost:4000', ''],
    ['evil.example', '&prompt=login'],
    ['localhost:3000@evil.example', ''],
  ])(
    'is where a browser that came by %s is sent first, since the issuer sends it there later',
    async (host, rest) => {
      const { statusCode, headers } = await logInUnder(host, `returnTo=/sessions?view=week${rest}`);
      expect([statusCode, headers.location, headers['set-cookie']]).toEqual([
        302,
        `${here}/auth/login?returnTo=${encodeURIComponent('/sessions?view=week')}${rest}&moved=1`,
        undefined,
      ]);
      // Nor is the way there a way to elsewhere.
      const elsewhere = await logInUnder(host, 'returnTo=//evil.example');
      expect(elsewhere.headers.location).toBe(`${here}/auth/login?returnTo=%2Fsessions&moved=1`);
    },
  );

  it('is one that a browser is sent to once, whatever name a proxy makes of it', async () => {
    const first = await logInUnder('gateway-1.internal:8080', 'returnTo=/settings');
    const { pathname, search } = new URL(String(first.headers.location));
    const second = await gateway.fastify.inject({
      url: `${pathname}${search}`,
      headers: { host: 'gateway-1.internal:8080' },
    });
    expect(second.statusCode).toBe(303);
    expect(new URL(String(second.headers.location)).searchParams.get('redirect_uri')).toBe(
      `${here}/auth/callback`,
    );
    expect(second.headers['set-cookie']).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['http://localhost:3000', 'LOCALHOST:3000'],
    ['https://sessions.example.org', 'sessions.example.org:443'],
    ['https://sessions.example.org', 'sessions.example.org'],
  ])('%s is also %s', async (publicUrl, host) => {
    await restart({ override: (dependencies) => ({ ...dependencies, publicUrl }) });
    expect((await logInUnder(host, '')).statusCode).toBe(303);
  });
});
