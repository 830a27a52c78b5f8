import { eventSchemaVersion, streamOf } from '@hse/contracts';
import type { NewEvent } from '@hse/event-sourcing';
import {
  decide,
  defaultExpiryPolicy,
  evolve,
  parseExpiryPolicy,
  toInstant,
  type SessionRequest,
  type SessionRequestCommand,
  type SessionRequestEvent,
} from '@hse/session-requests';

export interface GeneratedEvent {
  readonly stream: string;
  readonly revision: number;
  readonly event: NewEvent<SessionRequestEvent>;
}

const policy = parseExpiryPolicy(defaultExpiryPolicy);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The same numbers from the same seed, evenly spread over [0, 1). Mulberry32. */
const randomNumbers = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/**
 * A log as real use would make it, decided by the domain: `open` requests are under way at any time and answered in any
 * order, a request in three is followed up, about three events each. The same arguments give the same log.
 */
export function* generateHistories({
  events,
  open = 5000,
  coaches = 1000,
  clients = 10_000,
  seed = 1,
}: {
  events: number;
  open?: number;
  coaches?: number;
  clients?: number;
  seed?: number;
}): Generator<GeneratedEvent> {
  const random = randomNumbers(seed);
  const below = (bound: number): number => Math.floor(random() * bound);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => below(16).toString(16)).join('');
  const uuidAt = (ms: number): string => {
    const time = ms.toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
  };
  const people = (count: number) => Array.from({ length: count }, () => uuidAt(below(2 ** 40)));
  const coachIds = people(coaches);
  const clientIds = people(clients);
  const underWay: SessionRequest[] = [];
  let nowMs = Date.UTC(2026, 0, 1);

  const slot = () => {
    const startsAt = Math.ceil((nowMs + (2 + below(24 * 20)) * hourMs) / (15 * minuteMs)) * 15 * minuteMs;
    return { startsAt: toInstant(startsAt), endsAt: toInstant(startsAt + hourMs) };
  };
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T; // none of them is empty

  const nextCommand = (state: SessionRequest | undefined): SessionRequestCommand => {
    if (!state) {
      const coach = { id: pick(coachIds), role: 'coach' } as const;
      const client = { id: pick(clientIds), role: 'client' } as const;
      const [by, other] = below(4) === 0 ? [coach, client] : [client, coach];
      return { type: 'RequestSession', requestId: uuidAt(nowMs), by, with: other, slot: slot() };
    }
    const { requestId, revision, proposal, round } = state;
    if (proposal && toInstant(nowMs) >= proposal.respondBy)
      return { type: 'ExpireSessionRequest', requestId, round };
    const [mine, theirs] =
      proposal?.awaiting === 'coach' ? [state.coachId, state.clientId] : [state.clientId, state.coachId];
    const seen = { requestId, by: mine, expectedRevision: revision };
    const dice = below(10);
    if (dice < 3) return { type: 'AdjustSession', ...seen, slot: slot() };
    if (!proposal || dice === 9)
      return { type: 'CancelSession', ...seen, by: theirs, what: 'session', reason: 'plans have changed' };
    if (dice < 8) return { type: 'AcceptSession', ...seen };
    return { type: 'RejectSession', ...seen, reason: 'not on that day' };
  };

  for (let made = 0; made < events;) {
    nowMs += below(4000);
    const place = underWay.length < open ? underWay.length : below(underWay.length);
    const state = underWay[place];
    const now = toInstant(nowMs);
    const [event] = decide(nextCommand(state), state, { now, policy }).events ?? [];
    const next = event && evolve(state, event);
    if (next) underWay[place] = next;
    // What is over, or went nowhere, makes room for another.
    if (!next || next.outcome || (next.revision >= 2 && below(2) === 0)) {
      const last = underWay.pop();
      if (last && place < underWay.length) underWay[place] = last;
    }
    if (!next) continue;
    made += 1;
    const commandId = uuidAt(nowMs);
    const metadata = {
      commandId,
      correlationId: commandId,
      recordedAt: now,
      schemaVersion: eventSchemaVersion,
    };
    yield {
      stream: streamOf(next),
      revision: next.revision,
      event: { ...event, id: uuidAt(nowMs), metadata },
    };
  }
}
