import { describe, expect, it } from '@jest/globals';
import { defaultExpiryPolicy, parseExpiryPolicy, type SessionRequestEvent } from '@hse/session-requests';
import { count } from '../text-table.ts';
import { asLog, madeUpHistory } from '../testing/made-up-history.ts';
import { createCollector } from './collect.ts';
import { reportPage } from './report.ts';
import { statisticsOf } from './statistics.ts';
import { tablesOf } from './tables.ts';
import { createWeekTimes } from './zone.ts';

const inForce = parseExpiryPolicy(defaultExpiryPolicy);

const statistics = (log: ReturnType<typeof asLog>, timeZone = 'UTC') => {
  const collector = createCollector({ tiersOf: inForce, timeZone });
  for (const event of log) collector.next(event);
  return statisticsOf(collector.collected);
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const saturday = { startsAt: '2026-03-07T12:00:00.000Z', endsAt: '2026-03-07T13:00:00.000Z' };
const sunday = { startsAt: '2026-03-08T12:00:00.000Z', endsAt: '2026-03-08T13:00:00.000Z' };

type Life = (at: string, event: SessionRequestEvent) => { event: SessionRequestEvent; recordedAt: string };
const at: Life = (recordedAt, event) => ({ recordedAt: `2026-03-${recordedAt}.000Z`, event });

const asked = (requestId: string, requestedBy: 'coach' | 'client'): SessionRequestEvent => ({
  type: 'SessionRequested',
  data: {
    requestId,
    coachId: 'coach',
    clientId: 'client',
    requestedBy,
    slot: saturday,
    awaiting: requestedBy === 'client' ? 'coach' : 'client',
    respondBy: requestedBy === 'client' ? '2026-03-05T12:00:00.000Z' : '2026-03-06T12:00:00.000Z',
    policyId: 'hse-2026-1',
    round: 1,
  },
});
const data = (requestId: string, round = 1) => ({ requestId, coachId: 'coach', clientId: 'client', round });

/** Four requests of one Monday and one of the next, counted by hand below. */
const small = asLog([
  at('02T12:00:00', asked('plain', 'client')),
  at('02T12:00:00', asked('moved', 'client')),
  at('02T12:00:00', asked('silent', 'client')),
  at('02T12:00:00', asked('declined', 'coach')),
  // Declined after half an hour, accepted after an hour and a half; after three hours another slot, accepted after ten minutes.
  at('02T12:30:00', {
    type: 'SessionRejected',
    data: { ...data('declined'), rejectedBy: 'client', agreedSlotStands: false },
  }),
  at('02T13:30:00', {
    type: 'SessionAccepted',
    data: { ...data('plain'), acceptedBy: 'coach', slot: saturday },
  }),
  at('02T15:00:00', {
    type: 'SessionAdjusted',
    data: {
      ...data('moved', 2),
      adjustedBy: 'coach',
      previousSlot: saturday,
      slot: sunday,
      awaiting: 'client',
      respondBy: '2026-03-07T12:00:00.000Z',
      policyId: 'hse-2026-1',
    },
  }),
  at('02T15:10:00', {
    type: 'SessionAccepted',
    data: { ...data('moved', 2), acceptedBy: 'client', slot: sunday },
  }),
  // A change to what was agreed, taken back; then the session is called off.
  at('03T12:00:00', {
    type: 'SessionAdjusted',
    data: {
      ...data('moved', 3),
      adjustedBy: 'client',
      previousSlot: sunday,
      slot: { startsAt: '2026-03-11T12:00:00.000Z', endsAt: '2026-03-11T13:00:00.000Z' },
      awaiting: 'coach',
      respondBy: '2026-03-09T12:00:00.000Z',
      policyId: 'hse-2026-1',
    },
  }),
  at('03T12:05:00', {
    type: 'SessionCancelled',
    data: { ...data('moved', 3), cancelledBy: 'client', cause: 'withdrawn', agreedSlotStands: true },
  }),
  at('04T12:00:00', {
    type: 'SessionCancelled',
    data: { ...data('moved', 3), cancelledBy: 'coach', cause: 'called-off', agreedSlotStands: false },
  }),
  at('05T12:00:02', {
    type: 'SessionCancelled',
    data: {
      ...data('silent'),
      cancelledBy: 'system',
      cause: 'no-response',
      respondBy: '2026-03-05T12:00:00.000Z',
      agreedSlotStands: false,
    },
  }),
  at('09T12:00:00', {
    ...asked('late', 'coach'),
    type: 'SessionRequested',
    data: {
      ...data('late'),
      round: 1,
      requestedBy: 'coach',
      slot: { startsAt: '2026-03-10T00:00:00.000Z', endsAt: '2026-03-10T01:00:00.000Z' },
      awaiting: 'client',
      respondBy: '2026-03-09T20:00:00.000Z',
      policyId: 'hse-2026-1',
    },
  }),
]);

describe('statistics', () => {
  it('are what one counts by hand', () => {
    const found = statistics(small);
    expect(found).toMatchObject({
      events: small.length,
      incomplete: 0,
      requests: { client: 3, coach: 2 },
      requestsPerWeek: [
        { week: '2026-03-02', client: 3, coach: 1 },
        { week: '2026-03-09', client: 0, coach: 1 },
      ],
      firstAnswer: {
        client: { accepted: 1, countered: 1, rejected: 0, withdrawn: 0, unanswered: 1, open: 0 },
        coach: { accepted: 0, countered: 0, rejected: 1, withdrawn: 0, unanswered: 0, open: 1 },
      },
      result: {
        client: { agreed: 2, rejected: 0, withdrawn: 0, unanswered: 1, open: 0 },
        coach: { agreed: 0, rejected: 1, withdrawn: 0, unanswered: 0, open: 1 },
      },
      calledOff: { client: 1, coach: 0 },
      changes: { withdrawn: 1, open: 0, 'called-off': 0, accepted: 0 },
      automaticCancellations: { share: { count: 1, of: 7 }, lateness: { p50: 2_000, maximum: 2_000 } },
    });
    expect(
      found.timeToAnswer.map(({ role, tier, proposals, answered, unanswered }) => [
        role,
        tier,
        proposals,
        answered,
        unanswered,
      ]),
    ).toEqual([
      ['coach', '72h+', 4, 2, 1],
      ['coach', 'all', 4, 2, 1],
      ['client', '0-24h', 1, 0, 0],
      ['client', '72h+', 2, 2, 0],
      ['client', 'all', 3, 2, 0],
    ]);
    const [coach] = found.timeToAnswer;
    expect(Math.abs((coach?.p50 ?? 0) - 90 * minuteMs)).toBeLessThan(0.008 * 90 * minuteMs);
    expect(coach?.maximum).toBe(3 * hourMs);
    expect(coach?.classes.map(({ count: each }) => each)).toEqual([0, 2, 0, 0, 0, 0, 0, 0]);
    expect(found.roundsToAgreement.map(({ count: each }) => each)).toEqual([1, 1, 0, 0, 0, 0]);
    expect(found.automaticCancellations.classes.map(({ count: each }) => each)).toEqual([0, 0, 1, 0, 0, 0]);
    // Thursday noon three times, Friday and Saturday noon, Monday noon and 20:00.
    expect(found.deadlineHours.map((hours) => [hours[12], hours[20]])).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
      [3, 0],
      [1, 0],
      [1, 0],
      [0, 0],
    ]);
  });

  it('leave nobody out: of requests, of proposals, of changes', () => {
    const log = madeUpHistory({ seed: 21, requests: 500 });
    const found = statistics(log);
    const sum = (counts: object): number =>
      Object.values(counts as Record<string, number>).reduce((total, each) => total + each, 0);
    for (const role of ['coach', 'client'] as const) {
      expect(sum(found.firstAnswer[role])).toBe(found.requests[role]);
      expect(sum(found.result[role])).toBe(found.requests[role]);
    }
    const made = log.filter(({ type }) => type === 'SessionRequested' || type === 'SessionAdjusted').length;
    expect(sum(found.deadlineHours.flat())).toBe(made);
    expect(found.automaticCancellations.share.of).toBe(made);
    expect(sum(found.roundsToAgreement.map(({ count: each }) => each))).toBe(
      found.result.client.agreed + found.result.coach.agreed,
    );
    for (const row of found.timeToAnswer)
      expect(sum(row.classes.map(({ count: each }) => each))).toBe(row.answered);
    expect(sum(found.changes)).toBeGreaterThan(10);
    expect(Math.min(...Object.values(found.changes))).toBeGreaterThanOrEqual(0);
  });

  it('count by the clocks of the zone that is asked for', () => {
    // Thursday noon in UTC is Thursday 21:00 in Tokyo; the Monday 20:00 one is Tuesday 5:00 there.
    const found = statistics(small, 'Asia/Tokyo');
    expect([found.deadlineHours[3]?.[21], found.deadlineHours[1]?.[5]]).toEqual([3, 1]);
  });

  it('of nothing are empty, and a page all the same', () => {
    const found = statistics([]);
    expect([found.events, found.requestsPerWeek, found.timeToAnswer]).toEqual([0, [], []]);
    expect(reportPage(found)).toContain('There are no requests in this history.');
    expect(reportPage(found)).not.toContain('NaN');
  });
});

