import type { LiveUpdates, SessionRequestQueries } from '@hse/contracts';
import type { Timers } from '@hse/event-sourcing';

/** How long a read waits for what it has to show, in milliseconds of real time. */
export const longestWaitMs = 5_000;

/** Most reflected changes, and most participants with something outstanding, that are kept in mind. */
const capacity = 20_000;

/**
 * Lets reads see what was acknowledged before: the read models follow the log, so an answer can be ahead of them.
 * Knows only what went through this process; that, and `?atLeast`, is what is promised.
 */
export class Freshness {
  readonly #queries: Pick<SessionRequestQueries, 'find'>;
  readonly #timers: Timers;
  /** The newest revision seen in the read models, of requests that changed lately. */
  readonly #reflected = new Map<string, number>();
  /** By participant: what was acknowledged and is not yet known to be reflected. */
  readonly #outstanding = new Map<string, Map<string, number>>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #unsubscribe: () => void;

  constructor(queries: Pick<SessionRequestQueries, 'find'>, live: LiveUpdates, timers: Timers) {
    this.#queries = queries;
    this.#timers = timers;
    this.#unsubscribe = live.subscribe((changes) => {
      for (const { record } of changes) {
        const { requestId, revision, coachId, clientId } = record.state;
        this.#sawReflected(requestId, revision, [coachId, clientId]);
      }
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  /** From now on these participants' reads show at least this revision of this request. */
  acknowledged(participantIds: readonly string[], requestId: string, revision: number): void {
    if ((this.#reflected.get(requestId) ?? -1) >= revision) return;
    for (const id of participantIds) {
      const requests = this.#outstanding.get(id) ?? new Map<string, number>();
      requests.set(requestId, Math.max(revision, requests.get(requestId) ?? 0));
      this.#outstanding.set(id, requests);
    }
    trim(this.#outstanding);
  }

  /**
   * Waits until everything acknowledged to the participant can be read, at most {@link longestWaitMs}: a read model that
   * does not come along shows an older state rather than none.
   */
  async settled(participantId: string): Promise<void> {
    const requests = this.#outstanding.get(participantId);
    if (!requests || requests.size === 0) return;
    const waitedFor = [...requests];
    await Promise.all(waitedFor.map(([requestId, revision]) => this.reached(requestId, revision)));
    for (const [requestId, revision] of waitedFor) this.#noLongerWait(participantId, requestId, revision);
  }

  /** Waits until this revision of the request can be read, at most {@link longestWaitMs}. @returns whether it can. */
  async reached(requestId: string, revision: number): Promise<boolean> {
    if ((this.#reflected.get(requestId) ?? -1) >= revision) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting = this.#waiting.get(requestId) ?? new Set();
    const check = (): void => {
      if ((this.#reflected.get(requestId) ?? -1) >= revision) resolve(true);
    };
    this.#waiting.set(requestId, waiting.add(check));
    const timeout = this.#timers.after(longestWaitMs, () => resolve(false));
    try {
      // Listening has begun, so a change between this question and its answer is not missed.
      const record = await this.#queries.find(requestId);
      return record !== undefined && record.state.revision >= revision ? true : await promise;
    } finally {
      timeout.cancel();
      waiting.delete(check);
      if (waiting.size === 0) this.#waiting.delete(requestId);
    }
  }

  #noLongerWait(participantId: string, requestId: string, revision: number): void {
    const requests = this.#outstanding.get(participantId);
    if (requests && (requests.get(requestId) ?? Infinity) <= revision) requests.delete(requestId);
    if (requests?.size === 0) this.#outstanding.delete(participantId);
  }

  #sawReflected(requestId: string, revision: number, participantIds: readonly string[]): void {
    if ((this.#reflected.get(requestId) ?? -1) >= revision) return;
    this.#reflected.delete(requestId); // the oldest change is the first to be forgotten
    this.#reflected.set(requestId, revision);
    trim(this.#reflected);
    for (const id of participantIds) this.#noLongerWait(id, requestId, revision);
    for (const check of this.#waiting.get(requestId) ?? []) check();
  }
}

const trim = (map: Map<string, unknown>): void => {
  if (map.size <= capacity) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
};
