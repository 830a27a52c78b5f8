import { describe, expect, it } from '@jest/globals';
import type { RequestSession, SessionRequestCommand } from './commands.ts';
import type {
  Role,
  SessionAccepted,
  SessionAdjusted,
  SessionCancelled,
  SessionRejected,
  SessionRequested,
  SessionRequestEvent,
  Slot,
} from './events.ts';
import { defaultExpiryPolicy } from './expiry-policy.ts';
import { toEpochMs, toInstant, type Instant } from './instant.ts';
import { parseExpiryPolicy } from './parse-expiry-policy.ts';
import { actions, allowedActions, type Action } from './permissions.ts';
import { rejectionCodes, type RejectionCode } from './rejection.ts';
import { statusOf, type SessionRequest, type SessionRequestStatus } from './session-request.ts';
import { given, stateAfter } from './testing/given-when-then.ts';

const ids = { requestId: 'request-1', coachId: 'coach-1', clientId: 'client-1' };
const participants = { coach: 'coach-1', client: 'client-1', stranger: 'somebody-else' } as const;

const thursday: Slot = { startsAt: '2026-03-12T14:00:00.000Z', endsAt: '2026-03-12T15:00:00.000Z' };
const friday: Slot = { startsAt: '2026-03-13T08:30:00.000Z', endsAt: '2026-03-13T10:00:00.000Z' };
const saturday: Slot = { startsAt: '2026-03-14T10:00:00.000Z', endsAt: '2026-03-14T10:45:00.000Z' };
const nextFriday: Slot = { startsAt: '2026-03-20T10:00:00.000Z', endsAt: '2026-03-20T11:00:00.000Z' };

const policyId = 'hse-2026-1';

/** Monday 2 March, 9:00. */
const clientAsked: SessionRequested = {
  type: 'SessionRequested',
  data: {
    ...ids,
    requestedBy: 'client',
    slot: thursday,
    awaiting: 'coach',
    respondBy: '2026-03-10T14:00:00.000Z',
    policyId,
    round: 1,
  },
};
const coachAsked: SessionRequested = {
  type: 'SessionRequested',
  data: {
    ...ids,
    requestedBy: 'coach',
    slot: thursday,
    awaiting: 'client',
    respondBy: '2026-03-11T14:00:00.000Z',
    policyId,
    round: 1,
  },
};

const adjusted = (
  by: Role,
  previousSlot: Slot,
  slot: Slot,
  respondBy: Instant,
  round: number,
): SessionAdjusted => ({
  type: 'SessionAdjusted',
  data: {
    ...ids,
    adjustedBy: by,
    previousSlot,
    slot,
    awaiting: by === 'coach' ? 'client' : 'coach',
    respondBy,
    policyId,
    round,
  },
});
const coachCountered = adjusted('coach', thursday, friday, '2026-03-12T08:30:00.000Z', 2);
const clientCounteredAgain = adjusted('client', friday, saturday, '2026-03-12T10:00:00.000Z', 3);
const clientCountered = adjusted('client', thursday, friday, '2026-03-11T08:30:00.000Z', 2);
const clientAmended = clientCountered;
const clientChanges = adjusted('client', thursday, saturday, '2026-03-12T10:00:00.000Z', 2);
const coachChanges = adjusted('coach', thursday, saturday, '2026-03-13T10:00:00.000Z', 2);

const accepted = (acceptedBy: Role, slot: Slot, round: number): SessionAccepted => ({
  type: 'SessionAccepted',
  data: { ...ids, acceptedBy, slot, round },
});
const coachAccepted = accepted('coach', thursday, 1);
const clientAccepted = accepted('client', thursday, 1);

const rejected = (
  rejectedBy: Role,
  round: number,
  agreedSlotStands: boolean,
  reason?: string,
): SessionRejected => ({
  type: 'SessionRejected',
  data: { ...ids, rejectedBy, ...(reason !== undefined && { reason }), round, agreedSlotStands },
});

