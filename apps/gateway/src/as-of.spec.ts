import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionRequestList, SessionRequestView } from '@hse/contracts/http';
import { toInstant } from '@hse/session-requests';
import { mostCandidates } from './past-views.ts';
import {
  anna,
  chloe,
  dayMs,
  hourMs,
  kenji,
  mateo,
  startGateway,
  startOfTime,
  type GatewayUnderTest,
} from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

const now = () => toInstant(gateway.clock.now());
const elapse = (ms: number) => gateway.clock.advanceTo(gateway.clock.now() + ms);
const read = async <T>(who: { id: string }, path: string): Promise<T> => {
  const answer = await gateway.as(who).get(path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`);
  return answer.body as unknown as T;
};
const list = async (who: { id: string }, path: string): Promise<SessionRequestView[]> => [
  ...(await read<SessionRequestList>(who, path)).items,
];
const withoutActions = (view: SessionRequestView) => Object.assign(view, { allowedActions: [] });

describe('the past', () => {
  it('is seen as it was seen then: every request, the calendar and the pending actions of everybody', async () => {
    const people = [anna, chloe, kenji, mateo];
    const seen: { at: string; who: (typeof people)[number]; path: string; views: SessionRequestView[] }[] =
      [];
    const look = async (): Promise<void> => {
      for (const who of people)
        for (const path of ['/session-requests', '/pending-actions', '/session-requests?status=accepted'])
          seen.push({ at: now(), who, path, views: (await list(who, path)).map(withoutActions) });
      elapse(hourMs);
    };
    const act = async (who: { id: string }, id: string, action: string, revision: number, body?: object) => {
      const answer = await gateway
        .as(who)
        .post(`/session-requests/${id}/${action}`, { revision, ...(body && { body }) });
      expect([action, answer.status]).toEqual([action, 200]);
      await look();
    };
    await look();
    const moved = await gateway.requested(chloe, anna);
    await look();
    const other = await gateway.requested(mateo, chloe, 3 * dayMs);
    const unanswered = await gateway.requested(kenji, anna, 2 * dayMs);
    await look();
    await act(anna, moved.id, 'adjust', 0, gateway.slotIn(2 * dayMs));
    await act(chloe, moved.id, 'accept', 1);
    await act(chloe, other.id, 'reject', 0, { reason: 'Away' });
    await act(anna, moved.id, 'adjust', 2, gateway.slotIn(20 * dayMs));
    // Past its deadline and not yet cancelled: then, nothing was awaited any more.
    gateway.clock.advanceTo(gateway.clock.now() + dayMs);
    await look();
    await gateway.expire(unanswered.id, 1);
    await look();
    await act(chloe, moved.id, 'cancel', 3);

    for (const { at, who, path, views } of seen) {
      const asOf = `${path.includes('?') ? '&' : '?'}asOf=${at}`;
      expect([at, who.id, path, await list(who, path + asOf)]).toEqual([at, who.id, path, views]);
      if (path !== '/session-requests') continue;
      for (const view of views)
        expect(await read(who, `/session-requests/${view.id}?asOf=${at}`)).toEqual(view);
    }
    for (const { id } of people)
      expect(seen.some(({ who, views }) => who.id === id && views.length > 0)).toBe(true);
  });

  it('is to be looked at only: no ETag and no actions', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const answer = await gateway.as(anna).get(`/session-requests/${id}?asOf=${now()}`);
    expect([answer.status, answer.headers['etag'], answer.body.allowedActions]).toEqual([200, undefined, []]);
  });

  it('filters by where a slot was then, not by where it is now', async () => {
    const { id } = await gateway.requested(chloe, anna, 7 * dayMs);
    const then = now();
    elapse(hourMs);
    await gateway
      .as(chloe)
      .post(`/session-requests/${id}/adjust`, { revision: 0, body: gateway.slotIn(30 * dayMs) });
    const week = `from=2026-11-30T00:00:00Z&to=2026-12-01T00:00:00Z`;
    expect(await list(anna, `/session-requests?${week}`)).toEqual([]);
    expect(await list(anna, `/session-requests?${week}&asOf=${then}`)).toMatchObject([{ id, revision: 0 }]);
    expect(await list(anna, `/session-requests?from=2026-12-01T00:00:00Z&asOf=${then}`)).toEqual([]);
  });

  it('is closed to whoever was no party, and empty before the request was made', async () => {
    elapse(hourMs);
    const { id } = await gateway.requested(chloe, anna);
    const ask = async (who: { id: string }, at: string) => {
      const { status, body } = await gateway.as(who).get(`/session-requests/${id}?asOf=${at}`);
      return [status, body.code];
    };
    expect(await ask(mateo, now())).toEqual([404, 'not-a-party']);
    expect(await ask(anna, startOfTime)).toEqual([404, 'not-a-party']);
    expect(await ask(anna, now())).toEqual([200, undefined]);
    const unknown = await gateway.as(anna).get(`/session-requests/no%20id?asOf=${now()}`);
    expect(unknown.body.code).toBe('not-a-party');
    expect(await list(anna, `/session-requests?asOf=${startOfTime}`)).toEqual([]);
    expect(await list(anna, `/pending-actions?asOf=${startOfTime}`)).toEqual([]);
  });

  it('does not reach into the future, not by a millisecond', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const later = toInstant(gateway.clock.now() + 1);
    for (const path of [`/session-requests/${id}`, '/session-requests', '/pending-actions']) {
      const { status, body } = await gateway.as(anna).get(`${path}?asOf=${later}`);
      expect([status, body.code]).toEqual([400, 'as-of-in-future']);
      expect((await gateway.as(anna).get(`${path}?asOf=${now()}`)).status).toBe(200);
      const malformed = await gateway.as(anna).get(`${path}?asOf=2026-11-23`);
      expect([malformed.status, malformed.body.code]).toEqual([400, 'invalid-request']);
    }
  });

  it('is not waited for', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const { status, body } = await gateway.as(anna).get(`/session-requests/${id}?asOf=${now()}&atLeast=0`);
    expect([status, body.errors[0]?.path]).toEqual([400, '/query/atLeast']);
  });
});

describe('pages of the past', () => {
  it('hold everything once, sorted in themselves, whatever changed since', async () => {
    const ids: string[] = [];
    for (let day = 2; day <= 8; day += 1) ids.push((await gateway.requested(chloe, anna, day * dayMs)).id);
    const then = now();
    elapse(hourMs);
    for (const [index, id] of ids.entries())
      if (index % 2 === 0)
        await gateway.as(chloe).post(`/session-requests/${id}/adjust`, {
          revision: 0,
          body: gateway.slotIn((40 - index) * dayMs),
        });
    await gateway.requested(chloe, anna, 5 * dayMs);

    for (const path of ['/session-requests', '/pending-actions']) {
      const found: string[] = [];
      let cursor = '';
      for (let pages = 0; ; pages += 1) {
        const { items, nextCursor } = await read<SessionRequestList>(
          anna,
          `${path}?asOf=${then}&limit=2${cursor}`,
        );
        expect(items.length).toBeLessThanOrEqual(2);
        const starts = items.map(({ slot }) => slot.startsAt);
        expect(starts).toEqual(starts.toSorted());
        found.push(...items.map(({ id }) => id));
        if (nextCursor === undefined) break;
        cursor = `&cursor=${nextCursor}`;
        expect(pages).toBeLessThan(ids.length);
      }
      expect(found.toSorted()).toEqual(ids.toSorted());
    }
  });

  it('refuse the cursor of another list and of another instant', async () => {
    for (const day of [2, 3]) await gateway.requested(chloe, anna, day * dayMs);
    const { nextCursor } = await read<SessionRequestList>(anna, `/session-requests?asOf=${now()}&limit=1`);
    const code = async (path: string) =>
      (await gateway.as(anna).get(`${path}cursor=${nextCursor}`)).body.code;
    expect(await code(`/session-requests?limit=1&asOf=${now()}&`)).toBeUndefined();
    expect(await code(`/session-requests?asOf=${startOfTime.replace('.000', '.001')}&`)).toBe(
      'as-of-in-future',
    );
    const before = now();
    elapse(hourMs);
    expect(await code(`/session-requests?asOf=${now()}&`)).toBe('invalid-request');
    expect(await code(`/pending-actions?asOf=${before}&`)).toBe('invalid-request');
    expect(await code('/session-requests?')).toBe('invalid-request');
  });

  it(`look at ${mostCandidates} requests of today at most, and read the events only of those that changed since`, async () => {
    const state = {
      coachId: anna.id,
      clientId: chloe.id,
      requestedBy: 'client',
      revision: 0,
      round: 1,
      slot: { startsAt: '2026-12-01T09:00:00.000Z', endsAt: '2026-12-01T10:00:00.000Z' },
    } as const;
    const records = Array.from({ length: mostCandidates + 1 }, (_, index) => ({
      state: { ...state, requestId: `r-${String(index).padStart(5, '0')}` },
      recordedAt: index === mostCandidates ? startOfTime : '2026-11-23T09:00:00.000Z',
      position: index + 1,
    }));
    await gateway.readModels.apply({ records, notifications: [], checkpoint: records.length });
    elapse(dayMs);
    let reads = 0;
    const { readStream } = gateway.store;
    gateway.store.readStream = (...args) => {
      reads += 1;
      return readStream(...args);
    };
    const first = await read<SessionRequestList>(anna, `/session-requests?asOf=${startOfTime}`);
    expect([first.items, reads]).toEqual([[], mostCandidates]);
    const { items, nextCursor } = await read<SessionRequestList>(
      anna,
      `/session-requests?asOf=${startOfTime}&cursor=${first.nextCursor}`,
    );
    expect([items.map(({ id }) => id), nextCursor, reads]).toEqual([
      [`r-${String(mostCandidates).padStart(5, '0')}`],
      undefined,
      mostCandidates,
    ]);
  });
});
