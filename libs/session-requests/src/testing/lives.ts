import type { SessionRequestCommand } from '../commands.ts';
import { decide } from '../decide.ts';
import type { Role, SessionRequestEvent, Slot } from '../events.ts';
import { defaultExpiryPolicy, type ExpiryPolicy } from '../expiry-policy.ts';
import type { Instant } from '../instant.ts';
import { parseExpiryPolicy } from '../parse-expiry-policy.ts';
import { evolve, type SessionRequest } from '../session-request.ts';

/** A command at the time it is given. */
export interface Step {
  readonly at: Instant;
  readonly command: SessionRequestCommand;
}

/** An event and the time of the decision that led to it. */
export interface Happening {
  readonly recordedAt: Instant;
  readonly event: SessionRequestEvent;
}

/**
 * Carries the steps out on a new session request, by the default policy unless another one is given.
 * @throws Error where a step is refused or records nothing.
 */
export const live = (
  steps: readonly Step[],
  policy: ExpiryPolicy = parseExpiryPolicy(defaultExpiryPolicy),
): Happening[] => {
  const happenings: Happening[] = [];
  let state: SessionRequest | undefined;
  for (const { at, command } of steps) {
    const { events = [], rejection } = decide(command, state, { now: at, policy });
    if (events.length === 0)
      throw new Error(`${command.type} at ${at}: ${rejection?.code ?? 'nothing to do'}`);
    for (const event of events) {
      happenings.push({ recordedAt: at, event });
      state = evolve(state, event);
    }
  }
  return happenings;
};

const request = { requestId: 'request-1' };
const coach = { id: 'coach-1', role: 'coach' } as const;
const client = { id: 'client-1', role: 'client' } as const;

const slotAt = (startsAt: Instant, endsAt: Instant): Slot => ({ startsAt, endsAt });
const thursday = slotAt('2026-03-12T14:00:00.000Z', '2026-03-12T15:00:00.000Z');
const friday = slotAt('2026-03-13T08:30:00.000Z', '2026-03-13T10:00:00.000Z');
const saturday = slotAt('2026-03-14T10:00:00.000Z', '2026-03-14T10:45:00.000Z');

/** A step that comes after so many others, each of which recorded one event. */
type LaterStep = (stepsBefore: number) => Step;

const clientAsks = (at: Instant, slot: Slot, note?: string): Step => ({
  at,
  command: { type: 'RequestSession', ...request, by: client, with: coach, slot, ...(note && { note }) },
});
const coachAsks = (at: Instant, slot: Slot): Step => ({
  at,
  command: { type: 'RequestSession', ...request, by: coach, with: client, slot },
});

const seen = (by: Role, stepsBefore: number) => ({
  ...request,
  by: by === 'coach' ? coach.id : client.id,
  expectedRevision: stepsBefore - 1,
});
const accepts =
  (at: Instant, by: Role): LaterStep =>
  (n) => ({ at, command: { type: 'AcceptSession', ...seen(by, n) } });
const rejects =
  (at: Instant, by: Role, reason?: string): LaterStep =>
  (n) => ({ at, command: { type: 'RejectSession', ...seen(by, n), ...(reason && { reason }) } });
const adjusts =
  (at: Instant, by: Role, slot: Slot, note?: string): LaterStep =>
  (n) => ({ at, command: { type: 'AdjustSession', ...seen(by, n), slot, ...(note && { note }) } });
const cancels =
  (at: Instant, by: Role, what: 'session' | 'change', reason?: string): LaterStep =>
  (n) => ({ at, command: { type: 'CancelSession', ...seen(by, n), what, ...(reason && { reason }) } });
const expires =
  (at: Instant, round: number): LaterStep =>
  () => ({ at, command: { type: 'ExpireSessionRequest', ...request, round } });

const life = (first: Step, ...others: LaterStep[]): Step[] => [
  first,
  ...others.map((step, i) => step(i + 1)),
];