const cancelled = (
  rest: Pick<SessionCancelled['data'], 'cancelledBy' | 'cause' | 'round' | 'agreedSlotStands'> & {
    reason?: string;
    respondBy?: Instant;
  },
): SessionCancelled => ({ type: 'SessionCancelled', data: { ...ids, ...rest } });

const commandFor = (
  action: Action,
  who: keyof typeof participants,
  expectedRevision: number,
  slot = nextFriday,
): SessionRequestCommand => {
  const seen = { requestId: 'request-1', by: participants[who], expectedRevision };
  switch (action) {
    case 'accept':
      return { type: 'AcceptSession', ...seen };
    case 'adjust':
      return { type: 'AdjustSession', ...seen, slot };
    case 'reject':
      return { type: 'RejectSession', ...seen };
    case 'cancel-session':
      return { type: 'CancelSession', ...seen, what: 'session' };
    case 'cancel-change':
      return { type: 'CancelSession', ...seen, what: 'change' };
  }
};

/** What has to be recorded where an action is allowed, put together from the state in the plainest way. */
const eventFor = (
  action: Action,
  by: Role,
  { round, agreed, proposal }: SessionRequest,
): SessionRequestEvent => {
  const agreedSlotStands = agreed !== undefined;
  switch (action) {
    case 'accept':
      return accepted(by, proposal?.slot as Slot, round);
    case 'adjust': {
      const respondBy = by === 'client' ? '2026-03-18T10:00:00.000Z' : '2026-03-19T10:00:00.000Z';
      return adjusted(by, (proposal?.slot ?? agreed) as Slot, nextFriday, respondBy, round + 1);
    }
    case 'reject':
      return rejected(by, round, agreedSlotStands);
    case 'cancel-session':
      return cancelled({
        cancelledBy: by,
        cause: agreed ? 'called-off' : 'withdrawn',
        round,
        agreedSlotStands: false,
      });
    case 'cancel-change':
      return cancelled({ cancelledBy: by, cause: 'withdrawn', round, agreedSlotStands: true });
  }
};

type Cells = readonly ['yes' | RejectionCode, ...('yes' | RejectionCode)[]];

interface Row {
  readonly situation: string;
  readonly status: SessionRequestStatus;
  readonly history: readonly SessionRequestEvent[];
  readonly now: Instant;
  /** In the order of `actions`: accept, adjust, reject, cancel-session, cancel-change. */
  readonly client: Cells;
  readonly coach: Cells;
}

const all = (code: RejectionCode): Cells => [code, code, code, code, code];
const wednesday4 = '2026-03-04T12:00:00.000Z';

const proposerOfRequest: Cells = ['not-awaited', 'yes', 'not-awaited', 'yes', 'nothing-proposed'];
const awaitedOther: Cells = ['yes', 'yes', 'yes', 'not-the-requester', 'nothing-proposed'];
const awaitedRequester: Cells = ['yes', 'yes', 'yes', 'yes', 'nothing-proposed'];
const changer: Cells = ['not-awaited', 'yes', 'not-awaited', 'yes', 'yes'];
const askedToChange: Cells = ['yes', 'yes', 'yes', 'yes', 'not-the-requester'];
const eitherWhenAgreed: Cells = ['nothing-proposed', 'yes', 'nothing-proposed', 'yes', 'nothing-proposed'];

const lateProposer: Cells = [
  'not-awaited',
  'deadline-passed',
  'not-awaited',
  'deadline-passed',
  'nothing-proposed',
];
const lateOther: Cells = [
  'deadline-passed',
  'deadline-passed',
  'deadline-passed',
  'not-the-requester',
  'nothing-proposed',
];
const lateRequester: Cells = [
  'deadline-passed',
  'deadline-passed',
  'deadline-passed',
  'deadline-passed',
  'nothing-proposed',
];
const lateChanger: Cells = ['not-awaited', 'deadline-passed', 'not-awaited', 'yes', 'deadline-passed'];
const lateAskedToChange: Cells = [
  'deadline-passed',
  'deadline-passed',
  'deadline-passed',
  'yes',
  'not-the-requester',
];

