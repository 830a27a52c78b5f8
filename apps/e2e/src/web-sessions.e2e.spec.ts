import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { Slot } from '@hse/session-requests';
import { patienceMs } from './browser.ts';
import type { SessionRequestView } from './api.ts';
import { callFromPage } from './session-in-browser.ts';
import { DAY, HOUR, MINUTE } from './system.ts';
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
  startRequest,
  startWeb,
  typeSlot,
  type Visitor,
  type Web,
} from './web.ts';

/*
 * The clock stands at Monday, 23 November 2026, 8:00 UTC: 9:00 for Anna in Berlin, who is a coach, 17:00 for Kenji in Tokyo,
 * who is a client.
 */
const suite = (): void => {
  let web: Web;

  beforeAll(async () => {
    web = await startWeb();
  }, 2 * patienceMs);
  afterAll(() => web.stop(), patienceMs);
  afterEach(async () => {
    expect(await web.tidy()).toEqual([]);
  }, patienceMs);

  const both = async (path = '/sessions?view=list'): Promise<{ anna: Visitor; kenji: Visitor }> => {
    const [anna, kenji] = await Promise.all([web.visit('anna', { path }), web.visit('kenji', { path })]);
    return { anna, kenji };
  };
  const slot = (days: number, hours: number, lengthMs = HOUR): Promise<Slot> =>
    web.system.slotIn(days * DAY + hours * HOUR, lengthMs);
  const asked = async (by: string, whom: string, when: Slot, note?: string): Promise<SessionRequestView> =>
    (await web.system.as(by)).request(web.system.participant(whom).id, when, note);
  const agreed = async (when: Slot): Promise<SessionRequestView> =>
    (await web.system.as('anna')).act('accept', await asked('kenji', 'anna', when));

  it(
    'leads who follows a link through the log-in of the issuer, and back to the dialog that it names',
    async () => {
      const { id } = await asked('kenji', 'anna', await slot(3, 0));
      const context = await web.context();
      const page = await context.newPage();
      const link = `${web.system.url}/sessions?view=list&session=${id}`;
      await page.goto(link);
      await page.getByRole('button', { name: 'Anna Berg' }).click();
      await page.waitForURL(link);
      await dialog(page, 'Session with Kenji Tanaka').getByRole('button', { name: 'Accept' }).waitFor();
      // Whoever comes without a link is told what this is, and logs in by a button. The page before would notice it, too.
      await page.goto('about:blank');
      await context.clearCookies();
      await page.goto(web.system.url);
      await page.getByRole('heading', { name: 'Sessions that both sides said yes to' }).waitFor();
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
      expect((await web.tidy()).filter((told) => !/status of 401 .*\/api\/v1\/me/.test(told))).toEqual([]);
    },
    3 * patienceMs,
  );

  it(
    'brings a request to the other side while they look, who accepts it, and the answer back',
    async () => {
      const { anna, kenji } = await both();
      await pendingMark(anna.page, 0).waitFor();

      const asking = await startRequest(kenji.page, 'Anna Berg');
      await typeSlot(asking, { day: '26112026', time: '1800' });
      await asking.getByLabel('Note (optional)').fill('About the talk in Osaka.');
      const summary = asking.getByRole('region', { name: 'The session' });
      await summary.getByText(/Thu,? 26 Nov, 18:00 – 19:00/).waitFor();
      await summary.getByText('10:00 – 11:00').waitFor();
      await summary.getByText(/for Anna Berg \(Berlin/).waitFor();
      await summary.getByText(/Anna Berg has to answer by Tue,? 24 Nov, 18:00/).waitFor();
      await summary.getByText(/That is Tue,? 24 Nov, 10:00 for Anna Berg in Berlin/).waitFor();
      await summary.getByText(/Otherwise it is cancelled automatically/).waitFor();
      await asking.getByRole('button', { name: 'Send request' }).click();
      await gone(asking);
      await announcement(kenji.page, /^Sent to Anna Berg, who has until/).waitFor();
      await calendarItem(
        kenji.page,
        /Anna Berg, Thu,? 26 Nov, 18:00 – 19:00, Pending, awaits Anna Berg/,
      ).waitFor();

      await announcement(anna.page, 'Kenji Tanaka asks for a session').waitFor();
      await calendarItem(
        anna.page,
        /Kenji Tanaka, Thu,? 26 Nov, 10:00 – 11:00, Pending, awaits your answer/,
      ).waitFor();
      await pendingMark(anna.page, 1).click();
      const item = pendingItems(anna.page).first();
      await item.getByText('“About the talk in Osaka.”').waitFor();
      await item.getByText(/10:00 – 11:00/).waitFor();
      await item.getByText(/18:00 – 19:00 Tokyo/).waitFor();
      await item.getByText(/Answer by Tue,? 24 Nov, 10:00 \(in\s2[45]\sh/).waitFor();
      await item.getByText(/cancelled automatically/).waitFor();
      await item.getByRole('button', { name: /^Accept/ }).click();
      await pendingSidebar(anna.page).getByText('Nothing awaits your answer.').waitFor();
      await pendingMark(anna.page, 0).waitFor();
      await announcement(anna.page, /^Agreed with Kenji Tanaka: Thu,? 26 Nov, 10:00 – 11:00/).waitFor();
      await calendarItem(anna.page, /Kenji Tanaka, Thu,? 26 Nov, 10:00 – 11:00, Agreed/).waitFor();

      await announcement(kenji.page, 'Anna Berg has accepted.').waitFor();
      await calendarItem(kenji.page, /Anna Berg, Thu,? 26 Nov, 18:00 – 19:00, Agreed/).waitFor();
    },
    3 * patienceMs,
  );

  it(
    'answers a request with another time, old and new side by side, which the first side accepts',
    async () => {
      const { anna, kenji } = await both('/sessions?view=week');
      await asked('kenji', 'anna', await slot(3, 3), 'As usual.');
      const asking = calendarItem(anna.page, /Kenji Tanaka, Thu,? 26 Nov, 12:00 – 13:00, Pending/);
      // An hour of a week has room for both times.
      await asking.getByText('20:00 – 21:00 Tokyo', { exact: true }).waitFor();
      await asking.click();
      const session = dialog(anna.page, 'Session with Kenji Tanaka');
      await session.getByText('Kenji Tanaka asked for a session').waitFor();
      await session.getByText('As usual.').first().waitFor();
      await session.getByRole('button', { name: 'Adjust' }).click();
      const adjusting = dialog(anna.page, 'Propose another time to Kenji Tanaka');
      await adjusting
        .getByText(/Thu,? 26 Nov, 12:00 – 13:00/)
        .first()
        .waitFor();
      await adjusting.getByText('20:00 – 21:00 Tokyo').waitFor();
      await typeSlot(adjusting, { time: '0930' });
      await adjusting.getByText(/Thu,? 26 Nov, 9:30 – 10:30|Thu,? 26 Nov, 09:30 – 10:30/).waitFor();
      await adjusting.getByText('17:30 – 18:30').waitFor();
      await adjusting.getByText(/Kenji Tanaka has to answer by/).waitFor();
      await adjusting.getByLabel('Note (optional)').fill('I teach at noon.');
      await adjusting.getByRole('button', { name: 'Send proposal' }).click();
      await gone(adjusting);

      await announcement(kenji.page, 'Anna Berg proposes another time').waitFor();
      await pendingMark(kenji.page, 1).click();
      const item = pendingItems(kenji.page).first();
      await item.getByText(/Thu,? 26 Nov, 17:30 – 18:30/).waitFor();
      await item.getByText('“I teach at noon.”').waitFor();
      await item.getByRole('button', { name: 'Details of the session with Anna Berg' }).click();
      const seen = dialog(kenji.page, 'Session with Anna Berg');
      const thread = seen.getByRole('list');
      await thread.getByText('You asked for a session').waitFor();
      await thread.getByText('Anna Berg proposed another time').waitFor();
      await thread.getByText(/Thu,? 26 Nov, 20:00 – 21:00/).waitFor();
      await thread.getByText(/Thu,? 26 Nov, 17:30 – 18:30/).waitFor();
      await seen.getByRole('button', { name: 'Accept' }).click();
      await thread.getByText('You accepted').waitFor();
      await seen.getByText('Agreed for').waitFor();
      await announcement(anna.page, 'Kenji Tanaka has accepted.').waitFor();
      await calendarItem(anna.page, /Kenji Tanaka, Thu,? 26 Nov, 0?9:30 – 10:30, Agreed/).waitFor();
    },
    3 * patienceMs,
  );

  it(
    'lists what awaits an answer by the soonest deadline, and each goes as it is answered',
    async () => {
      await asked('kenji', 'anna', await slot(6, 4));
      await asked('priya', 'anna', await slot(3, 4));
      await asked('noah', 'anna', await slot(4, 4));
      const { page } = await web.visit('anna', { path: '/sessions?pending=open' });
      await pendingMark(page, 3).waitFor();
      await counted(pendingItems(page), 3);
      const names = () => pendingItems(page).getByRole('heading').allInnerTexts();
      expect(await names()).toEqual([
        'Priya Sharma asks for a session',
        'Noah Williams asks for a session',
        'Kenji Tanaka asks for a session',
      ]);
      await page.getByRole('button', { name: 'Accept Noah Williams asks for a session' }).click();
      await counted(pendingItems(page), 2);
      // One that comes in goes where it belongs.
      await asked('chloe', 'anna', await slot(5, 4));
      await counted(pendingItems(page), 3);
      expect(await names()).toEqual([
        'Priya Sharma asks for a session',
        'Chloé Martin asks for a session',
        'Kenji Tanaka asks for a session',
      ]);
    },
    4 * patienceMs,
  );

  it(
    'keeps what has arrived live when an older answer comes in late',
    async () => {
      const { page } = await web.visit('anna');
      await page.goto('about:blank');
      const [askedAgain, release] = [Promise.withResolvers<true>(), Promise.withResolvers<true>()];
      let answers = 0;
      await page.route('**/api/v1/me', async (route) => {
        const response = await route.fetch();
        answers += 1;
        if (answers > 1) {
          askedAgain.resolve(true);
          await release.promise;
        }
        await route.fulfill({ response });
      });
      // Asked for a second time as soon as the live connection stands.
      await page.goto(`${web.system.url}/sessions?view=list`);
      await askedAgain.promise;
      await asked('kenji', 'anna', await slot(6, 5));
      await pendingMark(page, 1).waitFor();
      const answered = page.waitForResponse('**/api/v1/me');
      release.resolve(true);
      await (await answered).finished();
      await calendarItem(page, /Kenji Tanaka, .*Pending/).click();
      await dialog(page, 'Session with Kenji Tanaka').getByRole('button', { name: 'Close' }).click();
      await pendingMark(page, 1).waitFor();
    },
    3 * patienceMs,
  );

  it(
    'asks before it rejects, and tells the other one the reason',
    async () => {
      const { anna, kenji } = await both();
      await asked('kenji', 'anna', await slot(3, 5));
      await pendingMark(anna.page, 1).click();
      const item = pendingItems(anna.page).first();
      await item.getByRole('button', { name: /^Reject/ }).click();
      const question = item.getByRole('form', {
        name: /Reject Kenji Tanaka’s proposal for Thu,? 26 Nov, 14:00/,
      });
      await question.getByRole('button', { name: 'Keep it' }).click();
      await item.getByRole('button', { name: /^Accept/ }).waitFor();

      await item.getByRole('button', { name: /^Reject/ }).click();
      await question.getByLabel('Reason (optional)').fill('I am on a train.');
      await question.getByRole('button', { name: 'Reject' }).click();
      await announcement(anna.page, 'Rejected. Kenji Tanaka is told.').waitFor();
      await pendingSidebar(anna.page).getByText('Nothing awaits your answer.').waitFor();

      await announcement(kenji.page, 'Anna Berg has rejected your proposal.').waitFor();
      await calendarItem(kenji.page, /Thu,? 26 Nov, 22:00 – 23:00, Rejected/).click();
      const session = dialog(kenji.page, 'Session with Anna Berg');
      await session.getByText('“I am on a train.”').waitFor();
      await session.getByText('This session is closed. You can request a new one.').waitFor();
      expect(await session.getByRole('button', { name: /Accept|Adjust|Reject|Cancel/ }).count()).toBe(0);
    },
    3 * patienceMs,
  );

  it(
    'asks, when somebody cancels, whether to cancel the session or to adjust its slot instead',
    async () => {
      const { anna, kenji } = await both();
      await agreed(await slot(3, 6));
      await calendarItem(anna.page, /Thu,? 26 Nov, 15:00 – 16:00, Agreed/).click();
      const session = dialog(anna.page, 'Session with Kenji Tanaka');
      const question = session.getByRole('group', { name: 'Cancel or move?' });
      await session.getByRole('button', { name: 'Cancel' }).click();
      await question.getByText(/Your session with Kenji Tanaka, Thu,? 26 Nov, 15:00 – 16:00/).waitFor();
      await question.getByText('It will not take place. Kenji Tanaka is told.').waitFor();
      await question.getByRole('button', { name: 'Back' }).click();
      await session.getByRole('button', { name: 'Cancel' }).click();
      await question.getByRole('button', { name: 'Adjust the slot instead' }).click();
      const adjusting = dialog(anna.page, 'Propose another time to Kenji Tanaka');
      await adjusting.getByRole('button', { name: 'Cancel' }).click();
      await gone(adjusting);

      await calendarItem(anna.page, /Thu,? 26 Nov, 15:00 – 16:00, Agreed/).click();
      await session.getByRole('button', { name: 'Cancel' }).click();
      await question.getByLabel('Reason (optional)').fill('The hall is closed.');
      await question.getByRole('button', { name: 'Cancel the session' }).click();
      await announcement(anna.page, 'Cancelled. Kenji Tanaka is told.').waitFor();
      await session.getByText('You cancelled the session').waitFor();

      await calendarItem(kenji.page, /Thu,? 26 Nov, 23:00 – (Fri,? 27 Nov, )?0?0:00, Cancelled/).click();
      const seen = dialog(kenji.page, 'Session with Anna Berg');
      await seen.getByText('Anna Berg cancelled the session').waitFor();
      await seen.getByText('“The hall is closed.”').waitFor();
    },
    3 * patienceMs,
  );

  it(
    'leaves the agreed time standing when a change to it is rejected, or taken back',
    async () => {
      const { anna, kenji } = await both();
      const standing = /Thu,? 26 Nov, 16:00 – 17:00, Agreed/;
      const session = await agreed(await slot(3, 7));
      await calendarItem(anna.page, standing).waitFor();
      const propose = async (time: string): Promise<void> => {
        await kenji.page.goto(`${web.system.url}/sessions?view=list&adjust=${session.id}`);
        const adjusting = dialog(kenji.page, 'Propose another time to Anna Berg');
        await typeSlot(adjusting, { day: '27112026', time });
        await adjusting.getByRole('button', { name: 'Send proposal' }).click();
        await gone(adjusting);
      };

      await propose('1800');
      await announcement(anna.page, 'Kenji Tanaka proposes to move your session').waitFor();
      await calendarItem(
        anna.page,
        /Thu,? 26 Nov, 16:00 – 17:00, Change proposed, awaits your answer/,
      ).waitFor();
      await pendingMark(anna.page, 1).click();
      const item = pendingItems(anna.page).first();
      await item.getByText(/Fri,? 27 Nov, 10:00 – 11:00/).waitFor();
      await item
        .locator('s')
        .getByText(/Thu,? 26 Nov, 16:00 – 17:00/)
        .waitFor();
      await item
        .getByText('Unanswered, the change is dropped automatically and the agreed time stands.')
        .waitFor();
      await item.getByRole('button', { name: /^Reject/ }).click();
      await item
        .getByRole('form', { name: /The agreed time stands\.$/ })
        .getByRole('button', { name: 'Reject' })
        .click();
      await announcement(anna.page, 'The change is rejected. The agreed time stands.').waitFor();
      await calendarItem(anna.page, standing).waitFor();
      await announcement(kenji.page, 'Anna Berg has rejected your proposal.').waitFor();

      await propose('1900');
      await pendingMark(anna.page, 1).waitFor();
      await counted(pendingItems(anna.page), 1);
      await calendarItem(kenji.page, /Change proposed, awaits Anna Berg/).click();
      const seen = dialog(kenji.page, 'Session with Anna Berg');
      await seen.getByRole('button', { name: 'Cancel' }).click();
      const question = seen.getByRole('group', { name: 'Cancel or move?' });
      await question.getByRole('button', { name: 'Cancel the session' }).waitFor();
      await question.getByRole('button', { name: 'Take back the change' }).click();
      await announcement(kenji.page, 'The change is taken back. The agreed time stands.').waitFor();
      await pendingSidebar(anna.page).getByText('Nothing awaits your answer.').waitFor();
      await calendarItem(anna.page, standing).waitFor();
    },
    3 * patienceMs,
  );

  it(
    'warns of what else is at that time, and of times that the clocks leave out or repeat',
    async () => {
      await agreed(await web.system.slotIn(3 * DAY + 9 * HOUR));
      const { page } = await web.visit('anna');
      const asking = await startRequest(page, 'Priya Sharma');
      await typeSlot(asking, { day: '26112026', time: '1750' });
      await asking.getByText('You have something else at that time.').waitFor();
      await asking.getByRole('link', { name: /with Kenji Tanaka \(Agreed\)/ }).waitFor();

      await typeSlot(asking, { day: '28032027', time: '0230' });
      await asking.getByText(/There is no 0?2:30 on Sun,? 28 Mar 2027: the clocks go forward/).waitFor();
      await asking.getByText('Choose another time.').waitFor();
      await asking.getByRole('button', { name: 'Send request' }).click();
      await asking.getByRole('button', { name: /^Take .*0?3:30 instead/ }).click();
      await asking.getByText(/Sun,? 28 Mar 2027, 0?3:30 – 0?4:30/).waitFor();

      await typeSlot(asking, { day: '31102027', time: '0230' });
      const twice = asking.getByRole('group', { name: /comes twice on Sun,? 31 Oct 2027/ });
      await asking.getByText(/^6:00 – 7:00$/).waitFor();
      await twice.getByRole('radio', { name: /^The second 0?2:30 \(UTC\+1\)/ }).click();
      await asking.getByText(/^7:00 – 8:00$/).waitFor();
      await asking.getByRole('button', { name: 'Send request' }).click();
      await gone(asking);
      const { body } = await (
        await web.system.as('anna')
      ).get<{ items: SessionRequestView[] }>(
        '/session-requests?from=2027-10-30T00:00:00.000Z&to=2027-11-01T00:00:00.000Z',
      );
      expect(body.items.map(({ proposal }) => proposal?.startsAt)).toEqual(['2027-10-31T01:30:00.000Z']);
    },
    3 * patienceMs,
  );

  it(
    'shows the times of another zone and another appearance as soon as they are chosen, and keeps both',
    async () => {
      await agreed(await web.system.slotIn(4 * DAY));
      const { page, allow } = await web.visit('anna', { path: '/settings' });
      await page.getByRole('radio', { name: 'Another one' }).check();
      await page.getByRole('combobox', { name: 'Time zone' }).fill('America/New_York');
      await page.getByRole('radio', { name: 'Dark' }).check();
      await announcement(page, 'Saved.').waitFor();
      await page.reload();
      expect(await page.getByRole('radio', { name: 'Dark' }).isChecked()).toBe(true);
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
      await page.getByRole('button', { name: 'Menu', exact: true }).click();
      await page.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name: 'Sessions' }).click();
      await page.getByRole('button', { name: 'List' }).click();
      await page.getByText('Times are shown for New York').waitFor();
      await calendarItem(page, /Kenji Tanaka, Fri,? 27 Nov, 3:00 – 4:00, Agreed/).waitFor();

      // How the calendar was shown last is how it opens; and the appearance does not wait for the app.
      await page.goto(`${web.system.url}/sessions`);
      await page.getByRole('button', { name: 'List', pressed: true }).waitFor();
      allow(/ERR_FAILED/);
      await page.route('**/assets/index-*.js', (route) => route.abort());
      await page.reload();
      expect(await page.getByRole('main').count()).toBe(0);
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    },
    3 * patienceMs,
  );

  it(
    'ends with the log-out: the API refuses, and Back shows nothing of it',
    async () => {
      const request = await asked('chloe', 'anna', await slot(4, 11));
      await (await web.system.as('anna')).act('accept', request);
      const { page, allow } = await web.visit('chloe', { path: '/sessions?view=list' });
      await calendarItem(page, /Anna Berg, .*Agreed/)
        .first()
        .waitFor();
      allow(/status of 401/);
      await page.getByRole('button', { name: 'Chloé Martin: your menu' }).click();
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('heading', { name: 'Sessions that both sides said yes to' }).waitFor();
      expect(await callFromPage(page, '/api/v1/session-requests')).toMatchObject({ status: 401 });
      await page.goBack();
      await page.getByRole('heading', { name: /^(Log in|Sessions that both sides said yes to)$/ }).waitFor();
      expect(await page.getByText('Anna Berg, ').count()).toBe(0);
      expect(await page.getByRole('main').getByText('Agreed').count()).toBe(0);
    },
    3 * patienceMs,
  );

  it(
    'tells what happened, unread first, and an automatic cancellation with its reason',
    async () => {
      await agreed(await slot(3, 8));
      const { anna, kenji } = await both('/sessions/notifications');
      const unread = kenji.page.getByRole('link', { name: /Notifications.*1 unread/ });
      await unread.waitFor();
      await kenji.page.getByRole('heading', { name: 'New' }).waitFor();
      await kenji.page
        .getByRole('button', { name: /Anna Berg accepted the session on Fri,? 27 Nov, 0?1:00/ })
        .waitFor();
      await kenji.page.getByRole('button', { name: 'Mark all as read' }).click();
      await gone(unread);
      await kenji.page.getByRole('heading', { name: 'Earlier' }).waitFor();
      await gone(kenji.page.getByRole('heading', { name: 'New' }));

      // An hour ahead: the coach has a third of it to answer.
      await asked('kenji', 'anna', await slot(0, 1));
      await anna.page
        .getByRole('button', { name: /Kenji Tanaka asks you for a session on Mon,? 23 Nov, 10:00/ })
        .waitFor();
      await web.system.advanceBy(20 * MINUTE);
      const cancelled = anna.page.getByRole('button', {
        name: /^Cancelled automatically: the session with Kenji Tanaka on Mon,? 23 Nov, 10:00 – 11:00 does not take place\. You did not answer by Mon,? 23 Nov, 0?9:20\./,
      });
      await cancelled.click();
      await dialog(anna.page, 'Session with Kenji Tanaka')
        .getByText('Cancelled automatically: there was no answer in time')
        .waitFor();
      await kenji.page
        .getByRole('button', {
          name: /^Cancelled automatically.*Anna Berg did not answer by Mon,? 23 Nov, 17:20/,
        })
        .waitFor();
      await kenji.page.getByRole('link', { name: /Notifications.*1 unread/ }).waitFor();
    },
    3 * patienceMs,
  );

  it(
    'offers just what is allowed',
    async () => {
      const mine = await asked('anna', 'kenji', await slot(4, 1));
      const theirs = await asked('kenji', 'anna', await slot(4, 3));
      const both = await agreed(await slot(4, 5));
      const change = await (
        await web.system.as('kenji')
      ).act('adjust', await agreed(await slot(4, 7)), await slot(5, 7));
      const closed = await (
        await web.system.as('anna')
      ).act('cancel', await agreed(await slot(4, 9)), { what: 'session' });
      const begun = await agreed(await slot(0, 2));
      await web.system.advanceBy(2 * HOUR);

      const { page } = await web.visit('anna');
      const offered = async ({ id }: { id: string }): Promise<string[]> => {
        await page.goto(`${web.system.url}/sessions?view=list&session=${id}`);
        const session = dialog(page, 'Session with Kenji Tanaka');
        await session.getByRole('list').waitFor();
        const names = await session.getByRole('button').allInnerTexts();
        return names.filter((name) => name !== '').sort();
      };
      expect(await offered(mine)).toEqual(['Adjust', 'Cancel']);
      expect(await offered(theirs)).toEqual(['Accept', 'Adjust', 'Reject']);
      expect(await offered(both)).toEqual(['Adjust', 'Cancel']);
      expect(await offered(change)).toEqual(['Accept', 'Adjust', 'Cancel', 'Reject']);
      expect(await offered(closed)).toEqual([]);
      expect(await offered(begun)).toEqual([]);
      await page.getByText('The session has started; it can no longer be changed.').waitFor();
    },
    3 * patienceMs,
  );
};

describeInBrowser('sessions in the web app, with two participants at once', suite);
