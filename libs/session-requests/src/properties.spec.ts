import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide } from './decide.ts';
import { otherRole, type Role, type SessionRequestEvent } from './events.ts';
import { toEpochMs, toInstant, type Instant } from './instant.ts';
import { actions, allowedActions, type Action } from './permissions.ts';
import { statusOf, type SessionRequest, type SessionRequestStatus } from './session-request.ts';
import { stateAfter } from './testing/given-when-then.ts';
import { answerCommand, happeningsOf, randomWalks, type Attempt } from './testing/random-walk.ts';
import { awaitedAnswer } from './views.ts';

const walks = randomWalks();
const numRuns = 300;

const forEveryWalk = (check: (attempts: Attempt[]) => void): void =>
  fc.assert(fc.property(walks, check), { numRuns });

const eventsOf = (attempts: Attempt[]): SessionRequestEvent[] =>
  happeningsOf(attempts).map(({ event }) => event);

/** As `expect(…).toBe(…)`, which takes its time, for what is asked a million times. */
const same = (received: unknown, expected: unknown): void => {
  if (received !== expected) expect(received).toBe(expected);
};

const roles: readonly Role[] = ['coach', 'client'];
const idOf = (role: Role): string => (role === 'coach' ? 'coach-1' : 'client-1');

/** The instants around which something changes for a state, and a quiet one. */
const telling = (state: SessionRequest, now: Instant): Instant[] =>
  [state.proposal?.respondBy, state.agreed?.startsAt, now].flatMap((instant) =>
    instant === undefined ? [] : [-1, 0, 1].map((offset) => toInstant(toEpochMs(instant) + offset)),
  );

/** What this participant can really do: each action tried, with a slot that can be adjusted to. */
const possibleActions = (
  { policy }: Attempt,
  state: SessionRequest,
  viewer: Role,
  now: Instant,
): Action[] => {
  const startsAtMs = toEpochMs(now) + 100 * 86_400_000 + 12_345;
  const slot = { startsAt: toInstant(startsAtMs), endsAt: toInstant(startsAtMs + 3_600_000) };
  const { requestId, revision: expectedRevision } = state;
  return actions.filter((action) => {
    const command = answerCommand(action, { requestId, by: idOf(viewer), expectedRevision, slot });
    return decide(command, state, { now, policy }).events?.length === 1;
  });
};

