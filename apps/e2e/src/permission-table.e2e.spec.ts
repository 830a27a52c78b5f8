import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Action, Role } from '@hse/session-requests';
import type { Answer, Api, Problem, Reply, SessionRequestView } from './api.ts';
import { onEachProfile } from './testing/profiles.ts';
import { DAY, HOUR, type System } from './system.ts';

onEachProfile((startSystem) => {
  let system: System;
  let parties: Record<Role, Api>;
  let outsiders: Record<Role, Api>;

  beforeAll(async () => {
    system = await startSystem();
    parties = { coach: await system.as('anna'), client: await system.as('kenji') };
    outsiders = { coach: await system.as('mateo'), client: await system.as('priya') };
  });
  afterAll(() => system.stop());

  type Situation =
    | 'pending'
    | 'pending, countered'
    | 'accepted'
    | 'adjusting, by the requester'
    | 'adjusting, by the other party'
    | 'rejected'
    | 'cancelled';

  /** Each makes a session request of the coach's (`coach`) or the client's (`client`) asking get to this point. */
  const situations: Record<Situation, (asker: Role) => Promise<SessionRequestView>> = {
    pending: (asker: Role) => ask(asker),
    'pending, countered': async (asker: Role) =>
      parties[other(asker)].act('adjust', await ask(asker), await system.slotIn(8 * DAY)),
    accepted: async (asker: Role) => parties[other(asker)].act('accept', await ask(asker)),
    'adjusting, by the requester': async (asker: Role) =>
      parties[asker].act('adjust', await situations.accepted(asker), await system.slotIn(9 * DAY)),
    'adjusting, by the other party': async (asker: Role) =>
      parties[other(asker)].act('adjust', await situations.accepted(asker), await system.slotIn(9 * DAY)),
    rejected: async (asker: Role) => parties[other(asker)].act('reject', await ask(asker)),
    cancelled: async (asker: Role) => parties[asker].act('cancel', await ask(asker)),
  };

  const other = (role: Role): Role => (role === 'coach' ? 'client' : 'coach');

  const ask = async (asker: Role): Promise<SessionRequestView> =>
    parties[asker].request(
      system.participant(asker === 'coach' ? 'kenji' : 'anna').id,
      await system.slotIn(7 * DAY),
    );

  const attempt = async (api: Api, action: Action, seen: SessionRequestView): Promise<Answer<Reply>> => {
    const [verb, body] = {
      accept: ['accept', undefined] as const,
      adjust: ['adjust', await system.slotIn(10 * DAY)] as const,
      reject: ['reject', { reason: 'no time' }] as const,
      'cancel-session': ['cancel', { what: 'session', reason: 'ill' }] as const,
      'cancel-change': ['cancel', { what: 'change' }] as const,
    }[action];
    return api.post(`/session-requests/${seen.id}/${verb}`, body, { revision: seen.revision });
  };

  /** What becomes of each action: the status it leads to, or the code it is refused with. */
  type Row = Record<Action, string>;

  const closed: Row = {
    accept: 'already-closed',
    adjust: 'already-closed',
    reject: 'already-closed',
    'cancel-session': 'already-closed',
    'cancel-change': 'already-closed',
  };
  const table: Record<Situation, { requester: Row; 'other party': Row }> = {
    pending: {
      requester: {
        accept: 'not-awaited',
        adjust: 'pending',
        reject: 'not-awaited',
        'cancel-session': 'cancelled',
        'cancel-change': 'nothing-proposed',
      },
      'other party': {
        accept: 'accepted',
        adjust: 'pending',
        reject: 'rejected',
        'cancel-session': 'not-the-requester',
        'cancel-change': 'nothing-proposed',
      },
    },
    'pending, countered': {
      requester: {
        accept: 'accepted',
        adjust: 'pending',
        reject: 'rejected',
        'cancel-session': 'cancelled',
        'cancel-change': 'nothing-proposed',
      },
      'other party': {
        accept: 'not-awaited',
        adjust: 'pending',
        reject: 'not-awaited',
        'cancel-session': 'cancelled',
        'cancel-change': 'nothing-proposed',
      },
    },
    accepted: {
      requester: {
        accept: 'nothing-proposed',
        adjust: 'adjusting',
        reject: 'nothing-proposed',
        'cancel-session': 'cancelled',
        'cancel-change': 'nothing-proposed',
      },
      'other party': {
        accept: 'nothing-proposed',
        adjust: 'adjusting',
        reject: 'nothing-proposed',
        'cancel-session': 'cancelled',
        'cancel-change': 'nothing-proposed',
      },
    },
    'adjusting, by the requester': {
      requester: {
        accept: 'not-awaited',
        adjust: 'adjusting',
        reject: 'not-awaited',
        'cancel-session': 'cancelled',
        'cancel-change': 'accepted',
      },
      'other party': {
        accept: 'accepted',
        adjust: 'adjusting',
        reject: 'accepted',
        'cancel-session': 'cancelled',
        'cancel-change': 'not-the-requester',
      },
    },
    'adjusting, by the other party': {
      requester: {
        accept: 'accepted',
        adjust: 'adjusting',
        reject: 'accepted',
        'cancel-session': 'cancelled',
        'cancel-change': 'not-the-requester',
      },
      'other party': {
        accept: 'not-awaited',
        adjust: 'adjusting',
        reject: 'not-awaited',
        'cancel-session': 'cancelled',
        'cancel-change': 'accepted',
      },
    },
    rejected: { requester: closed, 'other party': closed },
    cancelled: { requester: closed, 'other party': closed },
  };

  const refusals: Record<string, number> = {
    'not-awaited': 403,
    'not-the-requester': 403,
    'already-closed': 409,
    'nothing-proposed': 409,
  };

  const rows = (Object.keys(table) as Situation[]).flatMap((situation) =>
    (['requester', 'other party'] as const).flatMap((side) =>
      (['coach', 'client'] as const).map((asker) => [situation, side, asker] as const),
    ),
  );

  describe('the permission table', () => {
    it.each(rows)('holds when %s, for the %s, asked for by the %s', async (situation, side, asker) => {
      const actor = side === 'requester' ? asker : other(asker);
      for (const [action, expected] of Object.entries(table[situation][side]) as [Action, string][]) {
        const seen = await situations[situation](asker);
        const mine = await parties[actor].get<SessionRequestView>(
          `/session-requests/${seen.id}?atLeast=${seen.revision}`,
        );
        const allowed = !(expected in refusals);
        expect([action, mine.body.allowedActions.includes(action)]).toEqual([action, allowed]);

        const answer = await attempt(parties[actor], action, seen);
        if (allowed) {
          expect([action, answer.status, answer.body.status, answer.body.revision]).toEqual([
            action,
            200,
            expected,
            seen.revision + 1,
          ]);
          expect(answer.headers.get('etag')).toBe(`"${seen.revision + 1}"`);
        } else {
          expect([action, answer.status, answer.body.code]).toEqual([action, refusals[expected], expected]);
          expect(answer.headers.get('content-type')).toContain('application/problem+json');
          const after = await parties[actor].get<SessionRequestView>(`/session-requests/${seen.id}`);
          expect(after.body.revision).toBe(seen.revision);
        }
      }
    });

    it.each(Object.keys(situations) as Situation[])(
      'lets nobody else learn that a request exists when %s',
      async (situation) => {
        const seen = await situations[situation]('client');
        const missing = await outsiders.coach.get<Problem>(
          '/session-requests/018f0000-0000-7000-8000-000000000000',
        );
        for (const api of Object.values(outsiders)) {
          const read = await api.get<Problem>(`/session-requests/${seen.id}`);
          expect([read.status, read.body]).toEqual([
            404,
            { ...missing.body, ...('instance' in read.body && { instance: read.body.instance }) },
          ]);
          expect((await api.get(`/session-requests/${seen.id}/history`)).status).toBe(404);
          for (const action of ['accept', 'adjust', 'reject', 'cancel-session', 'cancel-change'] as const) {
            const answer = await attempt(api, action, seen);
            expect([action, answer.status, answer.body.code]).toEqual([action, 404, 'not-a-party']);
          }
          const lists = [
            await api.get('/session-requests'),
            await api.get('/pending-actions'),
            await api.get('/notifications'),
          ];
          expect(JSON.stringify(lists.map(({ body }) => body))).not.toContain(seen.id);
        }
      },
    );

    it('ends for both when the session has started', async () => {
      const startsIn = 2 * HOUR;
      const soon = await parties.client.request(system.participant('anna').id, await system.slotIn(startsIn));
      const agreed = await parties.coach.act('accept', soon);
      const changing = await parties.client.act('adjust', agreed, await system.slotIn(20 * DAY));
      await system.advanceTo(String(agreed.agreed?.startsAt));
      for (const role of ['coach', 'client'] as const) {
        const view = await parties[role].get<SessionRequestView>(`/session-requests/${soon.id}`);
        expect(view.body.allowedActions).toEqual([]);
        for (const action of ['accept', 'adjust', 'reject', 'cancel-session', 'cancel-change'] as const) {
          const answer = await attempt(parties[role], action, changing);
          expect([action, answer.status, answer.body.code]).toEqual([action, 409, 'session-started']);
        }
      }
    });
  });
});
