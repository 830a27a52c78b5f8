import type { LiveCopy, ReadModelsCopy, ReadModelsDifference, SessionRequestStore } from '@hse/contracts';
import { createProgressReport, type Progress } from '@hse/service-kit';
import { notificationsOf } from './notifications-of.ts';
import { checkParity } from './parity.ts';
import { projectSessionRequest } from './project-session-request.ts';

/** What was built anew. */
export interface RebuildResult {
  readonly events: number;
  /** Position that the read models reflect. */
  readonly position: number;
  readonly tookMs: number;
  /** What others had written into the copy that was not as the log says, and was put right. */
  readonly repaired: number;
}

/** How often a copy that others write to is compared and repaired before it is given up. */
const mostRepairs = 3;

/**
 * Builds read models from the whole log beside the ones in use, and puts them in their place when they have caught up
 * with the log as it was at that moment; where others go on writing meanwhile, after having seen to it that they write to
 * both and that both are equal to the log. When it fails, or `signal` aborts it, what is in use stays as it is.
 *
 * @param options.copy starts out empty; finished or abandoned when the promise settles.
 */
export const rebuildReadModels = async (options: {
  store: Pick<SessionRequestStore, 'readAll' | 'head'>;
  copy: ReadModelsCopy;
  onProgress?: (progress: Progress) => void;
  /** Where the copy is compared with the log: how far that is. */
  onComparison?: (progress: Progress) => void;
  signal?: AbortSignal;
  /** Events read at once. Default 5000. */
  batchSize?: number;
  /** A stopwatch, for the progress told; when it was started does not matter. */
  elapsedMs: () => number;
}): Promise<RebuildResult> => {
  const { store, copy, onProgress, onComparison, signal, batchSize = 5000, elapsedMs } = options;
  const begunMs = elapsedMs();
  let events = 0;
  let position = 0;
  let repaired = 0;
  try {
    const progress = createProgressReport({ target: await store.head(), onProgress, elapsedMs });
    const catchUp = async (): Promise<void> => {
      for await (const batch of store.readAll({ after: position, batchSize })) {
        signal?.throwIfAborted();
        for (const event of batch.events) {
          const known = event.revision === 0 && !joined ? undefined : copy.find(event.data.requestId);
          const before = known instanceof Promise ? await known : known;
          copy.put(projectSessionRequest(before, event), notificationsOf(event));
        }
        events += batch.events.length;
        position = batch.position;
        await copy.reached(position);
        progress.advance(batch.events.length, position);
      }
      signal?.throwIfAborted();
    };
    let joined = false;
    await catchUp();
    progress.done();
    if (copy.beside) {
      await copy.beside.join();
      joined = true;
      await catchUp();
      repaired = await makeEqual(copy.beside, {
        store,
        signal,
        onProgress: onComparison,
        batchSize,
        elapsedMs,
      });
    }
    await copy.finish();
  } catch (error) {
    await copy.abandon();
    throw error;
  }
  return { events, position, tookMs: elapsedMs() - begunMs, repaired };
};

/** @returns how much had to be put right. */
const makeEqual = async (
  copy: LiveCopy,
  options: Omit<Parameters<typeof checkParity>[0], 'snapshot' | 'onDifference'> & {
    signal: AbortSignal | undefined;
  },
): Promise<number> => {
  let repaired = 0;
  for (let round = 0; ; round += 1) {
    options.signal?.throwIfAborted();
    const differences: ReadModelsDifference[] = [];
    const snapshot = await copy.snapshot();
    try {
      await checkParity({ ...options, snapshot, onDifference: (difference) => differences.push(difference) });
    } finally {
      await snapshot.close();
    }
    if (differences.length === 0) return repaired;
    if (round === mostRepairs)
      throw new Error(
        `The copy still differs from the log in ${differences.length} places after ${round} repairs.`,
      );
    await copy.repair(differences);
    repaired += differences.length;
  }
};
