import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openApiDocs } from './api-docs.ts';
import { patienceMs, startBrowser } from './browser.ts';
import { startEmbeddedSystem, type System } from './system.ts';
import { describeInBrowser } from './testing/describe-in-browser.ts';

const suite = (): void => {
  const resources = new AsyncDisposableStack();
  let browser: Browser;
  let system: System;

  beforeAll(async () => {
    browser = resources.adopt(await startBrowser(), (it) => it.stop()).browser;
    system = resources.adopt(await startEmbeddedSystem(), (it) => it.stop());
  }, 2 * patienceMs);
  afterAll(() => resources.disposeAsync(), patienceMs);

  it(
    'takes one click on a demo account, and the docs call the API with the token',
    async () => {
      const { id, name } = system.participant('anna');
      const context = await browser.newContext();
      context.setDefaultTimeout(patienceMs);
      const docs = await openApiDocs(context, system.url);
      const logIn = await docs.goToIssuer();
      const closed = logIn.waitForEvent('close');
      await logIn.getByRole('button', { name }).click();
      await closed;
      await docs.loggedIn();
      const { response } = await docs.call('/api/v1/me');
      expect([response.status(), await response.json()]).toEqual([
        200,
        expect.objectContaining({ id, name }),
      ]);
      await context.close();
    },
    5 * patienceMs,
  );
};

describeInBrowser('a log-in in a browser, from the API docs at the embedded issuer', suite);