const row = (
  situation: string,
  status: SessionRequestStatus,
  history: readonly SessionRequestEvent[],
  now: Instant,
  client: Cells,
  coach: Cells,
): Row => ({ situation, status, history, now, client, coach });

const permissionTable: readonly Row[] = [
  row('the client asked', 'pending', [clientAsked], wednesday4, proposerOfRequest, awaitedOther),
  row(
    'the client asked, a millisecond before the deadline',
    'pending',
    [clientAsked],
    '2026-03-10T13:59:59.999Z',
    proposerOfRequest,
    awaitedOther,
  ),
  row('the coach asked', 'pending', [coachAsked], wednesday4, awaitedOther, proposerOfRequest),
  row(
    'the client asked, the coach made a counter-proposal',
    'pending',
    [clientAsked, coachCountered],
    wednesday4,
    awaitedRequester,
    proposerOfRequest,
  ),
  row(
    'the coach asked, the client made a counter-proposal',
    'pending',
    [coachAsked, clientCountered],
    wednesday4,
    proposerOfRequest,
    awaitedRequester,
  ),
  row(
    'the client asked and amended it',
    'pending',
    [clientAsked, clientAmended],
    wednesday4,
    proposerOfRequest,
    awaitedOther,
  ),
  row(
    'the client asked, both made a counter-proposal',
    'pending',
    [clientAsked, coachCountered, clientCounteredAgain],
    wednesday4,
    proposerOfRequest,
    awaitedOther,
  ),
  row('agreed', 'accepted', [clientAsked, coachAccepted], wednesday4, eitherWhenAgreed, eitherWhenAgreed),
  row(
    'agreed, a millisecond before the start',
    'accepted',
    [coachAsked, clientAccepted],
    '2026-03-12T13:59:59.999Z',
    eitherWhenAgreed,
    eitherWhenAgreed,
  ),
  row(
    'agreed, and the client wants a change',
    'adjusting',
    [clientAsked, coachAccepted, clientChanges],
    wednesday4,
    changer,
    askedToChange,
  ),
  row(
    'agreed, and the coach wants a change',
    'adjusting',
    [clientAsked, coachAccepted, coachChanges],
    wednesday4,
    askedToChange,
    changer,
  ),
  row(
    'agreed, and the coach wants a change, a millisecond before the agreed start',
    'adjusting',
    [clientAsked, coachAccepted, coachChanges],
    '2026-03-12T13:59:59.999Z',
    askedToChange,
    changer,
  ),
  row(
    'agreed, and a change was rejected',
    'accepted',
    [clientAsked, coachAccepted, clientChanges, rejected('coach', 2, true)],
    wednesday4,
    eitherWhenAgreed,
    eitherWhenAgreed,
  ),
  row(
    'rejected',
    'rejected',
    [clientAsked, rejected('coach', 1, false)],
    wednesday4,
    all('already-closed'),
    all('already-closed'),
  ),
  row(
    'withdrawn',
    'cancelled',
    [
      clientAsked,
      cancelled({ cancelledBy: 'client', cause: 'withdrawn', round: 1, agreedSlotStands: false }),
    ],
    wednesday4,
    all('already-closed'),
    all('already-closed'),
  ),
  row(
    'called off, and the session would have started',
    'cancelled',
    [
      clientAsked,
      coachAccepted,
      cancelled({ cancelledBy: 'coach', cause: 'called-off', round: 1, agreedSlotStands: false }),
    ],
    '2026-03-12T14:30:00.000Z',
    all('already-closed'),
    all('already-closed'),
  ),
  row(
    'cancelled because nobody answered',
    'cancelled',
    [
      clientAsked,
      cancelled({
        cancelledBy: 'system',
        cause: 'no-response',
        round: 1,
        respondBy: clientAsked.data.respondBy,
        agreedSlotStands: false,
      }),
    ],
    '2026-03-10T14:00:00.000Z',
    all('already-closed'),
    all('already-closed'),
  ),
  row(
    'the session has started',
    'accepted',
    [clientAsked, coachAccepted],
    thursday.startsAt,
    all('session-started'),
    all('session-started'),
  ),
  row(
    'the session has started with a change on the table that could still be answered',
    'adjusting',
    [clientAsked, coachAccepted, coachChanges],
    thursday.startsAt,
    all('session-started'),
    all('session-started'),
  ),
  row(
    'the client asked and the deadline has passed',
    'pending',
    [clientAsked],
    '2026-03-10T14:00:00.000Z',
    lateProposer,
    lateOther,
  ),
  row(
    'the coach made a counter-proposal and the deadline has passed',
    'pending',
    [clientAsked, coachCountered],
    '2026-03-12T08:30:00.000Z',
    lateRequester,
    lateProposer,
  ),
  row(
    'the deadline has passed, and so has the start of what was never agreed',
    'pending',
    [coachAsked],
    '2026-03-12T14:00:00.000Z',
    lateOther,
    lateProposer,
  ),
  row(
    'agreed, and the deadline for the change that the client wants has passed',
    'adjusting',
    [clientAsked, coachAccepted, clientChanges],
    '2026-03-12T10:00:00.000Z',
    lateChanger,
    lateAskedToChange,
  ),
];

