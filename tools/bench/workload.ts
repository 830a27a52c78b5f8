import type { Ids } from '@hse/event-sourcing';
import {
  defaultExpiryPolicy,
  parseExpiryPolicy,
  toEpochMs,
  toInstant,
  type DecisionContext,
  type Party,
  type SessionRequestCommand,
  type Slot,
} from '@hse/session-requests';

const now = toInstant(toEpochMs('2026-11-02T09:00:00.000Z'));

/** All decisions of the bench are made at the same time, by the rule that users are promised. */
export const decisionContext: DecisionContext = { now, policy: parseExpiryPolicy(defaultExpiryPolicy) };

/** An hour, so many hours after a week from now. */
const slot = (hours: number): Slot => {
  const startsAtMs = toEpochMs(now) + (7 * 24 + hours) * 3_600_000;
  return { startsAt: toInstant(startsAtMs), endsAt: toInstant(startsAtMs + 3_600_000) };
};

const slots = [slot(0), slot(2), slot(24)] as const;

/**
 * What the participants of one coach do, without end: requests that are accepted, adjusted and accepted, rejected, or
 * adjusted to and fro and called off. Four requests make eleven commands; every one of them is recorded.
 */
export function* commandsOf(caller: number, ids: Ids): Generator<SessionRequestCommand, never> {
  const coach: Party = { id: `coach-${caller}`, role: 'coach' };
  for (let count = 0; ; count += 1) {
    const client: Party = { id: `client-${caller}-${count % 50}`, role: 'client' };
    const [requester, other] = count % 3 === 0 ? [coach, client] : [client, coach];
    const requestId = ids.next();
    const note = 'To prepare the talk for the board: what to leave out, and how to begin.';
    const answer = (by: Party, expectedRevision: number) => ({ requestId, by: by.id, expectedRevision });

    yield { type: 'RequestSession', requestId, by: requester, with: other, slot: slots[0], note };
    switch (count % 4) {
      case 0:
        yield { type: 'AcceptSession', ...answer(other, 0) };
        break;
      case 1:
        yield { type: 'AdjustSession', ...answer(other, 0), slot: slots[1] };
        yield { type: 'AcceptSession', ...answer(requester, 1) };
        break;
      case 2:
        yield { type: 'RejectSession', ...answer(other, 0), reason: 'I am away that week.' };
        break;
      case 3:
        yield { type: 'AdjustSession', ...answer(other, 0), slot: slots[1] };
        yield { type: 'AdjustSession', ...answer(requester, 1), slot: slots[2], note };
        yield {
          type: 'CancelSession',
          ...answer(requester, 2),
          what: 'session',
          reason: 'Something came up.',
        };
        break;
    }
  }
}
