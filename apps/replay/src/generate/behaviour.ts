import {
  toEpochMs,
  toInstant,
  type ExpiryPolicy,
  type SessionRequest,
  type SessionRequestCommand,
  type Slot,
} from '@hse/session-requests';
import type { Person } from './population.ts';
import type { Random } from './random.ts';
import { startNear, whenAwake } from './rhythm.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What somebody is going to do with a request, unless it changes before. */
export interface Intention {
  readonly atMs: number;
  command(state: SessionRequest, nowMs: number): SessionRequestCommand;
}

/** One request and the two people it is about. */
export interface Life {
  readonly state: SessionRequest;
  readonly coach: Person;
  readonly client: Person;
}

const notes = [
  'Could we look at the presentation together?',
  'First session after the summer',
  'Prüfungsvorbereitung',
  'On the quarterly goals, as agreed',
  '続きをお願いします',
  'Short one, 30 minutes will do',
];
const reasons = [
  'I am travelling',
  'Not before the deadline, sorry',
  'Krank',
  'Somebody else took it over',
  'Too early',
];

/** How long before it they ask. */
const leads: readonly (readonly [share: number, hours: readonly [number, number]])[] = [
  [0.11, [1.1, 24]],
  [0.17, [24, 48]],
  [0.15, [48, 72]],
  [0.33, [72, 168]],
  [0.2, [168, 720]],
  [0.04, [720, 2160]],
];

const durations = [
  [0.16, 30],
  [0.1, 45],
  [0.52, 60],
  [0.16, 90],
  [0.06, 120],
] as const;

