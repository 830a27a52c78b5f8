import fc from 'fast-check';
import type { SessionRequestCommand } from '../commands.ts';
import { decide, type Decision } from '../decide.ts';
import type { Role, Slot } from '../events.ts';
import { defaultExpiryPolicy, type ExpiryPolicy } from '../expiry-policy.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, toEpochMs, toInstant, type Instant } from '../instant.ts';
import { parseExpiryPolicy } from '../parse-expiry-policy.ts';
import { actions, type Action } from '../permissions.ts';
import { evolve, type SessionRequest } from '../session-request.ts';
import type { Happening } from './lives.ts';

/** A command, what it was decided on, and what came of it. */
export interface Attempt {
  readonly now: Instant;
  readonly policy: ExpiryPolicy;
  readonly before: SessionRequest | undefined;
  readonly command: SessionRequestCommand;
  readonly decision: Decision;
  readonly after: SessionRequest | undefined;
}

const participants = { coach: 'coach-1', client: 'client-1', stranger: 'somebody-else' } as const;
type Actor = keyof typeof participants;

/** How time passes before a move: by so much, or to just around an instant that matters. */
type Pause =
  { readonly byMs: number } | { readonly to: 'respondBy' | 'agreedStart'; readonly offsetMs: number };

interface Move {
  readonly pause: Pause;
  readonly actor: Actor;
  readonly does: Action | 'request' | 'expire';
  readonly slot: 'agreed' | 'proposed' | { readonly leadMs: number; readonly durationMs: number };
  /** 0: has seen the present state, or means the present round. */
  readonly off: number;
}

const pauses: fc.Arbitrary<Pause> = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 3 * HOUR_MS }).map((byMs) => ({ byMs })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 10 * DAY_MS }).map((byMs) => ({ byMs })) },
  // A clock can be put back.
  { weight: 1, arbitrary: fc.integer({ min: -2 * HOUR_MS, max: 0 }).map((byMs) => ({ byMs })) },
  {
    weight: 2,
    arbitrary: fc.record({
      to: fc.constantFrom('respondBy', 'agreedStart'),
      offsetMs: fc.integer({ min: -1, max: 1 }),
    }),
  },
);

const slots: fc.Arbitrary<Move['slot']> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      leadMs: fc.oneof(
        fc.integer({ min: HOUR_MS, max: 4 * DAY_MS }),
        fc.integer({ min: HOUR_MS, max: 365 * DAY_MS }),
      ),
      durationMs: fc.integer({ min: 15 * MINUTE_MS, max: 8 * HOUR_MS }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      leadMs: fc.oneof(
        fc.integer({ min: -DAY_MS, max: 0 }),
        fc.integer({ min: 1, max: HOUR_MS - 1 }),
        fc.integer({ min: 365 * DAY_MS + 1, max: 400 * DAY_MS }),
      ),
      durationMs: fc.constantFrom(HOUR_MS, HOUR_MS, HOUR_MS, 15 * MINUTE_MS - 1, 8 * HOUR_MS + 1, 0),
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom('agreed', 'proposed') },
);

/** What ends nothing, so that there is more to come. */
const toKeepGoing = ['adjust', 'adjust', 'adjust', 'adjust', 'adjust', 'accept', 'accept', 'accept'] as const;

const moves: fc.Arbitrary<Move> = fc.record({
  pause: pauses,
  actor: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<Actor>('coach', 'client') },
    { weight: 1, arbitrary: fc.constant<Actor>('stranger') },
  ),
  does: fc.oneof(
    {
      weight: 12,
      arbitrary: fc.constantFrom<Move['does']>(...actions, ...toKeepGoing),
    },
    { weight: 3, arbitrary: fc.constant<Move['does']>('expire') },
    { weight: 1, arbitrary: fc.constant<Move['does']>('request') },
  ),
  slot: slots,
  off: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -3, max: 3 }) },
  ),
});

const policies = (['awaited', 'requester'] as const).map((deadlineRole) =>
  parseExpiryPolicy({ ...defaultExpiryPolicy, deadlineRole }),
);

