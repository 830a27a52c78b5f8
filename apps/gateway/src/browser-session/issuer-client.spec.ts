// cspell:ignore Fsettings
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import { remoteKeys } from '../oidc/remote-keys.ts';
import { TestBrowser } from '../testing/browser.ts';
import { audience, chloe, startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts';
import { ScriptedIssuer } from '../testing/scripted-issuer.ts';
import { createIssuerClient, type IssuerClientSettings } from './issuer-client.ts';

const here = 'http://localhost:3000';
const page = { 'x-requested-with': 'session-requests-web' };

let issuer: ScriptedIssuer;
let gateway: GatewayUnderTest | undefined;
let browser: TestBrowser;
/** Milliseconds that have passed for the gateway and in what it is given. */
let laterMs: number;

const start = async (settings: Partial<IssuerClientSettings> = {}): Promise<void> => {
  const now = () => Date.now() + laterMs;
  gateway = await startGateway({
    override: (dependencies) => ({
      ...dependencies,
      wallClock: { now },
      oidc: {
        issuer: issuer.issuer,
        audience,
        keys: remoteKeys(issuer.issuer, settings.discoveryUrl),
        client: { clientId: 'gateway', ...settings },
      },
    }),
  });
  issuer.now = now;
  browser = new TestBrowser(gateway.fastify);
};

beforeEach(async () => {
  laterMs = 0;
  gateway = undefined;
  issuer = new ScriptedIssuer();
  await issuer.start();
});
afterEach(async () => {
  await gateway?.close();
  await issuer.stop();
});

const leave = async (): Promise<string> => {
  const { statusCode, headers } = await browser.send('GET', '/auth/login?returnTo=/settings');
  expect(statusCode).toBe(303);
  return String(headers.location);
};
const logIn = async () => browser.send('GET', issuer.loggedIn(await leave()));
const me = async (): Promise<[number, string]> => {
  const answer = await browser.send('GET', '/api/v1/me');
  const { id, code } = answer.json<{ id?: string; code?: string }>();
  return [answer.statusCode, id ?? code ?? ''];
};

/** On a page for people, and without a session. */
const refused = async (answer: ReturnType<typeof logIn>, status: number, title: string): Promise<void> => {
  const { statusCode, headers, body } = await answer;
  expect([statusCode, headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
  expect(body).toContain(`<h1>${title}</h1>`);
  expect(body).toContain(`href="${here}/auth/login?returnTo=%2Fsettings"`);
  expect(browser.cookies.has('session')).toBe(false);
};
const notLoggedIn = 'You are not logged in';
const notPossible = 'Log-in is not possible at present';

describe('a log-in at an issuer elsewhere', () => {
  it('trades the code in, with the verifier of the challenge that was sent along, and begins a session', async () => {
    await start();
    const asked = new URL(await leave());
    expect(`${asked.origin}${asked.pathname}`).toBe(`${issuer.issuer}/auth`);
    const answer = await browser.send('GET', issuer.loggedIn(asked.href));
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `${here}/settings`]);
    expect(await me()).toEqual([200, chloe.id]);
    expect(issuer.asked).toEqual([
      {
        path: '/token',
        authorization: undefined,
        form: {
          grant_type: 'authorization_code',
          client_id: 'gateway',
          code: 'code-1',
          redirect_uri: `${here}/auth/callback`,
          code_verifier: expect.stringMatching(/^[\w-]{43}$/),
        },
      },
    ]);
    // By its hash; the issuer has checked that it is the right one.
    expect(asked.search).not.toContain(issuer.asked[0]?.form['code_verifier']);
  });

  it('that was not begun with this verifier is refused by the issuer', async () => {
    await start();
    const callback = issuer.loggedIn(await leave());
    for (const [name, kept] of browser.cookies) {
      const parts = kept.value.split('.');
      parts[2] = 'v'.repeat(43);
      browser.cookies.set(name, { ...kept, value: parts.join('.') });
    }
    await refused(browser.send('GET', callback), 400, notLoggedIn);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: 'other' }],
    ['for several clients, of which another asked for it', { aud: ['gateway', 'other'], azp: 'other' }],
    ['with the nonce of another log-in', { nonce: 'n'.repeat(43) }],
    ['without a nonce', { nonce: undefined }],
    ['that has expired', { exp: Math.floor(Date.now() / 1_000) - 3_600 }],
    ['that never expires', { exp: undefined }],
    ['of nobody', { sub: undefined }],
  ])('with an ID token %s is none', async (_title, claims) => {
    issuer.claims = claims;
    await start();
    await refused(logIn(), 400, notLoggedIn);
    expect(await me()).toEqual([401, 'unauthenticated']);
  });

  it('with an ID token that another has signed is none, whatever key it names', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const secret = new TextEncoder().encode('the secret of the client, 32 bytes');
    await start({ clientSecret: 'the secret of the client, 32 bytes' });
    for (const [key, header] of [
      [privateKey, { alg: 'RS256', kid: 'test' }],
      [privateKey, { alg: 'RS256', kid: 'unknown' }],
      // What it was told in confidence makes nobody the issuer.
      [secret, { alg: 'HS256' }],
    ] as const) {
      issuer.signIdToken = (claims) => new SignJWT(claims).setProtectedHeader(header).sign(key);
      await refused(logIn(), 400, notLoggedIn);
    }
    issuer.signIdToken = async (claims) =>
      `${[{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
    await refused(logIn(), 400, notLoggedIn);
  });

  it('without an ID token is none', async () => {
    issuer.answer = { id_token: undefined };
    await start();
    await refused(logIn(), 400, notLoggedIn);
  });

  it('with an access token for others leads to a page for whoever runs this', async () => {
    await start();
    issuer.answer = { access_token: 'opaque' };
    await refused(logIn(), 500, notPossible);
  });

  it.each<[string, () => void]>([
    ['answers 500', () => (issuer.instead = () => ({ status: 500, body: { error: 'invalid_grant' } }))],
    ['answers with a page', () => (issuer.instead = () => ({ status: 200, body: '<h1>Proxy</h1>' }))],
    [
      'does not know this server',
      () => (issuer.instead = () => ({ status: 401, body: { error: 'invalid_client' } })),
    ],
    ['does not give its keys', () => (issuer.keysStatus = 503)],
  ])('whose issuer %s can be tried again', async (_title, fail) => {
    await start();
    fail();
    await refused(logIn(), 503, notPossible);
    issuer.instead = undefined;
    issuer.keysStatus = 200;
    expect((await logIn()).headers.location).toBe(`${here}/settings`);
  });
});

describe('this server shows the issuer who it is', () => {
  const clientSecret = 's/e:c r+e=t&%ü';
  /** RFC 6749, section 2.3.1: each part in the form of HTML forms before they are put together. */
  const encoded = new URLSearchParams({ '': clientSecret }).toString().slice(1);
  const basic = `Basic ${Buffer.from(`gateway:${encoded}`).toString('base64')}`;

  it.each<[string, string[] | undefined, boolean]>([
    ['in a header where the issuer says nothing of it', undefined, true],
    ['in a header where it takes both', ['client_secret_post', 'client_secret_basic'], true],
    ['in the form where it takes that only', ['private_key_jwt', 'client_secret_post'], false],
  ])('by its secret %s, in the log-in, the renewal and the end', async (_title, methods, isBasic) => {
    issuer.metadata['token_endpoint_auth_methods_supported'] = methods;
    await start({ clientSecret });
    await logIn();
    laterMs += 700_000;
    expect(await me()).toEqual([200, chloe.id]);
    await browser.send('POST', '/auth/logout', { headers: page });
    expect(issuer.asked.map(({ path, form }) => form['grant_type'] ?? path)).toEqual([
      'authorization_code',
      'refresh_token',
      '/revoke',
    ]);
    for (const { authorization, form } of issuer.asked)
      expect([authorization, form['client_id'], form['client_secret']]).toEqual(
        isBasic ? [basic, undefined, undefined] : [undefined, 'gateway', clientSecret],
      );
  });

  it('by its name alone where it has no secret', async () => {
    issuer.metadata['token_endpoint_auth_methods_supported'] = ['client_secret_basic', 'none'];
    await start();
    await logIn();
    laterMs += 700_000;
    await me();
    await browser.send('POST', '/auth/logout', { headers: page });
    expect(issuer.asked).toHaveLength(3);
    for (const { authorization, form } of issuer.asked)
      expect([authorization, form['client_id'], form['client_secret']]).toEqual([
        undefined,
        'gateway',
        undefined,
      ]);
  });
});

describe('what to ask for', () => {
  it.each<[string, string[] | undefined, string | undefined, string]>([
    ['is who it is', undefined, undefined, 'openid profile'],
    [
      'is access while away as well, where that is offered',
      ['openid', 'offline_access'],
      undefined,
      'openid profile offline_access',
    ],
    ['is what this server was told', ['openid', 'offline_access'], 'openid email', 'openid email'],
  ])('%s', async (_title, offered, scope, asked) => {
    issuer.metadata['scopes_supported'] = offered;
    await start(scope === undefined ? {} : { scope });
    expect(new URL(await leave()).searchParams.get('scope')).toBe(asked);
  });
});

describe('an issuer that servers reach at another address than browsers', () => {
  const outside = 'https://id.example.org/realm';

  it('is known by the name that browsers use, and asked where its document says', async () => {
    issuer.issuer = outside;
    await start({ discoveryUrl: `${issuer.address}/.well-known/openid-configuration` });
    const asked = new URL(await leave());
    expect(`${asked.origin}${asked.pathname}`).toBe(`${outside}/auth`);
    expect((await browser.send('GET', issuer.loggedIn(asked.href))).headers.location).toBe(
      `${here}/settings`,
    );
    expect(await me()).toEqual([200, chloe.id]);
    // Neither the ID token nor the document may go by the address.
    issuer.claims = { iss: issuer.address };
    browser.cookies.clear();
    await refused(logIn(), 400, notLoggedIn);
  });

  it('is none when its document names another', async () => {
    issuer.issuer = outside;
    await start({ discoveryUrl: `${issuer.address}/.well-known/openid-configuration` });
    issuer.metadata['issuer'] = issuer.address;
    await refused(browser.send('GET', '/auth/login?returnTo=/settings'), 503, notPossible);
  });
});

describe('the discovery document', () => {
  it('is fetched when somebody logs in for the first time, and then no more', async () => {
    await start();
    expect(issuer.fetched).toEqual([]);
    await Promise.all([leave(), leave(), leave()]);
    await logIn();
    // Once for the log-in, once for the keys of access tokens.
    expect(issuer.fetched.filter((path) => path.startsWith('/.well-known'))).toHaveLength(2);
    issuer.discoveryStatus = 500;
    expect((await logIn()).headers.location).toBe(`${here}/settings`);
    expect(issuer.fetched.filter((path) => path.startsWith('/.well-known'))).toHaveLength(2);
  });

  it('is fetched again after it could not be had: the issuer may start later than this server', async () => {
    await issuer.stop();
    await start();
    const attempt = () => browser.send('GET', '/auth/login?returnTo=/settings');
    await refused(attempt(), 503, notPossible);
    await issuer.start();
    issuer.discoveryStatus = 503;
    await refused(attempt(), 503, notPossible);
    issuer.discoveryStatus = 200;
    expect((await logIn()).headers.location).toBe(`${here}/settings`);
    expect(await me()).toEqual([200, chloe.id]);
  });
});

describe('the renewal of a session', () => {
  it('takes the refresh token that came last, each once', async () => {
    await start();
    await logIn();
    for (let round = 0; round < 3; round += 1) {
      laterMs += 700_000;
      expect(await me()).toEqual([200, chloe.id]);
    }
    expect(issuer.asked.slice(1).map(({ form }) => form)).toEqual(
      [1, 2, 3].map((number) => ({
        grant_type: 'refresh_token',
        client_id: 'gateway',
        refresh_token: `refresh-${number}`,
      })),
    );
  });

  it('that the issuer refuses ends the session', async () => {
    await start();
    await logIn();
    issuer.refreshTokens.push('given to somebody else');
    laterMs += 700_000;
    expect(await me()).toEqual([401, 'unauthenticated']);
    expect(await me()).toEqual([401, 'unauthenticated']);
  });

  it.each<[string, () => unknown, () => unknown]>([
    [
      'answers 503',
      () => (issuer.instead = () => ({ status: 503, body: { error: 'temporarily_unavailable' } })),
      () => (issuer.instead = undefined),
    ],
    [
      'answers with a page that is not its own',
      () => (issuer.instead = () => ({ status: 502, body: '<h1>Bad gateway</h1>' })),
      () => (issuer.instead = undefined),
    ],
    [
      'asks for patience',
      () => (issuer.instead = () => ({ status: 429, body: {} })),
      () => (issuer.instead = undefined),
    ],
    [
      'has lost what it knew of this server',
      () => (issuer.instead = () => ({ status: 401, body: { error: 'invalid_client' } })),
      () => (issuer.instead = undefined),
    ],
    ['refuses connections', () => issuer.stop(), () => issuer.start()],
  ])('by an issuer that %s leaves the session as it is', async (_title, fail, heal) => {
    await start();
    await logIn();
    await fail();
    laterMs += 700_000;
    expect(await me()).toEqual([503, 'unavailable']);
    await heal();
    laterMs += 5_000;
    expect(await me()).toEqual([200, chloe.id]);
    expect(issuer.refreshTokens).toEqual(['refresh-1', 'refresh-2']);
  });

  it('is not waited for without end', async () => {
    const limits: (AbortSignal | null | undefined)[] = [];
    await start({
      // The same limit, sooner.
      fetch: (url, options) => {
        limits.push(options.signal);
        return fetch(url, { ...options, signal: AbortSignal.timeout(100) } as RequestInit);
      },
    });
    await logIn();
    issuer.instead = () => 'nothing';
    laterMs += 700_000;
    expect(await me()).toEqual([503, 'unavailable']);
    issuer.instead = undefined;
    laterMs += 5_000;
    expect(await me()).toEqual([200, chloe.id]);
    // The document, the code, the keys of the ID token, the one in vain, the other.
    expect(limits.map((limit) => limit?.constructor.name)).toEqual(Array(5).fill('AbortSignal'));
  });

  it('is not tried where the issuer gives nothing for it: the session ends with its token', async () => {
    issuer.answer = { refresh_token: undefined };
    await start();
    await logIn();
    expect(browser.cookies.get('session')?.attributes).toContainEqual(
      expect.stringMatching(/^Max-Age=(59\d|600)$/),
    );
    laterMs += 590_000;
    expect(await me()).toEqual([200, chloe.id]);
    laterMs += 11_000;
    expect(await me()).toEqual([401, 'unauthenticated']);
    expect(issuer.asked).toHaveLength(1);
  });
});

describe('a log-out', () => {
  const logOut = async (): Promise<string> => {
    const answer = await browser.send('POST', '/auth/logout', { headers: page });
    expect(answer.statusCode).toBe(200);
    expect(browser.cookies.has('session')).toBe(false);
    return answer.json<{ location: string }>().location;
  };
  const revoked = () =>
    issuer.asked.filter(({ path }) => path === '/revoke').map(({ form }) => form['token']);

  it('makes the refresh token useless and leads over the issuer', async () => {
    await start();
    await logIn();
    const location = new URL(await logOut());
    expect(`${location.origin}${location.pathname}`).toBe(`${issuer.issuer}/end`);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: 'gateway',
      post_logout_redirect_uri: `${here}/`,
      id_token_hint: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
    expect(revoked()).toEqual(['refresh-1']);
  });

  it('ends here where the issuer has no place to end at', async () => {
    issuer.metadata['end_session_endpoint'] = undefined;
    await start();
    await logIn();
    expect(await logOut()).toBe(`${here}/`);
    expect(revoked()).toEqual(['refresh-1']);
    expect(await me()).toEqual([401, 'unauthenticated']);
  });

  it('leaves the refresh token to the issuer where that cannot revoke it', async () => {
    issuer.metadata['revocation_endpoint'] = undefined;
    await start();
    await logIn();
    expect(new URL(await logOut()).pathname).toBe('/realm/end');
    expect(revoked()).toEqual([]);
  });

  it('ends the session here though the issuer is away, and leads to it all the same', async () => {
    await start();
    await logIn();
    const { issuer: away } = issuer;
    await issuer.stop();
    expect(await logOut()).toMatch(new RegExp(`^${away}/.*id_token_hint=`));
    expect(await me()).toEqual([401, 'unauthenticated']);
  });
});

describe('a client of the issuer', () => {
  it('tells a refusal from an outage', async () => {
    const client = createIssuerClient(issuer.issuer, here, { clientId: 'gateway' });
    await expect(client.renew('unknown')).rejects.toMatchObject({
      name: 'LogInRefused',
      code: 'invalid_grant',
      message: 'not good any more',
    });
    await issuer.stop();
    await expect(client.renew('unknown')).rejects.toMatchObject({ name: 'IssuerUnavailable' });
  });
});
