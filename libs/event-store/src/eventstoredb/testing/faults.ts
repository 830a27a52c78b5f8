/**
 * What happens to one append.
 *
 * - `refuse`: answered as unavailable, not recorded.
 * - `drop-before`, `drop-after`: the connection of everybody breaks, before or after it is recorded.
 * - `late`: recorded, and answered not before {@link Faults.release}.
 * - `delay`: recorded, and answered, not before {@link Faults.release}.
 * - `lose`: recorded, never answered.
 * - `repeat`: executed twice and, where the protocol allows it, answered twice.
 * - `unknown`: not recorded, and answered with an error that says nothing.
 * - `timeout`: recorded, and answered that the server ran out of time.
 */
export type AppendFault =
  'refuse' | 'drop-before' | 'drop-after' | 'late' | 'delay' | 'lose' | 'repeat' | 'unknown' | 'timeout';

export interface Faults {
  /** What happens to the next appends, each to one, in the order in which they arrive. */
  next(...faults: AppendFault[]): void;
  /** While true, every call is refused as unavailable. */
  refusing: boolean;
  /** Lets go of the appends that are late or delayed. */
  release(): void;
  /** Breaks all connections; new ones are accepted. */
  dropConnections(): void;
  /** Deletes a stream for good. */
  tombstone(stream: string): void;
  /** How many appends were begun, of either kind. */
  readonly appends: { readonly single: number; readonly batch: number };
}

/** The faults of one stand-in, and what its server asks of them. */
export class ScriptedFaults implements Faults {
  refusing = false;
  readonly appends = { single: 0, batch: 0 };
  readonly #script: AppendFault[] = [];
  readonly #held = new Set<() => void>();
  readonly dropConnections: () => void;
  readonly tombstone: (stream: string) => void;

  constructor(actions: Pick<Faults, 'dropConnections' | 'tombstone'>) {
    this.dropConnections = actions.dropConnections;
    this.tombstone = actions.tombstone;
  }

  next(...faults: AppendFault[]): void {
    this.#script.push(...faults);
  }

  take(): AppendFault | undefined {
    return this.#script.shift();
  }

  hold(action: () => void): void {
    this.#held.add(action);
  }

  release(): void {
    for (const action of this.#held) {
      this.#held.delete(action);
      action();
    }
  }
}
