import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Knows whose requests have not arrived to the end. Until they have, they take places of all that there are, so each sender may have only so
 * many of them at once.
 */
export class Arriving {
  readonly #most: number;
  readonly #of = new Map<string, Set<IncomingMessage>>();

  /** @param most requests of one sender that may be arriving at once; at least 1. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Whether one more may arrive. Then it counts for each of its senders until it has, or until it is answered.
   * @param senders by what each is known: nobody may be called as another kind of sender is.
   */
  begin(request: IncomingMessage, response: ServerResponse, senders: readonly string[]): boolean {
    // Most come whole, with their headers.
    if (hasArrived(request)) return true;
    if (senders.some((sender) => this.#count(sender) >= this.#most)) return false;
    for (const sender of senders) {
      const theirs = this.#of.get(sender) ?? new Set();
      this.#of.set(sender, theirs.add(request));
    }
    response.once('close', () => {
      for (const sender of senders) this.#forget(sender, [request]);
    });
    return true;
  }

  #count(sender: string): number {
    const theirs = this.#of.get(sender);
    if (!theirs || theirs.size < this.#most) return theirs?.size ?? 0;
    // Nobody says when one has arrived; it is looked for only where that makes a difference.
    this.#forget(sender, [...theirs].filter(hasArrived));
    return theirs.size;
  }

  #forget(sender: string, requests: readonly IncomingMessage[]): void {
    const theirs = this.#of.get(sender);
    if (!theirs) return;
    for (const request of requests) theirs.delete(request);
    if (theirs.size === 0) this.#of.delete(sender);
  }
}

/**
 * Or is waited for no more, because its sender has left: whose answer was closed before it counted, nobody says so again. What is no
 * request from a network, as in tests, says nothing of it, and is there.
 */
const hasArrived = ({ complete, destroyed }: Partial<IncomingMessage>): boolean =>
  complete !== false || destroyed === true;
