import { describe, expect, it } from '@jest/globals';
import { knownAt } from '@hse/contracts';
import { statusOf, toEpochMs, toInstant } from '@hse/session-requests';
import { historyOf } from '../history-file.ts';
import { dayMs, hourMs, madeUpHistory, madeUpStart } from '../testing/made-up-history.ts';
import { createStatesAt } from './states-at.ts';

type Log = ReturnType<typeof madeUpHistory>;

const statesAt = (log: Log, at: string, keep?: Parameters<typeof createStatesAt>[1]) => {
  const states = createStatesAt(at, keep);
  for (const event of log) states.next(event);
  return states.end(historyOf(log));
};

/** The same, stream by stream. */
const byStream = (log: Log, at: string) =>
  [...new Set(log.map(({ stream }) => stream))].flatMap((stream) => {
    const known = knownAt(
      log.filter((event) => event.stream === stream),
      at,
    );
    return known ? [known] : [];
  });

const sorted = <T extends { state: { requestId: string } }>(known: readonly T[]): T[] =>
  known.toSorted((a, b) => (a.state.requestId < b.state.requestId ? -1 : 1));

const expectSame = async (log: Log, at: string): Promise<void> => {
  const all = byStream(log, at);
  const { counts, upcoming, requests } = await statesAt(log, at);
  expect(upcoming).toBe(
    all.filter(({ state }) => statusOf(state) === 'accepted' && state.slot.startsAt > at).length,
  );
  for (const [status, count] of Object.entries(counts))
    expect([at, status, count]).toEqual([
      at,
      status,
      all.filter(({ state }) => statusOf(state) === status).length,
    ]);
  expect(sorted(requests)).toEqual(sorted(all.filter(({ state }) => state.proposal)));
  const mine = await statesAt(log, at, ({ coachId }) => coachId === 'coach-1');
  expect(sorted(mine.requests)).toEqual(sorted(all.filter(({ state }) => state.coachId === 'coach-1')));
};

describe('the states at an instant', () => {
  it('are what each stream says on its own, at any instant', async () => {
    const log = madeUpHistory({ seed: 7, requests: 300 });
    expect(log.length).toBeGreaterThan(700);
    for (let day = -1; day <= 90; day += 13)
      await expectSame(log, toInstant(toEpochMs(madeUpStart) + day * dayMs + 5 * hourMs));
    for (const { metadata } of log.slice(0, 20)) await expectSame(log, metadata.recordedAt);
  });

  it('count every event that was recorded by then, and none of later', async () => {
    const log = madeUpHistory({ seed: 8, requests: 50 });
    const at = log[40]?.metadata.recordedAt ?? '';
    expect((await statesAt(log, at)).events).toBe(
      log.filter(({ metadata }) => metadata.recordedAt <= at).length,
    );
  });

  it('hold where a clock was set back while somebody answered', async () => {
    const [first, ...rest] = madeUpHistory({ seed: 9, requests: 30 });
    // The first request was recorded by a clock that was five days ahead.
    const ahead = toInstant(toEpochMs(first?.metadata.recordedAt ?? '') + 5 * dayMs);
    const log = [{ ...first!, metadata: { ...first!.metadata, recordedAt: ahead } }, ...rest];
    for (let day = 0; day <= 8; day += 1)
      await expectSame(log, toInstant(toEpochMs(madeUpStart) + day * dayMs));
  });

  it('do not remember sessions that have begun, and count them all the same', async () => {
    const log = madeUpHistory({ seed: 10, requests: 1_000, days: 400 });
    const at = log.at(-1)?.metadata.recordedAt ?? '';
    const states = createStatesAt(at, undefined, { sweepEvery: 100 });
    let most = 0;
    for (const event of log) {
      states.next(event);
      most = Math.max(most, states.remembered);
    }
    expect(most).toBeLessThan(150);
    const { counts } = await states.end(historyOf(log));
    expect(counts).toEqual((await statesAt(log, at)).counts);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(1_000);
  });

  it('cannot be told where the beginning of a request is missing', async () => {
    const log = madeUpHistory({ seed: 11, requests: 20 });
    const missing = log.filter(({ revision }) => revision > 0);
    const states = createStatesAt('2027-01-01T00:00:00.000Z');
    for (const event of missing) states.next(event);
    await expect(states.end({})).rejects.toThrow('goes on without its beginning');
  });
});
