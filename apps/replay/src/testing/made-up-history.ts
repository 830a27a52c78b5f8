import { eventSchemaVersion, streamOf } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import {
  decide,
  defaultExpiryPolicy,
  evolve,
  otherRole,
  parseExpiryPolicy,
  toEpochMs,
  toInstant,
  type ExpiryPolicy,
  type SessionRequest,
  type SessionRequestCommand,
  type SessionRequestEvent,
} from '@hse/session-requests';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
export const madeUpStart = '2026-01-05T00:00:00.000Z';

type Recorded = RecordedEvent<SessionRequestEvent>;

/** Events in the order in which they were recorded, as a log has them. */
export const asLog = (
  events: readonly { readonly event: SessionRequestEvent; readonly recordedAt: string }[],
): Recorded[] => {
  const revisions = new Map<string, number>();
  return events.map(({ event, recordedAt }, index) => {
    const stream = streamOf(event.data);
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    const id = `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;
    return {
      ...event,
      id,
      stream,
      revision,
      position: index + 1,
      metadata: { commandId: id, correlationId: id, recordedAt, schemaVersion: eventSchemaVersion },
    };
  });
};

/** Mulberry32. */
const numbers = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A log of so many requests and all that can become of them, decided by the domain. The same arguments make the same log. */
export const madeUpHistory = ({
  seed,
  requests,
  policy = parseExpiryPolicy(defaultExpiryPolicy),
  days = 60,
}: {
  seed: number;
  requests: number;
  policy?: ExpiryPolicy;
  /** Over how many days they are spread. */
  days?: number;
}): Recorded[] => {
  const random = numbers(seed);
  const below = (bound: number): number => Math.floor(random() * bound);
  const found: { event: SessionRequestEvent; recordedAt: string }[] = [];
  for (let number = 0; number < requests; number += 1) {
    const coach = { id: `coach-${below(5)}`, role: 'coach' } as const;
    const client = { id: `client-${below(20)}`, role: 'client' } as const;
    const [by, other] = below(4) === 0 ? [coach, client] : [client, coach];
    let nowMs = toEpochMs(madeUpStart) + below(days * dayMs);
    let state: SessionRequest | undefined;
    const requestId = `request-${number}`;
    const slot = () => {
      const startsAt = Math.ceil((nowMs + 2 * hourMs + random() ** 2 * 20 * dayMs) / 900_000) * 900_000;
      return { startsAt: toInstant(startsAt), endsAt: toInstant(startsAt + hourMs) };
    };
    let next: SessionRequestCommand | undefined = {
      type: 'RequestSession',
      requestId,
      by,
      with: other,
      slot: slot(),
    };
    while (next) {
      const { events = [] } = decide(next, state, { now: toInstant(nowMs), policy });
      if (events.length === 0) break;
      for (const event of events) {
        found.push({ event, recordedAt: toInstant(nowMs) });
        state = evolve(state, event);
      }
      if (!state || state.outcome) break;
      const { proposal, revision } = state;
      const seen = { requestId, expectedRevision: revision };
      if (proposal) {
        const untilMs = toEpochMs(proposal.respondBy);
        if (random() < 0.2) {
          nowMs = untilMs + below(5_000);
          next = { type: 'ExpireSessionRequest', requestId, round: proposal.round };
          continue;
        }
        nowMs += Math.floor(random() ** 2 * (untilMs - nowMs));
        const awaited = proposal.awaiting === 'coach' ? state.coachId : state.clientId;
        const proposer = otherRole(proposal.awaiting) === 'coach' ? state.coachId : state.clientId;
        const what = random();
        if (what < 0.55) next = { type: 'AcceptSession', by: awaited, ...seen };
        else if (what < 0.65) next = { type: 'RejectSession', by: awaited, ...seen };
        else if (what < 0.85) next = { type: 'AdjustSession', by: awaited, slot: slot(), ...seen };
        else if (what < 0.92) next = { type: 'AdjustSession', by: proposer, slot: slot(), ...seen };
        else
          next = { type: 'CancelSession', by: proposer, what: state.agreed ? 'change' : 'session', ...seen };
      } else {
        if (random() < 0.7) break;
        const startMs = toEpochMs(state.slot.startsAt);
        nowMs += Math.floor(random() * (startMs - nowMs));
        next =
          random() < 0.5
            ? { type: 'AdjustSession', by: state.coachId, slot: slot(), ...seen }
            : { type: 'CancelSession', by: state.clientId, what: 'session', ...seen };
      }
    }
  }
  return asLog(
    found.toSorted((a, b) => (a.recordedAt < b.recordedAt ? -1 : a.recordedAt > b.recordedAt ? 1 : 0)),
  );
};
