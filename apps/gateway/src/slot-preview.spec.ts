import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toEpochMs, type Slot } from '@hse/session-requests';
import {
  anna,
  chloe,
  dayMs,
  hourMs,
  kenji,
  mateo,
  startGateway,
  type AnyBody,
  type GatewayUnderTest,
} from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

const preview = (who: { id: string }, about: Record<string, string>, slot: Slot) =>
  gateway.as(who).get(`/slot-preview?${new URLSearchParams({ ...about, ...slot }).toString()}`);

const idsOf = (body: AnyBody): string[] =>
  (body as unknown as { overlaps: { id: string }[] }).overlaps.map(({ id }) => id);

describe('the preview of a slot', () => {
  it('says who would have to answer until when, and why; asking for it then leads to just that', async () => {
    const slot = gateway.slotIn(7 * dayMs);
    const { status, body, headers } = await preview(chloe, { with: anna.id }, slot);
    expect([status, body, headers['cache-control']]).toEqual([
      200,
      {
        awaiting: 'coach',
        respondBy: '2026-11-28T08:00:00.000Z',
        respondByRule:
          'Proposed 3 days or more ahead: a coach has to answer at least 48 hours before the start.',
        overlaps: [],
      },
      'no-store',
    ]);
    const { proposal } = await gateway.requested(chloe, anna, 7 * dayMs);
    expect(proposal).toMatchObject({ ...slot, ...omit(body, 'overlaps') });
    expect((await gateway.log()).length).toBe(1);
  });

  it('of an adjustment counts from now and for whoever has to answer then', async () => {
    const { id } = await gateway.requested(chloe, anna, 7 * dayMs);
    const slot = gateway.slotIn(2 * dayMs);
    const { body } = await preview(anna, { adjust: id }, slot);
    expect(body).toEqual({
      awaiting: 'client',
      respondBy: '2026-11-24T16:00:00.000Z',
      respondByRule:
        'Proposed between 48 hours and 3 days ahead: a client has to answer at least 16 hours before the start.',
      overlaps: [],
    });
    const adjusted = await gateway
      .as(anna)
      .post(`/session-requests/${id}/adjust`, { revision: 0, body: slot });
    expect(adjusted.body.proposal).toMatchObject({ ...slot, ...omit(body, 'overlaps') });
  });

  it.each([
    ['notice-too-short', () => gateway.slotIn(hourMs - 1)],
    ['slot-in-past', () => gateway.slotIn(-hourMs)],
    ['too-far-ahead', () => gateway.slotIn(366 * dayMs)],
    ['invalid-duration', () => gateway.slotIn(dayMs, 9 * hourMs)],
    ['invalid-duration', () => gateway.slotIn(dayMs, -hourMs)],
  ])('tells %s as the command would', async (code, slot) => {
    const shown = await preview(chloe, { with: anna.id }, slot());
    const refused = await gateway.as(chloe).post('/session-requests', { body: { with: anna.id, ...slot() } });
    expect(refused.body.code).toBe(code);
    expect(shown.body).toEqual({
      awaiting: 'coach',
      refusal: { code, detail: (refused.body as unknown as { detail: string }).detail },
      overlaps: [],
    });
  });

  it('refuses two coaches, or two clients', async () => {
    expect((await preview(anna, { with: mateo.id }, gateway.slotIn(dayMs))).body).toMatchObject({
      awaiting: 'coach',
      refusal: { code: 'same-role' },
    });
  });

  it('refuses an adjustment for the reason that counts first', async () => {
    const asked = await gateway.requested(chloe, anna, 2 * dayMs);
    const codeOf = async (slot: Slot) => {
      const { body } = await preview(anna, { adjust: asked.id }, slot);
      return (body as unknown as { refusal?: { code: string } }).refusal?.code;
    };
    const { startsAt = '', endsAt = '', respondBy = '' } = asked.proposal ?? {};
    expect(await codeOf({ startsAt, endsAt })).toBe('slot-unchanged');
    expect(await codeOf({ startsAt, endsAt: startsAt })).toBe('invalid-duration');
    gateway.clock.advanceTo(toEpochMs(respondBy));
    expect(await codeOf({ startsAt, endsAt })).toBe('deadline-passed');
    await gateway.expire(asked.id, 1);
    expect(await codeOf({ startsAt, endsAt })).toBe('already-closed');

    const agreed = await gateway.requested(chloe, anna, 2 * dayMs);
    await gateway.as(anna).post(`/session-requests/${agreed.id}/accept`, { revision: 0 });
    gateway.clock.advanceTo(toEpochMs(agreed.proposal?.startsAt ?? ''));
    const { body } = await preview(chloe, { adjust: agreed.id }, gateway.slotIn(2 * dayMs));
    expect(body).toMatchObject({ awaiting: 'coach', refusal: { code: 'session-started' } });
  });

  it('shows which of my open sessions are at that time, not the adjusted one and nobody else’s', async () => {
    const first = await gateway.requested(chloe, anna, 7 * dayMs);
    const second = await gateway.requested(chloe, mateo, 7 * dayMs + hourMs / 2);
    const closed = await gateway.requested(chloe, mateo, 7 * dayMs);
    await gateway.as(mateo).post(`/session-requests/${closed.id}/reject`, { revision: 0 });
    await gateway.requested(kenji, anna, 7 * dayMs);
    // Right after: ends are exclusive.
    await gateway.requested(chloe, mateo, 7 * dayMs + 2 * hourMs);

    const slot = gateway.slotIn(7 * dayMs, 2 * hourMs);
    const shown = await preview(chloe, { with: anna.id }, slot);
    expect(idsOf(shown.body)).toEqual([first.id, second.id]);
    expect(shown.body).toMatchObject({
      overlaps: [(await gateway.as(chloe).get(`/session-requests/${first.id}`)).body, { id: second.id }],
    });
    expect(idsOf((await preview(chloe, { adjust: first.id }, slot)).body)).toEqual([second.id]);
    // Also where the slot is refused for another reason.
    const agreedSlot = { startsAt: first.proposal?.startsAt ?? '', endsAt: first.proposal?.endsAt ?? '' };
    expect((await preview(chloe, { adjust: first.id }, agreedSlot)).body).toMatchObject({
      refusal: { code: 'slot-unchanged' },
      overlaps: [{ id: second.id }],
    });
  });

  it('is for parties, of participants that there are, and of one thing at a time', async () => {
    const slot = gateway.slotIn(7 * dayMs);
    const { id } = await gateway.requested(chloe, anna);
    const codeOf = async (about: Record<string, string>, at: object = slot) => {
      const { status, body } = await preview(kenji, about, at as Slot);
      return [status, body.code];
    };
    expect(await codeOf({ adjust: id })).toEqual([404, 'not-a-party']);
    expect(await codeOf({ adjust: 'no-such-request' })).toEqual([404, 'not-a-party']);
    expect(await codeOf({ with: 'p-nobody' })).toEqual([422, 'unknown-other-party']);
    expect(await codeOf({})).toEqual([400, 'invalid-request']);
    expect(await codeOf({ with: anna.id, adjust: id })).toEqual([400, 'invalid-request']);
    expect(await codeOf({ with: anna.id }, { startsAt: 'tomorrow', endsAt: slot.endsAt })).toEqual([
      400,
      'invalid-request',
    ]);
    const anonymous = await gateway.fastify.inject({
      url: `/api/v1/slot-preview?${new URLSearchParams({ with: anna.id, ...slot }).toString()}`,
    });
    expect(anonymous.statusCode).toBe(401);
  });
});

const omit = (body: object, field: string): object =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
