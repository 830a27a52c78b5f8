import { describe, expect, it } from '@jest/globals';
import type { Me, SessionRequest } from '../api/client.ts';

// Written the British way, whoever runs the tests.
Object.defineProperty(navigator, 'languages', { value: ['en-GB'], configurable: true });
const { calendarItems, waitsFor } = await import('./calendar-items.ts');

const anna = { id: 'p-1', name: 'Anna Berg', timeZone: 'Europe/Berlin' };
const kenji = { id: 'p-2', name: 'Kenji Sato', timeZone: 'Asia/Tokyo' };
const coach = { ...anna, role: 'coach' } as unknown as Me;
const client = { ...kenji, role: 'client' } as unknown as Me;
const now = Date.parse('2026-11-22T12:00:00.000Z');
const tuesday = { startsAt: '2026-11-24T13:00:00.000Z', endsAt: '2026-11-24T14:00:00.000Z' };
const friday = { startsAt: '2026-11-27T09:00:00.000Z', endsAt: '2026-11-27T10:00:00.000Z' };

const state = (parts: Partial<SessionRequest>): SessionRequest => ({
  id: 'r-1',
  status: 'pending',
  revision: 0,
  coach: anna,
  client: kenji,
  requestedBy: 'client',
  slot: tuesday,
  agreed: null,
  proposal: null,
  outcome: null,
  allowedActions: [],
  ...parts,
});

const proposal = (slot: typeof tuesday, proposedBy: 'coach' | 'client'): SessionRequest['proposal'] => ({
  ...slot,
  proposedBy,
  awaiting: proposedBy === 'coach' ? 'client' : 'coach',
  respondBy: '2026-11-23T13:00:00.000Z',
  round: 1,
  policyId: 'hse-2026-1',
});

const items = (parts: Partial<SessionRequest>, me = coach) =>
  calendarItems([state(parts)], me, 'Europe/Berlin', now);

describe('on the calendar', () => {
  it('a request stands where it is proposed, for who has to answer it', () => {
    expect(
      items({ proposal: proposal(tuesday, 'client'), allowedActions: ['accept', 'adjust', 'reject'] }),
    ).toEqual([
      {
        id: 'r-1',
        kind: 'proposed',
        ...tuesday,
        status: 'pending',
        otherName: 'Kenji Sato',
        otherTimeZone: 'Asia/Tokyo',
        awaitsMe: true,
        movable: true,
        label:
          'Session with Kenji Sato, Tue 24 Nov, 14:00 – 15:00, Pending, awaits your answer; their time: 22:00 – 23:00 Tokyo',
      },
    ]);
  });

  it('the same request awaits the answer of the other one, for who made it', () => {
    expect(
      items({ proposal: proposal(tuesday, 'client'), allowedActions: ['adjust', 'cancel-session'] }, client),
    ).toMatchObject([
      {
        otherName: 'Anna Berg',
        awaitsMe: false,
        label: 'Session with Anna Berg, Tue 24 Nov, 14:00 – 15:00, Pending, awaits Anna Berg’s answer',
      },
    ]);
  });

  it('a session that may move stands twice: where it is agreed, and where it may move, which awaits the answer', () => {
    const moving = items({
      status: 'adjusting',
      agreed: tuesday,
      proposal: proposal(friday, 'client'),
      allowedActions: ['accept', 'adjust', 'reject', 'cancel-session'],
    });
    expect(moving).toMatchObject([
      { kind: 'agreed', ...tuesday, status: 'adjusting', awaitsMe: false },
      { kind: 'proposed', ...friday, status: 'adjusting', awaitsMe: true },
    ]);
    expect(moving.map(({ label }) => label)).toEqual([
      'Session with Kenji Sato, Tue 24 Nov, 14:00 – 15:00, Change proposed, awaits your answer; their time: 22:00 – 23:00 Tokyo',
      'Session with Kenji Sato, Fri 27 Nov, 10:00 – 11:00, Change proposed, awaits your answer; their time: 18:00 – 19:00 Tokyo',
    ]);
  });

  it('what is closed stays where it was last, and cannot be moved', () => {
    expect(
      items({ status: 'rejected', outcome: { by: 'client', at: '2026-11-22T11:00:00.000Z' } }),
    ).toMatchObject([
      {
        kind: 'agreed',
        ...tuesday,
        status: 'closed',
        movable: false,
        label:
          'Session with Kenji Sato, Tue 24 Nov, 14:00 – 15:00, Rejected; their time: 22:00 – 23:00 Tokyo',
      },
    ]);
  });
});

it('whose answer is awaited is not said once it can no longer be given', () => {
  const late = state({ proposal: proposal(tuesday, 'client'), allowedActions: [] });
  expect(waitsFor(late, coach, 'Kenji Sato')).toBeUndefined();
  expect(waitsFor(late, client, 'Anna Berg')).toBe('awaits Anna Berg’s answer');
});
