import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { patienceMs, startBrowser } from './browser.ts';
import { startWorkbench } from './testing/workbench.ts';
import { describeInBrowser } from './testing/describe-in-browser.ts';

const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};

const suite = (): void => {
  jest.setTimeout(2 * patienceMs);
  const resources = new AsyncDisposableStack();
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    browser = resources.adopt(await startBrowser(), (it) => it.stop()).browser;
    url = resources.adopt(await startWorkbench(), (it) => it.stop()).url;
  }, 2 * patienceMs);
  afterAll(() => resources.disposeAsync(), patienceMs);

  const withCalendar = async (
    options: BrowserContextOptions,
    search: string,
    run: (page: Page, told: (least?: number) => Promise<string[]>) => Promise<void>,
  ): Promise<void> => {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Asia/Tokyo', ...options });
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (line) => {
      if (line.type() === 'error') complaints.push(line.text());
    });
    await page.goto(`${url}?${search}`);
    await page.getByRole('region', { name: /^Calendar/ }).waitFor();
    await page.locator('[data-settled="false"]').waitFor({ state: 'detached' });
    await run(page, async (least = 0) => {
      const told = await page.waitForFunction((count) => {
        const lines = (globalThis as unknown as { told: string[] }).told;
        return lines.length >= count && lines;
      }, least);
      return told.jsonValue() as Promise<string[]>;
    });
    expect(complaints).toEqual([]);
    await context.close();
  };

  const center = async (page: Page, name: RegExp): Promise<{ x: number; y: number }> => {
    const box = await page.getByRole('button', { name }).boundingBox();
    if (!box) throw new Error(`nothing called ${String(name)} is to be seen`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };

  it.each(
    [desktop, phone].flatMap((size) =>
      (['light', 'dark'] as const).flatMap((colorScheme) =>
        ['view=week', 'view=month', ...(colorScheme === 'light' ? ['view=week&sessions=late'] : [])].map(
          (search) => ({
            width: size.viewport?.width,
            colorScheme,
            search,
            size,
          }),
        ),
      ),
    ),
  )(
    'has no violation that axe knows: $search, $colorScheme, $width px',
    async ({ size, colorScheme, search }) => {
      await withCalendar({ ...size, colorScheme }, search, async (page) => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      });
    },
  );

  it('shows times of its zone, whatever the device’s is, across midnight and a change of clocks', async () => {
    await withCalendar(desktop, 'view=week&date=2026-10-25', async (page) => {
      // From 23:30 to 01:30 UTC: the clocks of Berlin show 2:30 for the second time when it ends.
      const saturdayNight = page.getByRole('button', { name: /Donald Knuth, Sun,? 25 Oct/ });
      expect(await saturdayNight.textContent()).toContain('1:30 – 2:30');
    });
    await withCalendar(desktop, 'view=week&zone=America/New_York', async (page) => {
      expect(await page.getByRole('button', { name: /Katherine Johnson, Mon/ }).textContent()).toContain(
        '3:00 – 4:00',
      );
    });
  });

  it('is left by keyboard with the session that was opened', async () => {
    await withCalendar(desktop, 'view=week', async (page, told) => {
      await page.getByRole('button', { name: /Katherine Johnson, Mon/ }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Space');
      expect(await told(2)).toEqual(['open "session-19"', 'open "session-20"']);
      await page.keyboard.press('PageDown');
      expect(await told(3)).toContain('date "2026-12-02"');
    });
  });

  it('tells where a session was dragged, and leaves it where it is', async () => {
    await withCalendar(desktop, 'view=week', async (page, told) => {
      const name = /Li Wei, Fri/;
      const [from, other] = [await center(page, name), await center(page, /Ada Lovelace, Sat/)];
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(other.x, from.y, { steps: 8 });
      await page.mouse.up();
      expect(await told(1)).toEqual([
        'move "session-39" {"startsAt":"2026-11-28T13:00:00.000Z","endsAt":"2026-11-28T14:00:00.000Z"}',
      ]);
      expect(await center(page, name)).toEqual(from);
    });
  });

  it('moves nothing into the past, and nothing that is closed', async () => {
    await withCalendar(desktop, 'view=week', async (page, told) => {
      for (const name of [/Li Wei, Fri/, /Donald Knuth, Mon/]) {
        const [from, past] = [await center(page, name), await center(page, /Margaret Hamilton, Mon/)];
        await page.mouse.move(from.x, from.y);
        await page.mouse.down();
        await page.mouse.move(past.x, past.y + 60, { steps: 8 });
        await page.mouse.up();
      }
      expect((await told()).filter((line) => line.startsWith('move'))).toEqual([]);
    });
  });

  it('takes an hour for a click on free time, and what was dragged over', async () => {
    await withCalendar(desktop, 'view=week', async (page, told) => {
      // The middle of it is half past eleven; a little below that, the half hour has begun.
      const session = await center(page, /Ada Lovelace, Sat/);
      session.y += 5;
      const hour = 48;
      await page.mouse.click(session.x, session.y + 2 * hour);
      await page.mouse.move(session.x, session.y + 3 * hour);
      await page.mouse.down();
      await page.mouse.move(session.x, session.y + 4.6 * hour, { steps: 8 });
      await page.mouse.up();
      const asked = (await told(2)).map(
        (line) => JSON.parse(line.replace('select ', '')) as Record<string, string>,
      );
      expect(asked).toEqual([
        { startsAt: '2026-11-28T12:30:00.000Z', endsAt: '2026-11-28T13:30:00.000Z' },
        { startsAt: '2026-11-28T13:30:00.000Z', endsAt: '2026-11-28T15:15:00.000Z' },
      ]);
    });
  });

  it('goes by the clock it is given: today and the present time move with it at once', async () => {
    await withCalendar(desktop, 'view=week', async (page) => {
      const today = page.locator(
        '[role="columnheader"][aria-current="date"], [role="cell"][aria-current="date"]',
      );
      expect(await today.first().getAttribute('data-date')).toBe('2026-11-25');
      await page.getByRole('button', { name: 'A day later' }).click();
      await page.locator('[role="cell"][aria-current="date"][data-date="2026-11-26"]').waitFor();
    });
  });

  it('stays where it is when sessions arrive', async () => {
    await withCalendar(desktop, 'view=week&date=2026-10-25&sessions=late', async (page) => {
      const nine = page.getByText('9:00', { exact: true });
      const before = await nine.boundingBox();
      await page.getByRole('button', { name: 'Arrive' }).click();
      await page.getByRole('button', { name: /Worthington-Hamilton, Sun/ }).waitFor();
      expect(await nine.boundingBox()).toEqual(before);
      await page.getByText('2 earlier').click();
      await page.getByText('2 earlier').waitFor({ state: 'detached' });
    });
  });

  it('on a phone is days to tap in a month, and three days of a week to choose', async () => {
    await withCalendar(phone, 'view=month', async (page, told) => {
      await page.getByRole('button', { name: 'Tuesday 24 November, 4 sessions, 2 await your answer' }).tap();
      expect(await told(1)).toEqual(['day "2026-11-24"']);
    });
    await withCalendar(phone, 'view=week', async (page, told) => {
      await page.getByRole('button', { name: /^Saturday 28 November/ }).tap();
      await page.getByRole('button', { name: /Ada Lovelace, Sat/ }).tap();
      expect(await told(2)).toEqual(['date "2026-11-28"', 'open "session-40"']);
    });
  });

  it('on a phone is swiped through, and a session that is held is dragged', async () => {
    await withCalendar(phone, 'view=week', async (page, told) => {
      const finger = await page.context().newCDPSession(page);
      const touch = (
        type: 'touchStart' | 'touchMove' | 'touchEnd',
        ...touchPoints: { x: number; y: number }[]
      ) => finger.send('Input.dispatchTouchEvent', { type, touchPoints });
      const { x, y } = await center(page, /Li Wei, Fri/);

      await touch('touchStart', { x, y });
      await page.locator('[class*="held"]').first().waitFor({ state: 'attached' });
      for (const step of [8, 24, 48, 96]) await touch('touchMove', { x, y: y + step });
      await touch('touchEnd');
      expect(await told(1)).toEqual([
        'move "session-39" {"startsAt":"2026-11-27T15:00:00.000Z","endsAt":"2026-11-27T16:00:00.000Z"}',
      ]);

      await touch('touchStart', { x: 300, y: 400 });
      await touch('touchMove', { x: 100, y: 405 });
      await touch('touchEnd');
      expect((await told(2)).at(-1)).toBe('date "2026-11-28"');
    });
  });
};

describeInBrowser('the calendar grid alone, in a browser', suite);
