import {
  START,
  streamNameFilter,
  type AllStreamSubscription,
  type EventStoreDBClient,
  type Filter,
} from '@eventstore/db-client';
import type { DomainEvent, EventBatch, RecordedEvent, Scheduled, Timers } from '@hse/event-sourcing';
import { NoAnswer } from './client-errors.ts';
import { fromResolvedEvent } from './wire-format.ts';

/** Events that the server looks at between two checkpoints. A page of its own catching up is as long. */
const searchWindow = 500;

/** By name, on the server. System streams begin with `$`. */
const filterFor = (prefix: string, checkpointReached: NonNullable<Filter['checkpointReached']>): Filter => {
  const checkpoints = { maxSearchWindow: searchWindow, checkpointInterval: 2, checkpointReached };
  return prefix === ''
    ? streamNameFilter({ regex: '^[^$]', ...checkpoints })
    : streamNameFilter({ prefixes: [prefix], ...checkpoints });
};

export interface SubscriptionOptions {
  readonly client: EventStoreDBClient;
  readonly namespace: string;
  readonly prefix: string;
  /** A position that was delivered before; 0 for the beginning. */
  readonly after: number;
  /** Most events that wait to be taken; the rest waits on the server. */
  readonly buffer: number;
  readonly timers: Timers;
  /** The server has to confirm within this time. */
  readonly confirmWithinMs: number;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** One subscription to `$all`, pulled. It ends with its first error; whoever pulls makes another. */
export class Subscription<E extends DomainEvent> {
  readonly #options: SubscriptionOptions;
  readonly #stream: AllStreamSubscription;
  readonly #confirmation: Scheduled;
  #position: number;
  #checkpoint = 0;
  #failure: Error | undefined;
  #wake = (): void => {};
  readonly #aborted = (): void => this.#wake();

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    const { client, namespace, prefix, after, buffer, timers, confirmWithinMs } = options;
    this.#position = after;
    const from = BigInt(after);
    this.#stream = client.subscribeToAll(
      {
        // the positions of events that were not written in a transaction of the old TCP clients have two equal parts
        fromPosition: after === 0 ? START : { commit: from, prepare: from },
        filter: filterFor(namespace + prefix, (_, { commit, prepare }) => {
          // Unequal parts mark a place between events, of which one half is not enough to go on from.
          if (commit !== prepare || commit > BigInt(Number.MAX_SAFE_INTEGER)) return;
          this.#checkpoint = Number(commit);
          this.#wake();
        }),
      },
      { highWaterMark: buffer },
    );
    options.signal.addEventListener('abort', this.#aborted);
    this.#confirmation = timers.after(confirmWithinMs, () => this.#fail(new NoAnswer(confirmWithinMs)));
    // The listener for errors stays for ever: an error nobody listens to ends the process, and they may come late.
    this.#stream
      .on('error', (error: Error) => this.#fail(error))
      .on('end', () => this.#fail(new Error('the server has ended the subscription')))
      .on('close', () => this.#fail(new Error('the subscription was closed')))
      .on('confirmation', () => this.#confirmation.cancel())
      .on('readable', () => this.#wake());
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#confirmation.cancel();
    this.#wake();
  }

  /**
   * What has come: up to `limit` events, or none and only a position. Waits until there is something; with `until`, until the
   * batch is full or has reached that position.
   * @returns undefined when the signal has aborted.
   */
  async next(limit: number, until?: number): Promise<EventBatch<E> | undefined> {
    const events: RecordedEvent<E>[] = [];
    for (;;) {
      if (this.#options.signal.aborted) return undefined;
      while (events.length < limit && (until === undefined || this.#position < until)) {
        const resolved = this.#stream.read() as Parameters<typeof fromResolvedEvent>[0] | null;
        if (!resolved) break;
        const event = fromResolvedEvent<E>(resolved, this.#options.namespace)?.event;
        if (!event || event.position <= this.#position) continue;
        events.push(event);
        this.#position = event.position;
      }
      const enough =
        until === undefined ? events.length > 0 : events.length >= limit || this.#position >= until;
      if (enough) return { events, position: this.#position };
      // nothing is left in the buffer, so all that came before the checkpoint is delivered
      if (until === undefined && this.#checkpoint > this.#position) {
        this.#position = this.#checkpoint;
        return { events, position: this.#position };
      }
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Ends it on the server, too. */
  stop(): void {
    this.#options.signal.removeEventListener('abort', this.#aborted);
    this.#confirmation.cancel();
    this.#stream.unsubscribe().catch(() => {}); // it never began
    this.#stream.destroy();
  }
}
