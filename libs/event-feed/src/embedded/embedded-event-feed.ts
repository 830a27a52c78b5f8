import type {
  DomainEvent,
  EventBatch,
  EventFeed,
  EventStore,
  FeedConsumer,
  FeedHealth,
  FeedSubscription,
  Scheduled,
  Timers,
} from '@hse/event-sourcing';

export interface EmbeddedEventFeedOptions<E extends DomainEvent> {
  readonly store: EventStore<E>;
  readonly timers: Timers;
  readonly logger: { warn(fields: object, message: string): void };
  /** Only events of these types are delivered. Default: all. */
  readonly types?: readonly string[];
  /** Most events in one batch. Default 500. */
  readonly batchSize?: number;
  /** Pause after the first failure in a row; doubled with each further one. Default 100 ms. */
  readonly firstPauseMs?: number;
  /** The longest pause. Default 10 000 ms. */
  readonly longestPauseMs?: number;
}

export interface EmbeddedEventFeed<E extends DomainEvent = DomainEvent> extends EventFeed<E> {
  /** Of each group that is consumed at present. */
  health(): FeedHealth[];
}

/**
 * An {@link EventFeed} that follows an event store in the same process. Each group goes on from its consumer's own
 * checkpoint. Whatever fails — the checkpoint, the store, the consumer — is tried again for as long as it takes, with
 * growing pauses; {@link EmbeddedEventFeed.health} tells. One process is one member: a group that is consumed already
 * cannot be consumed again before it has stopped.
 */
export const createEmbeddedEventFeed = <E extends DomainEvent = DomainEvent>(
  options: EmbeddedEventFeedOptions<E>,
): EmbeddedEventFeed<E> => {
  const groups = new Map<string, Subscription<E>>();
  return {
    consume(group, consumer) {
      if (groups.has(group)) throw new Error(`group ${group} is consumed already, in this process`);
      const subscription = new Subscription(group, consumer, options);
      groups.set(group, subscription);
      void subscription.ended.then(() => groups.delete(group));
      return subscription;
    },
    health: () => [...groups.values()].map((subscription) => subscription.health()),
  };
};

class Subscription<E extends DomainEvent> implements FeedSubscription {
  readonly ended: Promise<void>;
  readonly #group: string;
  readonly #consumer: FeedConsumer<E>;
  readonly #options: EmbeddedEventFeedOptions<E>;
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<{ position: number; resolve: () => void; reject: (error: Error) => void }>();
  #hasEnded = false;
  #position: number | undefined;
  #failures = 0;
  #stalledMs = 0;
  #lastError: unknown;

  constructor(group: string, consumer: FeedConsumer<E>, options: EmbeddedEventFeedOptions<E>) {
    this.#group = group;
    this.#consumer = consumer;
    this.#options = options;
    this.ended = this.#run();
  }

  reached(position: number): Promise<void> {
    if (this.#position !== undefined && this.#position >= position) return Promise.resolve();
    if (this.#hasEnded) return Promise.reject(this.#stopped());
    return new Promise((resolve, reject) => this.#waiting.add({ position, resolve, reject }));
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return this.ended;
  }

  health(): FeedHealth {
    return {
      group: this.#group,
      position: this.#position,
      failures: this.#failures,
      stalledMs: this.#stalledMs,
      lastError: this.#lastError,
    };
  }

  async #run(): Promise<void> {
    const { store, types, batchSize } = this.#options;
    const { signal } = this.#stopping;
    await Promise.resolve(); // whoever subscribes holds the subscription before anything happens
    let storeHasEnded = false;
    while (!signal.aborted && !storeHasEnded) {
      try {
        const after = await this.#consumer.checkpoint();
        this.#reach(after);
        if ((await store.head()) <= after) this.#recover(); // there may be nothing to deliver for long
        const batches = store.follow({
          after,
          signal,
          ...(types && { types }),
          ...(batchSize && { batchSize }),
        });
        for await (const batch of batches) await this.#deliver(batch);
        storeHasEnded = true; // closed, unless it was the signal
      } catch (error) {
        await this.#pauseAfter(error, 'the event feed could not be read');
      }
    }
    this.#hasEnded = true;
    for (const { reject } of this.#waiting) reject(this.#stopped());
    this.#waiting.clear();
  }

  /** Resolves when the consumer has handled the batch, or the subscription stops in a pause between two attempts. */
  async #deliver(batch: EventBatch<E>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#consumer.handle(batch);
        this.#recover();
        this.#reach(batch.position);
        return;
      } catch (error) {
        await this.#pauseAfter(error, 'a batch of events could not be handled');
      }
    }
  }

  #recover(): void {
    this.#failures = 0;
    this.#stalledMs = 0;
    this.#lastError = undefined;
  }

  #reach(position: number): void {
    this.#position = position;
    for (const waiter of this.#waiting) {
      if (waiter.position > position) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  async #pauseAfter(error: unknown, message: string): Promise<void> {
    const { timers, logger, firstPauseMs = 100, longestPauseMs = 10_000 } = this.#options;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#lastError = error;
    logger.warn(
      { err: error, group: this.#group, failures: this.#failures, pauseMs, position: this.#position },
      message,
    );
    const { signal } = this.#stopping;
    await new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      let timer: Scheduled | undefined = undefined;
      const goOn = (): void => {
        timer?.cancel();
        signal.removeEventListener('abort', goOn);
        resolve();
      };
      signal.addEventListener('abort', goOn);
      timer = timers.after(pauseMs, () => {
        this.#stalledMs += pauseMs;
        goOn();
      });
    });
  }

  #stopped(): Error {
    return new Error(`group ${this.#group} has stopped at position ${this.#position ?? 'unknown'}`);
  }
}