describe('who may do what', () => {
  const cells = permissionTable.flatMap((entry) =>
    (['client', 'coach'] as const).flatMap((who) =>
      actions.map((action, i) => ({ ...entry, who, action, answer: entry[who][i] as 'yes' | RejectionCode })),
    ),
  );

  it.each(cells)('$situation: $who, $action: $answer', ({ history, now, who, action, answer, status }) => {
    const state = stateAfter(...history) as SessionRequest;
    expect(statusOf(state)).toBe(status);
    const consequence = given(...history).when(commandFor(action, who, state.revision), now);
    if (answer === 'yes') consequence.thenRecorded(eventFor(action, who, state));
    else consequence.thenRejected(answer);
  });

  it.each(permissionTable)(
    '$situation: what may be done is shown as allowed',
    ({ history, now, ...entry }) => {
      const state = stateAfter(...history) as SessionRequest;
      for (const who of ['client', 'coach'] as const)
        expect(allowedActions(state, who, now)).toStrictEqual(
          actions.filter((_, i) => entry[who][i] === 'yes'),
        );
    },
  );

  it.each(permissionTable)('$situation: for anybody else there is no such request', ({ history, now }) => {
    for (const action of actions)
      given(...history)
        .when(commandFor(action, 'stranger', history.length - 1), now)
        .thenRejected('not-a-party');
  });

  it('knows no request that does not exist', () => {
    for (const action of actions)
      given()
        .when(commandFor(action, 'client', 0), wednesday4)
        .thenRejected('not-a-party');
  });
});

