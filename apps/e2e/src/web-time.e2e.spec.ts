import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { toEpochMs, toInstant } from '@hse/session-requests';
import { patienceMs } from './browser.ts';
import { DAY, HOUR } from './system.ts';
import { describeInBrowser } from './testing/describe-in-browser.ts';
import {
  announcement,
  calendarItem,
  counted,
  dialog,
  gone,
  pendingItems,
  pendingMark,
  pendingSidebar,
  startWeb,
  type Web,
} from './web.ts';

/** The clock of the system stands at Monday, 23 November 2026, 8:00 UTC, and goes when it is told to. */
const suite = (): void => {
  let web: Web;

  beforeAll(async () => {
    web = await startWeb();
  }, 2 * patienceMs);
  afterAll(() => web.stop(), patienceMs);
  afterEach(async () => {
    expect(await web.tidy()).toEqual([]);
  }, patienceMs);

  it(
    'counts down to the deadline by the clock of the service; at the deadline the item leaves, and then the cancellation arrives on both sides',
    async () => {
      const { system } = web;
      const [anna, kenji] = await Promise.all([
        web.visit('anna', { path: '/sessions?view=list&pending=open' }),
        web.visit('kenji', { path: '/sessions?view=list' }),
      ]);
      // A coach who is asked two hours ahead has a third of them, until 9:40 in Berlin.
      const asked = await kenji.api.request(anna.id, await system.slotIn(2 * HOUR));
      const respondBy = asked.proposal?.respondBy ?? '';
      expect(respondBy).toBe('2026-11-23T08:40:00.000Z');
      await counted(pendingItems(anna.page), 1);
      const item = pendingItems(anna.page).first();
      await item.getByText(/^Answer by Mon,? 23 Nov, 9:40 \(in\s(40|39)\smin/).waitFor();

      // Shortly before; another request brings the page the time, as any change does.
      await system.advanceTo(toInstant(toEpochMs(respondBy) - 15_000));
      await (await system.as('priya')).request(anna.id, await system.slotIn(5 * DAY));
      await item.getByText(/\(in\s\d+\ssec/).waitFor();
      const left = Number(/in\s(\d+)\ssec/.exec(await item.getByText(/^Answer by/).innerText())?.[1]);
      expect(left).toBeLessThanOrEqual(15);
      const fewer = Array.from({ length: left }, (_, seconds) => seconds).join('|');
      await item.getByText(new RegExp(`in\\s(${fewer})\\ssec`)).waitFor();
      // The page's clock runs to the deadline, the service's stands still. Asked, the service would set it right.
      const me = '**/api/v1/me';
      await anna.page.route(me, () => undefined);
      await gone(item.getByRole('heading', { name: 'Kenji Tanaka asks for a session' }));
      expect((await kenji.api.get<{ status: string }>(`/session-requests/${asked.id}`)).body.status).toBe(
        'pending',
      );

      await system.advanceTo(toInstant(toEpochMs(respondBy)));
      await anna.page.unroute(me);
      const name = /Mon,? 23 Nov, (11:00 – 12:00|19:00 – 20:00), Cancelled/;
      for (const { page } of [anna, kenji]) {
        await announcement(page, /was cancelled automatically: there was no answer in time\.$/).waitFor();
        await calendarItem(page, name).waitFor();
      }
      await pendingMark(anna.page, 1).waitFor();
      await kenji.page.getByRole('link', { name: /Notifications.*unread/ }).click();
      await kenji.page
        .getByRole('button', {
          name: /^Cancelled automatically: the session with Anna Berg on Mon,? 23 Nov, 19:00 – 20:00 does not take place\. Anna Berg did not answer by Mon,? 23 Nov, 17:40\./,
        })
        .waitFor();
    },
    3 * patienceMs,
  );

  it(
    'drops a change that nobody answered, and leaves the agreed time standing on both sides',
    async () => {
      const { system } = web;
      const [anna, kenji] = await Promise.all([
        web.visit('anna', { path: '/sessions?view=list' }),
        web.visit('kenji', { path: '/sessions?view=list' }),
      ]);
      const asked = await kenji.api.request(anna.id, await system.slotIn(5 * DAY));
      const agreed = await anna.api.act('accept', asked);
      const change = await anna.api.act('adjust', agreed, await system.slotIn(6 * DAY));
      await pendingMark(kenji.page, 1).click();
      await counted(pendingItems(kenji.page), 1);
      await calendarItem(kenji.page, /Change proposed, awaits your answer/).click();
      const open = dialog(kenji.page, 'Session with Anna Berg');
      await open.getByRole('button', { name: 'Accept' }).waitFor();

      await system.advanceTo(toInstant(toEpochMs(change.proposal?.respondBy ?? '')));
      // Whoever looks at it is told, and offered what is possible now.
      await open.getByText(/^This has changed meanwhile.*The change is off the table\./).waitFor();
      await open.getByText('The change was dropped automatically: there was no answer in time.').waitFor();
      await gone(open.getByRole('button', { name: 'Accept' }));
      await open.getByRole('button', { name: 'Close' }).click();
      await pendingSidebar(kenji.page).getByText('Nothing awaits your answer.').waitFor();
      for (const { page } of [anna, kenji]) {
        await announcement(page, /is off the table\. The agreed time stands\.$/).waitFor();
        await calendarItem(page, /Sat,? 28 Nov.*, Agreed(;|$)/).waitFor();
      }
    },
    3 * patienceMs,
  );
};

describeInBrowser('deadlines in the web app, under a simulated clock', suite);
