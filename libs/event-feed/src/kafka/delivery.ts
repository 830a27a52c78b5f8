import {
  RevisionGap,
  type Clock,
  type DomainEvent,
  type EventStore,
  type FeedConsumer,
  type ParkedStream,
  type ParkedStreams,
  type RecordedEvent,
  type Setbacks,
} from '@hse/event-sourcing';
import { LRUCache } from 'lru-cache';

/** An event as it comes out of the log's partition that its stream belongs to. */
export interface Arrival<E extends DomainEvent = DomainEvent> {
  readonly event: RecordedEvent<E>;
  readonly partition: number;
}

export interface DeliveryOptions<E extends DomainEvent> {
  readonly group: string;
  readonly consumer: FeedConsumer<E>;
  /** Where missing events are read. */
  readonly store: Pick<EventStore<E>, 'readStream'>;
  readonly parked: ParkedStreams;
  readonly clock: Clock;
  readonly setbacks: Setbacks;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Ends pauses, and with them whatever is under way: it throws `DeliveryEnded`. */
  readonly signal: AbortSignal;
  /** How often an event is tried, in all, before its stream is parked. Default 5, at least 2. */
  readonly attempts?: number;
  /** Streams whose latest revision is remembered; the least recently used go first. Default 50 000. */
  readonly remembered?: number;
}

/** It was told to end while it was trying; nothing is known to have been handled. */
export class DeliveryEnded extends Error {
  constructor() {
    super('delivery has been ended');
    this.name = 'DeliveryEnded';
  }
}

/**
 * Brings what arrives to a consumer: each stream in order and, as far as it remembers, each event once; missing events are
 * read from the store. One call at a time.
 *
 * What the consumer fails on is tried again. As long as it cannot do anything else either, that is an outage, which is waited
 * out. Otherwise it is the event: after some attempts its stream is parked, and all others proceed.
 */
export class Delivery<E extends DomainEvent> {
  readonly #options: DeliveryOptions<E>;
  readonly #attempts: number;
  readonly #latest: LRUCache<string, number>;
  #parked = new Map<string, ParkedStream>();
  /** Parked once, and not any more by somebody else's doing. */
  readonly #takenUp = new Map<string, ParkedStream>();
  #position = 0;

  constructor(options: DeliveryOptions<E>) {
    this.#options = options;
    this.#attempts = Math.max(2, options.attempts ?? 5);
    this.#latest = new LRUCache({ max: options.remembered ?? 50_000 });
  }

  /** Everything up to here has been handled, by the whole group. */
  get position(): number {
    return this.#position;
  }

  /** Forgets what it has delivered: others may have gone on with it since, or its effects are gone. */
  async begin(position: number): Promise<void> {
    this.#latest.clear();
    this.#position = position;
    await this.#listParked();
  }

  /** Resolves when everything has been handled, or its stream is parked. */
  async deliver(arrivals: readonly Arrival<E>[]): Promise<void> {
    const inOrder = await this.#inOrder(arrivals);
    if (inOrder.length > 0) await this.#together(inOrder);
  }

  /** Tells the consumer that everything up to `position` has been handled. */
  async moveTo(position: number): Promise<void> {
    if (position <= this.#position) return;
    await this.#untilItWorks('the position could not be kept', () =>
      this.#options.consumer.handle({ events: [], position }),
    );
    this.#position = position;
  }

