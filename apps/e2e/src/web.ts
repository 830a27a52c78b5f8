import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { demoAccounts } from '@hse/gateway';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Api, Page as ApiPage, SessionRequestView } from './api.ts';
import { startBrowser } from './browser.ts';
import { startEmbeddedSystem, type System } from './system.ts';

/** Where pictures of the pages are kept for people to look at. */
export const pictures = fileURLToPath(new URL('../../../.cache/screenshots', import.meta.url));

/** Milliseconds in which something appears, on a busy machine as well. */
const shownMs = 30_000;

export const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};

/** Somebody in front of a browser of their own. */
export interface Visitor {
  readonly account: string;
  readonly id: string;
  readonly name: string;
  readonly page: Page;
  readonly context: BrowserContext;
  /** The same person's access to the API, past the page. */
  readonly api: Api;
  /** A complaint that belongs to what is tested; any other one fails the test. */
  allow(complaint: RegExp): void;
}

export interface Visit extends BrowserContextOptions {
  /** Default: `/sessions`. */
  readonly path?: string;
}

/** The web app, served by a system of its own on a clock that stands still, and browsers to use it with. */
export interface Web {
  readonly system: System;
  readonly browser: Browser;
  /** Logs somebody in, by the page of the issuer at the first time, and shows them a page. */
  visit(account: string, options?: Visit): Promise<Visitor>;
  /** A context of nobody yet, whose complaints count as well. */
  context(options?: BrowserContextOptions): Promise<BrowserContext>;
  /**
   * Ends what a test has begun: closes its browser contexts, ends the sessions that are open and reads the notifications.
   * @returns what the browsers complained of (errors, violations of the content policy) and nobody had allowed.
   */
  tidy(): Promise<string[]>;
  stop(): Promise<void>;
}

export const startWeb = async (environment: Record<string, string> = {}): Promise<Web> => {
  await mkdir(pictures, { recursive: true });
  const resources = new AsyncDisposableStack();
  const system = resources.adopt(await startEmbeddedSystem(environment), (it) => it.stop());
  const { browser } = resources.adopt(await startBrowser(), (it) => it.stop());
  const logIns = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>();
  let contexts: BrowserContext[] = [];
  let complaints: string[] = [];
  let allowed: RegExp[] = [];

  const context = async (options: BrowserContextOptions = {}): Promise<BrowserContext> => {
    const made = await browser.newContext({
      locale: 'en-GB',
      // Nobody's zone: times are those of the profile.
      timezoneId: 'America/Sao_Paulo',
      ...desktop,
      ...options,
    });
    made.setDefaultTimeout(shownMs);
    made.on('page', (page) => page.on('pageerror', ({ message }) => complaints.push(message)));
    made.on('console', (line) => {
      if (line.type() !== 'error') return;
      complaints.push(`${line.text()} (${new URL(line.location().url || system.url).pathname})`);
    });
    contexts.push(made);
    return made;
  };

  return {
    system,
    browser,
    context,
    visit: async (account, { path = '/sessions', ...options } = {}) => {
      const { id, name } = system.participant(account);
      const known = logIns.get(account);
      const made = await context({ ...options, ...(known && { storageState: known }) });
      const page = await made.newPage();
      if (known) await page.goto(`${system.url}${path}`);
      else {
        allowed.push(/status of 401 .*\/api\/v1\/me/);
        await page.goto(`${system.url}/auth/login?returnTo=${encodeURIComponent(path)}`);
        await page.getByRole('button', { name }).click();
        await page.waitForURL(`${system.url}${path}`);
        logIns.set(account, await made.storageState());
      }
      await page.getByRole('button', { name: `${name}: your menu` }).waitFor();
      return {
        account,
        id,
        name,
        page,
        context: made,
        api: await system.as(account),
        allow: (complaint) => allowed.push(complaint),
      };
    },
    tidy: async () => {
      await Promise.all(contexts.map((it) => it.close()));
      contexts = [];
      for (const { account } of demoAccounts) await endAll(await system.as(account));
      const told = complaints.filter((complaint) => !allowed.some((pattern) => pattern.test(complaint)));
      complaints = [];
      allowed = [];
      return told;
    },
    stop: () => resources.disposeAsync(),
  };
};

const endAll = async (api: Api): Promise<void> => {
  const { items } = (await api.get<ApiPage<SessionRequestView>>('/session-requests?limit=200')).body;
  for (const session of items) {
    if (session.allowedActions.includes('cancel-session'))
      await api.act('cancel', session, { what: 'session' });
    else if (session.allowedActions.includes('reject')) await api.act('reject', session, {});
  }
  const [newest] = (await api.get<ApiPage<{ id: string }>>('/notifications?limit=1')).body.items;
  if (newest) await api.post('/notifications/read', { upTo: newest.id });
};

/** The exclamation mark; its name says how many sessions await an answer. */
export const pendingMark = (page: Page, count: number): Locator =>
  page.getByRole('button', {
    name:
      count === 0
        ? 'Nothing awaits your answer'
        : count === 1
          ? '1 session awaits your answer'
          : `${count} sessions await your answer`,
    exact: true,
  });

export const pendingSidebar = (page: Page): Locator =>
  page.getByRole('complementary', { name: 'Pending actions' });

/** The proposals in the sidebar, in their order. */
export const pendingItems = (page: Page): Locator => pendingSidebar(page).getByRole('listitem');

export const dialog = (page: Page, name: string | RegExp): Locator => page.getByRole('dialog', { name });

/** Goes to another address of the app as its own links do: without a reload. */
export const go = (page: Page, path: string): Promise<void> =>
  page.evaluate(`history.pushState(null, '', ${JSON.stringify(path)})`);

/** What was said without taking the focus. */
export const announcement = (page: Page, text: string | RegExp): Locator =>
  page.getByRole('status').getByText(text);

/** A session in the calendar, by what it is called there. */
export const calendarItem = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('main').getByRole('button', { name });

/** Opens the dialog and chooses whom to ask. */
export const startRequest = async (page: Page, otherName: string): Promise<Locator> => {
  await page.getByRole('button', { name: 'Request a session' }).first().click();
  const asking = dialog(page, 'Request a session');
  await asking.getByRole('combobox').fill(otherName.slice(0, 4));
  await page.getByRole('option', { name: otherName }).click();
  await asking.getByRole('button', { name: 'Choose somebody else' }).waitFor();
  return asking;
};

/** Types a day (`24112026`) and a start (`1430`) as somebody does who uses the keyboard. */
export const typeSlot = async (
  form: Locator,
  { day, time }: { day?: string; time?: string },
): Promise<void> => {
  if (day !== undefined) {
    await form.getByRole('spinbutton', { name: /^day,/ }).focus();
    await form.page().keyboard.type(day, { delay: 5 });
  }
  if (time !== undefined) {
    await form.getByRole('spinbutton', { name: /^hour,/ }).focus();
    await form.page().keyboard.type(time, { delay: 5 });
  }
};

/** Resolves when this is gone. */
export const gone = (locator: Locator): Promise<void> => locator.waitFor({ state: 'hidden' });

/** Resolves when a list shows so many items. */
export const counted = async (items: Locator, count: number): Promise<void> => {
  if (count > 0) await items.nth(count - 1).waitFor();
  await gone(items.nth(count));
};
