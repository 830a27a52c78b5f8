import type { RecordedEvent } from '@hse/event-sourcing';
import { createProgressReport } from '@hse/service-kit/command-line';
import type { SessionRequestEvent } from '@hse/session-requests';
import type { History } from './history.ts';
import type { Io } from './io.ts';

/** How many events are in memory at a time. */
const batchSize = 1_000;

/**
 * Goes along a whole history, batch by batch, and shows how far it is.
 * @returns how many events there were.
 * @throws what the signal was aborted with.
 */
export const walk = async (
  history: Pick<History, 'readAll' | 'head'>,
  io: Pick<Io, 'progress' | 'elapsedMs' | 'signal'>,
  did: string,
  each: (event: RecordedEvent<SessionRequestEvent>) => void,
): Promise<number> => {
  const line = io.progress(did);
  const report = createProgressReport({
    target: await history.head(),
    onProgress: (progress) => line.show(progress),
    elapsedMs: io.elapsedMs,
  });
  let seen = 0;
  try {
    for await (const { events, position } of history.readAll({ batchSize, signal: io.signal })) {
      for (const event of events) each(event);
      seen += events.length;
      report.advance(events.length, position);
    }
    io.signal.throwIfAborted();
    report.done();
  } finally {
    line.end();
  }
  return seen;
};