describe('the reason that counts first', () => {
  const stale = 7;

  it('is being no party, whatever else is wrong', () => {
    given(clientAsked, rejected('coach', 1, false))
      .when(commandFor('accept', 'stranger', stale), thursday.startsAt)
      .thenRejected('not-a-party');
  });

  it('is then not having seen the present state, older or newer', () => {
    for (const action of actions)
      for (const revision of [0, 2])
        given(clientAsked, rejected('coach', 1, false))
          .when(commandFor(action, 'client', revision), wednesday4)
          .thenRejected('conflict');
  });

  it('is then that the request is closed, before that the session would have started', () => {
    const calledOff = cancelled({
      cancelledBy: 'coach',
      cause: 'called-off',
      round: 1,
      agreedSlotStands: false,
    });
    given(clientAsked, coachAccepted, calledOff)
      .when(commandFor('accept', 'client', 2), thursday.endsAt)
      .thenRejected('already-closed');
  });

  it('is then that the session has started, before who may act and whether it is in time', () => {
    given(clientAsked, coachAccepted, clientChanges)
      .when(commandFor('accept', 'client', 2), thursday.endsAt)
      .thenRejected('session-started');
  });

  it('is then who may act, before whether it is in time', () => {
    const late = '2026-03-12T10:00:00.000Z';
    given(clientAsked)
      .when(commandFor('accept', 'client', 0), late)
      .thenRejected('not-awaited');
    given(clientAsked)
      .when(commandFor('cancel-session', 'coach', 0), late)
      .thenRejected('not-the-requester');
  });

  it('is then whether it is in time, before the slot', () => {
    given(clientAsked)
      .when(commandFor('adjust', 'coach', 0, thursday), clientAsked.data.respondBy)
      .thenRejected('deadline-passed');
  });

  it('is then that the slot already stands, before whether it is possible', () => {
    const shortly: SessionRequested = {
      ...clientAsked,
      data: { ...clientAsked.data, respondBy: '2026-03-12T13:20:00.000Z' },
    };
    given(shortly)
      .when(commandFor('adjust', 'coach', 0, thursday), '2026-03-12T13:10:00.000Z')
      .thenRejected('slot-unchanged');
  });
});

describe('what is recorded', () => {
  it('keeps reasons and notes', () => {
    const seen = { requestId: 'request-1', by: 'coach-1', expectedRevision: 0 };
    given(clientAsked)
      .when({ type: 'RejectSession', ...seen, reason: 'On holiday' }, wednesday4)
      .thenRecorded(rejected('coach', 1, false, 'On holiday'));
    given(clientAsked)
      .when({ type: 'CancelSession', ...seen, by: 'client-1', what: 'session', reason: 'Ill' }, wednesday4)
      .thenRecorded(
        cancelled({
          cancelledBy: 'client',
          cause: 'withdrawn',
          reason: 'Ill',
          round: 1,
          agreedSlotStands: false,
        }),
      );
    const { data } = adjusted('coach', thursday, nextFriday, '2026-03-19T10:00:00.000Z', 2);
    given(clientAsked)
      .when({ type: 'AdjustSession', ...seen, slot: nextFriday, note: 'A week later?' }, wednesday4)
      .thenRecorded({ type: 'SessionAdjusted', data: { ...data, note: 'A week later?' } });
  });

  it('leaves out whatever else came with a slot', () => {
    given(clientAsked)
      .when(commandFor('adjust', 'coach', 0, { ...nextFriday, ...{ room: 12 } }), wednesday4)
      .thenRecorded(adjusted('coach', thursday, nextFriday, '2026-03-19T10:00:00.000Z', 2));
  });
});

