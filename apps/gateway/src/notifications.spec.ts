import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openSqliteGatewayStore } from '@hse/read-models/sqlite';
import { toEpochMs, type SessionRequestEvent } from '@hse/session-requests';
import { notificationMessage } from './notification-message.ts';
import {
  anna,
  chloe,
  dayMs,
  hourMs,
  kenji,
  startGateway,
  type GatewayUnderTest,
} from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

describe('notifications', () => {
  it('tell both sides of an automatic cancellation, and why', async () => {
    const { id, proposal } = await gateway.requested(chloe, anna);
    gateway.clock.advanceTo(toEpochMs(proposal?.respondBy ?? ''));
    await gateway.expire(id, 1);
    const messageFor = async (who: typeof anna) =>
      (await gateway.as(who).get('/notifications')).body.items[0];
    expect(await messageFor(chloe)).toEqual({
      id: '2',
      requestId: id,
      type: 'SessionCancelled',
      revision: 1,
      at: '2026-11-28T08:00:00.000Z',
      read: false,
      message:
        'Cancelled automatically: no answer from the coach by 28 Nov 2026, 09:00 CET. The session with Anna Berg on 30 Nov 2026, 09:00 CET does not take place.',
      other: { id: anna.id, name: anna.name, timeZone: anna.timeZone },
      slot: { startsAt: proposal?.startsAt, endsAt: proposal?.endsAt },
      awaiting: 'coach',
      data: (await gateway.log())[1]?.data,
    });
    expect((await messageFor(anna))?.message).toContain(
      'no answer from the coach by 28 Nov 2026, 09:00 CET. The session with Chloé Martin',
    );
  });

  it('say which slot each event is about, and who has to answer', async () => {
    const { id } = await gateway.requested(chloe, anna, 10 * dayMs);
    const [asked, second, third, fourth] = [10, 11, 12, 13].map((days) => gateway.slotIn(days * dayMs));
    const does = async (who: typeof anna, action: string, revision: number, body?: object) => {
      const answer = await gateway.as(who).post(`/session-requests/${id}/${action}`, { revision, body });
      expect([action, answer.status]).toEqual([action, 200]);
    };
    await does(anna, 'adjust', 0, second);
    await does(chloe, 'accept', 1);
    await does(anna, 'adjust', 2, third);
    await does(chloe, 'reject', 3);
    await does(chloe, 'adjust', 4, fourth);
    await does(chloe, 'cancel', 5, { what: 'change' });
    await does(chloe, 'cancel', 6);
    const seenBy = async (who: typeof anna) =>
      (await gateway.as(who).get('/notifications')).body.items
        .map(({ type, ...item }) => {
          const { slot, awaiting } = item as { slot?: object; awaiting?: string };
          return [type, slot, awaiting];
        })
        .reverse();
    expect(await seenBy(anna)).toEqual([
      ['SessionRequested', asked, 'coach'],
      ['SessionAccepted', second, undefined],
      ['SessionRejected', third, undefined],
      ['SessionAdjusted', fourth, 'coach'],
      ['SessionCancelled', fourth, undefined],
      // The agreed slot, whatever was proposed and dropped since.
      ['SessionCancelled', second, undefined],
    ]);
    expect(await seenBy(chloe)).toEqual([
      ['SessionAdjusted', second, 'client'],
      ['SessionAdjusted', third, 'client'],
    ]);
  });

  it('come newest first, in pages, with the reason and how many are unread', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { id } = await gateway.requested(chloe, anna, (index + 3) * dayMs);
      await gateway
        .as(anna)
        .post(`/session-requests/${id}/reject`, { revision: 0, body: { reason: `no ${index}` } });
      ids.unshift(id);
    }
    const first = await gateway.as(chloe).get('/notifications?limit=3');
    const second = await gateway.as(chloe).get(`/notifications?limit=3&cursor=${first.body.nextCursor}`);
    const items = [...first.body.items, ...second.body.items];
    expect(items.map(({ requestId }) => requestId)).toEqual(ids);
    expect(items[0]).toMatchObject({ type: 'SessionRejected', reason: 'no 4', read: false });
    expect([first.body.unread, second.body.unread, second.body.nextCursor]).toEqual([5, 5, undefined]);
    expect((await gateway.as(chloe).get('/notifications?cursor=x')).body.errors[0]?.path).toBe(
      '/query/cursor',
    );
    expect((await gateway.as(kenji).get('/notifications')).body).toEqual({ items: [], unread: 0 });
  });

  it('are read up to where the reader says, never back, and not ahead of what has happened', async () => {
    const read = async (body?: object) => {
      const answer = await gateway.as(anna).post('/notifications/read', { body });
      return [answer.status, answer.body];
    };
    expect(await read({ upTo: '999999' })).toEqual([200, { unread: 0 }]);
    for (let index = 0; index < 4; index += 1) await gateway.requested(chloe, anna, (index + 3) * dayMs);
    const { body } = await gateway.as(anna).get('/notifications');
    expect(body.unread).toBe(4);
    expect(await read({ upTo: body.items[1]?.id })).toEqual([200, { unread: 1 }]);
    expect(await read({ upTo: body.items[3]?.id })).toEqual([200, { unread: 1 }]);
    expect(
      (await gateway.as(anna).get('/notifications')).body.items.map(
        ({ read: isRead }: { read: boolean }) => isRead,
      ),
    ).toEqual([false, true, true, true]);
    expect(await read()).toEqual([200, { unread: 0 }]);
    await gateway.requested(chloe, anna, hourMs);
    expect((await gateway.as(anna).get('/notifications')).body.unread).toBe(1);
    expect(
      (await gateway.as(anna).post('/notifications/read', { body: { upTo: 5 } })).body.errors[0]?.path,
    ).toBe('/body/upTo');
  });

  it('cannot be marked as read while there is no room for the mark', async () => {
    const gatewayStore = openSqliteGatewayStore({ path: ':memory:', maxBytes: 100_000 });
    // Marks as large as hers, each at the place where hers would go, until not one more fits.
    const fill = async (): Promise<void> => {
      for (let index = 46_655; ; index -= 1)
        await gatewayStore.markRead(`p-b${index.toString(36).padStart(3, '0')}`, 1);
    };
    await expect(fill()).rejects.toMatchObject({ reason: 'full' });
    const full = await startGateway({ gatewayStore });
    await full.requested(chloe, anna);
    const answer = await full.as(anna).post('/notifications/read');
    expect([answer.status, answer.body.code]).toEqual([507, 'storage-full']);
    expect((await full.as(anna).get('/notifications')).body.unread).toBe(1);
    await full.close();
    await gatewayStore.close();
  });
});

