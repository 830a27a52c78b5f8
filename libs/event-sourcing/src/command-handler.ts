import { v5 as nameBasedUuid, validate as isUuid } from 'uuid';
import type { CommandBus, CommandEnvelope, CommandResult, Versioned } from './command-bus.ts';
import { WrongExpectedRevision, type EventStore } from './event-store.ts';
import type { DomainEvent, EventMetadata } from './event.ts';

/** The rules of one kind of aggregate, as pure functions. */
export interface Decider<C, S, E extends DomainEvent, R, X> {
  /** The events that the command leads to (none: nothing to do), or why it is refused. */
  decide(
    command: C,
    state: S | undefined,
    context: X,
  ): { events: readonly E[]; rejection?: never } | { rejection: R; events?: never };
  evolve(state: S | undefined, event: E): S | undefined;
}

export interface CommandHandlerOptions<C, S, E extends DomainEvent, R, X> {
  readonly store: EventStore<E>;
  readonly decider: Decider<C, S, E, R, X>;
  /** The stream that the command is about. */
  readonly streamOf: (command: C) => string;
  /** Asked once per decision. `recordedAt` (ISO-8601 UTC) goes into the metadata of what is recorded. */
  readonly context: () => { context: X; recordedAt: string };
  /** Of the payloads written. Default 1. */
  readonly schemaVersion?: number;
  /** How often a command is decided anew because the stream moved under it. Default 5. */
  readonly attempts?: number;
  /** Most streams kept in memory: those written to most recently. Default 10 000; 0 reads the stream each time. */
  readonly cacheSize?: number;
}

/** What is known of a stream in memory; always the fold of a prefix of it. */
interface Aggregate<S> {
  /** Undefined where there is no stream, and where its events make no state. */
  readonly current: Versioned<S> | undefined;
  /** Of the latest event; undefined where there is no stream. */
  readonly revision: number | undefined;
  /** The commands that wrote it, the latest first. */
  readonly commands: KnownCommand | undefined;
}

/** A command that wrote to a stream, and the place of its last event. */
interface KnownCommand {
  readonly commandId: string;
  readonly revision: number;
  readonly position: number;
  readonly earlier: KnownCommand | undefined;
}

/** The stream kept moving: somebody else wrote to it on every attempt. Repeat the command. */
export class TooManyConflicts extends Error {
  readonly attempts: number;
  constructor(stream: string, attempts: number) {
    super(`${stream} changed during each of ${attempts} attempts to decide a command`);
    this.name = 'TooManyConflicts';
    this.attempts = attempts;
  }
}

/**
 * Executes commands: read, fold, decide, append at the revision that was read. When the stream moved in between, all of
 * it happens again on what is there then, so that a decision is always about the state it is recorded on.
 *
 * Idempotent by command id: event ids derive from it, and a command whose events are in the stream gets the state they
 * led to. A repeat that comes while the first is under way shares its outcome. A command that recorded nothing leaves no
 * trace: its repeat is decided anew.
 */