describe('every session request', () => {
  it('ends once at most, and nothing follows', () => {
    forEveryWalk((attempts) => {
      const terminal = eventsOf(attempts).flatMap((event, i) => {
        const ends = event.type === 'SessionRejected' || event.type === 'SessionCancelled';
        return ends && !event.data.agreedSlotStands ? [i] : [];
      });
      expect(terminal.length).toBeLessThanOrEqual(1);
      if (terminal.length === 1) expect(terminal[0]).toBe(eventsOf(attempts).length - 1);
    });
  });

  it('has each deadline after the proposal and before the start', () => {
    forEveryWalk((attempts) => {
      for (const { recordedAt, event } of happeningsOf(attempts))
        if (event.type === 'SessionRequested' || event.type === 'SessionAdjusted') {
          expect(event.data.respondBy > recordedAt).toBe(true);
          expect(event.data.respondBy < event.data.slot.startsAt).toBe(true);
        }
    });
  });

  it('loses an agreed slot neither by silence nor by a change that came to nothing', () => {
    forEveryWalk((attempts) => {
      for (const { command, before, after } of attempts) {
        if (!before?.agreed) continue;
        const replacedByBoth = command.type === 'AcceptSession';
        const calledOff = command.type === 'CancelSession' && command.what === 'session';
        if (!replacedByBoth && !calledOff) expect(after?.agreed).toStrictEqual(before.agreed);
        // what the calendar shows is what was agreed
        expect(before.slot).toStrictEqual(before.agreed);
      }
    });
  });

  it('is ended by the system only when the deadline is over, and by an answer only before', () => {
    forEveryWalk((attempts) => {
      for (const { now, command, before, decision } of attempts) {
        if (!before?.proposal || !decision.events?.[0]) continue;
        if (command.type === 'ExpireSessionRequest') expect(now >= before.proposal.respondBy).toBe(true);
        if (command.type === 'AcceptSession' || command.type === 'RejectSession')
          expect(now < before.proposal.respondBy).toBe(true);
      }
    });
  });

  it('shows as allowed exactly what can be done, at every instant that matters', () => {
    forEveryWalk((attempts) => {
      for (const attempt of attempts) {
        const { after: state } = attempt;
        if (!state) continue;
        for (const now of telling(state, attempt.now))
          for (const viewer of roles)
            same(
              allowedActions(state, viewer, now).join(),
              possibleActions(attempt, state, viewer, now).join(),
            );
      }
    });
  });

  it('is a pending action exactly as long as it can be accepted', () => {
    forEveryWalk((attempts) => {
      for (const { after: state, now: decidedAt } of attempts) {
        if (!state) continue;
        const awaited = awaitedAnswer(state);
        for (const now of telling(state, decidedAt))
          for (const viewer of roles)
            same(
              allowedActions(state, viewer, now).includes('accept'),
              awaited?.role === viewer && now < awaited.until,
            );
      }
    });
  });

  it('numbers its events from 0 without gap, and its rounds upwards', () => {
    forEveryWalk((attempts) => {
      const events = eventsOf(attempts);
      expect(stateAfter(...events)?.revision).toBe(events.length - 1);
      const proposed = events.flatMap((event) =>
        event.type === 'SessionRequested' || event.type === 'SessionAdjusted' ? [event.data.round] : [],
      );
      expect(proposed).toStrictEqual(proposed.map((_, i) => i + 1));
      for (const { after } of attempts) if (after?.proposal) expect(after.proposal.round).toBe(after.round);
    });
  });

  it('awaits the other side of whoever proposed', () => {
    forEveryWalk((attempts) => {
      for (const { after } of attempts)
        if (after?.proposal) expect(after.proposal.awaiting).toBe(otherRole(after.proposal.proposedBy));
    });
  });

  it('answers every revision but the present one with a conflict', () => {
    forEveryWalk((attempts) => {
      for (const { after: state, now, policy } of attempts) {
        if (!state) continue;
        const slot = state.slot;
        for (const expectedRevision of [-1, state.revision - 1, state.revision + 1, NaN])
          for (const action of actions) {
            const command = answerCommand(action, {
              requestId: 'request-1',
              by: 'coach-1',
              expectedRevision,
              slot,
            });
            same(decide(command, state, { now, policy }).rejection?.code, 'conflict');
          }
      }
    });
  });

  it('carries its three ids on every event, and survives being written down', () => {
    forEveryWalk((attempts) => {
      for (const event of eventsOf(attempts)) {
        expect(event.data).toMatchObject({
          requestId: 'request-1',
          coachId: 'coach-1',
          clientId: 'client-1',
        });
        expect(JSON.parse(JSON.stringify(event))).toStrictEqual(event);
      }
    });
  });

  it('is decided the same way again, and no decision changes what it was made on', () => {
    forEveryWalk((attempts) => {
      for (const { command, before, now, policy, decision } of attempts) {
        const written = JSON.stringify(before);
        expect(decide(command, before, { now, policy })).toStrictEqual(decision);
        expect(JSON.stringify(before)).toBe(written);
      }
    });
  });
});

/** The permission table once more, without states, events or revisions: only what a participant could have kept in mind. */
interface Model {
  status: SessionRequestStatus;
  readonly requester: Role;
  proposer?: Role | undefined;
}

const modelAllows = (model: Model, action: Action, actor: Role, late: boolean, started: boolean): boolean => {
  const { status, requester, proposer } = model;
  const isProposer = proposer === actor;
  if (status === 'rejected' || status === 'cancelled' || started) return false;
  if (status === 'accepted') return action === 'adjust' || action === 'cancel-session';
  if (late) return status === 'adjusting' && action === 'cancel-session';
  switch (action) {
    case 'accept':
    case 'reject':
      return !isProposer;
    case 'adjust':
      return true;
    case 'cancel-session':
      return status === 'adjusting' || isProposer || actor === requester;
    case 'cancel-change':
      return status === 'adjusting' && isProposer;
  }
};

const slotCodes = ['slot-unchanged', 'slot-in-past', 'notice-too-short', 'too-far-ahead', 'invalid-duration'];

