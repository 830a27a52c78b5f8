import type { Scheduled, Timers } from './clock.ts';

export interface SetbacksOptions {
  readonly timers: Timers;
  /** Pause after the first failure in a row; doubled with each further one. Default 100 ms. */
  readonly firstPauseMs?: number;
  /** The longest pause. Default 10 000 ms. */
  readonly longestPauseMs?: number;
}

/** Resolves after the time, or as soon as the signal, if any, aborts. @returns false when it was the signal. */
export const elapse = (timers: Timers, ms: number, signal?: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve(false);
      return;
    }
    let timer: Scheduled | undefined = undefined;
    const end = (): void => {
      timer?.cancel();
      resolve(false);
    };
    signal?.addEventListener('abort', end, { once: true });
    timer = timers.after(ms, () => {
      signal?.removeEventListener('abort', end);
      resolve(true);
    });
  });

/** Counts failures in a row, and makes growing pauses after them. */
export class Setbacks {
  readonly #options: SetbacksOptions;
  #failures = 0;
  #stalledMs = 0;
  #lastError: unknown;

  constructor(options: SetbacksOptions) {
    this.#options = options;
  }

  get failures(): number {
    return this.#failures;
  }

  /** How long it has paused, been silent, or tried in vain, because of them. */
  get stalledMs(): number {
    return this.#stalledMs;
  }

  get lastError(): unknown {
    return this.#lastError;
  }

  note(error: unknown, stalledMs = 0): void {
    this.#failures += 1;
    this.#stalledMs += stalledMs;
    this.#lastError = error;
  }

  /** Resolves after the pause that is due after this failure; at once when the signal aborts. */
  async pauseAfter(error: unknown, signal: AbortSignal): Promise<void> {
    const { timers, firstPauseMs = 100, longestPauseMs = 10_000 } = this.#options;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(this.#failures, 30));
    this.note(error);
    if (await elapse(timers, pauseMs, signal)) this.#stalledMs += pauseMs;
  }

  /** Of an attempt that is going on and has come to nothing yet, while there have been failures before it. */
  wait(ms: number): void {
    if (this.#failures > 0) this.#stalledMs += ms;
  }

  recover(): void {
    this.#failures = 0;
    this.#stalledMs = 0;
    this.#lastError = undefined;
  }
}
