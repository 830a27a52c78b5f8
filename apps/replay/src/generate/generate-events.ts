import { eventSchemaVersion, streamOf } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import {
  decide,
  evolve,
  toInstant,
  type ExpiryPolicy,
  type SessionRequest,
  type SessionRequestCommand,
  type SessionRequestEvent,
} from '@hse/session-requests';
import { createBehaviour, type Life } from './behaviour.ts';
import { createPopulation, type Zone } from './population.ts';
import { createQueue } from './queue.ts';
import { createRandom } from './random.ts';
import { busyness } from './rhythm.ts';

const HOUR_MS = 3_600_000;
const hoursPerWeek = 168;
/** As measured on histories that were made up; decides how long one takes, not how many events there are. */
const eventsPerRequest = 2.36;
const batchSize = 5_000;

type Recorded = RecordedEvent<SessionRequestEvent>;

/** What a made-up history is like. The same options make the same history. */
export interface GenerateOptions {
  readonly seed: string;
  /** Exactly so many. */
  readonly events: number;
  /** When it begins. */
  readonly startMs: number;
  /** About how long it takes. */
  readonly weeks: number;
  readonly policy: ExpiryPolicy;
}

/**
 * Makes up a history, in the order of the log: people in several time zones ask each other for sessions, by day and by week, answer
 * soon, late or not at all. Everything that happens is decided by the rules themselves, so nothing in it is impossible.
 *
 * Memory: the requests to which something is still going to happen, and at most 22 000 people.
 */
export function* generateEvents(options: GenerateOptions): Generator<readonly Recorded[]> {
  const { seed, events: wanted, startMs, weeks, policy } = options;
  const random = createRandom(seed);
  const population = createPopulation(random, wanted / eventsPerRequest);
  const behaviour = createBehaviour(random, policy);
  const coming = createQueue<(nowMs: number) => void>();

  const shares = population.zones;
  let usual = 0;
  for (let hour = 0; hour < weeks * hoursPerWeek; hour += 1)
    for (const [share, zone] of shares) usual += share * busyness(zone, startMs + hour * HOUR_MS);
  const perUnit = wanted / eventsPerRequest / usual;

  const recorded: Recorded[] = [];
  let position = 0;
  const record = (event: SessionRequestEvent, nowMs: number, recordedAt: string, revision: number): void => {
    const commandId = random.uuid(nowMs);
    const bySystem = event.type === 'SessionCancelled' && event.data.cancelledBy === 'system';
    position += 1;
    recorded.push({
      type: event.type,
      data: event.data,
      id: random.uuid(nowMs),
      metadata: {
        commandId,
        correlationId: bySystem ? commandId : random.uuid(nowMs),
        recordedAt,
        schemaVersion: eventSchemaVersion,
      },
      stream: streamOf(event.data),
      revision,
      position,
    } as Recorded); // a type and its own data, as they came
  };
  /** The state afterwards; undefined where the rules refuse it. */
  const execute = (
    command: SessionRequestCommand,
    state: SessionRequest | undefined,
    nowMs: number,
  ): SessionRequest | undefined => {
    const now = toInstant(nowMs);
    const { events } = decide(command, state, { now, policy });
    const [event] = events ?? [];
    if (!event) return undefined;
    const after = evolve(state, event);
    record(event, nowMs, now, after?.revision ?? 0);
    return after;
  };
  const goOn = (life: Life, nowMs: number): void => {
    const intention = behaviour.next(life, nowMs);
    if (!intention) return;
    coming.add(intention.atMs, (atMs) => {
      // What the rules refuse (a slot that is no longer possible) somebody has thought of and not done.
      const state = execute(intention.command(life.state, atMs), life.state, atMs) ?? life.state;
      goOn({ ...life, state }, atMs);
    });
  };
  const ask = (zone: Zone, nowMs: number): void => {
    const { requester, other } = population.pair(zone);
    const command = behaviour.request(random.uuid(nowMs), requester, other, nowMs);
    const state = execute(command, undefined, nowMs);
    const [coach, client] = requester.role === 'coach' ? [requester, other] : [other, requester];
    if (state) goOn({ state, coach, client }, nowMs);
  };

  for (let hour = 0; position < wanted; hour += 1) {
    const hourMs = startMs + hour * HOUR_MS;
    // Such services grow.
    const growth = 0.75 + (0.5 * hour) / (weeks * hoursPerWeek);
    for (const [share, zone] of shares) {
      const count = random.poisson(share * busyness(zone, hourMs) * perUnit * growth);
      for (let each = 0; each < count; each += 1)
        coming.add(Math.floor(hourMs + random.next() * HOUR_MS), (nowMs) => ask(zone, nowMs));
    }
    while (position < wanted && (coming.first ?? Infinity) < hourMs + HOUR_MS) {
      const next = coming.take();
      next?.item(next.at);
      if (recorded.length === batchSize) yield recorded.splice(0);
    }
  }
  if (recorded.length > 0) yield recorded.splice(0);
}
