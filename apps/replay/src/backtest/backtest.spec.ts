import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  defaultExpiryPolicy,
  parseExpiryPolicy,
  type ExpiryPolicyDocument,
  type SessionRequestEvent,
} from '@hse/session-requests';
import { openHistoryFile } from '../history-file.ts';
import { asLog, madeUpHistory } from '../testing/made-up-history.ts';
import { createBacktest, type Difference } from './backtest.ts';
import { backtestLines } from './lines.ts';
import { summaryOf } from './summary.ts';

const inForce = parseExpiryPolicy(defaultExpiryPolicy);

/** One row: so long before the start, or a share of the lead. */
const policyOf = (
  id: string,
  cutOff: ExpiryPolicyDocument['rules'][number]['coach'],
  more: Partial<ExpiryPolicyDocument> = {},
) =>
  parseExpiryPolicy({
    ...defaultExpiryPolicy,
    id,
    rules: [{ from: 'PT0S', client: cutOff, coach: cutOff }],
    ...more,
  });

/** Answers are due half of the lead before the start, or at its last thousandth. */
const stricter = policyOf('stricter', { shareOfLead: [9, 10] });
const laxer = policyOf('laxer', { shareOfLead: [1, 1000] });

type Log = ReturnType<typeof asLog>;

const backtest = (log: Log, ...policies: (typeof inForce)[]) => {
  const differences: Difference[] = [];
  const test = createBacktest({ policies, tiersOf: inForce, onDifference: (each) => differences.push(each) });
  for (const event of log) test.next(event);
  return { summary: summaryOf(test.end()), differences };
};

const ids = (requestId: string) => ({ requestId, coachId: 'coach', clientId: 'client' });

/** Asked by the client on Monday for Saturday noon: a lead of 5 days, for the coach to answer by Thursday noon. */
const monday = '2026-03-02T12:00:00.000Z';
const saturday = { startsAt: '2026-03-07T12:00:00.000Z', endsAt: '2026-03-07T13:00:00.000Z' };
const asked = (requestId: string): { event: SessionRequestEvent; recordedAt: string } => ({
  recordedAt: monday,
  event: {
    type: 'SessionRequested',
    data: {
      ...ids(requestId),
      requestedBy: 'client',
      slot: saturday,
      awaiting: 'coach',
      respondBy: '2026-03-05T12:00:00.000Z',
      policyId: 'hse-2026-1',
      round: 1,
    },
  },
});
const accepted = (
  requestId: string,
  recordedAt: string,
): { event: SessionRequestEvent; recordedAt: string } => ({
  recordedAt,
  event: {
    type: 'SessionAccepted',
    data: { ...ids(requestId), acceptedBy: 'coach', slot: saturday, round: 1 },
  },
});
const lapsed = (
  requestId: string,
  recordedAt: string,
): { event: SessionRequestEvent; recordedAt: string } => ({
  recordedAt,
  event: {
    type: 'SessionCancelled',
    data: {
      ...ids(requestId),
      cancelledBy: 'system',
      cause: 'no-response',
      round: 1,
      respondBy: '2026-03-05T12:00:00.000Z',
      agreedSlotStands: false,
    },
  },
});

