import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Slot } from '@hse/session-requests';
import type { Api, Page, Problem, Reply, SessionRequestView } from './api.ts';
import { onEachProfile } from './testing/profiles.ts';
import { DAY, HOUR, MINUTE, type System } from './system.ts';

onEachProfile((startSystem) => {
  let system: System;
  let anna: Api;
  let kenji: Api;
  let annaId: string;

  beforeAll(async () => {
    system = await startSystem();
    anna = await system.as('anna');
    kenji = await system.as('kenji');
    annaId = system.participant('anna').id;
  });
  afterAll(() => system.stop());

  const refused = async (
    answer: Promise<{ status: number; headers: Headers; body: Problem }>,
    status: number,
    code: string,
  ) => {
    const { status: actual, headers, body } = await answer;
    expect([actual, body.code, body.status]).toEqual([status, code, status]);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.title).toBeTruthy();
    return body;
  };

  describe('a slot is refused', () => {
    const slots: [why: string, code: string, leadMs: number, durationMs: number][] = [
      ['that starts now', 'slot-in-past', 0, HOUR],
      ['that lies in the past', 'slot-in-past', -DAY, HOUR],
      ['a millisecond short of an hour ahead', 'notice-too-short', HOUR - 1, HOUR],
      ['a millisecond more than a year ahead', 'too-far-ahead', 365 * DAY + 1, HOUR],
      ['a millisecond shorter than 15 minutes', 'invalid-duration', DAY, 15 * MINUTE - 1],
      ['a millisecond longer than 8 hours', 'invalid-duration', DAY, 8 * HOUR + 1],
      ['that ends before it starts', 'invalid-duration', DAY, -HOUR],
    ];
    let base: SessionRequestView;
    beforeEach(async () => {
      base = await kenji.request(annaId, await system.slotIn(7 * DAY));
    });

    it.each(slots)('%s: %s, when asked for and when adjusted to', async (_why, code, leadMs, durationMs) => {
      const slot = await system.slotIn(leadMs, durationMs);
      await refused(kenji.post<Problem>('/session-requests', { with: annaId, ...slot }), 422, code);
      await refused(
        anna.post<Problem>(`/session-requests/${base.id}/adjust`, slot, { revision: 0 }),
        422,
        code,
      );
      const { body } = await anna.get<SessionRequestView>(`/session-requests/${base.id}`);
      expect(body.revision).toBe(0);
    });

    it('that is the one on the table: slot-unchanged', async () => {
      const { startsAt, endsAt } = base.proposal as Slot;
      await refused(
        anna.post<Problem>(`/session-requests/${base.id}/adjust`, { startsAt, endsAt }, { revision: 0 }),
        422,
        'slot-unchanged',
      );
    });

    it('but not at the very bounds', async () => {
      for (const [leadMs, durationMs] of [
        [HOUR, 15 * MINUTE],
        [365 * DAY, 8 * HOUR],
      ] as const)
        expect((await kenji.request(annaId, await system.slotIn(leadMs, durationMs))).status).toBe('pending');
    });
  });

  describe('a request is refused', () => {
    it('to somebody of the same role: same-role', async () => {
      const other = system.participant('chloe').id;
      await refused(
        kenji.post<Problem>('/session-requests', { with: other, ...(await system.slotIn(DAY)) }),
        422,
        'same-role',
      );
    });

    it('to oneself: same-role', async () => {
      const self = system.participant('kenji').id;
      await refused(
        kenji.post<Problem>('/session-requests', { with: self, ...(await system.slotIn(DAY)) }),
        422,
        'same-role',
      );
    });

    it('to nobody that is known', async () => {
      const answer = await kenji.post<Problem>('/session-requests', {
        with: 'nobody',
        ...(await system.slotIn(DAY)),
      });
      expect(answer.status).toBe(422);
      expect(answer.body.code).toBeTruthy();
    });
  });

  describe('an answer is refused', () => {
    it('without the state it was decided on: 428', async () => {
      const asked = await kenji.request(annaId, await system.slotIn(DAY));
      const answer = await anna.post<Problem>(`/session-requests/${asked.id}/accept`);
      expect(answer.status).toBe(428);
    });

    it('on a state that has moved: 412 with the present one, its ETag and what is allowed now', async () => {
      const asked = await kenji.request(annaId, await system.slotIn(5 * DAY));
      const amended = await kenji.act('adjust', asked, await system.slotIn(6 * DAY));
      const { headers, body } = await anna.post<Problem>(`/session-requests/${asked.id}/accept`, undefined, {
        revision: 0,
      });
      expect([body.status, body.code, headers.get('etag')]).toEqual([412, 'conflict', '"1"']);
      expect(body.current).toMatchObject({
        id: asked.id,
        revision: 1,
        proposal: amended.proposal,
        allowedActions: ['accept', 'adjust', 'reject'],
      });
    });

    it('after the deadline: deadline-passed or, once the system has cancelled, already-closed', async () => {
      const asked = await kenji.request(annaId, await system.slotIn(2 * DAY));
      await system.advanceTo(String(asked.proposal?.respondBy));
      await refused(
        anna.post<Problem>(`/session-requests/${asked.id}/accept`, undefined, { revision: 0 }),
        412,
        'conflict',
      );
      await refused(
        anna.post<Problem>(`/session-requests/${asked.id}/accept`, undefined, { revision: 1 }),
        409,
        'already-closed',
      );
    });

    it('of two at the same time: one is recorded, the other is a conflict', async () => {
      const asked = await kenji.request(annaId, await system.slotIn(5 * DAY));
      const answers = await Promise.all([
        anna.post<Reply>(`/session-requests/${asked.id}/accept`, undefined, {
          revision: 0,
        }),
        kenji.post<Reply>(`/session-requests/${asked.id}/cancel`, {}, { revision: 0 }),
        anna.post<Reply>(`/session-requests/${asked.id}/reject`, {}, { revision: 0 }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
      const history = await anna.get<Page<{ type: string }>>(
        `/session-requests/${asked.id}/history?atLeast=1`,
      );
      expect(history.body.items).toHaveLength(2);
    });
  });

  describe('bad input is refused and changes nothing', () => {
    const bodies: [what: string, body: string, statuses: number[], path: string | undefined][] = [
      ['malformed JSON', '{"with": ', [400], undefined],
      ['no body', '', [400], undefined],
      ['a list', '[]', [400, 422], undefined],
      ['null', 'null', [400, 422], undefined],
      ['an unknown field', '{"with":"W","startsAt":"S","endsAt":"E","priority":1}', [400, 422], 'priority'],
      ['a number for a text', '{"with":7,"startsAt":"S","endsAt":"E"}', [400, 422], 'with'],
      ['a missing field', '{"with":"W","startsAt":"S"}', [400, 422], 'endsAt'],
      [
        'an over-long note',
        `{"with":"W","startsAt":"S","endsAt":"E","note":"${'x'.repeat(5000)}"}`,
        [400, 422],
        'note',
      ],
      [
        'an absurd date',
        '{"with":"W","startsAt":"+275760-09-13T00:00:00.000Z","endsAt":"E"}',
        [400, 422],
        'startsAt',
      ],
      [
        'a 30th of February',
        '{"with":"W","startsAt":"2027-02-30T10:00:00.000Z","endsAt":"2027-02-30T11:00:00.000Z"}',
        [400, 422],
        'startsAt',
      ],
      ['a local time', '{"with":"W","startsAt":"2027-02-03T10:00:00","endsAt":"E"}', [400, 422], 'startsAt'],
      ['a prototype in it', '{"__proto__":{"with":"W"},"startsAt":"S","endsAt":"E"}', [400, 422], undefined],
      ['a megabyte', `{"with":"${'w'.repeat(1_000_000)}"}`, [413], undefined],
    ];

    it.each(bodies)('%s', async (_what, template, statuses, path) => {
      const slot = await system.slotIn(5 * DAY);
      const body = template
        .replace('"W"', `"${annaId}"`)
        .replace('"S"', `"${slot.startsAt}"`)
        .replace('"E"', `"${slot.endsAt}"`);
      const before = await kenji.get<Page<unknown>>('/session-requests?limit=200');
      const response = await fetch(`${system.url}/api/v1/session-requests`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await system.token('kenji')}`,
          'content-type': 'application/json',
        },
        body,
      });
      const problem = (await response.json()) as Problem;
      expect(statuses).toContain(response.status);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(problem.code).toBeTruthy();
      if (path !== undefined) expect(problem.errors?.map((error) => error.path).join(' ')).toContain(path);
      const after = await kenji.get<Page<unknown>>('/session-requests?limit=200');
      expect(after.body.items.length).toBe(before.body.items.length);
    });

    it('a request without a token, or with a wrong one, learns nothing', async () => {
      for (const authorization of [undefined, 'Bearer', 'Bearer x.y.z', `Basic ${btoa('anna:demo')}`]) {
        const response = await fetch(`${system.url}/api/v1/me`, {
          headers: authorization === undefined ? {} : { authorization },
        });
        expect([response.status, response.headers.has('www-authenticate')]).toEqual([401, true]);
      }
    });
  });
});
