import { describe, expect, it } from '@jest/globals';
import type { SessionRequestEvent } from '@hse/session-requests';
import { knownAt } from './known-at.ts';

const ids = { requestId: 'r', coachId: 'coach', clientId: 'client' };
const slot = { startsAt: '2026-11-30T09:00:00.000Z', endsAt: '2026-11-30T10:00:00.000Z' };
const requested: SessionRequestEvent = {
  type: 'SessionRequested',
  data: {
    ...ids,
    requestedBy: 'client',
    slot,
    awaiting: 'coach',
    respondBy: '2026-11-28T09:00:00.000Z',
    policyId: 'p',
    round: 1,
  },
};
const accepted: SessionRequestEvent = {
  type: 'SessionAccepted',
  data: { ...ids, acceptedBy: 'coach', slot, round: 1 },
};
const recorded = (event: SessionRequestEvent, time: string) => ({
  ...event,
  metadata: {
    commandId: 'c',
    correlationId: 'c',
    recordedAt: `2026-11-23T${time}Z`,
    schemaVersion: 1,
  },
});

describe('what was known of a session request', () => {
  const events = [recorded(requested, '08:00:00.000'), recorded(accepted, '09:00:00.000')];

  it('is nothing before its first event', () => {
    expect(knownAt(events, '2026-11-23T07:59:59.999Z')).toBeUndefined();
    expect(knownAt([], '2026-11-23T08:00:00.000Z')).toBeUndefined();
  });

  it('includes what was recorded at that very instant, and nothing later', () => {
    expect(knownAt(events, '2026-11-23T08:00:00.000Z')).toMatchObject({
      recordedAt: '2026-11-23T08:00:00.000Z',
      state: { revision: 0, proposal: { awaiting: 'coach' } },
    });
    expect(knownAt(events, '2026-11-23T08:59:59.999Z')?.state.revision).toBe(0);
    expect(knownAt(events, '2026-11-23T09:00:00.000Z')).toMatchObject({
      recordedAt: '2026-11-23T09:00:00.000Z',
      state: { revision: 1, agreed: slot },
    });
  });

  it('includes what a later event was decided on, although a clock was set back in between', () => {
    const setBack = [recorded(requested, '08:00:05.000'), recorded(accepted, '08:00:02.000')];
    expect(knownAt(setBack, '2026-11-23T08:00:03.000Z')?.state.revision).toBe(1);
    expect(knownAt(setBack, '2026-11-23T08:00:01.000Z')).toBeUndefined();
  });
});