/** What people do, and when. */
export const createBehaviour = (random: Random, policy: ExpiryPolicy) => {
  const leadMs = (): number => random.between(...random.weighted(leads)) * HOUR_MS;

  const slotAt = (startsMs: number, durationMs: number): Slot => ({
    startsAt: toInstant(startsMs),
    endsAt: toInstant(startsMs + durationMs),
  });

  /** About so long from now, in the coach's hours, and not too soon. */
  const slotAfter = (coach: Person, nowMs: number, wantedMs: number, durationMs: number): Slot => {
    let startsMs = startNear(coach.zone, nowMs + wantedMs, random);
    while (startsMs - nowMs < policy.minimumNoticeMs + 2 * MINUTE_MS)
      startsMs = startNear(coach.zone, startsMs + random.pick([2, 4, 24]) * HOUR_MS, random);
    return slotAt(startsMs, durationMs);
  };

  /** Another one, near the one there is. */
  const otherSlot = ({ state, coach }: Life, nowMs: number): Slot => {
    const { startsAt, endsAt } = state.proposal?.slot ?? state.slot;
    const durationMs = toEpochMs(endsAt) - toEpochMs(startsAt);
    const movedMs = random.pick([-48, -24, -3, -2, -1, 1, 1.5, 2, 3, 24, 24, 48, 72, 168]) * HOUR_MS;
    return slotAfter(coach, nowMs, toEpochMs(startsAt) + movedMs - nowMs, durationMs);
  };

  const sometimes = <T>(probability: number, choices: readonly T[]): T | undefined =>
    random.happens(probability) ? random.pick(choices) : undefined;

  const noted = (): { note?: string } => {
    const note = sometimes(0.25, notes);
    return note === undefined ? {} : { note };
  };
  const reasoned = (): { reason?: string } => {
    const reason = sometimes(0.3, reasons);
    return reason === undefined ? {} : { reason };
  };

  /** What the awaited party decides. */
  const answer =
    (person: Person, life: Life) =>
    (state: SessionRequest, nowMs: number): SessionRequestCommand => {
      const seen = { requestId: state.requestId, by: person.id, expectedRevision: state.revision };
      const round = state.proposal?.round ?? 1;
      const kind = random.weighted([
        [0.66 + 0.05 * Math.min(round, 4), 'accept'],
        [0.11, 'reject'],
        [round < 7 ? 0.22 / round ** 0.5 : 0, 'adjust'],
      ] as const);
      if (kind === 'accept') return { type: 'AcceptSession', ...seen };
      if (kind === 'reject') return { type: 'RejectSession', ...seen, ...reasoned() };
      return { type: 'AdjustSession', ...seen, slot: otherSlot({ ...life, state }, nowMs), ...noted() };
    };

  /** What the proposer does before there is an answer. */
  const secondThoughts =
    (person: Person, life: Life) =>
    (state: SessionRequest, nowMs: number): SessionRequestCommand => {
      const seen = { requestId: state.requestId, by: person.id, expectedRevision: state.revision };
      if (random.happens(0.45))
        return { type: 'AdjustSession', ...seen, slot: otherSlot({ ...life, state }, nowMs), ...noted() };
      return { type: 'CancelSession', ...seen, what: state.agreed ? 'change' : 'session', ...reasoned() };
    };

  /** Of an agreed session, before it begins. */
  const afterAgreement = (life: Life, nowMs: number): Intention | undefined => {
    const { state } = life;
    const startsMs = toEpochMs(state.slot.startsAt);
    const person = random.pick([life.coach, life.client]);
    const kind = random.weighted([
      [0.86, 'stand'],
      [0.06, 'call-off'],
      [0.08, 'change'],
    ] as const);
    // Rather late than early.
    const atMs = whenAwake(person.zone, nowMs + (startsMs - nowMs) * random.next() ** 0.6, random);
    if (kind === 'stand' || atMs >= startsMs - MINUTE_MS) return undefined;
    return {
      atMs: Math.floor(atMs),
      command: (now, ms) => {
        const seen = { requestId: now.requestId, by: person.id, expectedRevision: now.revision };
        return kind === 'call-off'
          ? { type: 'CancelSession', ...seen, what: 'session', ...reasoned() }
          : { type: 'AdjustSession', ...seen, slot: otherSlot({ ...life, state: now }, ms), ...noted() };
      },
    };
  };

  return {
    request: (requestId: string, requester: Person, other: Person, nowMs: number): SessionRequestCommand => {
      const coach = requester.role === 'coach' ? requester : other;
      const durationMs = random.weighted(durations) * MINUTE_MS;
      return {
        type: 'RequestSession',
        requestId,
        by: { id: requester.id, role: requester.role },
        with: { id: other.id, role: other.role },
        slot: slotAfter(coach, nowMs, leadMs(), durationMs),
        ...noted(),
      };
    },

    /** What happens next to a request; undefined where nothing does. What nobody answers expires at its deadline. */
    next: (life: Life, nowMs: number): Intention | undefined => {
      const { state, coach, client } = life;
      const { proposal } = state;
      if (state.outcome) return undefined;
      if (!proposal) return afterAgreement(life, nowMs);
      const [awaited, proposer] = proposal.awaiting === 'coach' ? [coach, client] : [client, coach];
      const deadlineMs = toEpochMs(proposal.respondBy);
      // The less time there is the more they hurry, but not enough.
      const thinkingMs =
        random.logNormal(awaited.role === 'coach' ? 3.5 * HOUR_MS : 5 * HOUR_MS, 1.3) * awaited.pace;
      const hurriedMs = Math.min(thinkingMs, (deadlineMs - nowMs) * random.between(0.3, 1.6));
      const ignored = random.happens(
        Math.min(0.6, (awaited.role === 'coach' ? 0.07 : 0.1) * awaited.neglect),
      );
      const answersMs = ignored ? Infinity : whenAwake(awaited.zone, nowMs + hurriedMs, random);
      const rethinksMs = random.happens(0.06)
        ? whenAwake(proposer.zone, nowMs + random.between(0.02, 0.6) * (deadlineMs - nowMs), random)
        : Infinity;
      const atMs = Math.floor(Math.min(answersMs, rethinksMs));
      const closesMs = Math.min(deadlineMs, state.agreed ? toEpochMs(state.agreed.startsAt) : Infinity);
      if (atMs < closesMs)
        return {
          atMs,
          command: answersMs <= rethinksMs ? answer(awaited, life) : secondThoughts(proposer, life),
        };
      // Timers are late by some milliseconds; seldom, when something was down, by more.
      const lateMs = random.happens(0.004) ? random.between(500, 90_000) : random.logNormal(3, 0.8);
      return {
        atMs: deadlineMs + Math.floor(lateMs),
        command: ({ requestId }) => ({ type: 'ExpireSessionRequest', requestId, round: proposal.round }),
      };
    },
  };
};
