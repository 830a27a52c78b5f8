import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { patienceMs } from './browser.ts';
import { DAY } from './system.ts';
import { describeInBrowser } from './testing/describe-in-browser.ts';
import {
  calendarItem,
  desktop,
  dialog,
  gone,
  pendingMark,
  pendingSidebar,
  startWeb,
  type Web,
} from './web.ts';

/** Most presses of Tab that lead from one thing to the next that somebody wants. */
const mostPresses = 40;

/** Whether what has the focus shows it: by an outline or a ring around it or what it stands in. Runs in the page. */
const focusShows = `(() => {
  const ringed = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
  };
  let element = document.activeElement;
  if (element.getAttribute('role') === 'spinbutton') return true; // marked by its ground
  for (let steps = 0; element && steps < 3; steps += 1, element = element.parentElement)
    if (ringed(element) || ringed(element.nextElementSibling ?? element)) return true;
  return false;
})()`;

const suite = (): void => {
  let web: Web;

  beforeAll(async () => {
    web = await startWeb();
  }, 2 * patienceMs);
  afterAll(() => web.stop(), patienceMs);
  afterEach(async () => {
    expect(await web.tidy()).toEqual([]);
  }, patienceMs);

  const hasFocus = async (target: Locator): Promise<boolean> =>
    (await target.and(target.page().locator(':focus')).count()) > 0;
  /** Presses Tab until this has the focus. */
  const tabTo = async (target: Locator, key = 'Tab'): Promise<void> => {
    await target.waitFor();
    const page = target.page();
    for (let presses = 0; presses < mostPresses; presses += 1) {
      if (await hasFocus(target)) {
        expect(await page.evaluate(focusShows)).toBe(true);
        return;
      }
      await page.keyboard.press(key);
    }
    throw new Error(`${mostPresses} presses of ${key} do not lead to ${String(target)}`);
  };
  const focused = async (target: Locator): Promise<void> => {
    await target.and(target.page().locator(':focus')).waitFor();
  };
  const press = async (target: Locator, key = 'Enter'): Promise<void> => {
    await tabTo(target);
    await target.page().keyboard.press(key);
  };
  /** Logs in as somebody who has no mouse. */
  const logIn = async (account: string, path: string): Promise<Page> => {
    const context = await web.context(desktop);
    const page = await context.newPage();
    await page.goto(`${web.system.url}/auth/login?returnTo=${encodeURIComponent(path)}`);
    await press(page.getByRole('button', { name: web.system.participant(account).name }));
    await page.waitForURL(`${web.system.url}${path}`);
    return page;
  };

  it(
    'is enough to log in, ask for a session, answer it with another time and accept that',
    async () => {
      const kenji = await logIn('kenji', '/sessions?view=list');
      const anna = await logIn('anna', '/sessions?view=list');
      const type = (page: Page, keys: string) => page.keyboard.type(keys, { delay: 5 });

      await press(kenji.getByRole('button', { name: 'Request a session' }).first());
      const asking = dialog(kenji, 'Request a session');
      // The focus goes into the dialog, to what has to be filled in first.
      await focused(asking.getByRole('combobox'));
      await type(kenji, 'anna');
      await kenji.getByRole('option', { name: 'Anna Berg' }).waitFor();
      await kenji.keyboard.press('ArrowDown');
      await kenji.keyboard.press('Enter');
      await focused(asking.getByRole('button', { name: 'Choose somebody else' }));
      await tabTo(asking.getByRole('spinbutton', { name: /^day,/ }));
      await type(kenji, '27112026');
      await tabTo(asking.getByRole('spinbutton', { name: /^hour,/ }));
      await type(kenji, '1800');
      await tabTo(asking.getByLabel('Note (optional)'));
      await type(kenji, 'Typed.');
      await press(asking.getByRole('button', { name: 'Send request' }));
      await gone(asking);
      // And comes back to where it was.
      await focused(kenji.getByRole('button', { name: 'Request a session' }).first());

      await press(pendingMark(anna, 1));
      const sidebar = pendingSidebar(anna);
      await focused(sidebar.getByRole('heading', { name: 'Pending actions' }));
      await press(sidebar.getByRole('button', { name: /^Adjust/ }));
      const adjusting = dialog(anna, 'Propose another time to Kenji Tanaka');
      await tabTo(adjusting.getByRole('spinbutton', { name: /^hour,/ }));
      await anna.keyboard.press('ArrowUp');
      await press(adjusting.getByRole('button', { name: 'Send proposal' }));
      await gone(adjusting);
      await gone(sidebar.getByRole('listitem').first());

      await press(pendingMark(kenji, 1));
      await press(pendingSidebar(kenji).getByRole('button', { name: /^Accept/ }));
      await pendingSidebar(kenji).getByText('Nothing awaits your answer.').waitFor();
      // What had the focus is gone; the way on begins at the head of the list.
      await focused(pendingSidebar(kenji).getByRole('heading', { name: 'Pending actions' }));
      await kenji.keyboard.press('Escape');
      await gone(pendingSidebar(kenji));
      await focused(pendingMark(kenji, 0));
      await calendarItem(anna, /Kenji Tanaka, Fri,? 27 Nov, 11:00 – 12:00, Agreed/).waitFor();
    },
    4 * patienceMs,
  );

  it(
    'opens and closes dialogs, keeps the focus in them, and gives it back',
    async () => {
      const slot = await web.system.slotIn(4 * DAY);
      const request = await (await web.system.as('kenji')).request(web.system.participant('anna').id, slot);
      const { page } = await web.visit('anna', { path: '/sessions?view=list' });
      const item = calendarItem(page, /Kenji Tanaka, Fri,? 27 Nov, 9:00 – 10:00, Pending/);
      await press(item);
      const session = dialog(page, 'Session with Kenji Tanaka');
      await session.waitFor();
      const inside = async (): Promise<boolean> => (await session.locator(':focus').count()) > 0;
      for (const key of ['Tab', 'Shift+Tab'])
        for (let presses = 0; presses < 8; presses += 1) {
          await page.keyboard.press(key);
          expect(await inside()).toBe(true);
        }
      // A question in the dialog: Escape takes it back, and not the dialog.
      await press(session.getByRole('button', { name: 'Reject' }));
      await focused(session.getByLabel('Reason (optional)'));
      await page.keyboard.press('Escape');
      await session.getByRole('button', { name: 'Accept' }).waitFor();
      await page.keyboard.press('Escape');
      await gone(session);
      await focused(item);
      expect(page.url()).not.toContain(request.id);

      // Something was typed: Escape asks first.
      await press(page.getByRole('button', { name: 'Request a session' }).first());
      const asking = dialog(page, 'Request a session');
      await tabTo(asking.getByLabel('Note (optional)'));
      await page.keyboard.type('Do not lose this.');
      await page.keyboard.press('Escape');
      const question = page.getByRole('alertdialog', { name: 'Throw away what you typed?' });
      await focused(question.getByRole('button', { name: 'Keep writing' }));
      await page.keyboard.press('Enter');
      await gone(question);
      expect(await asking.getByLabel('Note (optional)').inputValue()).toBe('Do not lose this.');
      await focused(asking.getByLabel('Note (optional)'));
      await page.keyboard.press('Escape');
      await press(question.getByRole('button', { name: 'Throw it away' }));
      await gone(asking);
    },
    4 * patienceMs,
  );

  it(
    'skips to the content, walks through the page and out of it, and opens the menu and what is in the grid',
    async () => {
      await (
        await web.system.as('kenji')
      ).request(web.system.participant('anna').id, await web.system.slotIn(4 * DAY));
      const { page } = await web.visit('anna', { path: '/sessions?view=week' });
      await calendarItem(page, /Kenji Tanaka, Fri,? 27 Nov, 9:00 – 10:00, Pending/).waitFor();
      const skip = page.getByRole('link', { name: 'Skip to content' });
      await press(skip);
      await focused(page.getByRole('main'));
      await press(calendarItem(page, /Kenji Tanaka, Fri,? 27 Nov, 9:00 – 10:00, Pending/));
      const session = dialog(page, 'Session with Kenji Tanaka');
      await session.getByRole('button', { name: 'Accept' }).waitFor();
      await page.keyboard.press('Escape');
      await gone(session);

      const menu = page.getByRole('button', { name: 'Anna Berg: your menu' });
      await tabTo(menu, 'Shift+Tab');
      await page.keyboard.press('Enter');
      const items = page.getByRole('navigation', { name: 'Menu' });
      await press(items.getByRole('link', { name: 'Settings' }));
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      await tabTo(page.getByRole('radio', { name: 'As the system' }));
      await page.keyboard.press('ArrowDown');
      expect(await page.getByRole('radio', { name: 'Light' }).isChecked()).toBe(true);

      // Nothing keeps the focus for ever: on and on, Tab comes round to the first thing again.
      await tabTo(skip);
    },
    4 * patienceMs,
  );
};

describeInBrowser('the web app with the keyboard alone', suite);
