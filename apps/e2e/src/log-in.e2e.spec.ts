import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';
import { patienceMs, startBrowser } from './browser.ts';
import { callFromPage, logOutFromPage, sessionCookieOf } from './session-in-browser.ts';
import { startEmbeddedSystem, type System } from './system.ts';
import { describeInBrowser } from './testing/describe-in-browser.ts';

const pictures = fileURLToPath(new URL('../../../.cache/screenshots', import.meta.url));

const suite = (): void => {
  const resources = new AsyncDisposableStack();
  let browser: Browser;
  let system: System;

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    browser = resources.adopt(await startBrowser(), (it) => it.stop()).browser;
    system = resources.adopt(await startEmbeddedSystem(), (it) => it.stop());
  }, 2 * patienceMs);
  afterAll(() => resources.disposeAsync(), patienceMs);

  const freshContext = async (): Promise<BrowserContext> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(patienceMs);
    return context;
  };

  it(
    'gives the browser a session and no token, which outlives a restart and ends here and at the issuer',
    async () => {
      const { id, name } = system.participant('anna');
      const context = await freshContext();
      const page = await context.newPage();
      await page.goto(`${system.url}/auth/login?returnTo=${encodeURIComponent('/sessions?view=week')}`);
      await page.screenshot({ path: `${pictures}/log-in.png` });
      await page.getByRole('button', { name }).click();
      await page.waitForURL(`${system.url}/sessions?view=week`);

      expect(await sessionCookieOf(context)).toMatchObject({
        name: 'session',
        httpOnly: true,
        sameSite: 'Strict',
        secure: false,
        path: '/',
      });
      expect(await page.evaluate('[document.cookie, localStorage.length, sessionStorage.length]')).toEqual([
        '',
        0,
        0,
      ]);
      expect(await callFromPage(page, '/api/v1/me')).toMatchObject({ status: 200, body: { id, name } });
      // EventSource sends the cookie, which it could not do with a token.
      expect(
        await page.evaluate(
          () =>
            new Promise((resolve) => {
              const live = new EventSource('/api/v1/live');
              live.addEventListener('ready', () => {
                live.close();
                resolve('ready');
              });
              live.onerror = () => {
                live.close();
                resolve('failed');
              };
            }),
        ),
      ).toBe('ready');

      await system.restart();
      expect(await callFromPage(page, '/api/v1/me')).toMatchObject({ status: 200, body: { id } });

      await logOutFromPage(page);
      await page.waitForURL(`${system.url}/`);
      expect(await sessionCookieOf(context)).toBeUndefined();
      expect(await callFromPage(page, '/api/v1/me')).toMatchObject({
        status: 401,
        body: { code: 'unauthenticated' },
      });
      await context.close();
    },
    5 * patienceMs,
  );

  it(
    'ends at the issuer with the log-out: the next log-in asks who one is',
    async () => {
      const context = await freshContext();
      const page = await context.newPage();
      const { name } = system.participant('anna');
      await page.goto(`${system.url}/auth/login`);
      await page.getByRole('button', { name }).click();
      await page.waitForURL(`${system.url}/sessions`);
      // Still known at the issuer: no question.
      await page.goto(`${system.url}/auth/login?returnTo=/settings`);
      await page.waitForURL(`${system.url}/settings`);

      await logOutFromPage(page);
      await page.waitForURL(`${system.url}/`);
      await page.goto(`${system.url}/auth/login`);
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
      await context.close();
    },
    5 * patienceMs,
  );

  it(
    'that is logged out in one tab hears nothing more in another',
    async () => {
      const context = await freshContext();
      const [page, other] = [await context.newPage(), await context.newPage()];
      await page.goto(`${system.url}/auth/login`);
      await page.getByRole('button', { name: system.participant('anna').name }).click();
      await page.waitForURL(`${system.url}/sessions`);
      // No page of the app, which would connect anew and leave.
      await other.goto(`${system.url}/api/docs`);
      const states = await other.evaluateHandle(
        () =>
          new Promise<{ ended: Promise<number> }>((resolve) => {
            const live = new EventSource('/api/v1/live');
            const ended = new Promise<number>((end) => {
              live.onerror = () => end(live.readyState);
            });
            live.addEventListener('ready', () => resolve({ ended }));
          }),
      );
      await logOutFromPage(page);
      // Broken off by the server: the browser means to connect again.
      expect(await states.evaluate(({ ended }) => ended)).toBe(0);
      expect(await callFromPage(other, '/api/v1/me')).toMatchObject({ status: 401 });
      await context.close();
    },
    5 * patienceMs,
  );

  it(
    'comes to its end for who opens the app under another name of this machine',
    async () => {
      const context = await freshContext();
      const page = await context.newPage();
      const elsewhere = new URL('/auth/login?returnTo=/settings', system.url);
      elsewhere.hostname = '127.0.0.1';
      expect(elsewhere.origin).not.toBe(new URL(system.url).origin);
      await page.goto(elsewhere.href);
      await page.getByRole('button', { name: system.participant('anna').name }).click();
      await page.waitForURL(`${system.url}/settings`);
      expect(await callFromPage(page, '/api/v1/me')).toMatchObject({ status: 200 });
      await context.close();
    },
    5 * patienceMs,
  );

  it(
    'tells who comes back to a log-in that is not theirs what to do',
    async () => {
      const context = await freshContext();
      const page = await context.newPage();
      const answer = await page.goto(`${system.url}/auth/callback?code=stolen&state=of-somebody-else`);
      expect(answer?.status()).toBe(400);
      await page.getByRole('heading', { name: 'This log-in cannot go on' }).waitFor();
      await page.screenshot({ path: `${pictures}/log-in-failed.png` });
      await page.getByRole('link', { name: 'Log in again' }).click();
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
      await context.close();
    },
    5 * patienceMs,
  );
};

describeInBrowser('a log-in in a browser, through a session of the gateway', suite);
