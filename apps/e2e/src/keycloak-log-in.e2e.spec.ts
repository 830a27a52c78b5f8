import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describeWithServer } from '@hse/engines';
import { demoAccounts } from '@hse/gateway';
import { composeEnvironment } from '@hse/service-kit/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { openApiDocs } from './api-docs.ts';
import { createApi, type Problem } from './api.ts';
import { patienceMs, startBrowser } from './browser.ts';
import { startDistributed } from './distributed.ts';
import { callFromPage, logOutFromPage, sessionCookieOf } from './session-in-browser.ts';
import { end, freePort, ready, spawnService, type Running } from './server-process.ts';
import { describeInBrowser } from './testing/describe-in-browser.ts';

const pathOf = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Pictures of what the browser showed, for people to look at; git ignores them. */
const pictures = pathOf('.cache/screenshots');

const title = 'a log-in in a browser, through Keycloak with the realm of Docker Compose';

const suite = (keycloak: string): void => {
  const issuer = `${keycloak}/realms/session-requests`;
  const anna = demoAccounts.find(({ account }) => account === 'anna');
  const resources = new AsyncDisposableStack();
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    browser = resources.adopt(await startBrowser(), (it) => it.stop()).browser;
    const distributed = resources.adopt(await startDistributed({}, { gateway: 0 }), (it) => it.stop());
    const port = await portOfRealm(keycloak, resources);
    url = `http://localhost:${port}`;
    const gateway: Running = spawnService(pathOf('apps/gateway/dist/main.js'), {
      ...distributed.environment,
      PORT: String(port),
      METRICS_PORT: '0',
      PUBLIC_URL: url,
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_SECRET: composeEnvironment('gateway')['OIDC_CLIENT_SECRET'] ?? '',
    });
    resources.defer(() => end(gateway, 'SIGTERM'));
    await ready(gateway, port);
  }, 3 * patienceMs);
  afterAll(() => resources.disposeAsync(), patienceMs);

  it(
    'begins in the API docs, refuses a wrong password, and lets the docs call the API with the token',
    async () => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      context.setDefaultTimeout(patienceMs);
      const asked = new Set<string>();
      context.on('request', (request) => asked.add(new URL(request.url()).origin));
      const docs = await openApiDocs(context, url);
      expect(await docs.offers()).toEqual([
        expect.stringContaining('bearer'),
        'logIn (OAuth2, authorization_code with PKCE)',
        expect.stringContaining('operator'),
        expect.stringContaining('session'),
      ]);
      expect(await docs.clientId()).toBe('web');
      await docs.page.screenshot({ path: `${pictures}/docs-authorize.png` });

      const logIn = await docs.goToIssuer();
      await logIn.waitForURL((address) => address.href.startsWith(`${issuer}/protocol/openid-connect/auth?`));
      expect(Object.fromEntries(new URL(logIn.url()).searchParams)).toMatchObject({
        response_type: 'code',
        client_id: 'web',
        redirect_uri: `${url}/api/docs/oauth2-redirect.html`,
        code_challenge_method: 'S256',
      });
      await logIn.getByText('Sign in to your account').waitFor();
      await logIn.screenshot({ path: `${pictures}/keycloak-log-in.png` });
      await submit(logIn, 'anna', 'not her password');
      await logIn.getByText('Invalid username or password.').waitFor();
      await logIn.screenshot({ path: `${pictures}/keycloak-wrong-password.png` });

      const closed = logIn.waitForEvent('close');
      await submit(logIn, 'anna', 'demo');
      await closed;
      await docs.loggedIn();

      const { response, shown } = await docs.call('/api/v1/me');
      expect([response.status(), await response.json()]).toEqual([
        200,
        expect.objectContaining({ id: anna?.id, name: anna?.name, role: anna?.role }),
      ]);
      expect(shown).toContain(anna?.name);
      await docs.page.screenshot({ path: `${pictures}/docs-after-log-in.png` });

      expect([...asked].sort()).toEqual([new URL(keycloak).origin, url].sort());
      await context.close();
    },
    5 * patienceMs,
  );

  it(
    'gives the browser a session that the gateway holds, and a log-out ends it at Keycloak without a question',
    async () => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      context.setDefaultTimeout(patienceMs);
      const page = await context.newPage();
      const { length: before } = await offlineSessions(keycloak, anna?.id ?? '');
      const isLogIn = (address: URL): boolean =>
        address.href.startsWith(`${issuer}/protocol/openid-connect/auth?`);
      await page.goto(`${url}/auth/login?returnTo=/sessions`);
      await page.waitForURL(isLogIn);
      await submit(page, 'anna', 'demo');
      await page.waitForURL(`${url}/sessions`);
      expect(await sessionCookieOf(context)).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
      expect(await callFromPage(page, '/api/v1/me')).toMatchObject({ status: 200, body: { id: anna?.id } });

      expect(await offlineSessions(keycloak, anna?.id ?? '')).toHaveLength(before + 1);

      await logOutFromPage(page);
      await page.waitForURL(`${url}/`);
      expect(await callFromPage(page, '/api/v1/me')).toMatchObject({ status: 401 });
      expect(await offlineSessions(keycloak, anna?.id ?? '')).toHaveLength(before);
      await page.goto(`${url}/auth/login`);
      await page.waitForURL(isLogIn);
      await page.getByText('Sign in to your account').waitFor();
      await context.close();
    },
    5 * patienceMs,
  );

  it.each([
    // The client of Keycloak's own command line; nothing in the realm gives its tokens our audience.
    { of: 'for another audience', realm: 'session-requests', account: 'anna', password: 'demo' },
    { of: 'of another realm', realm: 'master', account: 'admin', password: 'admin' },
  ])('a token $of is refused', async ({ realm, account, password }) => {
    const token = await tokenOf(keycloak, realm, 'admin-cli', account, password);
    const { status, body } = await createApi(url, token).get<Problem>('/me');
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
  });

  it('a token of the same account for this API is taken', async () => {
    const token = await tokenOf(keycloak, 'session-requests', 'cli', 'anna', 'demo');
    const { status, body } = await createApi(url, token).get<{ id: string }>('/me');
    expect([status, body.id]).toEqual([200, anna?.id]);
  });
};

