import type { EventBatch } from './event-store.ts';
import type { DomainEvent } from './event.ts';

/** Makes recorded events known to everyone who follows them. Of all instances that share one, a single one publishes at a time. */
export interface EventPublisher<E extends DomainEvent = DomainEvent> {
  /**
   * Waits, for as long as it takes, until this instance is the one to publish.
   * @throws when the signal ends the waiting, and when the publisher has been closed.
   */
  lead(signal: AbortSignal): Promise<Publication<E>>;
  close(): Promise<void>;
}

/** The right to publish, until it is released or lost. */
export interface Publication<E extends DomainEvent = DomainEvent> {
  /** Everything up to this position of the log has been published; 0 at first. */
  readonly after: number;
  /** Aborts when another instance has taken over. What this one still sends is of no consequence then. */
  readonly lost: AbortSignal;
  /**
   * Publishes a batch that follows the one before. Resolves when it is durable and `batch.position` is kept as the place to go on
   * from, in this order. The same batch may be published again, by this instance or another: followers see some events twice.
   * The order of a stream is kept all the same: an event never comes for the first time after a later one.
   * @throws when that is not certain. Publish the same batch again, or give up the lead.
   */
  publish(batch: EventBatch<E>): Promise<void>;
  /** Lets another instance take over at once. */
  release(): Promise<void>;
}
