import { describe, expect, it } from '@jest/globals';
import type {
  SessionAccepted,
  SessionAdjusted,
  SessionCancelled,
  SessionRejected,
  SessionRequested,
  SessionRequestEvent,
} from './events.ts';
import { evolve, roleOf, statusOf, type SessionRequest } from './session-request.ts';
import { stateAfter } from './testing/given-when-then.ts';

const ids = { requestId: 'request-1', coachId: 'coach-1', clientId: 'client-1' };
const thursday = { startsAt: '2026-03-12T14:00:00.000Z', endsAt: '2026-03-12T15:00:00.000Z' };
const friday = { startsAt: '2026-03-13T08:30:00.000Z', endsAt: '2026-03-13T10:00:00.000Z' };

const requested: SessionRequested = {
  type: 'SessionRequested',
  data: {
    ...ids,
    requestedBy: 'client',
    slot: thursday,
    note: 'First time',
    awaiting: 'coach',
    respondBy: '2026-03-10T14:00:00.000Z',
    policyId: 'hse-2026-1',
    round: 1,
  },
};
const accepted: SessionAccepted = {
  type: 'SessionAccepted',
  data: { ...ids, acceptedBy: 'coach', slot: thursday, round: 1 },
};
const adjusted: SessionAdjusted = {
  type: 'SessionAdjusted',
  data: {
    ...ids,
    adjustedBy: 'coach',
    previousSlot: thursday,
    slot: friday,
    awaiting: 'client',
    respondBy: '2026-03-12T08:30:00.000Z',
    policyId: 'hse-2027-1',
    round: 2,
  },
};
const rejected = (agreedSlotStands: boolean): SessionRejected => ({
  type: 'SessionRejected',
  data: { ...ids, rejectedBy: 'client', reason: 'On holiday', round: 2, agreedSlotStands },
});
const cancelled = (agreedSlotStands: boolean): SessionCancelled => ({
  type: 'SessionCancelled',
  data: { ...ids, cancelledBy: 'coach', cause: 'withdrawn', reason: 'Ill', round: 2, agreedSlotStands },
});

const asked: SessionRequest = {
  ...ids,
  requestedBy: 'client',
  revision: 0,
  round: 1,
  slot: thursday,
  proposal: {
    slot: thursday,
    note: 'First time',
    proposedBy: 'client',
    awaiting: 'coach',
    respondBy: '2026-03-10T14:00:00.000Z',
    round: 1,
    policyId: 'hse-2026-1',
  },
};
const onFriday = {
  slot: friday,
  proposedBy: 'coach',
  awaiting: 'client',
  respondBy: '2026-03-12T08:30:00.000Z',
  round: 2,
  policyId: 'hse-2027-1',
} as const;
const shared = { ...ids, requestedBy: 'client' } as const;

describe('a session request', () => {
  it.each<[string, SessionRequestEvent[], SessionRequest, string]>([
    ['asked', [requested], asked, 'pending'],
    [
      'accepted',
      [requested, accepted],
      { ...shared, revision: 1, round: 1, slot: thursday, agreed: thursday },
      'accepted',
    ],
    [
      'adjusted before it was agreed',
      [requested, adjusted],
      { ...shared, revision: 1, round: 2, slot: friday, proposal: onFriday },
      'pending',
    ],
    [
      'adjusted after it was agreed, when the agreed slot stays',
      [requested, accepted, adjusted],
      { ...shared, revision: 2, round: 2, slot: thursday, agreed: thursday, proposal: onFriday },
      'adjusting',
    ],
    [
      'agreed anew',
      [requested, accepted, adjusted, { ...accepted, data: { ...accepted.data, slot: friday, round: 2 } }],
      { ...shared, revision: 3, round: 2, slot: friday, agreed: friday },
      'accepted',
    ],
    [
      'rejected',
      [requested, adjusted, rejected(false)],
      {
        ...shared,
        revision: 2,
        round: 2,
        slot: friday,
        outcome: { status: 'rejected', by: 'client', reason: 'On holiday' },
      },
      'rejected',
    ],
    [
      'agreed, with a change that was rejected',
      [requested, accepted, adjusted, rejected(true)],
      { ...shared, revision: 3, round: 2, slot: thursday, agreed: thursday },
      'accepted',
    ],
    [
      'cancelled',
      [requested, accepted, adjusted, cancelled(false)],
      {
        ...shared,
        revision: 3,
        round: 2,
        slot: thursday,
        outcome: { status: 'cancelled', by: 'coach', cause: 'withdrawn', reason: 'Ill' },
      },
      'cancelled',
    ],
    [
      'agreed, with a change that was withdrawn',
      [requested, accepted, adjusted, cancelled(true)],
      { ...shared, revision: 3, round: 2, slot: thursday, agreed: thursday },
      'accepted',
    ],
  ])('that was %s', (_life, history, state, status) => {
    expect(stateAfter(...history)).toStrictEqual(state);
    expect(statusOf(state)).toBe(status);
  });

  it('knows the side of its two participants, and of nobody else', () => {
    expect(roleOf(asked, 'coach-1')).toBe('coach');
    expect(roleOf(asked, 'client-1')).toBe('client');
    expect(roleOf(asked, 'request-1')).toBeUndefined();
    expect(roleOf(asked, '')).toBeUndefined();
  });

  it('is not there before it was asked for', () => {
    expect(evolve(undefined, accepted)).toBeUndefined();
    expect(stateAfter(accepted, rejected(true), cancelled(false), adjusted)).toBeUndefined();
    expect(stateAfter(accepted, requested)).toStrictEqual(asked);
  });

  it('believes what is recorded, even what could not be decided today', () => {
    expect(stateAfter(requested, rejected(false), accepted)).toMatchObject({ revision: 2, agreed: thursday });
    expect(stateAfter(requested, rejected(true))).toMatchObject({ outcome: { status: 'rejected' } });
    expect(stateAfter(requested, cancelled(true))).toMatchObject({ outcome: { status: 'cancelled' } });
    expect(stateAfter(requested, accepted, requested)).toStrictEqual({ ...asked, revision: 2 });
  });

  it('keeps the deadline that was recorded, whatever policy there is today', () => {
    const { data } = requested;
    const promised = {
      ...requested,
      data: { ...data, respondBy: '1999-12-31T00:00:00.000Z', policyId: 'old' },
    };
    expect(stateAfter(promised)?.proposal).toMatchObject({
      respondBy: '1999-12-31T00:00:00.000Z',
      policyId: 'old',
    });
  });

  it('stays what it is after an event of a later release, but for the revision', () => {
    const unknown = { type: 'SessionPostponed', data: ids } as unknown as SessionRequestEvent;
    expect(stateAfter(requested, unknown)).toStrictEqual({ ...asked, revision: 1 });
    expect(stateAfter(unknown)).toBeUndefined();
  });

  it('is not changed by what follows: each event makes a new state', () => {
    const before = JSON.parse(JSON.stringify(asked)) as SessionRequest;
    for (const event of [accepted, adjusted, rejected(false), cancelled(true), requested])
      evolve(asked, event);
    expect(asked).toStrictEqual(before);
  });
});
