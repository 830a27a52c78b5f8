import type { Timers } from '@hse/event-sourcing';
import type { ReadinessCheck } from '@hse/service-kit';

/** From how long on what is shown counts as old, in milliseconds. */
const longestLagMs = 10_000;
/** The log and the read models are asked no more often than this, in milliseconds. */
const everyMs = 2_000;
/** For how long whoever asks waits for an answer, in milliseconds. */
const patienceMs = 1_000;

export interface ReadModelLagOptions {
  /** Position of the latest event of the log. */
  readonly head: () => Promise<number>;
  /** Up to which everything is reflected. */
  readonly checkpoint: () => Promise<number>;
  /** Real milliseconds. */
  readonly now: () => number;
  readonly timers: Timers;
}

/**
 * Makes a check of whether the read models follow the log: not ok once they have not reflected for ten seconds what was recorded by then,
 * or when either does not answer. It knows the looks it took, so it is late by one. Answers within a second: whoever asks for readiness does
 * not wait for a log that is away.
 */
export const createReadModelLagCheck = ({
  head,
  checkpoint,
  now,
  timers,
}: ReadModelLagOptions): (() => Promise<ReadinessCheck>) => {
  /** What has to be reflected next, and since when it is known to have been recorded. */
  let awaited: { readonly position: number; readonly sinceMs: number } | undefined;
  let latest: { readonly atMs: number; readonly check: Promise<ReadinessCheck> } | undefined;
  let isLooking = false;
  const check = {
    name: 'read-models',
    needed: false,
    means: 'What is shown is older than what has happened.',
  };

  const look = async (): Promise<ReadinessCheck> => {
    try {
      const [recorded, reflected] = await Promise.all([head(), checkpoint()]);
      if (awaited && reflected >= awaited.position) awaited = undefined;
      if (!awaited && reflected < recorded) awaited = { position: recorded, sinceMs: now() };
      const lagMs = awaited ? now() - awaited.sinceMs : 0;
      const ok = lagMs < longestLagMs;
      return { ...check, ok, ...(!ok && { detail: `behind for ${Math.round(lagMs / 1_000)} s` }) };
    } catch (error) {
      return { ...check, ok: false, detail: error instanceof Error ? error.message : String(error) };
    }
  };
  /** A look that lasts longer goes on, and no other is begun meanwhile. */
  const lookInTime = async (): Promise<ReadinessCheck> => {
    const { promise: late, resolve } = Promise.withResolvers<ReadinessCheck>();
    const limit = timers.after(patienceMs, () =>
      resolve({ ...check, ok: false, detail: `no answer within ${patienceMs} ms` }),
    );
    isLooking = true;
    const looked = look().finally(() => {
      isLooking = false;
      limit.cancel();
    });
    return Promise.race([looked, late]);
  };
  return () => {
    if (!latest || (!isLooking && now() - latest.atMs >= everyMs))
      latest = { atMs: now(), check: lookInTime() };
    return latest.check;
  };
};