describeInBrowser(title, () => {
  describeWithServer('KEYCLOAK_URL', 'of Keycloak', (keycloak) => {
    describeWithServer('KAFKA_BROKERS', 'into the distributed profile', () => {
      describeWithServer('MONGODB_URL', 'in processes of their own', () => suite(keycloak));
    });
  });
});

const submit = async (logIn: Page, account: string, password: string): Promise<void> => {
  const field = (name: string): Locator => logIn.locator(`input[name=${name}]`);
  await field('username').fill(account);
  await field('password').fill(password);
  await logIn.locator('[type=submit]').click();
};

const tokenOf = async (
  keycloak: string,
  realm: string,
  client: string,
  username: string,
  password: string,
): Promise<string> => {
  const response = await fetch(`${keycloak}/realms/${realm}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: client,
      username,
      password,
      scope: 'openid',
    }),
  });
  const body = (await response.json()) as { access_token?: string };
  if (body.access_token === undefined)
    throw new Error(`no token: ${response.status} ${JSON.stringify(body)}`);
  return body.access_token;
};

/** What Keycloak keeps for the gateway, to renew tokens of this account with. */
const offlineSessions = async (keycloak: string, account: string): Promise<object[]> => {
  const realm = `${keycloak}/admin/realms/session-requests`;
  const authorization = `Bearer ${await tokenOf(keycloak, 'master', 'admin-cli', 'admin', 'admin')}`;
  const get = async <T>(address: string): Promise<T> =>
    (await (await fetch(address, { headers: { authorization } })).json()) as T;
  const [client] = await get<{ id: string }[]>(`${realm}/clients?clientId=gateway`);
  return get<object[]>(`${realm}/users/${account}/offline-sessions/${client?.id ?? ''}`);
};

/**
 * The port that the realm file sends people back to. Where something else listens there, a free one, which the clients of
 * the realm are allowed for as long as the tests run: the port differs and nothing else.
 */
const portOfRealm = async (keycloak: string, resources: AsyncDisposableStack): Promise<number> => {
  const ofRealm = 3000;
  if (await isFree(ofRealm)) return ofRealm;
  const port = await freePort();
  const clients = `${keycloak}/admin/realms/session-requests/clients`;
  const call = async (address: string, put?: object): Promise<Response> => {
    const token = await tokenOf(keycloak, 'master', 'admin-cli', 'admin', 'admin');
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(put && { method: 'PUT', body: JSON.stringify(put) }),
    });
    if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
    return response;
  };
  for (const name of ['web', 'gateway']) {
    const [client] = (await (await call(`${clients}?clientId=${name}`)).json()) as [{ id: string }];
    const moved = JSON.parse(
      JSON.stringify(client).replaceAll(`localhost:${ofRealm}`, `localhost:${port}`),
    ) as object;
    await call(`${clients}/${client.id}`, moved);
    resources.defer(async () => {
      await call(`${clients}/${client.id}`, client);
    });
  }
  return port;
};

/** On every interface: a browser may take either address of `localhost`. */
const isFree = async (port: number): Promise<boolean> => {
  const probe = createServer().listen(port);
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  probe.close();
  await once(probe, 'close');
  return true;
};
