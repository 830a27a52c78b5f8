import { describe, expect, it } from '@jest/globals';
import type { AcceptSession } from '../commands.ts';
import type { SessionAccepted, SessionRequested } from '../events.ts';
import { consequenceOf, given, stateAfter } from './given-when-then.ts';

const requested: SessionRequested = {
  type: 'SessionRequested',
  data: {
    requestId: 'request-1',
    coachId: 'coach-1',
    clientId: 'client-1',
    requestedBy: 'client',
    slot: { startsAt: '2026-03-12T14:00:00.000Z', endsAt: '2026-03-12T15:00:00.000Z' },
    awaiting: 'coach',
    respondBy: '2026-03-10T14:00:00.000Z',
    policyId: 'hse-2026-1',
    round: 1,
  },
};
const accept: AcceptSession = {
  type: 'AcceptSession',
  requestId: 'request-1',
  by: 'coach-1',
  expectedRevision: 0,
};
const accepted: SessionAccepted = {
  type: 'SessionAccepted',
  data: {
    requestId: 'request-1',
    coachId: 'coach-1',
    clientId: 'client-1',
    acceptedBy: 'coach',
    slot: requested.data.slot,
    round: 1,
  },
};
const inTime = '2026-03-10T13:59:59.999Z';
const accepting = given(requested).when(accept, inTime);

describe('given, when, then', () => {
  it('passes where exactly the expected event is recorded', () => {
    accepting.thenRecorded(accepted);
  });

  it.each<[string, SessionAccepted | SessionRequested]>([
    ['a different type', requested],
    ['a different value', { ...accepted, data: { ...accepted.data, acceptedBy: 'client' } }],
    [
      'an instant that is a millisecond off',
      {
        ...accepted,
        data: { ...accepted.data, slot: { ...accepted.data.slot, endsAt: '2026-03-12T15:00:00.001Z' } },
      },
    ],
    ['a field too many', { ...accepted, data: { ...accepted.data, ...{ note: 'more' } } }],
    [
      'a field too many, though undefined',
      { ...accepted, data: { ...accepted.data, ...{ note: undefined } } },
    ],
    ['a field too many beside the payload', { ...accepted, ...{ id: 'more' } }],
    ['a field too few', { ...accepted, data: { ...accepted.data, slot: { startsAt: inTime } as never } }],
  ])('fails for %s', (_difference, expected) => {
    expect(() => accepting.thenRecorded(expected)).toThrow();
  });

  it('fails for an event too many', () => {
    expect(() => accepting.thenRecorded(accepted, accepted)).toThrow();
    expect(() => accepting.thenRecorded(requested, accepted)).toThrow();
  });

  it('fails for the right events in the wrong order', () => {
    const both = consequenceOf({ events: [requested, accepted] });
    both.thenRecorded(requested, accepted);
    expect(() => both.thenRecorded(accepted, requested)).toThrow();
  });

  it('fails for an event too few', () => {
    expect(() => consequenceOf({ events: [requested, accepted] }).thenRecorded(requested)).toThrow();
  });

  it('fails where a rejection was expected and events came', () => {
    expect(() => accepting.thenRejected('not-awaited')).toThrow();
    expect(() => accepting.thenNothing()).toThrow();
  });

  it('fails for another rejection than the expected one, and where events were expected', () => {
    const late = given(requested).when(accept, '2026-03-10T14:00:00.000Z');
    late.thenRejected('deadline-passed');
    expect(() => late.thenRejected('not-awaited')).toThrow();
    expect(() => late.thenRecorded(accepted)).toThrow();
    expect(() => late.thenNothing()).toThrow();
  });

  it('tells nothing to do from a rejection and from events', () => {
    const nothing = given().when({ type: 'ExpireSessionRequest', requestId: 'request-1', round: 1 }, inTime);
    nothing.thenNothing();
    expect(() => nothing.thenRejected('not-due')).toThrow();
    expect(() => nothing.thenRecorded(accepted)).toThrow();
  });

  it('decides on the fold of the whole history, in its order', () => {
    expect(stateAfter()).toBeUndefined();
    expect(stateAfter(requested, accepted)?.revision).toBe(1);
    given(requested, accepted).when(accept, inTime).thenRejected('conflict');
    given(accepted, requested).when(accept, inTime).thenRecorded(accepted);
  });
});
