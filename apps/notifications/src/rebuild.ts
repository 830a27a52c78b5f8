import type { ReadModelsCopy, SessionRequestStore } from '@hse/contracts';
import { createProgressReport, type Progress } from './progress.ts';
import { notificationsOf } from './notifications-of.ts';
import { projectSessionRequest } from './project-session-request.ts';

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
    for await (const batch of store.readAll({ batchSize })) {
      signal?.throwIfAborted();
      for (const event of batch.events) {
        const known = event.revision === 0 ? undefined : copy.find(event.data.requestId);
        const before = known instanceof Promise ? await known : known;
        copy.put(projectSessionRequest(before, event), notificationsOf(event));
      }
      events += batch.events.length;
      position = batch.position;
      await copy.reached(position);
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
