import type { SessionRequestStore } from '@hse/contracts';

/** What carries out deadlines, as far as an advance of the clock has to know it. */
interface Deadlines {
  /** Resolves when everything recorded up to this position has become, or ceased to be, a deadline. */
  reached(position: number): Promise<void>;
  /** Milliseconds since 1970; the earliest deadline that lies ahead. */
  nextDueAt(): Promise<number | undefined>;
  /** Resolves when what is due by now has been carried out. */
  settled(): Promise<void>;
}

/** Moves the simulated time of a whole system. */
export interface TestClock {
  /**
   * Resolves when it is this time (milliseconds since 1970, not before now), everything that fell due on the way has
   * been carried out, and all of it can be queried.
   */
  advanceTo(epochMs: number): Promise<void>;
}

/**
 * Advances from deadline to deadline, so that each is carried out at its own time and not at the time of arrival: the
 * history looks as if the time had passed.
 */
export const createTestClock = ({
  clock,
  store,
  expiry,
  notifications,
}: {
  clock: { now(): number; advanceTo(epochMs: number): void | Promise<void> };
  store: Pick<SessionRequestStore, 'head'>;
  expiry: Deadlines;
  notifications: { reached(position: number): Promise<void> };
}): TestClock => {
  const settle = async (): Promise<void> => {
    await expiry.reached(await store.head());
    await expiry.settled();
  };

  const advance = async (target: number): Promise<void> => {
    await settle();
    for (;;) {
      const next = await expiry.nextDueAt();
      if (next === undefined || next > target) break;
      if (next > clock.now()) await clock.advanceTo(next);
      await settle();
    }
    // A clock with a speed of its own may have come further meanwhile.
    if (target > clock.now()) await clock.advanceTo(target);
    await settle();
    await notifications.reached(await store.head());
  };

  // One after the other: two callers must not push the clock past each other's deadlines.
  let last: Promise<void> = Promise.resolve();
  return {
    advanceTo: (target) => {
      const mine = last.then(() => advance(target));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
};