describe('the clocks of a zone', () => {
  it('know half hours, other centuries, and both changes of the clocks', () => {
    const read = (zone: string, instant: string) => createWeekTimes(zone)(Date.parse(instant));
    expect(read('UTC', '2026-11-22T23:59:59.999Z')).toEqual({ weekday: 6, hour: 23, week: '2026-11-16' });
    expect(read('UTC', '2026-11-23T00:00:00.000Z')).toEqual({ weekday: 0, hour: 0, week: '2026-11-23' });
    expect(read('UTC', '1969-12-29T00:00:00.000Z')).toEqual({ weekday: 0, hour: 0, week: '1969-12-29' });
    expect(read('Asia/Kolkata', '2026-11-23T18:45:00.000Z')).toMatchObject({ weekday: 1, hour: 0 });
    expect(read('Europe/Berlin', '2026-03-29T00:59:00.000Z').hour).toBe(1);
    expect(read('Europe/Berlin', '2026-03-29T01:00:00.000Z').hour).toBe(3);
    expect(read('Europe/Berlin', '2026-10-25T00:59:00.000Z').hour).toBe(2);
    expect(read('Europe/Berlin', '2026-10-25T01:00:00.000Z').hour).toBe(2);
    expect(() => createWeekTimes('Middle/Earth')).toThrow(RangeError);
  });
});

