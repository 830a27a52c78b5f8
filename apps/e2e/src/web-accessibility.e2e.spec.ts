import { afterAll, beforeAll, expect, it } from '@jest/globals';
import AxeBuilder from '@axe-core/playwright';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { patienceMs } from './browser.ts';
import { HOUR, DAY } from './system.ts';
import { describeInBrowser } from './testing/describe-in-browser.ts';
import { createSample, type Sample } from './web-sample.ts';
import {
  desktop,
  dialog,
  go,
  pendingItems,
  pendingSidebar,
  phone,
  pictures,
  startWeb,
  typeSlot,
  type Web,
} from './web.ts';

/** Finds whatever is wider than its place: the page itself, and what scrolls sideways in it. Runs in the page. */
const tooWide = `[...document.querySelectorAll('html, body *')]
  .filter((element) => {
    const scrolls = element === document.documentElement || /auto|scroll/.test(getComputedStyle(element).overflowX);
    return scrolls && element.clientWidth > 0 && element.scrollWidth > element.clientWidth;
  })
  .map(({ outerHTML, scrollWidth, clientWidth }) => outerHTML.slice(0, 100) + scrollWidth + ' in ' + clientWidth + ' px')`;

/** Until what has changed is on the screen. Runs in the page. */
const nextFrame = 'new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))';

/** Collects in `moved` whatever moves from now on; what fades, too, however fast. Runs in the page. */
const watchMotion = `globalThis.moved = [];
addEventListener('animationstart', ({ target }) => {
  for (const { effect } of target.getAnimations())
    if (effect.getComputedTiming().activeDuration > 1) moved.push(target.outerHTML.slice(0, 200));
});
addEventListener('transitionrun', ({ target, propertyName }) => moved.push(propertyName + target.outerHTML.slice(0, 200)));`;

