import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts';
import { TestBrowser } from '../testing/browser.ts';

const page = { 'x-requested-with': 'session-requests-web' };

let gateway: GatewayUnderTest;
let browser: TestBrowser;
beforeEach(async () => {
  gateway = await startGateway();
  browser = new TestBrowser(gateway.fastify);
});
afterEach(() => gateway.close());

describe('logging in with a browser', () => {
  it('leads over the issuer to a session that the API takes, and back to where one wanted to be', async () => {
    expect(await browser.logIn('chloe', '/sessions?view=week')).toBe(
      'http://localhost:3000/sessions?view=week',
    );
    expect([...browser.cookies.keys()].filter((name) => !name.startsWith('_'))).toEqual(['session']);
    expect(browser.cookies.get('session')?.attributes).toEqual([
      'Path=/',
      'Max-Age=1209600',
      'HttpOnly',
      'SameSite=Strict',
    ]);
    const me = await browser.send('GET', '/api/v1/me');
    expect([me.statusCode, me.json<{ name: string }>().name]).toEqual([200, 'Chloé Martin']);
  });

  it('ends with a log-out, here and at the issuer, without a question', async () => {
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
    expect((await browser.follow(action, { xsrf, logout: 'yes' })).url).toBe('http://localhost:3000/');
    const again = await browser.follow('/auth/login');
    expect(again.response.body).toContain('<h1>Log in</h1>');
  });
});
