import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import {
  anna,
  audience,
  chloe,
  everybody,
  issuer,
  signingKeys,
  startGateway,
  type GatewayUnderTest,
} from '../testing/gateway-under-test.ts';
import { createEmbeddedIssuer, operatorClientId } from './embedded-issuer.ts';

let gateway: GatewayUnderTest;
let address: string;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.app.listen(0, '127.0.0.1');
  address = `http://127.0.0.1:${(gateway.app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(() => gateway.close());

/** The part of a browser that matters here: it keeps cookies. */
class Browser {
  readonly #cookies = new Map<string, { value: string; path: string }>();

  async visit(url: string, form?: Record<string, string>): Promise<Response> {
    const { pathname, search } = new URL(url, issuer);
    const response = await fetch(`${address}${pathname}${search}`, {
      redirect: 'manual',
      headers: {
        cookie: [...this.#cookies]
          .filter(([, { path }]) => pathname.startsWith(path))
          .map(([name, { value }]) => `${name}=${value}`)
          .join('; '),
      },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split('; ');
      const [name = '', value = ''] = pair.split('=');
      const path = attributes.find((attribute) => attribute.startsWith('path='))?.slice(5) ?? '/';
      expect(attributes.map((attribute) => attribute.toLowerCase())).not.toContain('secure');
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, { value, path });
    }
    return response;
  }

  /** Follows redirects within the issuer; returns the page or the address outside that it ends at. */
  async follow(
    url: string,
    form?: Record<string, string>,
  ): Promise<{ page: string; url: string; status: number } | { outside: string }> {
    let response = await this.visit(url, form);
    let at = url;
    for (let hops = 0; hops < 10; hops += 1) {
      const location = response.headers.get('location');
      if (location === null) return { page: await response.text(), url: at, status: response.status };
      const next = new URL(location, issuer);
      if (!next.pathname.startsWith('/oidc/')) return { outside: next.href };
      at = next.href;
      response = await this.visit(at);
    }
    throw new Error('redirected without end');
  }
}

const verifier = 'a-code-verifier-that-is-long-enough-to-be-taken-0123456789';
const authorizationUrl = (changes: Record<string, string> = {}): string => {
  const parameters = new URLSearchParams({
    client_id: 'web',
    response_type: 'code',
    redirect_uri: 'http://localhost:3000/callback',
    scope: 'openid profile email',
    state: 'some-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  });
  return `${issuer}/auth?${parameters.toString()}`;
};

const exchange = async (
  form: Record<string, string>,
): Promise<{ status: number; body: Record<string, string> }> => {
  const response = await fetch(`${address}/oidc/token`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
};

const tokensFor = async (code: string, redirectUri = 'http://localhost:3000/callback', clientId = 'web') =>
  exchange({
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });

const logIn = async (
  browser: Browser,
  form: Record<string, string>,
  changes: Record<string, string> = {},
): Promise<URL> => {
  const page = await browser.follow(authorizationUrl(changes));
  if (!('page' in page)) throw new Error(`no log-in page: ${page.outside}`);
  const end = await browser.follow(page.url, form);
  if (!('outside' in end)) throw new Error(`not logged in: ${end.page}`);
  return new URL(end.outside);
};

describe('logging in', () => {
  it('leads from the log-in page over a code to tokens that the API takes, without asking for consent', async () => {
    const browser = new Browser();
    const page = await browser.follow(authorizationUrl());
    expect(page).toMatchObject({ status: 200, page: expect.stringContaining('<label for="password">') });
    if (!('page' in page)) return;
    expect(page.page).toContain('Kenji &lt;Tanaka&gt;');

    const end = await browser.follow(page.url, { account: 'chloe', password: 'chloe-secret' });
    const back = new URL('outside' in end ? end.outside : 'about:blank');
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([
      'http://localhost:3000/callback',
      'some-state',
    ]);

    const { status, body } = await tokensFor(back.searchParams.get('code') ?? '');
    expect([status, body['token_type']]).toEqual([200, 'Bearer']);
    expect(decodeProtectedHeader(body['access_token'] ?? '')).toMatchObject({
      alg: 'RS256',
      typ: 'at+jwt',
      kid: 'test',
    });
    expect(decodeJwt(body['access_token'] ?? '')).toMatchObject({
      iss: issuer,
      aud: audience,
      sub: chloe.id,
      client_id: 'web',
    });

    const me = await fetch(`${address}/api/v1/me`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    });
    expect([me.status, ((await me.json()) as { id: string }).id]).toEqual([200, chloe.id]);
    // The id token is for the web app, not for the API.
    const withIdToken = await fetch(`${address}/api/v1/me`, {
      headers: { authorization: `Bearer ${body['id_token']}` },
    });
    expect(withIdToken.status).toBe(401);

    const refreshed = await exchange({
      grant_type: 'refresh_token',
      client_id: 'web',
      refresh_token: body['refresh_token'] ?? '',
    });
    expect(refreshed.status).toBe(200);
    expect(decodeJwt(refreshed.body['access_token'] ?? '')).toMatchObject({ aud: audience, sub: chloe.id });
  });

  it('takes a pick from the demo accounts, and remembers who is logged in', async () => {
    const browser = new Browser();
    await logIn(browser, { pick: 'anna' });
    const again = await browser.follow(authorizationUrl());
    expect('outside' in again && new URL(again.outside).searchParams.get('code')).toBeTruthy();
  });

  it('says that name or password are wrong, keeps the name and lets try again', async () => {
    const browser = new Browser();
    const page = await browser.follow(authorizationUrl());
    if (!('page' in page)) throw new Error('no page');
    for (const form of [
      { account: 'chloe', password: 'wrong' },
      { account: 'nobody', password: '' },
      { account: '"><script>', password: 'x' },
    ]) {
      const failed = await browser.follow(page.url, form);
      expect(failed).toMatchObject({ status: 401, page: expect.stringContaining('role="alert"') });
      expect('page' in failed && failed.page).not.toContain('<script');
    }
    const end = await browser.follow(page.url, { account: 'chloe', password: 'chloe-secret' });
    expect('outside' in end).toBe(true);
  });

  it('works for a program on the loopback interface at any port', async () => {
    const redirectUri = 'http://127.0.0.1:49152/callback';
    const back = await logIn(
      new Browser(),
      { pick: 'anna' },
      { client_id: 'cli', redirect_uri: redirectUri },
    );
    const { status, body } = await tokensFor(back.searchParams.get('code') ?? '', redirectUri, 'cli');
    expect([status, decodeJwt(body['access_token'] ?? '').sub]).toEqual([200, anna.id]);
  });

  it('refuses another address to return to, a request without PKCE, a wrong verifier and a code used twice', async () => {
    const elsewhere = await new Browser().follow(authorizationUrl({ redirect_uri: 'https://evil.example/' }));
    expect(elsewhere).toMatchObject({ status: 400, page: expect.stringContaining('invalid_redirect_uri') });

    const url = new URL(authorizationUrl());
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const withoutPkce = await new Browser().follow(url.href);
    expect('outside' in withoutPkce && new URL(withoutPkce.outside).searchParams.get('error')).toBe(
      'invalid_request',
    );

    const back = await logIn(new Browser(), { pick: 'anna' });
    const code = back.searchParams.get('code') ?? '';
    const wrong = await exchange({
      grant_type: 'authorization_code',
      client_id: 'web',
      code,
      redirect_uri: 'http://localhost:3000/callback',
      code_verifier: 'x'.repeat(60),
    });
    expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_grant']);
    const next = (await logIn(new Browser(), { pick: 'anna' })).searchParams.get('code') ?? '';
    expect([(await tokensFor(next)).status, (await tokensFor(next)).status]).toEqual([200, 400]);
  });

  it('lets pages read tokens where the web app may be sent back to, and no others', async () => {
    const askedFrom = async (origin: string) => {
      const response = await fetch(`${address}/oidc/token`, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: 'web',
          refresh_token: 'unknown',
        }),
      });
      const { error } = (await response.json()) as { error: string };
      return [response.headers.get('access-control-allow-origin'), error];
    };
    expect(await askedFrom('http://localhost:3000')).toEqual(['http://localhost:3000', 'invalid_grant']);
    expect(await askedFrom('https://elsewhere.example')).toEqual([null, 'invalid_request']);
  });

  it('shows a page to who comes to a log-in that is not theirs', async () => {
    const page = await new Browser().follow(authorizationUrl());
    if (!('page' in page)) throw new Error('no page');
    const stolen = await new Browser().follow(page.url);
    expect(stolen).toMatchObject({ status: 400, page: expect.stringContaining('session-not-found') });
  });
});

describe('a program that operates the service', () => {
  const tokenFor = async (
    of: GatewayUnderTest,
    client: { id: string; secret?: string },
    form: Record<string, string>,
  ) => {
    const basic = Buffer.from(`${client.id}:${client.secret ?? ''}`).toString('base64');
    const response = await of.fastify.inject({
      method: 'POST',
      url: '/oidc/token',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(client.secret !== undefined && { authorization: `Basic ${basic}` }),
      },
      payload: new URLSearchParams({
        grant_type: 'client_credentials',
        ...(client.secret === undefined && { client_id: client.id }),
        ...form,
      }).toString(),
    });
    return { status: response.statusCode, body: response.json<{ access_token: string; error: string }>() };
  };

  it('gets a token for itself, with the scopes that it asks for; nobody else does', async () => {
    const jwks = await signingKeys();
    const embedded = createEmbeddedIssuer({
      issuer,
      audience,
      jwks,
      accounts: everybody,
      operatorSecret: 'secret of a test',
    });
    const operated = await startGateway({
      override: (dependencies) => ({
        ...dependencies,
        oidc: { issuer, audience, keys: embedded.keys, embedded },
      }),
    });
    const operator = { id: operatorClientId, secret: 'secret of a test' };
    const { status, body } = await tokenFor(operated, operator, { scope: 'audit:read' });
    expect([status, decodeJwt(body.access_token)]).toMatchObject([
      200,
      { sub: 'operator', client_id: 'operator', scope: 'audit:read', aud: audience },
    ]);
    const get = async (path: string) =>
      (
        await operated.fastify.inject({
          url: `/api/v1${path}`,
          headers: { authorization: `Bearer ${body.access_token}` },
        })
      ).statusCode;
    expect(await Promise.all(['/admin/audit', '/admin/health', '/me'].map(get))).toEqual([200, 403, 403]);

    expect((await tokenFor(operated, { ...operator, secret: 'wrong' }, { scope: 'audit:read' })).status).toBe(
      401,
    );
    for (const id of ['web', 'cli'])
      expect((await tokenFor(operated, { id }, { scope: 'audit:read' })).status).toBe(400);
    await operated.close();
    // Where it has no secret, there is no such client.
    expect((await tokenFor(gateway, operator, { scope: 'audit:read' })).status).not.toBe(200);
  });
});

describe('logging out', () => {
  it('asks, ends the session and returns to the web app', async () => {
    const browser = new Browser();
    await logIn(browser, { pick: 'anna' });
    const question = await browser.follow(
      `${issuer}/session/end?client_id=web&post_logout_redirect_uri=http://localhost:3000/`,
    );
    if (!('page' in question)) throw new Error('no page');
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(question.page)?.[1] ?? '';
    const action = /action="([^"]+)"/.exec(question.page)?.[1] ?? '';
    expect(await browser.follow(action, { xsrf, logout: 'yes' })).toMatchObject({
      outside: 'http://localhost:3000/',
    });
    expect(await browser.follow(authorizationUrl())).toMatchObject({
      page: expect.stringContaining('<h1>Log in</h1>'),
    });
  });
});

