import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toEpochMs, toInstant, type Role } from '@hse/session-requests';
import type { Api, Page, Problem, SessionRequestView } from './api.ts';
import { onEachProfile } from './testing/profiles.ts';
import { DAY, HOUR, type System } from './system.ts';

onEachProfile((startSystem) => {
  let system: System;
  let parties: Record<Role, Api>;
  const accounts: Record<Role, string> = { coach: 'mateo', client: 'chloe' };

  beforeAll(async () => {
    system = await startSystem();
    parties = { coach: await system.as(accounts.coach), client: await system.as(accounts.client) };
  });
  afterAll(() => system.stop());

  const other = (role: Role): Role => (role === 'coach' ? 'client' : 'coach');

  interface Notice {
    type: string;
    requestId: string;
  }

  /** The published rule, hour by hour: the lead, and how long before the start a client or a coach has to answer. */
  const tiers: [lead: string, leadMs: number, client: number, coach: number][] = [
    ['1 h', HOUR, HOUR / 3, (2 * HOUR) / 3],
    [
      'a millisecond less than 24 h',
      24 * HOUR - 1,
      Math.floor((24 * HOUR - 1) / 3),
      Math.floor((2 * (24 * HOUR - 1)) / 3),
    ],
    ['24 h', 24 * HOUR, 8 * HOUR, 16 * HOUR],
    ['a millisecond less than 48 h', 48 * HOUR - 1, 8 * HOUR, 16 * HOUR],
    ['48 h', 48 * HOUR, 16 * HOUR, 32 * HOUR],
    ['a millisecond less than 72 h', 72 * HOUR - 1, 16 * HOUR, 32 * HOUR],
    ['72 h', 72 * HOUR, 24 * HOUR, 48 * HOUR],
    ['7 days', 7 * DAY, 24 * HOUR, 48 * HOUR],
    ['30 days', 30 * DAY, 24 * HOUR, 48 * HOUR],
  ];

  const cases = tiers.flatMap(([lead, leadMs, client, coach]) => [
    { lead, leadMs, awaited: 'client' as const, beforeStartMs: client },
    { lead, leadMs, awaited: 'coach' as const, beforeStartMs: coach },
  ]);

  describe('a proposal that nobody answers', () => {
    it.each(cases)(
      '$lead ahead, by a $awaited, is cancelled at the promised time and not before',
      async ({ leadMs, awaited, beforeStartMs }) => {
        const asker = parties[other(awaited)];
        const slot = await system.slotIn(leadMs);
        const asked = await asker.request(system.participant(accounts[awaited]).id, slot);
        const respondBy = toInstant(toEpochMs(slot.startsAt) - beforeStartMs);
        expect(asked.proposal).toMatchObject({
          awaiting: awaited,
          respondBy,
          round: 1,
          policyId: 'hse-2026-1',
        });

        await system.advanceTo(toInstant(toEpochMs(respondBy) - 1));
        const before = await parties[awaited].get<SessionRequestView>(`/session-requests/${asked.id}`);
        expect([before.body.status, before.body.allowedActions]).toEqual([
          'pending',
          ['accept', 'adjust', 'reject'],
        ]);
        const pending = await parties[awaited].get<Page<SessionRequestView>>('/pending-actions');
        expect(pending.body.items.map(({ id }) => id)).toEqual([asked.id]);

        await system.advanceTo(respondBy);
        for (const role of ['coach', 'client'] as const) {
          const { body } = await parties[role].get<SessionRequestView>(`/session-requests/${asked.id}`);
          expect(body).toMatchObject({
            status: 'cancelled',
            revision: 1,
            proposal: null,
            outcome: { by: 'system', cause: 'no-response', at: respondBy },
            allowedActions: [],
          });
          const notices = await parties[role].get<Page<Notice>>('/notifications?limit=1');
          expect(notices.body.items[0]).toMatchObject({ type: 'SessionCancelled', requestId: asked.id });
        }
        const late = await parties[awaited].post<Problem>(`/session-requests/${asked.id}/accept`, undefined, {
          revision: 1,
        });
        expect([late.status, late.body.code]).toEqual([409, 'already-closed']);
        expect((await parties[awaited].get<Page<SessionRequestView>>('/pending-actions')).body.items).toEqual(
          [],
        );
      },
    );

    it('as a change leaves the agreed session as it was', async () => {
      const asked = await parties.client.request(
        system.participant(accounts.coach).id,
        await system.slotIn(10 * DAY),
      );
      const agreed = await parties.coach.act('accept', asked);
      const changing = await parties.coach.act('adjust', agreed, await system.slotIn(3 * DAY));
      await system.advanceTo(String(changing.proposal?.respondBy));
      const { body } = await parties.client.get<SessionRequestView>(`/session-requests/${asked.id}`);
      expect(body).toMatchObject({
        status: 'accepted',
        agreed: agreed.agreed,
        proposal: null,
        outcome: null,
        revision: 3,
      });
    });

    it('gets a new deadline with each adjustment, and only that one counts', async () => {
      const asked = await parties.client.request(
        system.participant(accounts.coach).id,
        await system.slotIn(2 * DAY),
      );
      const firstDeadline = String(asked.proposal?.respondBy);
      const later = await system.slotIn(20 * DAY);
      const countered = await parties.coach.act('adjust', asked, later);
      expect(countered.proposal).toMatchObject({
        awaiting: 'client',
        round: 2,
        respondBy: toInstant(toEpochMs(later.startsAt) - DAY),
      });
      await system.advanceTo(firstDeadline);
      const still = await parties.client.get<SessionRequestView>(`/session-requests/${asked.id}`);
      expect(still.body).toMatchObject({ status: 'pending', revision: 1 });
      await system.advanceTo(String(countered.proposal?.respondBy));
      const ended = await parties.client.get<SessionRequestView>(`/session-requests/${asked.id}`);
      expect(ended.body).toMatchObject({ status: 'cancelled', revision: 2 });
    });

    it('many at once are all cancelled by one long advance, each at its own time', async () => {
      const asked: SessionRequestView[] = [];
      for (let index = 0; index < 40; index += 1)
        asked.push(
          await parties.client.request(
            system.participant(accounts.coach).id,
            await system.slotIn(DAY + index * 7 * HOUR),
          ),
        );
      await system.advanceBy(30 * DAY);
      for (const { id, proposal } of asked) {
        const { body } = await parties.coach.get<SessionRequestView>(`/session-requests/${id}`);
        expect([body.status, body.outcome?.at]).toEqual(['cancelled', proposal?.respondBy]);
      }
    });
  });
});
