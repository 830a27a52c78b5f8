import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Api, Page, Problem, SessionRequestView } from './api.ts';
import { onEachProfile } from './testing/profiles.ts';
import { DAY, HOUR, type System } from './system.ts';

onEachProfile((startSystem) => {
  let system: System;
  let anna: Api;
  let kenji: Api;

  beforeAll(async () => {
    system = await startSystem();
    anna = await system.as('anna');
    kenji = await system.as('kenji');
  });
  afterAll(() => system.stop());

  const ids = async (who: Api, path: string) =>
    (await who.get<Page<SessionRequestView>>(path)).body.items.map(({ id, status }) => [id, status]);

  it('shows the parties a request, the calendar and the pending actions as they were', async () => {
    const before = await system.now();
    await system.advanceBy(HOUR);
    const { id } = await kenji.request(system.participant('anna').id, await system.slotIn(7 * DAY));
    const asked = await system.now();
    await system.advanceBy(HOUR);
    expect((await anna.post(`/session-requests/${id}/accept`, {}, { revision: 0 })).status).toBe(200);
    const agreed = await system.now();
    await system.advanceBy(HOUR);
    const calledOff = await kenji.post(`/session-requests/${id}/cancel`, {}, { revision: 1 });
    expect(calledOff.body.status).toBe('cancelled');

    const statusAt = async (who: Api, asOf: string) =>
      (await who.get<SessionRequestView>(`/session-requests/${id}?asOf=${asOf}`)).body.status;
    for (const who of [anna, kenji])
      expect(await Promise.all([before, asked, agreed].map((asOf) => statusAt(who, asOf)))).toEqual([
        404,
        'pending',
        'accepted',
      ]);
    expect(await ids(anna, `/pending-actions?asOf=${asked}`)).toEqual([[id, 'pending']]);
    expect(await ids(kenji, `/pending-actions?asOf=${asked}`)).toEqual([]);
    expect(await ids(anna, `/pending-actions?asOf=${agreed}`)).toEqual([]);
    expect(await ids(kenji, `/session-requests?asOf=${agreed}`)).toEqual([[id, 'accepted']]);
    expect(await ids(kenji, `/session-requests?asOf=${before}`)).toEqual([]);
    expect(await ids(kenji, `/session-requests`)).toEqual([[id, 'cancelled']]);

    expect(await statusAt(await system.as('chloe'), agreed)).toBe(404);
    const tomorrow = await anna.get<Problem>(`/session-requests?asOf=2099-01-01T00:00:00Z`);
    expect([tomorrow.status, tomorrow.body.code]).toEqual([400, 'as-of-in-future']);
  });
});
