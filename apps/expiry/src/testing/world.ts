import { eventSchemaVersion, streamOf, type SessionRequestBus } from '@hse/contracts';
import { createEmbeddedEventFeed } from '@hse/event-feed/embedded';
import {
  createCommandHandler,
  type DeadlineStore,
  type EventFeed,
  type RecordedEvent,
} from '@hse/event-sourcing';
import {
  createInMemoryDeadlineStore,
  createInMemoryEventStore,
  createManualTimers,
  type StorageFault,
} from '@hse/event-sourcing/testing';
import { createSequentialUuids, createSimulatedClock, silentLogger, type Logger } from '@hse/service-kit';
import {
  decide,
  defaultExpiryPolicy,
  evolve,
  parseExpiryPolicy,
  toEpochMs,
  toInstant,
  type SessionRequestCommand,
  type SessionRequestEvent,
} from '@hse/session-requests';
import { createExpiry, type Expiry, type ExpiryOptions } from '../expiry.ts';

export const START = toEpochMs('2026-11-22T09:00:00.000Z');
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const policy = parseExpiryPolicy(defaultExpiryPolicy);
const client = { id: 'client-1', role: 'client' } as const;
const coach = { id: 'coach-1', role: 'coach' } as const;

export interface Sent {
  readonly at: number;
  readonly commandId: string;
  readonly requestId: string;
  readonly round: number;
}

/** Stands between an instance and the bus. Calls `execute` to let the command through. */
export type BusFault = (
  sent: Sent,
  execute: () => ReturnType<SessionRequestBus['execute']>,
) => ReturnType<SessionRequestBus['execute']>;

export interface WorldOptions {
  /** Simulated seconds per second of the timers. Default 0: the clock stands still until it is advanced. */
  readonly speed?: number;
  readonly storageFault?: StorageFault;
}

/** What an instance runs in, and what a kill takes away from it. */
export interface Process {
  readonly expiry: Expiry;
  readonly sent: readonly Sent[];
  /** Ends it as a power cut would: nothing it does afterwards has an effect, nothing is finished or given back. */
  kill(): void;
}

/**
 * A log, a deadline store, the real rules behind a command bus, and any number of processes that carry deadlines out. Time
 * passes when the test says so.
 */
