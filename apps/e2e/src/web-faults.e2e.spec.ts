import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Page, Request } from 'playwright-core';
import type { Slot } from '@hse/session-requests';
import type { Page as ApiPage, SessionRequestView } from './api.ts';
import { patienceMs } from './browser.ts';
import { openLive } from './live.ts';
import { DAY, HOUR } from './system.ts';
import { describeInBrowser } from './testing/describe-in-browser.ts';
import {
  announcement,
  calendarItem,
  dialog,
  gone,
  pendingItems,
  pendingMark,
  startRequest,
  startWeb,
  typeSlot,
  type Visitor,
  type Web,
} from './web.ts';

/** The clock stands at Monday, 23 November 2026, 8:00 UTC: 9:00 for Anna in Berlin, 17:00 for Kenji in Tokyo. */
const suite = (): void => {
  let web: Web;

  beforeAll(async () => {
    web = await startWeb();
  }, 2 * patienceMs);
  afterAll(() => web.stop(), patienceMs);
  afterEach(async () => {
    expect(await web.tidy()).toEqual([]);
  }, patienceMs);

  const slot = (hours: number): Promise<Slot> => web.system.slotIn(3 * DAY + hours * HOUR);
  const asked = async (hours: number): Promise<SessionRequestView> =>
    (await web.system.as('kenji')).request(web.system.participant('anna').id, await slot(hours));
  const moved = async (session: SessionRequestView, hours: number): Promise<SessionRequestView> =>
    (await web.system.as('kenji')).act('adjust', session, await slot(hours));
  /** Somebody whose page is told of no change, so that others are faster. */
  const unaware = async (path: string): Promise<Visitor> => {
    const visitor = await web.visit('anna', { path: '/settings' });
    visitor.allow(/ERR_FAILED.*\/api\/v1\/live/);
    visitor.allow(/status of 412/);
    await visitor.page.route('**/api/v1/live', (route) => route.abort());
    await visitor.page.goto(`${web.system.url}${path}`);
    return visitor;
  };
  const sent = (page: Page, path: RegExp): Request[] => {
    const found: Request[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && path.test(new URL(request.url()).pathname)) found.push(request);
    });
    return found;
  };
  const keyOf = (request: Request | undefined): string | undefined => request?.headers()['idempotency-key'];

  it(
    'tells, where a session is answered too late, what has changed, and offers what is possible now',
    async () => {
      const session = await asked(0);
      const { page } = await unaware(`/sessions?view=list&session=${session.id}`);
      const seen = dialog(page, 'Session with Kenji Tanaka');
      await seen.getByText('Kenji Tanaka asked for a session').waitFor();
      await moved(session, 4);
      await seen.getByRole('button', { name: 'Accept' }).click();
      await seen
        .getByText(/This has changed meanwhile.*Kenji Tanaka proposed Thu,? 26 Nov, 13:00 – 14:00 meanwhile/)
        .waitFor();
      await seen.getByRole('button', { name: 'Accept' }).click();
      await seen.getByText('You accepted').waitFor();
      await seen.getByText('Agreed for').waitFor();
    },
    3 * patienceMs,
  );

  it(
    'keeps a reason that was typed, when the proposal it was about is not there any more',
    async () => {
      const session = await asked(1);
      const { page } = await unaware(`/sessions?view=list&session=${session.id}`);
      const seen = dialog(page, 'Session with Kenji Tanaka');
      await seen.getByRole('button', { name: 'Reject' }).click();
      await seen.getByLabel('Reason (optional)').fill('Ten is too early for me.');
      await moved(session, 5);
      await seen.getByRole('form').getByRole('button', { name: 'Reject' }).click();
      await seen.getByText(/Kenji Tanaka proposed Thu,? 26 Nov, 14:00 – 15:00 meanwhile/).waitFor();
      await seen.getByRole('button', { name: 'Reject' }).click();
      expect(await seen.getByLabel('Reason (optional)').inputValue()).toBe('Ten is too early for me.');
    },
    3 * patienceMs,
  );

  it(
    'asks anew, with the reason that was typed, when a proposal is replaced while it is being rejected',
    async () => {
      const session = await asked(14);
      const { page } = await web.visit('anna', { path: '/sessions?view=list&pending=open' });
      const item = pendingItems(page).first();
      await item.getByRole('button', { name: /^Reject/ }).click();
      await item.getByLabel('Reason (optional)').fill('That is in the night.');
      await moved(session, 24);
      await item.getByText('This has changed meanwhile. Look at it again before you answer.').waitFor();
      await item.getByText(/Fri,? 27 Nov, 9:00 – 10:00/).waitFor();
      await item.getByRole('button', { name: /^Reject/ }).click();
      expect(await item.getByLabel('Reason (optional)').inputValue()).toBe('That is in the night.');
      // As after a log-in in between.
      await page.reload();
      await item.getByRole('button', { name: /^Reject/ }).click();
      expect(await item.getByLabel('Reason (optional)').inputValue()).toBe('That is in the night.');
    },
    3 * patienceMs,
  );

  it(
    'shows the new proposal in the sidebar, where the old one was answered',
    async () => {
      const session = await asked(2);
      const { page } = await unaware('/sessions?view=list&pending=open');
      const item = pendingItems(page).first();
      await item.getByText(/Thu,? 26 Nov, 11:00 – 12:00/).waitFor();
      await moved(session, 6);
      await item.getByRole('button', { name: /^Accept/ }).click();
      await item.getByText('This has changed meanwhile. Look at it again before you answer.').waitFor();
      await item.getByText(/Thu,? 26 Nov, 15:00 – 16:00/).waitFor();
      await item.getByRole('button', { name: /^Accept/ }).click();
      await announcement(page, /^Agreed with Kenji Tanaka: Thu,? 26 Nov, 15:00 – 16:00/).waitFor();
    },
    3 * patienceMs,
  );

  it(
    'keeps another time that was typed, tells what has changed, and sends it all the same when asked to',
    async () => {
      const session = await asked(3);
      const { page } = await unaware(`/sessions?view=list&adjust=${session.id}`);
      const adjusting = dialog(page, 'Propose another time to Kenji Tanaka');
      await typeSlot(adjusting, { time: '0830' });
      await adjusting.getByLabel('Note (optional)').fill('Before the children wake up.');
      await adjusting.getByText(/Kenji Tanaka has to answer by/).waitFor();
      await moved(session, 7);
      await adjusting.getByRole('button', { name: 'Send proposal' }).click();
      const told = adjusting.getByRole('alert');
      await told.getByText(/Kenji Tanaka proposed Thu,? 26 Nov, 16:00 – 17:00 meanwhile/).waitFor();
      expect(await adjusting.getByLabel('Note (optional)').inputValue()).toBe('Before the children wake up.');
      await adjusting.getByText(/Thu,? 26 Nov, 8:30 – 9:30/).waitFor();
      await adjusting.getByRole('button', { name: 'Send it all the same' }).click();
      await announcement(page, /^Proposed to Kenji Tanaka/).waitFor();
      await gone(adjusting);
      await calendarItem(page, /Kenji Tanaka, Thu,? 26 Nov, 8:30 – 9:30, Pending, awaits Kenji/).waitFor();
    },
    3 * patienceMs,
  );

  it(
    'shows that the connection is lost, heals by itself, and shows what was missed',
    async () => {
      const { page, context, allow } = await web.visit('anna', { path: '/sessions?view=list' });
      allow(/net::ERR_/); // of whatever was under way, each in its own words
      await pendingMark(page, 0).waitFor();
      await context.setOffline(true);
      // What is open stays open until somebody ends it: the server does.
      await web.system.restart();
      const notice = page.getByText(/^Connection lost\. What you see may be out of date/);
      await notice.waitFor();
      await asked(8);
      await context.setOffline(false);
      await pendingMark(page, 1).waitFor();
      await calendarItem(page, /Thu,? 26 Nov, 17:00 – 18:00, Pending/).waitFor();
      await gone(notice);
      await announcement(page, 'Connected again. Everything is up to date.').waitFor();
    },
    3 * patienceMs,
  );

  it(
    'leads who is no longer logged in through the log-in back to what they had typed',
    async () => {
      const { page, context, allow } = await web.visit('anna', { path: '/sessions?view=list' });
      allow(/status of 401/);
      const asking = await startRequest(page, 'Kenji Tanaka');
      await typeSlot(asking, { day: '26112026', time: '1830' });
      await asking.getByLabel('Note (optional)').fill('The third chapter.');
      await asking.getByText(/Kenji Tanaka has to answer by/).waitFor();
      await context.clearCookies();
      await asking.getByRole('button', { name: 'Send request' }).click();
      await page.getByRole('button', { name: 'Anna Berg' }).click();
      await asking.getByText('What you typed before is back.').waitFor();
      expect(new URL(page.url()).searchParams.get('request')).toBe('new');
      expect(await asking.getByLabel('Note (optional)').inputValue()).toBe('The third chapter.');
      await asking.getByText(/Thu,? 26 Nov, 18:30 – 19:30/).waitFor();
      await asking.getByRole('button', { name: 'Send request' }).click();
      await announcement(page, /^Sent to Kenji Tanaka/).waitFor();
    },
    3 * patienceMs,
  );

  it(
    'says what to do when sending fails, and makes one request of all the attempts at it',
    async () => {
      const { page, api, allow } = await web.visit('anna', { path: '/sessions?view=list' });
      allow(/status of 503|ERR_FAILED/);
      const posts = sent(page, /^\/api\/v1\/session-requests$/);
      const asking = await startRequest(page, 'Kenji Tanaka');
      await typeSlot(asking, { day: '26112026', time: '1900' });
      await asking.getByText(/Kenji Tanaka has to answer by/).waitFor();
      const send = asking.getByRole('button', { name: 'Send request' });

      await page.route('**/api/v1/session-requests', (route) =>
        route.request().method() === 'POST'
          ? route.fulfill({
              status: 503,
              contentType: 'application/problem+json',
              body: JSON.stringify({ type: 'about:blank', title: 'Busy', status: 503, code: 'unavailable' }),
            })
          : route.fallback(),
      );
      await send.click();
      await asking.getByText('The service is busy or restarting. Try again in a moment.').waitFor();

      // Now it arrives, and the answer does not.
      await page.route('**/api/v1/session-requests', async (route) => {
        if (route.request().method() !== 'POST') return route.fallback();
        await route.fetch();
        return route.abort();
      });
      await send.click();
      await asking
        .getByText('The server could not be reached. Nothing is lost: check your connection and try again.')
        .waitFor();
      await page.unrouteAll();
      await send.click();
      await announcement(page, /^Sent to Kenji Tanaka/).waitFor();
      await gone(asking);

      expect(posts).toHaveLength(3);
      expect(keyOf(posts[2])).toBe(keyOf(posts[1]));
      const { startsAt } = await slot(10);
      const { items } = (await api.get<ApiPage<SessionRequestView>>('/session-requests?limit=200')).body;
      expect(items.filter(({ proposal }) => proposal?.startsAt === startsAt)).toHaveLength(1);
    },
    3 * patienceMs,
  );

  it(
    'shows that an answer is on its way, and takes no second click',
    async () => {
      await asked(11);
      const { page } = await web.visit('anna', { path: '/sessions?view=list&pending=open' });
      const posts = sent(page, /\/accept$/);
      const release = Promise.withResolvers<true>();
      await page.route('**/accept', async (route) => {
        await release.promise;
        await route.continue();
      });
      const item = pendingItems(page).first();
      await item.getByRole('button', { name: /^Accept/ }).click();
      const working = item.getByRole('button', { name: 'Accepting …' });
      await working.waitFor();
      expect(await working.getAttribute('aria-disabled')).toBe('true');
      await working.click({ force: true });
      await working.press('Enter');
      release.resolve(true);
      await announcement(page, /^Agreed with Kenji Tanaka/).waitFor();
      expect(posts).toHaveLength(1);
    },
    3 * patienceMs,
  );

  it(
    'shows where something will be while it loads',
    async () => {
      const { page } = await web.visit('anna', { path: '/settings' });
      const release = Promise.withResolvers<true>();
      await page.route(/\/api\/v1\/(session-requests|pending-actions)/, async (route) => {
        await release.promise;
        await route.continue();
      });
      await page.goto(`${web.system.url}/sessions?view=list&pending=open`);
      await page.getByRole('main').getByRole('status', { name: 'Loading …' }).waitFor();
      await page.getByRole('complementary').getByText('Loading …').waitFor();
      release.resolve(true);
      await page.getByRole('complementary').getByText('Nothing awaits your answer.').waitFor();
      await gone(page.getByRole('main').getByRole('status', { name: 'Loading …' }));
    },
    3 * patienceMs,
  );

  it(
    'has one live connection for all tabs, which the next one takes over when the first is closed',
    async () => {
      const { page: first, context, allow } = await web.visit('anna', { path: '/sessions?view=list' });
      // On a busy machine the server may count those that have just been closed for a moment longer; the page tries again.
      allow(/status of 429 .*\/api\/v1\/live/);
      const second = await context.newPage();
      await second.goto(`${web.system.url}/sessions?view=list`);
      await pendingMark(second, 0).waitFor();
      await asked(12);
      await Promise.all([first, second].map((page) => pendingMark(page, 1).waitFor()));

      // The server takes ten of one participant: nine and that of the tabs.
      const token = await web.system.token('anna');
      const others = await Promise.all(Array.from({ length: 9 }, () => openLive(web.system.url, token)));
      await expect(openLive(web.system.url, token)).rejects.toThrow('GET /live: 429');
      for (const live of others) live.close();

      await first.close();
      await asked(13);
      await pendingMark(second, 2).waitFor();
      await calendarItem(second, /Thu,? 26 Nov, 22:00 – 23:00, Pending/).waitFor();
    },
    3 * patienceMs,
  );
};

describeInBrowser('the web app when something goes wrong', suite);