describe('a model of the permission table', () => {
  it('walks along with every session request', () => {
    const seen = new Map<string, number>();
    forEveryWalk((attempts) => {
      let model: Model | undefined;
      for (const { now, command, before, decision, after } of attempts) {
        const recorded = decision.events?.length === 1;
        if (command.type === 'RequestSession') {
          if (!model) model = { status: 'pending', requester: command.by.role, proposer: command.by.role };
          else expect(recorded).toBe(false);
        } else if (model && before) {
          const onTable = model.status === 'pending' || model.status === 'adjusting';
          const late = onTable && now >= (before.proposal as { respondBy: Instant }).respondBy;
          const wasAgreed = model.status === 'accepted' || model.status === 'adjusting';
          const started = wasAgreed && now >= (before.agreed as { startsAt: Instant }).startsAt;
          const ending = wasAgreed ? 'accepted' : undefined;
          if (command.type === 'ExpireSessionRequest') {
            expect(recorded).toBe(onTable && late && command.round === before.round);
            if (recorded) model = { ...model, status: ending ?? 'cancelled', proposer: undefined };
          } else {
            const actor = roles.find((role) => idOf(role) === command.by);
            const action: Action =
              command.type === 'AcceptSession'
                ? 'accept'
                : command.type === 'RejectSession'
                  ? 'reject'
                  : command.type === 'AdjustSession'
                    ? 'adjust'
                    : command.what === 'change'
                      ? 'cancel-change'
                      : 'cancel-session';
            const allowed =
              actor !== undefined &&
              command.expectedRevision === before.revision &&
              modelAllows(model, action, actor, late, started);
            if (allowed && !recorded) {
              expect(action).toBe('adjust');
              expect(slotCodes).toContain(decision.rejection?.code);
            } else expect(recorded).toBe(allowed);
            if (recorded) {
              if (action === 'accept') model = { ...model, status: 'accepted', proposer: undefined };
              if (action === 'reject')
                model = { ...model, status: ending ?? 'rejected', proposer: undefined };
              if (action === 'adjust')
                model = { ...model, status: wasAgreed ? 'adjusting' : 'pending', proposer: actor };
              if (action === 'cancel-session') model = { ...model, status: 'cancelled', proposer: undefined };
              if (action === 'cancel-change') model = { ...model, status: 'accepted', proposer: undefined };
            }
          }
        }
        expect(after && statusOf(after)).toBe(model?.status);
        const key = decision.rejection?.code ?? decision.events?.[0]?.type ?? 'nothing';
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    });
    // The walks reach every event and every reason to refuse that a participant of the request can meet.
    expect([...seen.keys()].sort()).toStrictEqual(
      [
        'SessionAccepted',
        'SessionAdjusted',
        'SessionCancelled',
        'SessionRejected',
        'SessionRequested',
        'already-closed',
        'conflict',
        'deadline-passed',
        'invalid-duration',
        'not-a-party',
        'not-awaited',
        'not-due',
        'not-the-requester',
        'nothing',
        'nothing-proposed',
        'notice-too-short',
        'session-started',
        'slot-in-past',
        'slot-unchanged',
        'too-far-ahead',
      ].sort(),
    );
  });
});

describe('the fold', () => {
  it('never throws on any sequence of events, even nonsense', () => {
    const role = fc.constantFrom<Role>('coach', 'client');
    const instant = fc.oneof(
      fc.integer({ min: 0, max: 4e12 }).map((ms) => toInstant(ms)),
      fc.constant('no instant'),
    );
    const slot = fc.record({ startsAt: instant, endsAt: instant });
    const data = fc.record({
      requestId: fc.string(),
      coachId: fc.string(),
      clientId: fc.string(),
      requestedBy: role,
      acceptedBy: role,
      adjustedBy: role,
      rejectedBy: role,
      cancelledBy: fc.constantFrom('coach', 'client', 'system'),
      cause: fc.constantFrom('withdrawn', 'called-off', 'no-response'),
      slot,
      previousSlot: slot,
      awaiting: role,
      respondBy: instant,
      policyId: fc.string(),
      round: fc.integer(),
      agreedSlotStands: fc.boolean(),
      note: fc.option(fc.string(), { nil: undefined }),
      reason: fc.option(fc.string(), { nil: undefined }),
    });
    const type = fc.constantFrom(
      'SessionRequested',
      'SessionAccepted',
      'SessionRejected',
      'SessionAdjusted',
      'SessionCancelled',
      'SomethingElse',
    );
    const nonsense = fc.array(fc.record({ type, data })) as unknown as fc.Arbitrary<SessionRequestEvent[]>;
    fc.assert(
      fc.property(nonsense, (events) => {
        const state = stateAfter(...events);
        const start = events.findIndex((event) => event.type === 'SessionRequested');
        expect(state?.revision).toBe(start === -1 ? undefined : events.length - 1 - start);
        if (!state) return;
        expect(state.outcome !== undefined && (state.agreed ?? state.proposal) !== undefined).toBe(false);
        statusOf(state);
        awaitedAnswer(state);
        for (const viewer of roles) allowedActions(state, viewer, '2026-03-02T09:00:00.000Z');
      }),
      { numRuns: 1000 },
    );
  });
});