export const createWorld = ({ speed = 0, storageFault }: WorldOptions = {}) => {
  const timers = createManualTimers();
  const clock = createSimulatedClock({ start: START, speed, wall: { now: () => timers.elapsedMs, timers } });
  const ids = createSequentialUuids();
  const store = createInMemoryEventStore<SessionRequestEvent>(storageFault ? { fault: storageFault } : {});
  const deadlines = createInMemoryDeadlineStore();
  /** How far the clock of the process behind the bus is ahead of everybody else's. */
  let busAheadMs = 0;

  const bus: SessionRequestBus = createCommandHandler({
    store,
    decider: { decide, evolve },
    streamOf,
    context: () => {
      const now = toInstant(clock.now() + busAheadMs);
      return { context: { now, policy }, recordedAt: now };
    },
    schemaVersion: eventSchemaVersion,
  });

  /** Lets everything that is under way go on, without time passing. */
  const turns = async (count = 50): Promise<void> => {
    for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  };

  /** Lets the timers run, and the clock by its speed, until something is so: pauses and polls pass. */
  const until = async (
    isSo: () => boolean | Promise<boolean>,
    { turnMs = 10, mostTurns = 20_000 } = {},
  ): Promise<void> => {
    for (let turn = 0; !(await isSo()); turn += 1) {
      if (turn === mostTurns) throw new Error(`it did not come to that in ${mostTurns} turns`);
      await turns(1);
      timers.elapse(turnMs);
    }
  };

  /** Waits for a promise while the timers run. */
  const during = async <T>(promise: Promise<T>): Promise<T> => {
    let isDone = false;
    const done = promise.finally(() => (isDone = true));
    done.catch(() => undefined); // whoever waits is told
    await until(() => isDone);
    return done;
  };

  const execute = (command: SessionRequestCommand) => bus.execute({ commandId: ids.next(), command });

  /** A client asks a coach for a session that begins after so much time; tells until when it can be answered. */
  const request = async (requestId: string, leadMs: number): Promise<number> => {
    const startsAt = toInstant(clock.now() + leadMs);
    const endsAt = toInstant(clock.now() + leadMs + HOUR_MS);
    const slot = { startsAt, endsAt };
    const result = await execute({ type: 'RequestSession', requestId, by: client, with: coach, slot });
    if (!result.ok) throw new Error(result.rejection.detail);
    return toEpochMs(result.current?.state.proposal?.respondBy ?? '');
  };

  const stateOf = async (requestId: string) => {
    const events = await store.readStream(streamOf({ requestId }));
    return events.reduce<ReturnType<typeof evolve>>(evolve, undefined);
  };

  /** What whoever is awaited does, or the requester who cancels, on the present state. */
  const answer = async (
    requestId: string,
    what: 'accept' | 'reject' | 'adjust' | 'cancel',
    { leadMs = 30 * DAY_MS } = {},
  ) => {
    const state = await stateOf(requestId);
    if (!state) throw new Error(`no request ${requestId}`);
    const awaited = state.proposal?.awaiting === 'client' ? client : coach;
    const by = what === 'cancel' ? client.id : awaited.id;
    const seen = { requestId, by, expectedRevision: state.revision };
    if (what === 'accept') return execute({ type: 'AcceptSession', ...seen });
    if (what === 'reject') return execute({ type: 'RejectSession', ...seen });
    if (what === 'cancel') return execute({ type: 'CancelSession', ...seen, what: 'session' });
    const now = clock.now();
    const slot = { startsAt: toInstant(now + leadMs), endsAt: toInstant(now + leadMs + HOUR_MS) };
    return execute({ type: 'AdjustSession', ...seen, slot });
  };

  const history = async (requestId: string): Promise<RecordedEvent<SessionRequestEvent>[]> =>
    store.readStream(streamOf({ requestId }));

  /** What the system has cancelled, in the order in which it was recorded. */
  const expired = async () => {
    const found: { requestId: string; round: number; at: number; respondBy: number }[] = [];
    for await (const { events } of store.readAll()) {
      for (const { type, data, metadata } of events) {
        if (type !== 'SessionCancelled' || data.cause !== 'no-response') continue;
        const { requestId, round, respondBy = '' } = data;
        found.push({
          requestId,
          round,
          at: toEpochMs(metadata.recordedAt),
          respondBy: toEpochMs(respondBy),
        });
      }
    }
    return found;
  };

  /** What an instance is made from. */
  const dependencies = () => ({
    feed: createEmbeddedEventFeed<SessionRequestEvent>({ store, timers, logger: silentLogger }),
    deadlines,
    bus,
    clock,
    timers,
    ids,
    logger: silentLogger,
    head: () => store.head(),
  });

  const startProcess = ({
    busFault = (_, go) => go(),
    deadlineStore = deadlines,
    makeFeed = (feed) => feed,
    logger = silentLogger,
    ...options
  }: Partial<ExpiryOptions> & {
    busFault?: BusFault;
    deadlineStore?: DeadlineStore;
    makeFeed?: (feed: EventFeed<SessionRequestEvent>) => EventFeed<SessionRequestEvent>;
    logger?: Logger;
  } = {}): Process => {
    const sent: Sent[] = [];
    let isAlive = true;
    /** What a dead process calls has no effect, and it never hears of it. */
    const mortal = <T extends object>(port: T): T =>
      new Proxy(port, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return (...parameters: unknown[]): unknown =>
            isAlive ? (member.apply(target, parameters) as unknown) : new Promise<never>(() => {});
        },
      });
    const given = dependencies();
    const expiry = createExpiry({
      ...given,
      feed: makeFeed(given.feed),
      deadlines: mortal(deadlineStore),
      bus: mortal<SessionRequestBus>({
        execute: (envelope) => {
          const { commandId, command } = envelope;
          if (command.type !== 'ExpireSessionRequest') throw new Error('expiry sends nothing else');
          const { requestId, round } = command;
          const one: Sent = { at: clock.now(), commandId, requestId, round };
          sent.push(one);
          return busFault(one, () => bus.execute(envelope));
        },
      }),
      logger,
      ...options,
    });
    expiry.start();
    return {
      expiry,
      sent,
      kill: () => {
        isAlive = false;
      },
    };
  };

  return {
    timers,
    clock,
    store,
    deadlines,
    bus,
    turns,
    until,
    during,
    request,
    answer,
    stateOf,
    history,
    expired,
    dependencies,
    startProcess,
    /** Sets the clock of the process behind the bus apart from everybody else's. */
    setBusAhead: (ms: number) => {
      busAheadMs = ms;
    },
    /** Everything recorded has come through the feed, and everything due has been carried out. */
    settled: async ({ expiry }: Process): Promise<void> => {
      await during(
        (async () => {
          await expiry.reached(await store.head());
          await expiry.settled();
        })(),
      );
    },
  };
};