export const createCommandHandler = <C, S, E extends DomainEvent, R, X>(
  options: CommandHandlerOptions<C, S, E, R, X>,
): CommandBus<C, S, R> => {
  const { store, decider, streamOf, context, schemaVersion = 1, attempts = 5, cacheSize = 10_000 } = options;
  const memory = createMemory<Aggregate<S>>(cacheSize);
  const nothing: Aggregate<S> = { current: undefined, revision: undefined, commands: undefined };
  const underWay = new Map<string, { stream: string; result: Promise<CommandResult<S, R>> }>();

  const evolved = (
    before: Aggregate<S>,
    event: E,
    { revision, position, metadata }: { revision: number; position: number; metadata: EventMetadata },
  ): Aggregate<S> => {
    const state = decider.evolve(before.current?.state, event);
    const { commandId, recordedAt } = metadata;
    const earlier = before.commands?.commandId === commandId ? before.commands.earlier : before.commands;
    return {
      current: state === undefined ? undefined : { state, revision, recordedAt },
      revision,
      commands: { commandId, revision, position, earlier },
    };
  };

  const read = async (stream: string, limit?: number): Promise<Aggregate<S>> => {
    const events = await store.readStream(stream, limit === undefined ? {} : { limit });
    return events.reduce((aggregate, event) => evolved(aggregate, event, event), nothing);
  };

  const executeOn = async (stream: string, envelope: CommandEnvelope<C>): Promise<CommandResult<S, R>> => {
    const { command, commandId } = envelope;
    if (!isUuid(commandId)) throw new TypeError(`a command id has to be a UUID, not ${commandId}`);
    // A stream that memory does not know is taken for a new one first: to begin one then needs no read. Where that is wrong,
    // either the append says so, or there is nothing to append, and the stream is read after all.
    for (let attempt = cacheSize > 0 && !memory.recall(stream) ? 0 : 1; attempt <= attempts; attempt += 1) {
      const cached = memory.recall(stream);
      const aggregate = cached ?? (attempt === 0 ? nothing : memory.remember(stream, await read(stream)));
      const { current } = aggregate;
      const first = find(aggregate.commands, commandId);
      if (first) {
        const then = await read(stream, first.revision + 1);
        return { ok: true, current: then.current, position: first.position };
      }

      const { context: decisionContext, recordedAt } = context();
      const decision = decider.decide(command, current?.state, decisionContext);
      if (!decision.events || decision.events.length === 0) {
        if (attempt === 0) continue;
        // Only an append finds out whether memory is behind the store. What records nothing has to look.
        if (cached && (await isBehind(stream, cached))) {
          memory.forget(stream);
          continue;
        }
        if (!decision.events) return { ok: false, rejection: decision.rejection, current };
        return { ok: true, current, position: undefined };
      }

      const { events } = decision;
      const metadata: EventMetadata = {
        commandId,
        correlationId: envelope.correlationId ?? commandId,
        recordedAt,
        schemaVersion,
        ...(envelope.causationId !== undefined && { causationId: envelope.causationId }),
        ...(envelope.traceparent !== undefined && { traceparent: envelope.traceparent }),
      };
      try {
        const { revision, position, repeated } = await store.append(
          stream,
          events.map((event, index) => ({ ...event, id: eventId(commandId, index), metadata })),
          { expected: aggregate.revision ?? 'no-stream' },
        );
        if (repeated) {
          // Recorded by an earlier execution, of which memory knew nothing, and perhaps decided differently.
          memory.forget(stream);
          continue;
        }
        let evolving = aggregate;
        let next = revision - events.length + 1;
        for (const event of events)
          evolving = evolved(evolving, event, { revision: next++, position, metadata });
        return { ok: true, current: memory.remember(stream, evolving).current, position };
      } catch (error) {
        memory.forget(stream);
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
    throw new TooManyConflicts(stream, attempts);
  };

  const isBehind = async (stream: string, { revision = -1 }: Aggregate<S>): Promise<boolean> =>
    (await store.readStream(stream, { from: revision + 1, limit: 1 })).length > 0;

  return {
    execute(envelope) {
      const stream = streamOf(envelope.command);
      const { commandId } = envelope;
      const first = underWay.get(commandId);
      if (first?.stream === stream) return first.result;
      const result = executeOn(stream, envelope);
      const entry = { stream, result };
      const forget = (): void => {
        if (underWay.get(commandId) === entry) underWay.delete(commandId);
      };
      underWay.set(commandId, entry);
      result.then(forget, forget);
      return result;
    },
  };
};

/**
 * Keeps what was remembered most recently, in two generations: when the young one holds half of `size`, it takes the place of the
 * old one, which is forgotten. Never holds more than `size`; costs the same however large it is.
 */
const createMemory = <V>(size: number) => {
  const half = Math.ceil(size / 2);
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  return {
    recall: (key: string): V | undefined => young.get(key) ?? old.get(key),
    remember: (key: string, value: V): V => {
      if (size === 0) return value;
      if (young.size >= half && !young.has(key)) {
        old = young;
        young = new Map();
      }
      young.set(key, value);
      return value;
    },
    forget: (key: string): void => {
      young.delete(key);
      old.delete(key);
    },
  };
};

const find = (commands: KnownCommand | undefined, commandId: string): KnownCommand | undefined => {
  for (let known = commands; known; known = known.earlier) if (known.commandId === commandId) return known;
  return undefined;
};

/** The first event of a command has the command's id, further ones have ids derived from it (RFC 9562, version 5). */
const eventId = (commandId: string, index: number): string =>
  index === 0 ? commandId : nameBasedUuid(String(index), commandId);