/**
 * Session requests as two parties, a stranger and the system may live them: a request, and then up to 30 commands, many of
 * them impossible, with the clock standing at, just before and just after the instants that matter more often than chance
 * would have it, and stepping back at times.
 */
export const randomWalks = (): fc.Arbitrary<Attempt[]> =>
  fc
    .record({
      policy: fc.constantFrom(...policies),
      requester: fc.constantFrom<Role>('coach', 'client'),
      moves: fc.array(moves, { maxLength: 30, size: 'max' }),
    })
    .map(({ policy, requester, moves: later }) => {
      const attempts: Attempt[] = [];
      let now = toEpochMs('2026-03-02T09:00:00.000Z');
      let state: SessionRequest | undefined;
      const first: Move = {
        pause: { byMs: 0 },
        actor: requester,
        does: 'request',
        slot: { leadMs: 10 * DAY_MS, durationMs: HOUR_MS },
        off: 0,
      };
      for (const move of [first, ...later]) {
        now = pass(move.pause, now, state);
        const command = commandOf(move, now, state);
        const before = state;
        const decision = decide(command, before, { now: toInstant(now), policy });
        for (const event of decision.events ?? []) state = evolve(state, event);
        attempts.push({ now: toInstant(now), policy, before, command, decision, after: state });
      }
      return attempts;
    });

/** What a walk recorded. */
export const happeningsOf = (attempts: readonly Attempt[]): Happening[] =>
  attempts.flatMap(({ now, decision }) =>
    (decision.events ?? []).map((event) => ({ recordedAt: now, event })),
  );

const pass = (pause: Pause, now: number, state: SessionRequest | undefined): number => {
  if ('byMs' in pause) return now + pause.byMs;
  const instant = pause.to === 'respondBy' ? state?.proposal?.respondBy : state?.agreed?.startsAt;
  return instant === undefined ? now : toEpochMs(instant) + pause.offsetMs;
};

const slotOf = ({ slot }: Move, now: number, state: SessionRequest | undefined): Slot => {
  const standing =
    slot === 'agreed' ? state?.agreed : slot === 'proposed' ? state?.proposal?.slot : undefined;
  if (standing) return standing;
  const { leadMs, durationMs } = typeof slot === 'string' ? { leadMs: DAY_MS, durationMs: HOUR_MS } : slot;
  return { startsAt: toInstant(now + leadMs), endsAt: toInstant(now + leadMs + durationMs) };
};

const commandOf = (move: Move, now: number, state: SessionRequest | undefined): SessionRequestCommand => {
  const { actor, does, off } = move;
  const requestId = 'request-1';
  if (does === 'expire') return { type: 'ExpireSessionRequest', requestId, round: (state?.round ?? 1) + off };
  if (does === 'request') {
    const role = actor === 'client' ? 'client' : 'coach';
    const other = role === 'client' ? 'coach' : 'client';
    const [by, to] = [
      { id: participants[role], role },
      { id: participants[other], role: other },
    ] as const;
    return { type: 'RequestSession', requestId, by, with: to, slot: slotOf(move, now, state) };
  }
  return answerCommand(does, {
    requestId,
    by: participants[actor],
    expectedRevision: (state?.revision ?? 0) + off,
    slot: slotOf(move, now, state),
  });
};

/** The command by which a participant carries out an action. */
export const answerCommand = (
  action: Action,
  { slot, ...seen }: { requestId: string; by: string; expectedRevision: number; slot: Slot },
): SessionRequestCommand => {
  switch (action) {
    case 'accept':
      return { type: 'AcceptSession', ...seen };
    case 'reject':
      return { type: 'RejectSession', ...seen };
    case 'adjust':
      return { type: 'AdjustSession', ...seen, slot };
    case 'cancel-session':
      return { type: 'CancelSession', ...seen, what: 'session' };
    case 'cancel-change':
      return { type: 'CancelSession', ...seen, what: 'change' };
  }
};