describe('the report', () => {
  const found = statistics(madeUpHistory({ seed: 22, requests: 400 }));
  const page = reportPage(found);

  it('has the figures of the statistics behind each chart', () => {
    const tables = Object.values(tablesOf(found));
    const shown = [...page.matchAll(/<tbody>(.*?)<\/tbody>/g)].map(([, body = '']) =>
      [...body.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row = '']) =>
        [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell = '']) =>
          cell.replaceAll('\u00a0', ' '),
        ),
      ),
    );
    const written = tables.map(({ head, rows }) =>
      rows.map((row) =>
        head.map((_, index) => (typeof row[index] === 'number' ? count(row[index]) : (row[index] ?? ''))),
      ),
    );
    expect(shown.length).toBe(7);
    for (const table of shown) expect(written).toContainEqual(table);
  });

  it('needs nothing from anywhere else, and no script', () => {
    expect(page).not.toMatch(/<script|<link|<img|src=|https?:\/\/|url\(|@import/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('names every picture for who does not see it, and no name stands for two', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [svg] of page.matchAll(/<svg[^>]*>/g)) {
      expect(svg).toContain('role="img"');
      for (const id of / aria-labelledby="([^"]+)"/.exec(svg)?.[1]?.split(' ') ?? [''])
        expect(ids).toContain(id);
    }
  });
});