const suite = (): void => {
  let web: Web;
  let sample: Sample;

  beforeAll(async () => {
    web = await startWeb();
    sample = await createSample(web.system);
  }, 3 * patienceMs);
  afterAll(() => web.stop(), patienceMs);

  /** Everything that can be seen, one after the other, of somebody who is logged in. */
  const tour = async (page: Page, show: (what: string) => Promise<void>): Promise<void> => {
    const heading = (name: string | RegExp) => page.getByRole('heading', { name });
    const inMain = page.getByRole('main');
    const session = dialog(page, /^Session with/);
    const open = async (of: { id: string }): Promise<void> => {
      await go(page, `/sessions?session=${of.id}`);
      await session.getByRole('list').waitFor();
    };

    for (const view of ['month', 'week', 'list']) {
      await go(page, `/sessions?view=${view}`);
      await page
        .getByRole('button', { name: /Kenji Tanaka|Wednesday,? 25 November,? 1 session/ })
        .first()
        .waitFor();
      await show(view);
    }
    await go(page, '/sessions?view=list&date=2027-03-01');
    await inMain.getByText('No sessions up to Sunday, 4 April 2027.').waitFor();
    await show('list-empty');

    await go(page, '/sessions?pending=open');
    await pendingItems(page).nth(2).waitFor();
    await show('pending');
    await pendingItems(page)
      .first()
      .getByRole('button', { name: /^Reject/ })
      .click();
    await show('pending-reject');

    for (const [what, of] of Object.entries(sample)) {
      await open(of as { id: string });
      await show(`session-${what.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    }
    await open(sample.agreed);
    await session.getByRole('button', { name: 'Cancel' }).click();
    await session.getByRole('group', { name: 'Cancel or move?' }).waitFor();
    await show('session-cancel');
    await open(sample.awaitsMe);
    await session.getByRole('button', { name: 'Reject' }).click();
    await session.getByRole('form').waitFor();
    await show('session-reject');
    await go(page, '/sessions?session=unknown');
    await page.getByText('There is no such session, or it is not yours.').waitFor();
    await show('session-unknown');

    await go(page, '/sessions?request=new');
    const asking = dialog(page, 'Request a session');
    await asking.getByRole('combobox').waitFor();
    await show('request');
    await asking.getByRole('combobox').fill('a');
    await page.getByRole('option', { name: /Kenji/ }).waitFor();
    // Where there may be a keyboard on the screen, it has its place, and is seen, a moment later.
    await page.locator('[data-trigger="ComboBox"]:not([style*="opacity: 0"])').waitFor();
    await show('request-search');
    await page.getByRole('option', { name: /Kenji/ }).click();
    await asking.getByRole('button', { name: 'Send request' }).click();
    await asking.getByText('Choose a day.').waitFor();
    await show('request-incomplete');
    await typeSlot(asking, { day: '26112026', time: '1000' });
    await asking.getByText(/other sessions at that time/).waitFor();
    await asking.getByText(/Kenji Tanaka has to answer by/).waitFor();
    await show('request-overlap');
    await typeSlot(asking, { day: '28032027', time: '0230' });
    await asking.getByText(/There is no 2:30/).waitFor();
    await show('request-no-such-time');
    await typeSlot(asking, { day: '31102027' });
    await asking.getByText(/comes twice/).waitFor();
    await show('request-time-twice');
    await asking.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').waitFor();
    await show('request-discard');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Throw it away' }).click();

    await go(page, `/sessions?adjust=${sample.changeAwaitsMe.id}`);
    const adjusting = dialog(page, 'Propose another time to Priya Sharma');
    await typeSlot(adjusting, { day: '03122026', time: '1100' });
    await adjusting.getByText(/Priya Sharma has to answer by/).waitFor();
    await show('adjust');

    await go(page, '/sessions/notifications');
    await inMain.getByRole('button', { name: /^Cancelled automatically/ }).waitFor();
    await show('notifications');
    await go(page, '/settings');
    await heading('Settings').waitFor();
    await show('settings');
    await page.getByRole('radio', { name: 'Another one' }).check();
    await page.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Nowhere');
    await page.keyboard.press('Tab');
    await page.getByText(/No time zone is called/).waitFor();
    await show('settings-fault');
    await page.getByRole('radio', { name: /Of my profile/ }).check();
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await page.getByRole('button', { name: 'Log out' }).waitFor();
    await show('menu');
    await page.keyboard.press('Escape');
  };

  /** A conflict, which changes what there is: with a session of its own. */
  const conflict = async (page: Page, show: (what: string) => Promise<void>): Promise<void> => {
    const [kenji, anna] = [await web.system.as('kenji'), await web.system.as('anna')];
    const asked = await kenji.request(web.system.participant('anna').id, await web.system.slotIn(11 * DAY));
    await go(page, `/sessions?adjust=${asked.id}`);
    const adjusting = dialog(page, 'Propose another time to Kenji Tanaka');
    await adjusting.getByLabel('Note (optional)').fill('I would rather have the morning.');
    const other = await kenji.act('adjust', asked, await web.system.slotIn(11 * DAY + 2 * HOUR));
    await adjusting.getByText(/Kenji Tanaka proposed .* meanwhile/).waitFor();
    await show('conflict');
    await anna.act('reject', other, {});
    await adjusting.getByText('Kenji Tanaka').first().waitFor();
    await adjusting.getByText('It can no longer be sent.').waitFor();
    await show('conflict-closed');
  };

  /** What somebody sees to whom nothing is shown: nobody, no participant, or nothing to be had. */
  const outside = async (
    options: BrowserContextOptions,
    show: (page: Page, what: string) => Promise<void>,
  ): Promise<void> => {
    const out = await (await web.context(options)).newPage();
    await out.goto(web.system.url);
    await out.getByRole('button', { name: 'Log in' }).waitFor();
    await show(out, 'welcome');
    await out.getByRole('button', { name: 'Log in' }).click();
    await out.getByRole('heading', { name: 'Or pick a demo account' }).waitFor();
    await show(out, 'log-in');

    const { page, allow } = await web.visit('mateo', {
      ...options,
      path: '/sessions?view=list&pending=open',
    });
    allow(/status of 40[13]/);
    await pendingSidebar(page).getByText('Nothing awaits your answer.').waitFor();
    await show(page, 'pending-empty');
    await go(page, '/sessions/notifications');
    await page.getByText('Nothing has happened yet.').waitFor();
    await show(page, 'notifications-empty');
    const refuse = (code: string) => (route: { fulfill(answer: object): Promise<void> }) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({ type: 'about:blank', title: 'No', status: 403, code }),
      });
    await page.route(/\/api\/v1\/(session-requests|pending-actions|notifications)/, refuse('forbidden'));
    await page.goto(`${web.system.url}/sessions?view=list&pending=open`);
    await page.getByText('Your sessions could not be loaded.').waitFor();
    await page.getByText('What awaits your answer could not be loaded.').waitFor();
    await show(page, 'failed');
    await page.route('**/api/v1/me', refuse('unknown-participant'));
    await page.reload();
    await page.getByRole('heading', { name: 'You are logged in, but not a participant here' }).waitFor();
    await show(page, 'no-participant');
  };

  const violations = async (page: Page, what: string, rules?: string[]): Promise<unknown[]> => {
    const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
    const { violations: found } = await (rules ? axe.withRules(rules) : axe).analyze();
    return found.map(({ id, nodes }) => [
      what,
      id,
      nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`),
    ]);
  };

  it.each([
    { size: 'desktop', options: desktop },
    { size: 'phone', options: phone },
  ])(
    'has no violation that axe knows, and nothing that scrolls sideways: $size, light and dark',
    async ({ size, options }) => {
      const visit: BrowserContextOptions = { ...options, reducedMotion: 'reduce' };
      const faults: unknown[] = [];
      const show = async (page: Page, what: string): Promise<void> => {
        faults.push(...(await page.evaluate<string[]>(tooWide)).map((fault) => [what, fault]));
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.evaluate(nextFrame);
          await page.screenshot({ path: `${pictures}/web-${what}-${size}-${colorScheme}.png` });
          // Light and dark differ in their colours and in nothing else, and colours are the same at every size.
          if (colorScheme === 'light') faults.push(...(await violations(page, `${what}, light`)));
          else if (size === 'desktop')
            faults.push(...(await violations(page, `${what}, dark`, ['color-contrast'])));
        }
      };
      await outside(visit, show);
      const { page, allow } = await web.visit('anna', { ...visit, path: '/sessions?view=list' });
      allow(/status of 404/);
      await tour(page, (what) => show(page, what));
      await conflict(page, (what) => show(page, what));
      expect(faults).toEqual([]);
    },
    5 * patienceMs,
  );

  it.each([
    { what: 'letters of twice the size', name: 'large-text-desktop', options: desktop, letters: 32 },
    { what: 'letters of twice the size, on a phone', name: 'large-text-phone', options: phone, letters: 32 },
    {
      what: 'a window of 320 px',
      name: 'narrow-phone',
      options: { ...phone, viewport: { width: 320, height: 844 } },
      letters: 16,
    },
  ])(
    'scrolls nothing sideways in $what',
    async ({ name, options, letters }) => {
      const faults: unknown[] = [];
      const { page, allow } = await web.visit('anna', {
        ...options,
        reducedMotion: 'reduce',
        path: '/sessions?view=list',
      });
      allow(/status of 404/);
      const browser = await page.context().newCDPSession(page);
      await browser.send('Page.setFontSizes', { fontSizes: { standard: letters } });
      await page.reload();
      await page.getByRole('button', { name: 'Request a session' }).waitFor();
      expect(await page.evaluate('getComputedStyle(document.documentElement).fontSize')).toBe(`${letters}px`);
      await tour(page, async (what) => {
        const found = await page.evaluate<string[]>(tooWide);
        faults.push(...found.map((fault) => [what, fault]));
        // A picture costs more than the look itself.
        if (found.length > 0) await page.screenshot({ path: `${pictures}/web-${what}-${name}-light.png` });
      });
      expect(faults).toEqual([]);
    },
    5 * patienceMs,
  );

  it(
    'leaves room for the times beside a name of any length',
    async () => {
      const { page } = await web.visit('anna', { path: '/settings' });
      await page.route('**/api/v1/session-requests/*', async (route) => {
        const response = await route.fetch();
        const name = 'Mary Katherine Worthington-Hamilton, Countess of Anywhere';
        await route.fulfill({ response, body: (await response.text()).replaceAll('Kenji Tanaka', name) });
      });
      await page.goto(`${web.system.url}/sessions?view=list&session=${sample.awaitsMe.id}`);
      const session = dialog(page, /^Session with Mary/);
      const time = session.getByRole('definition').first();
      await time.waitFor();
      expect((await time.boundingBox())?.width).toBeGreaterThan(300);
    },
    3 * patienceMs,
  );

  it(
    'moves nothing for somebody who wants no motion',
    async () => {
      const { page } = await web.visit('anna', { reducedMotion: 'reduce', path: '/sessions?view=list' });
      await page.evaluate(watchMotion);
      await go(page, `/sessions?session=${sample.agreed.id}`);
      await dialog(page, 'Session with Kenji Tanaka').getByRole('button', { name: 'Close' }).click();
      await go(page, '/sessions?view=week&pending=open');
      await pendingItems(page).first().hover();
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.evaluate(nextFrame);
      expect(await page.evaluate('moved')).toEqual([]);
    },
    3 * patienceMs,
  );

  it(
    'has complained of nothing',
    async () => {
      expect(await web.tidy()).toEqual([]);
    },
    patienceMs,
  );
};

describeInBrowser('every page and dialog of the web app', suite);
