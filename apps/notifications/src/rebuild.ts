import type { ReadModelsCopy, SessionRequestStore } from '@hse/contracts';
import { createProgressReport, type Progress } from './progress.ts';
import { createProjection } from './projection.ts';

/** What was built anew. */
export interface RebuildResult {
  readonly events: number;
  /** Position that the read models reflect. */
  readonly position: number;
  readonly tookMs: number;
}

/**
 * Builds read models from the whole log beside the ones in use, and puts them in their place when they have caught up
 * with the log as it was at that moment. When it fails, or `signal` aborts it, what is in use stays as it is.
 *
 * @param options.copy starts out empty; finished or abandoned when the promise settles.
 */
export const rebuildReadModels = async (options: {
  store: Pick<SessionRequestStore, 'readAll' | 'head'>;
  copy: ReadModelsCopy;
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
  /** Events read at once. Default 5000. */
  batchSize?: number;
  /** A stopwatch, for the progress told; when it was started does not matter. */
  elapsedMs: () => number;
}): Promise<RebuildResult> => {
  const { store, copy, onProgress, signal, batchSize = 5000, elapsedMs } = options;
  const begunMs = elapsedMs();
  let events = 0;
  let position = 0;
  try {
    const progress = createProgressReport({ target: await store.head(), onProgress, elapsedMs });
    // The copy keeps what it has not written yet in memory: a cache of ours would hold the same records twice.
    const projection = createProjection({ target: copy, cacheSize: 0, fromScratch: true });
    for await (const batch of store.readAll({ batchSize })) {
      signal?.throwIfAborted();
      await projection.handle(batch);
      events += batch.events.length;
      position = batch.position;
      progress.advance(batch.events.length, position);
    }
    signal?.throwIfAborted();
    await copy.finish();
    progress.done();
  } catch (error) {
    await copy.abandon();
    throw error;
  }
  return { events, position, tookMs: elapsedMs() - begunMs };
};