describe('a backtest', () => {
  it('with the very policy in force changes nothing, whatever the history', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom(inForce, stricter, laxer),
        (seed, requests, policy) => {
          const log = madeUpHistory({ seed, requests, policy });
          const { summary, differences } = backtest(log, policy);
          expect(differences).toEqual([]);
          expect(summary.policies[0]).toMatchObject({ changesNothing: true, contradicted: 0 });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('with the very policy in force changes nothing in the golden histories', async () => {
    const golden = fileURLToPath(new URL('../../../../libs/session-requests/golden', import.meta.url));
    const files = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
    let proposals = 0;
    for (const file of files.filter((name) => /^\d/.test(name))) {
      const history = await openHistoryFile(`${golden}/${file}`);
      const log = [];
      for await (const { events } of history.readAll()) log.push(...events);
      const { summary, differences } = backtest(log, inForce);
      // A golden history may have been recorded under another policy; then it says so in its ids.
      if (Object.keys(summary.recordedBy).some((id) => id !== inForce.id)) continue;
      expect([file, differences]).toEqual([file, []]);
      proposals += summary.policies[0]?.total.proposals ?? 0;
    }
    expect(proposals).toBeGreaterThan(10);
  });

  it('says which answers came after the other deadline, and not what people would have done', () => {
    // "stricter" would have had the answer half a day after the asking: on Monday at midnight.
    const log = asLog([
      asked('early'),
      asked('late'),
      asked('never'),
      accepted('early', '2026-03-02T23:59:59.999Z'),
      accepted('late', '2026-03-03T00:00:00.000Z'),
      lapsed('never', '2026-03-05T12:00:00.250Z'),
    ]);
    const { summary, differences } = backtest(log, stricter, laxer);
    const [strict, lax] = summary.policies;
    expect(strict?.total).toMatchObject({
      proposals: 3,
      answered: 2,
      unanswered: 1,
      effects: { 'in-time': 1, cancelled: 1, sooner: 1, 'more-time': 0 },
      cancelled: { atLeast: 0, atMost: 1, accepted: 1, rejected: 0 },
      cancelledShare: { count: 1, of: 2, share: 0.5 },
      saved: { atLeast: 0, atMost: 0, estimate: 0 },
    });
    expect(lax?.total).toMatchObject({
      effects: { 'in-time': 2, cancelled: 0, sooner: 0, 'more-time': 1 },
      saved: { atLeast: 0, atMost: 1 },
    });
    // Nobody had longer, so that there is nothing to go by.
    expect(lax?.total.saved).toMatchObject({ estimate: 0, low: 0, high: 1 });
    expect(
      differences.map(({ policyId, requestId, effect, ending, role, tier }) => [
        policyId,
        requestId,
        effect,
        ending,
        role,
        tier,
      ]),
    ).toEqual([
      ['stricter', 'late', 'cancelled', 'accepted', 'coach', '72h+'],
      ['stricter', 'never', 'sooner', 'unanswered', 'coach', '72h+'],
      ['laxer', 'never', 'more-time', 'unanswered', 'coach', '72h+'],
    ]);
  });

  it('estimates what more time would have saved by those who had it', () => {
    const later = { startsAt: '2026-03-12T12:00:00.000Z', endsAt: '2026-03-12T13:00:00.000Z' };
    /** The same with ten days to the start, of which eight to answer. */
    const askedEarly = (requestId: string) => {
      const { event, recordedAt } = asked(requestId);
      if (event.type !== 'SessionRequested') throw new Error('asked with something else');
      const respondBy = '2026-03-10T12:00:00.000Z';
      return { recordedAt, event: { ...event, data: { ...event.data, slot: later, respondBy } } };
    };
    // After 72 hours, three of the five were still waiting and had time left; within 24 hours from then on, two of them answered.
    const log = asLog([
      ...['a', 'b', 'c', 'd'].map(askedEarly),
      asked('e'),
      accepted('a', '2026-03-02T22:00:00.000Z'),
      lapsed('e', '2026-03-05T12:00:00.000Z'),
      accepted('b', '2026-03-05T20:00:00.000Z'),
      accepted('c', '2026-03-06T06:00:00.000Z'),
      accepted('d', '2026-03-07T12:00:00.000Z'),
    ]);
    const aDayMore = policyOf('a-day-more', { beforeStart: 'PT24H' }, { minimumNotice: 'PT25H' });
    const { total } = backtest(log, aDayMore).summary.policies[0]!;
    expect(total.saved).toMatchObject({ atLeast: 0, atMost: 1 });
    expect(total.saved.estimate).toBeCloseTo(2 / 3, 10);
    expect(total.saved.low).toBeLessThan(2 / 3);
    expect([total.saved.high > 2 / 3, total.saved.high < 1]).toEqual([true, true]);
    expect(total.medianAddedMs / 3_600_000).toBeCloseTo(24, 0);
  });

  it('counts only the first difference of a request: what followed would have been another history', () => {
    const log = madeUpHistory({ seed: 3, requests: 400 });
    const { differences, summary } = backtest(log, stricter);
    const parting = differences.filter(({ effect }) => effect !== 'sooner').map(({ requestId }) => requestId);
    expect(new Set(parting).size).toBe(parting.length);
    expect(summary.policies[0]?.total.effects.aside).toBeGreaterThan(0);
  });

  it('accounts for every proposal, under every policy, in every group', () => {
    const log = madeUpHistory({ seed: 4, requests: 400 });
    const made = log.filter(({ type }) => type === 'SessionRequested' || type === 'SessionAdjusted').length;
    for (const { total, byRole, byRoleAndTier } of backtest(log, inForce, stricter, laxer).summary.policies) {
      const added = (of: (row: typeof total) => number, rows: readonly (typeof total)[]) =>
        rows.reduce((sum, row) => sum + of(row), 0);
      expect(total.proposals).toBe(made);
      expect(Object.values(total.effects).reduce((sum, each) => sum + each)).toBe(made);
      for (const rows of [byRole, byRoleAndTier]) {
        expect(added(({ proposals }) => proposals, rows)).toBe(total.proposals);
        expect(added(({ cancelled }) => cancelled.atMost, rows)).toBe(total.cancelled.atMost);
        expect(added(({ saved }) => saved.atMost, rows)).toBe(total.saved.atMost);
      }
      expect(total.effects.cancelled).toBe(
        total.cancelled.accepted +
          total.cancelled.countered +
          total.cancelled.rejected +
          total.cancelled.amended,
      );
    }
  });

  it('refuses what the other policy does not allow', () => {
    const shortNotice = parseExpiryPolicy({ ...defaultExpiryPolicy, id: 'a-week', minimumNotice: 'P7D' });
    const { total } = backtest(
      asLog([asked('one'), accepted('one', '2026-03-03T12:00:00.000Z')]),
      shortNotice,
    ).summary.policies[0]!;
    expect(total.effects).toMatchObject({ refused: 1, same: 0 });
  });

  it('says so when a deadline of its own id is not what the document says', () => {
    const impostor = parseExpiryPolicy({ ...defaultExpiryPolicy, deadlineRole: 'requester' });
    const { summary } = backtest(
      asLog([asked('one'), accepted('one', '2026-03-03T12:00:00.000Z')]),
      impostor,
    );
    expect(summary.policies[0]?.contradicted).toBe(1);
    expect(backtestLines(summary).join('\n')).toContain('Careful: 1 deadlines');
  });

  it('tells what is open at the end from what would have been cancelled by then', () => {
    const log = asLog([asked('open'), accepted('other', '2026-03-04T12:00:00.000Z')]);
    const { summary } = backtest(log, stricter, laxer);
    expect(summary.incomplete).toBe(1);
    expect(
      summary.policies.map(({ total: { effects } }) => [effects['cancelled-open'], effects.undecided]),
    ).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});
