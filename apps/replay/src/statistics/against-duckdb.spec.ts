import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultExpiryPolicy, parseExpiryPolicy } from '@hse/session-requests';
import { createBacktest } from '../backtest/backtest.ts';
import { summaryOf } from '../backtest/summary.ts';
import { historyOf } from '../history-file.ts';
import { rowSchemaVersion } from '../rows/columns.ts';
import { plainIdentities } from '../rows/identities.ts';
import { plainOf } from '../sql/print-result.ts';
import { cacheRows } from '../sql/row-cache.ts';
import { openSqlSession, type SqlSession } from '../sql/sql-session.ts';
import { madeUpHistory } from '../testing/made-up-history.ts';
import { createCollector } from './collect.ts';
import { statisticsOf } from './statistics.ts';

const inForce = parseExpiryPolicy(defaultExpiryPolicy);
const log = madeUpHistory({ seed: 31, requests: 1_500 });
const collector = createCollector({ tiersOf: inForce });
for (const event of log) collector.next(event);
const found = statisticsOf(collector.collected);

let folder: string;
let session: SqlSession;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hse-replay-statistics-'));
  const rows = await cacheRows({
    folder,
    history: historyOf(log),
    policies: new Map([[inForce.id, inForce]]),
    rowOptions: { identities: plainIdentities, withNotes: false },
    plan: {
      format: 'parquet',
      schemaVersion: rowSchemaVersion,
      history: 'made up',
      partRows: 100_000,
      from: null,
      to: null,
      types: [],
      participants: [],
      identities: 'plain',
      withNotes: false,
      policies: [],
    },
    elapsedMs: () => 0,
  });
  session = await openSqlSession(rows, { spillTo: folder });
});
afterAll(() => {
  session.close();
  rmSync(folder, { recursive: true, force: true });
});

const rows = async (sql: string): Promise<unknown[][]> => {
  const all: unknown[][] = [];
  for await (const result of session.results(sql))
    for await (const chunk of result.yieldRows()) all.push(...chunk.map((row) => row.map(plainOf)));
  return all;
};

const nearly = (ours: number | null | undefined, theirs: unknown): void => {
  expect(Math.abs((ours ?? NaN) - Number(theirs))).toBeLessThanOrEqual(Number(theirs) * 0.008);
};

describe('the statistics and DuckDB', () => {
  it('agree on the requests of each week', async () => {
    expect(
      await rows(`
        SELECT strftime(date_trunc('week', requested_at), '%Y-%m-%d') AS week,
          count(*) FILTER (requester = 'client'), count(*) FILTER (requester = 'coach')
        FROM requests GROUP BY week ORDER BY week`),
    ).toEqual(found.requestsPerWeek.map(({ week, client, coach }) => [week, client, coach]));
  });

  it('agree on what became of requests', async () => {
    const results = await rows(`
      SELECT requester, CASE WHEN agreed_at IS NOT NULL THEN 'agreed' ELSE coalesce(outcome, 'open') END AS result, count(*)
      FROM requests GROUP BY ALL`);
    expect(results.length).toBe(10);
    for (const [requester, result, count] of results as ['coach' | 'client', 'agreed', number][])
      expect([requester, result, found.result[requester][result]]).toEqual([requester, result, count]);
  });

  it('agree on the time to answer by role and lead tier', async () => {
    const tiers = await rows(`
      SELECT awaiting, lead_tier, count(*), count(*) FILTER (ending = 'unanswered'),
        count(*) FILTER (ending IN ('accepted', 'rejected', 'countered')),
        quantile_disc(waited_ms, [0.1, 0.25, 0.5, 0.75, 0.9]) FILTER (ending IN ('accepted', 'rejected', 'countered'))
      FROM proposals GROUP BY ALL`);
    expect(tiers.length).toBe(8);
    for (const [role, tier, proposals, unanswered, answered, quantiles] of tiers) {
      const ours = found.timeToAnswer.find((row) => row.role === role && row.tier === tier);
      expect([ours?.proposals, ours?.unanswered, ours?.answered]).toEqual([proposals, unanswered, answered]);
      const [p10, p25, p50, p75, p90] = quantiles as number[];
      nearly(ours?.p10, p10);
      nearly(ours?.p25, p25);
      nearly(ours?.p50, p50);
      nearly(ours?.p75, p75);
      nearly(ours?.p90, p90);
    }
  });

  it('agree on the rounds to agreement, and on how late automatic cancellations were recorded', async () => {
    const rounds = await rows(`
      SELECT round, count(*) FROM (
        SELECT request_id, min(round) AS round FROM events WHERE type = 'SessionAccepted' GROUP BY request_id
      ) GROUP BY round ORDER BY round`);
    expect(rounds.filter(([round]) => Number(round) < 6)).toEqual(
      found.roundsToAgreement
        .slice(0, 5)
        .flatMap(({ rounds: round, count }) => (count > 0 ? [[round, count]] : [])),
    );
    const [[count, half, most] = []] = await rows(
      `SELECT count(*), quantile_disc(late_ms, 0.5), max(late_ms) FROM deadlines WHERE fate = 'missed'`,
    );
    const { share, lateness } = found.automaticCancellations;
    expect([share.count, lateness.maximum]).toEqual([count, most]);
    nearly(lateness.p50, half);
  });

  it('agree on the hours at which deadlines fall', async () => {
    const hours = await rows(
      `SELECT isodow(respond_by) - 1, hour(respond_by), count(*) FROM deadlines GROUP BY ALL`,
    );
    for (const [day, hour, count] of hours as [number, number, number][])
      expect([day, hour, found.deadlineHours[day]?.[hour]]).toEqual([day, hour, count]);
    expect(hours.length).toBe(found.deadlineHours.flat().filter((count) => count > 0).length);
  });
});

it('a backtest and DuckDB agree on who answered after another deadline', async () => {
  const cutOff = { shareOfLead: [9, 10] } as const;
  const strict = parseExpiryPolicy({
    ...defaultExpiryPolicy,
    id: 'strict',
    rules: [{ from: 'PT0S', client: cutOff, coach: cutOff }],
  });
  const test = createBacktest({ policies: [strict], tiersOf: inForce });
  for (const event of log) test.next(event);
  const { cancelled } = summaryOf(test.end()).policies[0]!.total;
  // Of each request the first one counts.
  const endings = await rows(`
    SELECT ending, count(*) FROM (
      SELECT request_id, arg_min(ending, round) AS ending FROM proposals
      WHERE ending IN ('accepted', 'countered', 'rejected', 'amended')
        AND epoch_ms(ended_at) >= epoch_ms(starts_at) - (lead_ms * 9) // 10
      GROUP BY request_id
    ) GROUP BY ALL`);
  const { accepted, countered, rejected, amended } = cancelled;
  expect(Object.fromEntries(endings as [string, number][])).toEqual({
    accepted,
    countered,
    rejected,
    amended,
  });
  expect(Math.min(accepted, countered, rejected, amended)).toBeGreaterThan(5);
});
