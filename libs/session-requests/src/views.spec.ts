import { describe, expect, it } from '@jest/globals';
import { allowedActions } from './permissions.ts';
import type { Proposal, SessionRequest } from './session-request.ts';
import { awaitedAnswer } from './views.ts';

const thursday = { startsAt: '2026-03-12T14:00:00.000Z', endsAt: '2026-03-12T15:00:00.000Z' };
const saturday = { startsAt: '2026-03-14T10:00:00.000Z', endsAt: '2026-03-14T10:45:00.000Z' };

const closed: SessionRequest = {
  requestId: 'request-1',
  coachId: 'coach-1',
  clientId: 'client-1',
  requestedBy: 'client',
  revision: 3,
  round: 2,
  slot: thursday,
  outcome: { status: 'rejected', by: 'coach' },
};
const { outcome: _outcome, ...open } = closed;
const agreed: SessionRequest = { ...open, agreed: thursday };
const proposal = (awaiting: 'coach' | 'client', respondBy: string): Proposal => ({
  slot: saturday,
  proposedBy: awaiting === 'coach' ? 'client' : 'coach',
  awaiting,
  respondBy,
  round: 2,
  policyId: 'hse-2026-1',
});

describe('an awaited answer', () => {
  it('is owed by nobody when nothing is on the table', () => {
    expect(awaitedAnswer(agreed)).toBeUndefined();
    expect(awaitedAnswer(closed)).toBeUndefined();
  });

  it('is owed by the awaited party, until the deadline', () => {
    const until = '2026-03-12T10:00:00.000Z';
    expect(awaitedAnswer({ ...open, proposal: proposal('coach', until) })).toStrictEqual({
      role: 'coach',
      participantId: 'coach-1',
      until,
    });
    expect(awaitedAnswer({ ...open, proposal: proposal('client', until) })).toStrictEqual({
      role: 'client',
      participantId: 'client-1',
      until,
    });
  });

  it.each([
    [
      'the deadline, where that comes before the agreed start',
      '2026-03-12T13:59:59.999Z',
      '2026-03-12T13:59:59.999Z',
    ],
    ['both at once', '2026-03-12T14:00:00.000Z', '2026-03-12T14:00:00.000Z'],
    [
      'the agreed start, where that comes before the deadline',
      '2026-03-12T14:00:00.001Z',
      '2026-03-12T14:00:00.000Z',
    ],
  ])('to a change ends at %s', (_end, respondBy, until) => {
    const request = { ...agreed, proposal: proposal('client', respondBy) };
    expect(awaitedAnswer(request)?.until).toBe(until);
    // Until then, and no longer, it can be given.
    const justBefore = new Date(Date.parse(until) - 1).toISOString();
    expect(allowedActions(request, 'client', justBefore)).toContain('accept');
    expect(allowedActions(request, 'client', until)).not.toContain('accept');
  });
});