  /** Tries again what somebody has decided to try again, of the streams in these partitions. */
  async carryOutDecisions(isOwn: (partition: number) => boolean): Promise<void> {
    await this.#listParked();
    // By whoever had the partition before, as far as it went then. What has been passed over here since is in the store.
    for (const [stream, takenUp] of this.#takenUp) {
      if (isOwn(takenUp.partition) && !this.#parked.has(stream)) await this.#retry(takenUp);
      this.#takenUp.delete(stream);
    }
    for (const decided of [...this.#parked.values()])
      if (decided.state === 'retry' && isOwn(decided.partition)) await this.#retry(decided);
  }

  // --- in order ---------------------------------------------------------------------------------------------------------

  /** Without what has been handled and what is parked; with what is missing. */
  async #inOrder(arrivals: readonly Arrival<E>[]): Promise<Arrival<E>[]> {
    const latest = new Map<string, number>();
    const inOrder: Arrival<E>[] = [];
    for (const arrival of arrivals) {
      const { stream, revision } = arrival.event;
      if (this.#isParked(arrival.event)) continue;
      const last = latest.get(stream) ?? this.#latest.get(stream);
      if (last !== undefined && revision <= last) continue;
      if (last !== undefined && revision > last + 1)
        inOrder.push(...(await this.#missing(arrival, last + 1, revision)));
      inOrder.push(arrival);
      latest.set(stream, revision);
    }
    return inOrder.sort((a, b) => a.event.position - b.event.position);
  }

  #isParked({ stream, revision }: RecordedEvent<E>): boolean {
    const parked = this.#parked.get(stream);
    return parked !== undefined && revision >= parked.fromRevision;
  }

  /** The events of a stream from one revision to before another. Waits until the store has them. */
  async #missing({ event, partition }: Arrival<E>, from: number, until: number): Promise<Arrival<E>[]> {
    const { store, logger } = this.#options;
    const { stream } = event;
    logger.warn({ stream, expected: from, found: until }, 'events are missing; they are read from the store');
    const events = await this.#untilItWorks('missing events could not be read from the store', async () => {
      const found = await store.readStream(stream, { from, limit: until - from });
      if (found.length < until - from) throw new RevisionGap(stream, from + found.length, until);
      return found;
    });
    return events.map((missing) => ({ event: missing, partition }));
  }

  // --- delivering ---------------------------------------------------------------------------------------------------------

  async #together(arrivals: Arrival<E>[]): Promise<void> {
    const { setbacks, signal } = this.#options;
    let batch = arrivals;
    let failures = 0;
    const healed = new Set<string>();
    for (;;) {
      const error = await this.#attempt(batch);
      if (error === undefined) return;
      const completed = await this.#heal(batch, error, healed);
      if (completed) {
        batch = completed;
        continue;
      }
      failures = (await this.#isOutage()) ? 0 : failures + 1;
      // The last attempt of each stream is made on its own.
      if (failures >= this.#attempts - 1) return this.#apart(batch, failures);
      this.#warn(error, 'a batch of events could not be handled');
      await setbacks.pauseAfter(error, signal);
      this.#assertGoing();
    }
  }

  async #apart(batch: readonly Arrival<E>[], failures: number): Promise<void> {
    for (const arrivals of Map.groupBy(batch, ({ event }) => event.stream).values())
      await this.#alone(arrivals, failures);
  }

  /** A stream on its own, then event by event; parks it at the one that cannot be handled. @returns false when it was parked. */
  async #alone(arrivals: readonly Arrival<E>[], failures: number): Promise<boolean> {
    if ((await this.#attempt(arrivals)) === undefined) return true;
    for (const arrival of arrivals) {
      let error = await this.#attempt([arrival]);
      while (error !== undefined && (await this.#isOutage())) {
        this.#warn(error, 'an event could not be handled');
        await this.#options.setbacks.pauseAfter(error, this.#options.signal);
        this.#assertGoing();
        error = await this.#attempt([arrival]);
      }
      if (error === undefined) continue;
      await this.#park(arrival, error, failures + 1);
      return false;
    }
    return true;
  }

  /** @returns what it failed with; undefined when it has been handled. */
  async #attempt(arrivals: readonly Arrival<E>[]): Promise<unknown> {
    this.#assertGoing();
    try {
      const events = arrivals.map(({ event }) => event);
      await this.#options.consumer.handle({ events, position: this.#position });
      for (const { stream, revision } of events) this.#latest.set(stream, revision);
      this.#options.setbacks.recover();
      return undefined;
    } catch (error) {
      return error ?? new Error('the consumer failed without saying why');
    }
  }

  /** The batch with the events that the consumer misses; undefined when that is not what is wrong, or did not make it right. */
  async #heal(
    batch: readonly Arrival<E>[],
    error: unknown,
    healed: Set<string>,
  ): Promise<Arrival<E>[] | undefined> {
    if (!(error instanceof RevisionGap)) return undefined;
    const { stream, expected, found } = error;
    const gap = `${stream} ${expected}`;
    const at = batch.findIndex(({ event }) => event.stream === stream && event.revision >= expected);
    const arrival = batch[at];
    if (!arrival || healed.has(gap) || arrival.event.revision <= expected) return undefined;
    healed.add(gap);
    const missing = await this.#missing(arrival, expected, Math.min(found, arrival.event.revision));
    return [...batch.slice(0, at), ...missing, ...batch.slice(at)];
  }

  /** Whether the consumer cannot do anything at present. */
  async #isOutage(): Promise<boolean> {
    const { consumer } = this.#options;
    try {
      await consumer.checkpoint();
      await consumer.handle({ events: [], position: this.#position });
      return false;
    } catch {
      return true;
    }
  }

  // --- parking --------------------------------------------------------------------------------------------------------------

  async #listParked(): Promise<void> {
    const { parked, group } = this.#options;
    const list = await this.#untilItWorks('parked streams could not be listed', () => parked.list(group));
    const parkedNow = new Map(list.map((each) => [each.stream, each]));
    for (const [stream, known] of this.#parked) if (!parkedNow.has(stream)) this.#takenUp.set(stream, known);
    this.#parked = parkedNow;
  }

  async #park({ event, partition }: Arrival<E>, error: unknown, attempts: number): Promise<void> {
    const { parked, group, clock, logger } = this.#options;
    const { stream, revision: fromRevision } = event;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const parkedAt = new Date(clock.now()).toISOString();
    const entry = { group, stream, partition, fromRevision, reason, attempts, parkedAt };
    await this.#untilItWorks('a stream could not be parked', () => parked.park(entry));
    this.#parked.set(stream, { ...entry, state: 'parked' });
    logger.error(
      { err: error, ...entry, eventId: event.id, eventType: event.type },
      'an event cannot be handled: its stream is parked until somebody decides, all others proceed',
    );
  }

  async #retry({ stream, fromRevision, partition, attempts }: ParkedStream): Promise<void> {
    const { store, parked, group, logger } = this.#options;
    const events = await this.#untilItWorks('a parked stream could not be read', () =>
      store.readStream(stream, { from: fromRevision }),
    );
    this.#parked.delete(stream);
    if (
      !(await this.#alone(
        events.map((event) => ({ event, partition })),
        attempts,
      ))
    )
      return;
    await this.#untilItWorks('a parked stream could not be taken up', () => parked.unpark(group, stream));
    logger.info({ group, stream, fromRevision, events: events.length }, 'a parked stream is followed again');
  }

  // --- waiting --------------------------------------------------------------------------------------------------------------

  async #untilItWorks<T>(message: string, attempt: () => Promise<T>): Promise<T> {
    const { setbacks, signal } = this.#options;
    for (;;) {
      this.#assertGoing();
      try {
        const result = await attempt();
        setbacks.recover();
        return result;
      } catch (error) {
        this.#warn(error, message);
        await setbacks.pauseAfter(error, signal);
      }
    }
  }

  #warn(error: unknown, message: string): void {
    const { logger, group, setbacks } = this.#options;
    logger.warn({ err: error, group, failures: setbacks.failures + 1, position: this.#position }, message);
  }

  #assertGoing(): void {
    if (this.#options.signal.aborted) throw new DeliveryEnded();
  }
}
