/**
 * The end of a growing log, to wait at: followers that have caught up sleep here until it moves.
 * For adapters that learn of every append themselves.
 */
export class LogHead {
  #position: number;
  #ended = false;
  readonly #sleepers = new Set<() => void>();

  constructor(position = 0) {
    this.#position = position;
  }

  /** Position of the latest event that may be read. */
  get position(): number {
    return this.#position;
  }

  /** Moves the head forward; never back. */
  advance(position: number): void {
    if (position <= this.#position) return;
    this.#position = position;
    this.#wake();
  }

  /** Sends everybody home who waits, now and later. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Resolves to true as soon as there is something after `position`, to false when the log or the signal ends first. */
  beyond(position: number, signal?: AbortSignal): Promise<boolean> {
    const over = (): boolean => this.#ended || signal?.aborted === true;
    if (over()) return Promise.resolve(false);
    if (this.#position > position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#position <= position && !over()) return;
        this.#sleepers.delete(look);
        signal?.removeEventListener('abort', look);
        resolve(!over());
      };
      this.#sleepers.add(look);
      signal?.addEventListener('abort', look);
    });
  }

  #wake(): void {
    for (const look of [...this.#sleepers]) look();
  }
}
