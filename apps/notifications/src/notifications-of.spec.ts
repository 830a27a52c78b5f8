import { describe, expect, test } from '@jest/globals';
import type { RecordedEvent } from '@hse/event-sourcing';
import type { Role, SessionRequestEvent } from '@hse/session-requests';
import { notificationsOf } from './notifications-of.ts';

const ids = { requestId: 'r', coachId: 'the coach', clientId: 'the client' };
const slot = { startsAt: '2026-11-22T09:00:00.000Z', endsAt: '2026-11-22T10:00:00.000Z' };
const proposal = { slot, awaiting: 'coach', respondBy: slot.startsAt, policyId: 'p' } as const;

const recorded = (event: SessionRequestEvent): RecordedEvent<SessionRequestEvent> => ({
  ...event,
  id: 'id',
  stream: 's',
  revision: 4,
  position: 9,
  metadata: { commandId: 'c', correlationId: 'c', recordedAt: '2026-11-01T00:00:00.000Z', schemaVersion: 1 },
});

const by: { readonly [Type in SessionRequestEvent['type']]: (actor: Role) => SessionRequestEvent } = {
  SessionRequested: (requestedBy) => ({
    type: 'SessionRequested',
    data: { ...ids, requestedBy, ...proposal, round: 1 },
  }),
  SessionAccepted: (acceptedBy) => ({
    type: 'SessionAccepted',
    data: { ...ids, acceptedBy, slot, round: 1 },
  }),
  SessionRejected: (rejectedBy) => ({
    type: 'SessionRejected',
    data: { ...ids, rejectedBy, round: 1, agreedSlotStands: false },
  }),
  SessionAdjusted: (adjustedBy) => ({
    type: 'SessionAdjusted',
    data: { ...ids, adjustedBy, previousSlot: slot, ...proposal, round: 2 },
  }),
  SessionCancelled: (cancelledBy) => ({
    type: 'SessionCancelled',
    data: { ...ids, cancelledBy, cause: 'withdrawn', round: 1, agreedSlotStands: false },
  }),
};

describe('who is told', () => {
  test.each(Object.entries(by))('of %s by a person: the other party, and not they themselves', (_, event) => {
    const told = (actor: Role) =>
      notificationsOf(recorded(event(actor))).map(({ participantId }) => participantId);
    expect(told('coach')).toEqual(['the client']);
    expect(told('client')).toEqual(['the coach']);
  });

  test('of what the system cancelled: both, each with the whole event', () => {
    const event: SessionRequestEvent = {
      type: 'SessionCancelled',
      data: {
        ...ids,
        cancelledBy: 'system',
        cause: 'no-response',
        round: 1,
        respondBy: slot.startsAt,
        agreedSlotStands: true,
      },
    };
    const notification = {
      position: 9,
      requestId: 'r',
      revision: 4,
      recordedAt: '2026-11-01T00:00:00.000Z',
      event,
    };
    expect(notificationsOf(recorded(event))).toEqual([
      { participantId: 'the coach', ...notification },
      { participantId: 'the client', ...notification },
    ]);
  });
});