describe('the discovery document', () => {
  it('names what is there', async () => {
    const document = (await (
      await fetch(`${address}/oidc/.well-known/openid-configuration`)
    ).json()) as Record<string, unknown>;
    expect(document).toMatchObject({
      issuer,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
    });
    const jwks = (await (await fetch(`${address}/oidc/jwks`)).json()) as { keys: object[] };
    expect(jwks.keys).toEqual([expect.not.objectContaining({ d: expect.anything() })]);
  });
});

describe('beside the paths of the provider', () => {
  it('people are told what this is, and where to go', async () => {
    for (const path of ['/oidc', '/oidc/']) {
      const answer = await fetch(`${address}${path}`);
      const text = await answer.text();
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(text).toContain('href="/api/docs"');
      expect(text).toContain('npm run -s token -- anna');
    }
  });

  it('there is nothing, and that is a problem as anywhere else', async () => {
    for (const [method, path] of [
      ['GET', '/oidc/nothing'],
      ['GET', '/oidc/token'],
      ['POST', '/oidc/nothing/at/all'],
      ['DELETE', '/oidc/jwks'],
    ] as const) {
      const answer = await fetch(`${address}${path}`, { method });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ]);
      expect(await answer.json()).toMatchObject({ code: 'not-found', status: 404 });
    }
    const post = await fetch(`${address}/oidc`, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('an issuer that cannot work', () => {
  it('is refused at start', async () => {
    const options = { audience, accounts: everybody, jwks: await signingKeys() };
    expect(() => createEmbeddedIssuer({ ...options, issuer: 'http://localhost:3000/login' })).toThrow(
      '/oidc',
    );
    const [key] = options.jwks.keys;
    const { d: _private, ...publicKey } = key!;
    expect(() => createEmbeddedIssuer({ ...options, issuer, jwks: { keys: [publicKey] } })).toThrow(
      'private',
    );
  });
});
