import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NotificationRecord } from '@hse/contracts';
import type { SessionRequestEvent } from '@hse/session-requests';
import { happeningsOf, randomWalks } from '@hse/session-requests/testing';
import { notificationNumbers } from './read-models-schema.ts';
import { notificationFromRow, packNotification } from './rows.ts';

const policies: string[] = [];
const numberOf = (id: string): number => {
  if (!policies.includes(id)) policies.push(id);
  return policies.indexOf(id);
};

/** Through the columns and back, as the tables would have it. */
const throughColumns = (
  notification: NotificationRecord,
): { back: NotificationRecord; text: string | null } => {
  const numbers = Array<number>(notificationNumbers.length).fill(NaN);
  const text = packNotification(numbers, 0, { n: 1, coach: 2, client: 3 }, notification, numberOf);
  const cell = (column: string): number | null => {
    const value = numbers[notificationNumbers.indexOf(column)] ?? NaN;
    return Number.isNaN(value) ? null : value;
  };
  const { coachId, clientId, requestId } = notification.event.data;
  const ids: Record<number, string> = { 2: coachId, 3: clientId };
  const policy = cell('policy');
  const back = notificationFromRow({
    n: cell('n') ?? NaN,
    participantId: ids[cell('participant') ?? NaN] ?? 'nobody',
    otherId: ids[cell('other') ?? NaN] ?? 'nobody',
    requestId,
    revision: cell('revision') ?? NaN,
    recordedAt: cell('recorded_at') ?? NaN,
    facts: cell('facts') ?? NaN,
    round: cell('round'),
    startsAt: cell('starts_at'),
    endsAt: cell('ends_at'),
    previousStartsAt: cell('previous_starts_at'),
    previousEndsAt: cell('previous_ends_at'),
    respondBy: cell('respond_by'),
    policyId: policy === null ? null : (policies[policy] ?? null),
    text,
  });
  return { back, text };
};

const about = (event: SessionRequestEvent, to: 'coachId' | 'clientId' = 'coachId'): NotificationRecord => ({
  participantId: event.data[to],
  position: 77,
  requestId: event.data.requestId,
  revision: 4,
  recordedAt: '2026-11-22T09:00:00.000Z',
  event,
});

const slot = { startsAt: '2026-11-22T09:00:00.000Z', endsAt: '2026-11-22T10:00:00.000Z' };
const ids = { requestId: 'r', coachId: 'coach', clientId: 'client' };
const accepted: SessionRequestEvent = {
  type: 'SessionAccepted',
  data: { ...ids, acceptedBy: 'coach', slot, round: 2 },
};
const rejected: SessionRequestEvent = {
  type: 'SessionRejected',
  data: { ...ids, rejectedBy: 'client', reason: '{"no"}', round: 2, agreedSlotStands: true },
};
const requested: SessionRequestEvent = {
  type: 'SessionRequested',
  data: {
    ...ids,
    requestedBy: 'client',
    slot,
    note: '',
    awaiting: 'coach',
    respondBy: slot.startsAt,
    policyId: 'p',
    round: 1,
  },
};
const cancelled: SessionRequestEvent = {
  type: 'SessionCancelled',
  data: {
    ...ids,
    cancelledBy: 'system',
    cause: 'no-response',
    round: 2,
    respondBy: slot.startsAt,
    agreedSlotStands: false,
  },
};

describe('an event in the columns of a notification', () => {
  test('comes back as it was, for everything that the domain decides, without the detour by JSON', () => {
    fc.assert(
      fc.property(randomWalks(), (walk) => {
        for (const { event } of happeningsOf(walk))
          for (const to of ['coachId', 'clientId'] as const) {
            const { back, text } = throughColumns(about(event, to));
            expect(back).toStrictEqual(about(event, to));
            expect(text).toBeNull();
          }
      }),
      { numRuns: 100 },
    );
  });

  test.each<[string, SessionRequestEvent, string]>([
    ['an empty note', requested, ''],
    ['a reason that looks like JSON', rejected, '{"no"}'],
  ])('keeps %s as text', (_, event, expected) => {
    expect(throughColumns(about(event))).toEqual({ back: about(event), text: expected });
  });

  const changed = (event: SessionRequestEvent, more: object): SessionRequestEvent =>
    ({ type: event.type, data: { ...event.data, ...more } }) as SessionRequestEvent;

  test.each<[string, SessionRequestEvent]>([
    ['a field of a later release', changed(accepted, { place: 'online' })],
    ['a field of a later release in a slot', changed(accepted, { slot: { ...slot, room: 3 } })],
    [
      'an instant in another form',
      changed(accepted, { slot: { ...slot, endsAt: '2026-11-22T11:00:00+01:00' } }),
    ],
    ['a deadline in another form', changed(requested, { respondBy: '2026-11-22T09:00Z' })],
    ['half a character', changed(requested, { note: 'a\ud83d' })],
    ['somebody else awaited', changed(requested, { awaiting: 'client' })],
    ['an actor of a later release', changed(accepted, { acceptedBy: 'assistant' })],
    ['a cause of a later release', changed(cancelled, { cause: 'illness' })],
    ['a type of a later release', { ...accepted, type: 'SessionMoved' } as unknown as SessionRequestEvent],
  ])('comes back as it was, by way of JSON, with %s', (_, event) => {
    const { back, text } = throughColumns(about(event));
    expect(back).toStrictEqual(about(event));
    expect(text).toBe(JSON.stringify(event));
  });
});
