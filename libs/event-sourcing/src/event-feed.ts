import type { EventBatch } from './event-store.ts';
import type { DomainEvent } from './event.ts';

/** What a follower of the log does with it. */
export interface FeedConsumer<E extends DomainEvent = DomainEvent> {
  /** The position up to which the effects are durable; 0 at first. Asked once whenever consumption (re)starts. */
  checkpoint(): Promise<number>;
  /**
   * Applies a batch. When the promise resolves, its effects are durable together with `batch.position`.
   * Must bear the same events twice. When it rejects, the same events are delivered again, after a pause;
   * when it rejects with `RevisionGap`, a feed that can brings the missing events first.
   */
  handle(batch: EventBatch<E>): Promise<void>;
}

export interface FeedSubscription {
  /** Resolves when everything recorded up to `position` has been handled. Rejects when the subscription has stopped before. */
  reached(position: number): Promise<void>;
  /** Finishes the batch at hand and ends. */
  stop(): Promise<void>;
}

/** Recorded events for a named group of consumers: at least once, in order per stream, in batches. */
export interface EventFeed<E extends DomainEvent = DomainEvent> {
  /** @param group names who consumes; each group sees everything, the members of one group share the work. */
  consume(group: string, consumer: FeedConsumer<E>): FeedSubscription;
}

/** How a group is doing. */
export interface FeedHealth {
  readonly group: string;
  /** Everything up to here has been handled; undefined before the checkpoint is known. */
  readonly position: number | undefined;
  /** Failures since something last succeeded; 0 when all is well. */
  readonly failures: number;
  /** How long it has paused because of them, or waited for one batch to be handled: it has stalled for at least this long. */
  readonly stalledMs: number;
  /** What went wrong last, while `failures` is above 0. */
  readonly lastError: unknown;
}
