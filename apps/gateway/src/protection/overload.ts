import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { SessionRequestBus } from '@hse/contracts';
import { StoreUnavailable, type Scheduled, type Timers } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import type { Telemetry } from '@hse/telemetry';

export interface OverloadBounds {
  /** Requests under way at once, without live streams. */
  readonly requests: number;
  /** Commands under way at once. */
  readonly commands: number;
  /** Mean delay of the event loop, in milliseconds. */
  readonly delayMs: number;
}

/** So many commands are under way that this one was not begun. */
export class CommandsOverloaded extends StoreUnavailable {
  constructor() {
    super('too many commands are under way', 'not-written', 'unreachable');
    this.name = 'CommandsOverloaded';
  }
}

/** Refuses commands beyond so many under way, before they cost anything. Who has left without waiting for the answer counts, too. */
export const boundedBus = (
  bus: SessionRequestBus,
  most: number,
  telemetry?: Pick<Telemetry, 'add'>,
): SessionRequestBus => {
  let underWay = 0;
  return {
    execute: async (envelope) => {
      if (underWay >= most) {
        telemetry?.add('session_requests.http.refused', 1, { reason: 'overload' });
        throw new CommandsOverloaded();
      }
      underWay += 1;
      try {
        return await bus.execute(envelope);
      } finally {
        underWay -= 1;
      }
    },
  };
};

const lookMs = 500;
/** One long garbage collection, or a machine that stood still, is no overload. */
const looksInARow = 2;

/**
 * Knows when there is more to do than can be done: requests under way beyond their bound, or an event loop that has been late for a
 * second. Nothing is queued in that case; who is refused comes again.
 */
export class Overload {
  readonly #bounds: OverloadBounds;
  readonly #timers: Timers;
  readonly #logger: Logger;
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });
  #underWay = 0;
  #lateLooks = 0;
  #refused = 0;
  #next: Scheduled | undefined;

  constructor(bounds: OverloadBounds, timers: Timers, logger: Logger) {
    this.#bounds = bounds;
    this.#timers = timers;
    this.#logger = logger;
    this.#delay.enable();
    this.#lookLater();
  }

  /** Whether one more can be served. */
  get isOver(): boolean {
    return this.#underWay >= this.#bounds.requests || this.#lateLooks >= looksInARow;
  }

  /** A request is refused; how many, the log tells twice a second at most. */
  refuse(): void {
    this.#refused += 1;
  }

  begin(): void {
    this.#underWay += 1;
  }

  end(): void {
    this.#underWay -= 1;
  }

  close(): void {
    this.#next?.cancel();
    this.#delay.disable();
  }

  #lookLater(): void {
    this.#next = this.#timers.after(lookMs, () => {
      const meanMs = this.#delay.mean / 1e6;
      this.#delay.reset();
      this.#lateLooks = meanMs > this.#bounds.delayMs ? this.#lateLooks + 1 : 0;
      if (this.#refused > 0)
        this.#logger.warn(
          { refused: this.#refused, underWay: this.#underWay, delayMs: Math.round(meanMs) },
          'requests were refused: there is more to do than can be done',
        );
      this.#refused = 0;
      this.#lookLater();
    });
  }
}
