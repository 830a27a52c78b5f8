import { describe, expect, it } from '@jest/globals';
import type { Notification } from '../api/client.ts';
import type { EventFacts } from '../api/event-facts.ts';

// Written the British way, whoever runs the tests.
Object.defineProperty(navigator, 'languages', { value: ['en-GB'], configurable: true });
const { notificationMessage } = await import('./message.ts');

const now = Date.parse('2026-11-22T12:00:00.000Z');
const tuesday = { startsAt: '2026-11-24T13:00:00.000Z', endsAt: '2026-11-24T14:00:00.000Z' };
const friday = { startsAt: '2026-11-27T09:00:00.000Z', endsAt: '2026-11-27T10:00:00.000Z' };
const [onTuesday, onFriday] = ['Tue 24 Nov, 14:00 – 15:00', 'Fri 27 Nov, 10:00 – 11:00'];
const respondBy = '2026-11-23T13:00:00.000Z';

/** What a coach reads of an event, in Berlin. */
const message = (
  type: Notification['type'],
  data: EventFacts,
  more: Pick<Notification, 'slot' | 'awaiting'> = {},
): string => {
  const notification = {
    id: '7',
    requestId: 'r-1',
    type,
    revision: 1,
    at: '2026-11-22T11:00:00.000Z',
    read: false,
    message: 'as the API puts it',
    other: { id: 'p-2', name: 'Kenji Sato', timeZone: 'Asia/Tokyo' },
    data: { ...data },
    ...more,
  } satisfies Notification;
  return notificationMessage(notification, 'coach', 'Europe/Berlin', now);
};

/** The sentence of what I did, and that of what the other one did. */
const both = (
  type: Notification['type'],
  by: 'requestedBy' | 'acceptedBy' | 'rejectedBy' | 'adjustedBy' | 'cancelledBy',
  data: EventFacts,
  more: Pick<Notification, 'slot' | 'awaiting'> = {},
): readonly string[] => [
  message(type, { ...data, [by]: 'coach' }, more),
  message(type, { ...data, [by]: 'client' }, more),
];

describe('a notification says who did what', () => {
  it('when a session was asked for', () => {
    expect(both('SessionRequested', 'requestedBy', { slot: tuesday }, { slot: tuesday })).toEqual([
      `You asked Kenji Sato for a session on ${onTuesday}.`,
      `Kenji Sato asks you for a session on ${onTuesday}.`,
    ]);
  });

  it('when it was accepted', () => {
    expect(both('SessionAccepted', 'acceptedBy', { slot: tuesday })).toEqual([
      `You accepted the session on ${onTuesday}.`,
      `Kenji Sato accepted the session on ${onTuesday}.`,
    ]);
  });

  it('when a request was rejected, and when only a change was', () => {
    expect(both('SessionRejected', 'rejectedBy', { agreedSlotStands: false }, { slot: tuesday })).toEqual([
      `You rejected the session on ${onTuesday}.`,
      `Kenji Sato rejected the session on ${onTuesday}.`,
    ]);
    expect(both('SessionRejected', 'rejectedBy', { agreedSlotStands: true }, { slot: friday })).toEqual([
      'You rejected the change; the session stands as agreed.',
      'Kenji Sato rejected the change; the session stands as agreed.',
    ]);
  });

  it('when another time was proposed', () => {
    expect(
      both('SessionAdjusted', 'adjustedBy', { slot: friday, previousSlot: tuesday }, { slot: friday }),
    ).toEqual([
      `You proposed ${onFriday} to Kenji Sato instead of ${onTuesday}.`,
      `Kenji Sato proposes ${onFriday} instead of ${onTuesday}.`,
    ]);
  });

  it('when a request or a change was taken back', () => {
    const taken = { cause: 'withdrawn' } as const;
    expect(
      both('SessionCancelled', 'cancelledBy', { ...taken, agreedSlotStands: false }, { slot: tuesday }),
    ).toEqual([
      `You took back your request for ${onTuesday}.`,
      `Kenji Sato took back the request for ${onTuesday}.`,
    ]);
    expect(
      both('SessionCancelled', 'cancelledBy', { ...taken, agreedSlotStands: true }, { slot: friday }),
    ).toEqual([
      'You took back the change; the session stands as agreed.',
      'Kenji Sato took back the change; the session stands as agreed.',
    ]);
  });

  it('when a session was called off', () => {
    expect(
      both(
        'SessionCancelled',
        'cancelledBy',
        { cause: 'called-off', agreedSlotStands: false },
        { slot: tuesday },
      ),
    ).toEqual([
      `You cancelled the session with Kenji Sato on ${onTuesday}.`,
      `Kenji Sato cancelled the session on ${onTuesday}.`,
    ]);
  });
});

describe('of what the system cancelled, a notification says', () => {
  const unanswered = { cancelledBy: 'system', cause: 'no-response', respondBy } as const;

  it('who did not answer, and by when', () => {
    const data = { ...unanswered, agreedSlotStands: false };
    const what = `Cancelled automatically: the session with Kenji Sato on ${onTuesday} does not take place.`;
    expect(message('SessionCancelled', data, { slot: tuesday, awaiting: 'coach' })).toBe(
      `${what} You did not answer by Mon 23 Nov, 14:00.`,
    );
    expect(message('SessionCancelled', data, { slot: tuesday, awaiting: 'client' })).toBe(
      `${what} Kenji Sato did not answer by Mon 23 Nov, 14:00.`,
    );
    expect(message('SessionCancelled', data, { slot: tuesday })).toBe(what);
  });

  it('that the agreed session takes place, where only a change was unanswered', () => {
    expect(
      message(
        'SessionCancelled',
        { ...unanswered, agreedSlotStands: true },
        { slot: friday, awaiting: 'client' },
      ),
    ).toBe(
      'The change was dropped automatically; the session with Kenji Sato stands as agreed. ' +
        'Kenji Sato did not answer by Mon 23 Nov, 14:00.',
    );
  });
});