describe('asking for a session', () => {
  const now = '2026-03-02T09:00:00.000Z';
  const ask = (rest: Partial<RequestSession> = {}): RequestSession => ({
    type: 'RequestSession',
    requestId: 'request-1',
    by: { id: 'client-1', role: 'client' },
    with: { id: 'coach-1', role: 'coach' },
    slot: thursday,
    ...rest,
  });
  const slotIn = (leadMs: number, durationMs: number): Slot => ({
    startsAt: toInstant(toEpochMs(now) + leadMs),
    endsAt: toInstant(toEpochMs(now) + leadMs + durationMs),
  });
  const minutes = 60_000;
  const hours = 60 * minutes;
  const days = 24 * hours;

  it('is possible for both sides, and the other one has to answer', () => {
    given().when(ask(), now).thenRecorded(clientAsked);
    given()
      .when(ask({ by: { id: 'coach-1', role: 'coach' }, with: { id: 'client-1', role: 'client' } }), now)
      .thenRecorded(coachAsked);
  });

  it('keeps the note', () => {
    given()
      .when(ask({ note: 'First time' }), now)
      .thenRecorded({ ...clientAsked, data: { ...clientAsked.data, note: 'First time' } });
  });

  it('takes a coach and a client, who are two people', () => {
    for (const role of ['coach', 'client'] as const)
      given()
        .when(ask({ by: { id: 'a', role }, with: { id: 'b', role } }), now)
        .thenRejected('same-role');
    given()
      .when(ask({ by: { id: 'a', role: 'coach' }, with: { id: 'a', role: 'client' } }), now)
      .thenRejected('same-role');
  });

  it('happens once for each request', () => {
    given(clientAsked).when(ask(), now).thenRejected('conflict');
    given(clientAsked)
      .when(ask({ with: { id: 'b', role: 'client' } }), now)
      .thenRejected('conflict');
  });

  it('names the roles before the slot as the reason to refuse', () => {
    given()
      .when(ask({ with: { id: 'b', role: 'client' }, slot: slotIn(0, 0) }), now)
      .thenRejected('same-role');
  });

  it.each<[string, Slot, RejectionCode | 'yes']>([
    ['a millisecond less than an hour ahead', slotIn(1 * hours - 1, 1 * hours), 'notice-too-short'],
    ['an hour ahead', slotIn(1 * hours, 1 * hours), 'yes'],
    ['a millisecond more than an hour ahead', slotIn(1 * hours + 1, 1 * hours), 'yes'],
    ['a millisecond less than 365 days ahead', slotIn(365 * days - 1, 1 * hours), 'yes'],
    ['365 days ahead', slotIn(365 * days, 1 * hours), 'yes'],
    ['a millisecond more than 365 days ahead', slotIn(365 * days + 1, 1 * hours), 'too-far-ahead'],
    ['a millisecond ago', slotIn(-1, 1 * hours), 'slot-in-past'],
    ['now', slotIn(0, 1 * hours), 'slot-in-past'],
    ['in a millisecond', slotIn(1, 1 * hours), 'notice-too-short'],
    ['for a millisecond less than 15 minutes', slotIn(1 * days, 15 * minutes - 1), 'invalid-duration'],
    ['for 15 minutes', slotIn(1 * days, 15 * minutes), 'yes'],
    ['for a millisecond more than 15 minutes', slotIn(1 * days, 15 * minutes + 1), 'yes'],
    ['for a millisecond less than 8 hours', slotIn(1 * days, 8 * hours - 1), 'yes'],
    ['for 8 hours', slotIn(1 * days, 8 * hours), 'yes'],
    ['for a millisecond more than 8 hours', slotIn(1 * days, 8 * hours + 1), 'invalid-duration'],
    ['ending before it starts', slotIn(1 * days, -1 * hours), 'invalid-duration'],
    ['too short and in the past', slotIn(-1 * days, 0), 'invalid-duration'],
    ['starting at no instant', { startsAt: 'tomorrow', endsAt: thursday.endsAt }, 'invalid-duration'],
    ['ending at no instant', { startsAt: thursday.startsAt, endsAt: '' }, 'invalid-duration'],
    [
      'on a day that does not exist',
      { startsAt: '2027-02-30T10:00:00.000Z', endsAt: '2027-02-30T11:00:00.000Z' },
      'invalid-duration',
    ],
    [
      'in another form of the same instant',
      { startsAt: '2026-03-12T15:00:00.000+01:00', endsAt: thursday.endsAt },
      'invalid-duration',
    ],
    [
      'after the year 9999',
      { startsAt: '+010000-01-01T00:00:00.000Z', endsAt: '+010000-01-01T01:00:00.000Z' },
      'invalid-duration',
    ],
  ])('for a slot %s', (_slot, slot, answer) => {
    const asking = given().when(ask({ slot }), now);
    // The same bounds hold for an adjustment, which is a new proposal.
    const adjusting = given(clientAsked).when(commandFor('adjust', 'client', 0, slot), now);
    if (answer === 'yes') {
      expect(() => asking.thenRejected('invalid-duration')).toThrow('SessionRequested');
      expect(() => adjusting.thenRejected('invalid-duration')).toThrow('SessionAdjusted');
    } else {
      asking.thenRejected(answer);
      adjusting.thenRejected(answer);
    }
  });
});

