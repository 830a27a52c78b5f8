import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Api, Page, SessionRequestView } from './api.ts';
import { onEachProfile } from './testing/profiles.ts';
import { DAY, HOUR, type System } from './system.ts';

onEachProfile((startSystem) => {
  let system: System;
  let anna: Api;
  let mateo: Api;
  let priya: Api;

  beforeAll(async () => {
    system = await startSystem();
    anna = await system.as('anna');
    mateo = await system.as('mateo');
    priya = await system.as('priya');
  });
  afterAll(() => system.stop());

  const all = async <T>(api: Api, path: string): Promise<T[]> => {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const joint = path.includes('?') ? '&' : '?';
      const { status, body } = await api.get<Page<T>>(
        cursor === undefined ? path : `${path}${joint}cursor=${cursor}`,
      );
      expect(status).toBe(200);
      items.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    return items;
  };

  describe('who I am and whom I can ask', () => {
    it('is told by /me and the directory', async () => {
      const me = await priya.get<object>('/me');
      expect(me.body).toEqual({
        ...pick(system.participant('priya')),
        pendingActions: 0,
        now: await system.now(),
      });
      const coaches = await all<{ name: string }>(priya, '/participants?role=coach');
      expect(coaches).toEqual([pick(system.participant('anna')), pick(system.participant('mateo'))]);
      const found = await all<{ name: string }>(anna, '/participants?q=chloe');
      expect(found.map(({ name }) => name)).toEqual(['Chloé Martin']);
    });
  });

  const pick = ({ id, role, name, timeZone }: ReturnType<System['participant']>) => ({
    id,
    role,
    name,
    timeZone,
  });

  describe('my calendar', () => {
    it('lists what is mine, soonest first, page by page, by span and by status', async () => {
      const made: SessionRequestView[] = [];
      for (const days of [9, 3, 7, 5, 11])
        made.push(await priya.request(system.participant('anna').id, await system.slotIn(days * DAY)));
      const bySoonest = [...made].sort((a, b) =>
        String(a.proposal?.startsAt).localeCompare(String(b.proposal?.startsAt)),
      );
      const accepted = await anna.act('accept', bySoonest[1] as SessionRequestView);
      await anna.act('reject', bySoonest[4] as SessionRequestView, {});
      await mateo.request(system.participant('priya').id, await system.slotIn(30 * DAY));

      const hers = await all<SessionRequestView>(anna, '/session-requests?limit=2');
      expect(hers.map(({ id }) => id)).toEqual(bySoonest.map(({ id }) => id));
      const span = `from=${accepted.agreed?.startsAt}&to=${bySoonest[3]?.proposal?.startsAt}`;
      const inSpan = await all<SessionRequestView>(anna, `/session-requests?${span}`);
      expect(inSpan.map(({ id }) => id)).toEqual(bySoonest.slice(1, 3).map(({ id }) => id));
      const closedOrAgreed = await all<SessionRequestView>(
        anna,
        '/session-requests?status=accepted,rejected',
      );
      expect(closedOrAgreed.map(({ status }) => status)).toEqual(['accepted', 'rejected']);
      expect(await all(priya, '/session-requests?limit=1')).toHaveLength(6);
    });

    it('shows a change both where the session is and where it would be', async () => {
      const asked = await priya.request(system.participant('mateo').id, await system.slotIn(40 * DAY));
      const agreed = await mateo.act('accept', asked);
      const changing = await mateo.act('adjust', agreed, await system.slotIn(50 * DAY));
      for (const slot of [agreed.agreed, changing.proposal]) {
        const found = await all<SessionRequestView>(
          mateo,
          `/session-requests?from=${slot?.startsAt}&to=${slot?.endsAt}`,
        );
        expect(found.map(({ id }) => id)).toEqual([asked.id]);
      }
      const between = await system.slotIn(45 * DAY);
      expect(await all(mateo, `/session-requests?from=${between.startsAt}&to=${between.endsAt}`)).toEqual([]);
    });
  });

  describe('what awaits me', () => {
    it('comes soonest deadline first, and is gone when answered', async () => {
      const noah = await system.as('noah');
      const mateoId = system.participant('mateo').id;
      const late = await noah.request(mateoId, await system.slotIn(20 * DAY));
      const soon = await noah.request(mateoId, await system.slotIn(5 * HOUR));
      const middle = await noah.request(mateoId, await system.slotIn(2 * DAY));
      const pending = await all<SessionRequestView>(mateo, '/pending-actions?limit=1');
      const mine = pending.filter(({ client }) => client.id === system.participant('noah').id);
      expect(mine.map(({ id }) => id)).toEqual([soon.id, middle.id, late.id]);
      await mateo.act('accept', middle);
      const rest = await all<SessionRequestView>(mateo, '/pending-actions');
      expect(rest.map(({ id }) => id)).not.toContain(middle.id);
      const me = await mateo.get<{ pendingActions: number }>('/me');
      expect(me.body.pendingActions).toBe(rest.length);
    });
  });

  describe('what happened', () => {
    it('is told to the other party, and to both when the system cancels, with reasons', async () => {
      const kenji = await system.as('kenji');
      const asked = await kenji.request(system.participant('anna').id, await system.slotIn(4 * DAY));
      await anna.act('reject', asked, { reason: 'on holiday' });
      const told = await kenji.get<Page<{ type: string; requestId: string }>>('/notifications?limit=1');
      expect(told.body.items[0]).toMatchObject({ type: 'SessionRejected', requestId: asked.id });
      expect(JSON.stringify(told.body.items[0])).toContain('on holiday');
      const ownActs = (await all<{ type: string; requestId: string }>(kenji, '/notifications')).filter(
        ({ requestId, type }) => requestId === asked.id && type === 'SessionRequested',
      );
      expect(ownActs).toEqual([]);
    });
  });
});