/** One life of every interesting kind, by name; between `coach-1` and `client-1`, in March 2026. */
export const lives = {
  'not-yet-answered': life(coachAsks('2026-03-02T09:00:00.000Z', thursday)),
  'accepted-at-once': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday, 'Über die nächsten Schritte 🙂'),
    accepts('2026-03-02T09:00:00.001Z', 'coach'),
  ),
  'rejected-with-a-reason': life(
    coachAsks('2026-03-02T09:00:00.000Z', thursday),
    rejects('2026-03-03T18:20:00.000Z', 'client', 'On holiday'),
  ),
  'no-answer-from-the-coach': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    expires('2026-03-10T14:00:00.000Z', 1),
  ),
  'no-answer-from-the-client': life(
    coachAsks('2026-03-12T01:17:23.457Z', thursday),
    expires('2026-03-12T10:00:00.000Z', 1),
  ),
  'shortest-notice': life(
    clientAsks('2026-03-12T13:00:00.000Z', thursday),
    accepts('2026-03-12T13:19:59.999Z', 'coach'),
  ),
  'counter-proposal-accepted': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    adjusts('2026-03-03T07:45:00.000Z', 'coach', friday, 'Thursday is full'),
    accepts('2026-03-04T21:05:00.000Z', 'client'),
  ),
  'counter-proposal-rejected': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    adjusts('2026-03-03T07:45:00.000Z', 'coach', friday),
    rejects('2026-03-04T21:05:00.000Z', 'client'),
  ),
  'counter-proposal-unanswered': life(
    clientAsks('2026-03-10T09:00:00.000Z', thursday),
    adjusts('2026-03-10T20:00:00.000Z', 'coach', friday),
    expires('2026-03-12T17:00:00.000Z', 2),
  ),
  'counter-proposal-withdrawn': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    adjusts('2026-03-03T07:45:00.000Z', 'coach', friday),
    cancels('2026-03-03T07:46:00.000Z', 'coach', 'session'),
  ),
  'amended-and-then-withdrawn': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    adjusts('2026-03-02T09:05:00.000Z', 'client', friday, 'Wrong day, sorry'),
    cancels('2026-03-02T09:10:00.000Z', 'client', 'session', 'Found somebody else'),
  ),
  'requester-gives-up-on-a-counter-proposal': life(
    coachAsks('2026-03-02T09:00:00.000Z', thursday),
    adjusts('2026-03-03T07:45:00.000Z', 'client', saturday),
    cancels('2026-03-03T08:00:00.000Z', 'coach', 'session'),
  ),
  'agreed-and-called-off': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    accepts('2026-03-02T10:00:00.000Z', 'coach'),
    cancels('2026-03-12T13:59:59.999Z', 'coach', 'session', 'Ill'),
  ),
  'change-not-yet-answered': life(
    coachAsks('2026-03-02T09:00:00.000Z', thursday),
    accepts('2026-03-02T10:00:00.000Z', 'client'),
    adjusts('2026-03-12T12:00:00.000Z', 'client', saturday, 'Stuck in traffic'),
  ),
  'change-accepted-after-three-rounds': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    accepts('2026-03-02T10:00:00.000Z', 'coach'),
    adjusts('2026-03-04T10:00:00.000Z', 'coach', friday),
    adjusts('2026-03-05T10:00:00.000Z', 'client', saturday),
    accepts('2026-03-06T10:00:00.000Z', 'coach'),
  ),
  'change-rejected-slot-stands': life(
    coachAsks('2026-03-02T09:00:00.000Z', thursday),
    accepts('2026-03-02T10:00:00.000Z', 'client'),
    adjusts('2026-03-04T10:00:00.000Z', 'client', friday),
    rejects('2026-03-04T11:00:00.000Z', 'coach', 'Only Thursday'),
  ),
  'change-unanswered-slot-stands': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    accepts('2026-03-02T10:00:00.000Z', 'coach'),
    adjusts('2026-03-04T10:00:00.000Z', 'client', friday),
    expires('2026-03-11T08:30:00.000Z', 2),
  ),
  'change-unanswered-when-the-session-has-started': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    accepts('2026-03-02T10:00:00.000Z', 'coach'),
    adjusts('2026-03-11T10:30:00.000Z', 'client', friday),
    expires('2026-03-12T16:30:00.000Z', 2),
  ),
  'change-withdrawn-slot-stands': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    accepts('2026-03-02T10:00:00.000Z', 'coach'),
    adjusts('2026-03-04T10:00:00.000Z', 'coach', friday),
    cancels('2026-03-04T10:30:00.000Z', 'coach', 'change', 'It fits after all'),
  ),
  'called-off-while-a-change-was-on-the-table': life(
    clientAsks('2026-03-02T09:00:00.000Z', thursday),
    accepts('2026-03-02T10:00:00.000Z', 'coach'),
    adjusts('2026-03-04T10:00:00.000Z', 'coach', friday),
    cancels('2026-03-05T10:00:00.000Z', 'client', 'session'),
  ),
} as const satisfies Record<string, readonly Step[]>;