describe('an adjustment', () => {
  it('to the slot that stands changes nothing and is refused', () => {
    given(clientAsked)
      .when(commandFor('adjust', 'coach', 0, thursday), wednesday4)
      .thenRejected('slot-unchanged');
    given(clientAsked, coachAccepted)
      .when(commandFor('adjust', 'coach', 1, thursday), wednesday4)
      .thenRejected('slot-unchanged');
    for (const slot of [thursday, saturday])
      given(clientAsked, coachAccepted, clientChanges)
        .when(commandFor('adjust', 'coach', 2, slot), wednesday4)
        .thenRejected('slot-unchanged');
  });

  it('may change the end alone, or go back to a slot that was turned down', () => {
    const longer = { ...thursday, endsAt: '2026-03-12T15:30:00.000Z' };
    given(clientAsked)
      .when(commandFor('adjust', 'client', 0, longer), wednesday4)
      .thenRecorded(adjusted('client', thursday, longer, '2026-03-10T14:00:00.000Z', 2));
    given(clientAsked, coachCountered)
      .when(commandFor('adjust', 'client', 1, thursday), wednesday4)
      .thenRecorded(adjusted('client', friday, thursday, '2026-03-10T14:00:00.000Z', 3));
  });

  it('has a deadline of its own, from its own lead and whoever has to answer it', () => {
    // 13 March 8:30 lies 24 h and 30 min ahead: 8 h before the start for the client, 16 h for the coach.
    const now = '2026-03-12T08:00:00.000Z';
    const soon: SessionRequestEvent[] = [coachAsked, { ...clientAccepted }];
    given(...soon)
      .when(commandFor('adjust', 'coach', 1, friday), now)
      .thenRecorded(adjusted('coach', thursday, friday, '2026-03-13T00:30:00.000Z', 2));
    given(...soon)
      .when(commandFor('adjust', 'client', 1, friday), now)
      .thenRecorded(adjusted('client', thursday, friday, '2026-03-12T16:30:00.000Z', 2));
  });

  it('is measured by the policy of its own day, which it names', () => {
    const policy = parseExpiryPolicy({
      ...defaultExpiryPolicy,
      id: 'generous',
      rules: [{ from: 'PT0S', client: { shareOfLead: [1, 10] }, coach: { shareOfLead: [1, 10] } }],
    });
    const { data } = adjusted('coach', thursday, nextFriday, '2026-03-18T19:48:00.000Z', 2);
    given(clientAsked)
      .when(commandFor('adjust', 'coach', 0), wednesday4, policy)
      .thenRecorded({ type: 'SessionAdjusted', data: { ...data, policyId: 'generous' } });
    // and leaves the deadline alone that was promised by another one
    given(clientAsked)
      .when(commandFor('accept', 'coach', 0), '2026-03-10T14:00:00.000Z', policy)
      .thenRejected('deadline-passed');
  });

  it('can count the requester instead of who has to answer, if the policy says so', () => {
    const policy = parseExpiryPolicy({ ...defaultExpiryPolicy, deadlineRole: 'requester' });
    given(clientAsked)
      .when(commandFor('adjust', 'client', 0), wednesday4, policy)
      .thenRecorded(adjusted('client', thursday, nextFriday, '2026-03-19T10:00:00.000Z', 2));
    given(coachAsked)
      .when(commandFor('adjust', 'client', 0), wednesday4, policy)
      .thenRecorded(adjusted('client', thursday, nextFriday, '2026-03-18T10:00:00.000Z', 2));
  });
});

