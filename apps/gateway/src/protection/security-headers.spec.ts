import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chloe, startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts';
import { TestBrowser } from '../testing/browser.ts';

let gateway: GatewayUnderTest;
let site: string;

beforeAll(async () => {
  site = mkdtempSync(join(tmpdir(), 'site-'));
  writeFileSync(join(site, 'index.html'), '<!doctype html><title>App</title>');
  gateway = await startGateway({
    override: (dependencies) => ({ ...dependencies, site, publicUrl: 'https://sessions.example.org' }),
  });
});
afterAll(async () => {
  await gateway.close();
  rmSync(site, { recursive: true });
});

const headersOf = async (url: string, headers: Record<string, string> = {}) =>
  (await gateway.fastify.inject({ url, headers })).headers;

describe('every answer', () => {
  it.each([
    ['of the API', '/api/v1/me'],
    ['that nobody is let in', '/api/v1/session-requests/x'],
    ['where there is nothing', '/nothing'],
    ['about a path that is none', '/api/v1/session-requests/%'],
    ['about the process', '/livez'],
    ['with the documentation', '/api/docs'],
    ['with a script of the documentation', '/api/docs/swagger-ui-bundle.js'],
    ['with the description of the API', '/api/openapi.json'],
    ['with the problem codes', '/api/problems'],
    ['of the issuer', '/oidc/'],
    ['of the issuer to programs', '/oidc/.well-known/openid-configuration'],
    ['of the issuer where something is wrong', '/oidc/auth'],
    ['with a log-in that was not begun', '/auth/callback?state=x'],
    ['with the app', '/'],
    ['with a page of the app', '/sessions'],
  ])('%s is what it says, in nobody’s frame, and only by https', async (_what, url) => {
    const token = `Bearer ${await gateway.token(chloe.id)}`;
    for (const headers of [{}, { authorization: token }]) {
      const found = await headersOf(url, headers);
      expect(found).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
        'referrer-policy': expect.stringMatching(/^(no-referrer|same-origin)$/),
        'permissions-policy': expect.stringContaining('camera=()'),
        'cross-origin-resource-policy': 'same-origin',
        'strict-transport-security': 'max-age=31536000',
      });
      // What the issuer says of itself is for everybody, also to read from a page elsewhere.
      if (!url.includes('.well-known')) expect(found['access-control-allow-origin']).toBeUndefined();
      expect(found['server']).toBeUndefined();
      expect(found['x-powered-by']).toBeUndefined();
    }
  });

  it('with what somebody may see is kept by nobody', async () => {
    const token = `Bearer ${await gateway.token(chloe.id)}`;
    for (const url of ['/api/v1/me', '/api/v1/session-requests', '/nothing'])
      expect((await headersOf(url, { authorization: token }))['cache-control']).toBe('no-store');
  });

  it('of a page lets no script run that does not come from here, and no plugin', async () => {
    const policy = async (url: string) => String((await headersOf(url))['content-security-policy']);
    for (const url of ['/', '/sessions', '/api/docs', '/api/problems', '/oidc/', '/api/v1/me']) {
      const text = await policy(url);
      expect([url, text]).toEqual([url, expect.stringMatching(/default-src '(none|self)'/)]);
      const scripts = /script-src ([^;]*)/.exec(text)?.[1] ?? /default-src ([^;]*)/.exec(text)?.[1];
      expect([url, scripts]).toEqual([url, expect.stringMatching(/^'(none|self)'$/)]);
    }
    expect((await headersOf('/'))['cross-origin-opener-policy']).toBe('same-origin');
  });

  it('over http, on this machine, does not promise https', async () => {
    const plain = await startGateway();
    const browser = new TestBrowser(plain.fastify);
    const { response } = await browser.follow('/auth/login');
    await plain.close();
    expect([response.statusCode, response.headers['strict-transport-security']]).toEqual([200, undefined]);
    expect(response.headers['content-security-policy']).toContain("default-src 'none'");
  });
});
