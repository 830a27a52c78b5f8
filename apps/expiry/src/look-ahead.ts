/**
 * The instants, in the near future, at which there may be something to claim: a hint when to ask the store, never the
 * authority. Bounded in time by its horizon and in number by its limit; one instant stands for all that is due then.
 */
export interface LookAhead {
  /** Remembers an instant, unless it lies beyond the horizon: then it will be found when the horizon has been reached. */
  note(at: number): void;
  /** Forgets the instants up to and including `now`. */
  pass(now: number): void;
  /** The instant to wake at: the first one noted, or the horizon. `-Infinity`: look again at once; `Infinity`: never. */
  wakeAt(): number;
  /** Everything up to and including this instant is known. */
  horizon(): number;
  /** Notes whatever comes, until {@link close}: what is noted while the store is being asked must not fall between. */
  open(): void;
  /** Sets the horizon, no farther than the limit allows. */
  close(horizon: number): void;
  /** Nothing is known any more. */
  forget(): void;
  /** How many instants are remembered. */
  size(): number;
}

export const createLookAhead = (limit: number): LookAhead => {
  let instants: number[] = []; // ascending, each once
  let horizon = -Infinity;

  /** The first place whose instant is not less than `at`. */
  const placeOf = (at: number): number => {
    let low = 0;
    let high = instants.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((instants[middle] as number) < at)
        low = middle + 1; // middle is within bounds
      else high = middle;
    }
    return low;
  };

  return {
    note: (at) => {
      if (at > horizon) return;
      const place = placeOf(at);
      if (instants[place] === at) return;
      instants.splice(place, 0, at);
      if (instants.length <= limit) return;
      instants.pop();
      horizon = instants.at(-1) ?? horizon;
    },
    pass: (now) => void instants.splice(0, placeOf(now + 1)),
    wakeAt: () => Math.min(instants[0] ?? Infinity, horizon),
    horizon: () => horizon,
    open: () => {
      horizon = Infinity;
    },
    close: (until) => {
      horizon = Math.min(horizon, until);
      instants.splice(placeOf(horizon + 1));
    },
    forget: () => {
      instants = [];
      horizon = -Infinity;
    },
    size: () => instants.length,
  };
};
