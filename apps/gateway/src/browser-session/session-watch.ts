import type { GatewayStore } from '@hse/contracts';
import type { Scheduled, Timers } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';

/** Milliseconds of real time between looks at what other processes have ended; as often as a live stream gives a sign of life. */
export const checkMs = 15_000;

export interface SessionWatchOptions {
  readonly store: Pick<GatewayStore, 'existingSessions'>;
  readonly timers: Timers;
  readonly logger: Logger;
}

/**
 * Tells what goes on without requests, a live stream, that its session is over. What this process ends it tells at once; what another
 * ends it finds out in the store, by one question for all sessions that are watched, and by none while there are none.
 */
export class SessionWatch {
  readonly #options: SessionWatchOptions;
  readonly #listeners = new Map<string, Set<() => void>>();
  #waiting: Scheduled | undefined;
  #underWay: Promise<void> | undefined;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
  }

  /**
   * @param key under which the session is stored.
   * @param listener called once, when it is over; never before this returns.
   * @returns takes the listener away.
   */
  add(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    this.#checkLater();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#forget(key);
    };
  }

  /** This session is over: whoever listens for it is told. */
  over(key: string): void {
    const listeners = [...(this.#listeners.get(key) ?? [])];
    this.#forget(key);
    for (const listener of listeners) listener();
  }

  /** Nobody is told anything from here on. */
  async close(): Promise<void> {
    for (const key of [...this.#listeners.keys()]) this.#forget(key);
    await this.#underWay;
  }

  #forget(key: string): void {
    this.#listeners.delete(key);
    if (this.#listeners.size > 0) return;
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  #checkLater(): void {
    if (this.#waiting || this.#underWay || this.#listeners.size === 0) return;
    this.#waiting = this.#options.timers.after(checkMs, () => {
      this.#waiting = undefined;
      this.#underWay = this.#check().finally(() => {
        this.#underWay = undefined;
        this.#checkLater();
      });
    });
  }

  async #check(): Promise<void> {
    const { store, logger } = this.#options;
    const keys = [...this.#listeners.keys()];
    try {
      const existing = await store.existingSessions(keys);
      for (const key of keys) if (!existing.has(key)) this.over(key);
    } catch (error) {
      // They go on until their tokens expire, or until the store answers again.
      logger.warn({ err: error }, 'whether sessions are over could not be looked up');
    }
  }
}