describe('the message', () => {
  const concerns = { requestId: 'r', coachId: anna.id, clientId: chloe.id };
  const slot = { startsAt: '2026-03-30T09:00:00.000Z', endsAt: '2026-03-30T10:00:00.000Z' };
  const previousSlot = { startsAt: '2026-03-29T00:30:00.000Z', endsAt: '2026-03-29T01:30:00.000Z' };
  const offer = { slot, respondBy: '2026-03-28T09:00:00.000Z', policyId: 'hse-2026-1' };
  const requested: SessionRequestEvent = {
    type: 'SessionRequested',
    data: { ...concerns, requestedBy: 'client', awaiting: 'coach', ...offer, round: 1 },
  };
  const cases: [SessionRequestEvent, coach: string, client: string][] = [
    [
      requested,
      'Chloé Martin asks you for a session on 30 Mar 2026, 11:00 CEST. Please answer before 28 Mar 2026, 10:00 CET.',
      'You asked Anna Berg for a session on 30 Mar 2026, 11:00 CEST. They can answer until 28 Mar 2026, 10:00 CET.',
    ],
    [
      { type: 'SessionAccepted', data: { ...concerns, acceptedBy: 'coach', slot, round: 1 } },
      'You accepted the session on 30 Mar 2026, 11:00 CEST.',
      'Anna Berg accepted the session on 30 Mar 2026, 11:00 CEST.',
    ],
    [
      {
        type: 'SessionRejected',
        data: { ...concerns, rejectedBy: 'coach', round: 1, agreedSlotStands: false },
      },
      'You declined the session on 30 Mar 2026, 11:00 CEST.',
      'Anna Berg declined the session on 30 Mar 2026, 11:00 CEST.',
    ],
    [
      {
        type: 'SessionRejected',
        data: { ...concerns, rejectedBy: 'coach', round: 2, agreedSlotStands: true },
      },
      'You declined the change; the session stands as agreed.',
      'Anna Berg declined the change; the session stands as agreed.',
    ],
    [
      {
        type: 'SessionAdjusted',
        data: { ...concerns, adjustedBy: 'coach', awaiting: 'client', previousSlot, ...offer, round: 2 },
      },
      'You suggested 30 Mar 2026, 11:00 CEST instead of 29 Mar 2026, 01:30 CET to Chloé Martin. They can answer until 28 Mar 2026, 10:00 CET.',
      'Anna Berg suggests 30 Mar 2026, 11:00 CEST instead of 29 Mar 2026, 01:30 CET. Please answer before 28 Mar 2026, 10:00 CET.',
    ],
    [
      {
        type: 'SessionCancelled',
        data: { ...concerns, cancelledBy: 'client', cause: 'withdrawn', round: 1, agreedSlotStands: false },
      },
      'Chloé Martin took back the request for a session on 30 Mar 2026, 11:00 CEST.',
      'You took back the request for a session on 30 Mar 2026, 11:00 CEST.',
    ],
    [
      {
        type: 'SessionCancelled',
        data: { ...concerns, cancelledBy: 'client', cause: 'withdrawn', round: 2, agreedSlotStands: true },
      },
      'Chloé Martin took back the suggested change; the session stands as agreed.',
      'You took back the suggested change; the session stands as agreed.',
    ],
    [
      {
        type: 'SessionCancelled',
        data: { ...concerns, cancelledBy: 'client', cause: 'called-off', round: 1, agreedSlotStands: false },
      },
      'Chloé Martin called off the session.',
      'You called off the session.',
    ],
    [
      {
        type: 'SessionCancelled',
        data: {
          ...concerns,
          cancelledBy: 'system',
          cause: 'no-response',
          round: 2,
          respondBy: offer.respondBy,
          agreedSlotStands: true,
        },
      },
      'The change was cancelled automatically: no answer from the coach by 28 Mar 2026, 10:00 CET. The session with Chloé Martin stands as agreed.',
      'The change was cancelled automatically: no answer from the coach by 28 Mar 2026, 10:00 CET. The session with Anna Berg stands as agreed.',
    ],
  ];

  it.each(cases)('says of %j what each side needs to know', (event, forCoach, forClient) => {
    const say = (viewer: typeof anna, other: string) =>
      notificationMessage(event, { viewer, other, proposal: { slot, awaiting: 'coach' } });
    expect([say(anna, chloe.name), say(chloe, anna.name)]).toEqual([forCoach, forClient]);
  });

  it('uses the time zone of the reader, and UTC for one that is not known', () => {
    const say = (timeZone: string) =>
      notificationMessage(requested, { viewer: { role: 'coach', timeZone }, other: 'Chloé' });
    expect(say('Asia/Tokyo')).toContain('30 Mar 2026, 18:00 GMT+9');
    expect(say('Mars/Olympus')).toContain('30 Mar 2026, 09:00 UTC');
  });
});