describe('the deadline', () => {
  const expire = (round: number): SessionRequestCommand => ({
    type: 'ExpireSessionRequest',
    requestId: 'request-1',
    round,
  });
  const noResponse = (round: number, respondBy: Instant, agreedSlotStands: boolean): SessionCancelled =>
    cancelled({ cancelledBy: 'system', cause: 'no-response', round, respondBy, agreedSlotStands });
  const { respondBy } = clientAsked.data;
  const justBefore = '2026-03-10T13:59:59.999Z';
  const justAfter = '2026-03-10T14:00:00.001Z';

  it('lets answers in before it, and the system from it on', () => {
    given(clientAsked)
      .when(commandFor('accept', 'coach', 0), justBefore)
      .thenRecorded(coachAccepted);
    given(clientAsked).when(expire(1), justBefore).thenRejected('not-due');
    for (const now of [respondBy, justAfter]) {
      given(clientAsked)
        .when(commandFor('accept', 'coach', 0), now)
        .thenRejected('deadline-passed');
      given(clientAsked)
        .when(expire(1), now)
        .thenRecorded(noResponse(1, respondBy, false));
    }
  });

  it('loses to an answer that was recorded first', () => {
    given(clientAsked, coachAccepted).when(expire(1), respondBy).thenNothing();
    given(clientAsked, rejected('coach', 1, false))
      .when(expire(1), respondBy)
      .thenNothing();
  });

  it('wins over an answer that was recorded later', () => {
    const expired = [clientAsked, noResponse(1, respondBy, false)];
    given(...expired)
      .when(commandFor('accept', 'coach', 0), respondBy)
      .thenRejected('conflict');
    given(...expired)
      .when(commandFor('accept', 'coach', 1), respondBy)
      .thenRejected('already-closed');
    given(...expired)
      .when(expire(1), justAfter)
      .thenNothing();
  });

  it('of round 1 means nothing in round 2, even when both have passed', () => {
    given(clientAsked, coachCountered).when(expire(1), respondBy).thenNothing();
    given(clientAsked, coachCountered).when(expire(1), '2026-03-13T00:00:00.000Z').thenNothing();
    given(clientAsked, coachCountered).when(expire(2), respondBy).thenRejected('not-due');
    given(clientAsked, coachCountered)
      .when(expire(2), coachCountered.data.respondBy)
      .thenRecorded(noResponse(2, coachCountered.data.respondBy, false));
  });

  it('of a round that is yet to come means nothing', () => {
    given(clientAsked).when(expire(2), justAfter).thenNothing();
    given().when(expire(1), justAfter).thenNothing();
  });

  it('takes a change off the table and leaves the agreed slot, also once the session has started', () => {
    given(clientAsked, coachAccepted, clientChanges)
      .when(expire(2), clientChanges.data.respondBy)
      .thenRecorded(noResponse(2, clientChanges.data.respondBy, true));
    given(clientAsked, coachAccepted, coachChanges)
      .when(expire(2), coachChanges.data.respondBy)
      .thenRecorded(noResponse(2, coachChanges.data.respondBy, true));
  });

  it.each<[string, SessionRequestEvent]>([
    ['rejected', rejected('coach', 2, true)],
    ['withdrawn', cancelled({ cancelledBy: 'client', cause: 'withdrawn', round: 2, agreedSlotStands: true })],
    ['unanswered', noResponse(2, clientChanges.data.respondBy, true)],
  ])('costs nobody an agreed session when a change was %s', (_end, end) => {
    const state = stateAfter(clientAsked, coachAccepted, clientChanges, end) as SessionRequest;
    expect(statusOf(state)).toBe('accepted');
    expect(state.agreed).toStrictEqual(thursday);
    given(clientAsked, coachAccepted, clientChanges, end).when(expire(2), thursday.endsAt).thenNothing();
  });
});

describe('the rejection codes', () => {
  it('are the closed list that the interface promises', () => {
    expect(Object.keys(rejectionCodes).sort()).toStrictEqual(
      [
        'not-a-party',
        'not-awaited',
        'not-the-requester',
        'nothing-proposed',
        'deadline-passed',
        'session-started',
        'already-closed',
        'slot-unchanged',
        'slot-in-past',
        'notice-too-short',
        'too-far-ahead',
        'invalid-duration',
        'same-role',
        'not-due',
        'conflict',
      ].sort(),
    );
  });
});
