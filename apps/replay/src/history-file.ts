import { readFile } from 'node:fs/promises';
import { eventSchemaVersion, streamOf } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import type { SessionRequestEvent } from '@hse/session-requests';
import { Failure } from './command.ts';
import type { History } from './history.ts';

/**
 * Opens a history that lies in a file: a golden history (JSON).
 * @throws Failure where there is no such file, or it is neither.
 */
export const openHistoryFile = async (path: string): Promise<History> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Failure(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  return historyOf(eventsOfGolden(path, text));
};

type Recorded = RecordedEvent<SessionRequestEvent>;

/** A history of events that are in memory. */
export const historyOf = (events: readonly Recorded[]): History => {
  const head = events.at(-1)?.position ?? 0;
  return {
    async *readAll({ after = 0, types, batchSize = 500, signal } = {}) {
      let from = events.findIndex(({ position }) => position > after);
      while (from >= 0 && from < events.length && !signal?.aborted) {
        const batch = events.slice(from, (from += batchSize));
        yield {
          events: types ? batch.filter(({ type }) => types.includes(type)) : batch,
          position: batch.at(-1)?.position ?? after,
        };
      }
    },
    readStream: async (stream, { from = 0, limit = Infinity } = {}) =>
      events.filter((event) => event.stream === stream && event.revision >= from).slice(0, limit),
    head: async () => head,
    close: async () => {},
  };
};

/** What it does not say (ids, places) is made up, always the same. */
const eventsOfGolden = (path: string, text: string): Recorded[] => {
  let golden: { readonly events?: unknown };
  try {
    golden = JSON.parse(text) as { readonly events?: unknown };
  } catch (error) {
    throw new Failure(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (!Array.isArray(golden.events))
    throw new Failure(`${path} is no golden history: it has no list "events".`);
  const events = golden.events as readonly (SessionRequestEvent & { readonly recordedAt: string })[];
  return events.map(({ recordedAt, type, data }, index) => {
    const id = `00000000-0000-4000-8000-${(index + 1).toString(16).padStart(12, '0')}`;
    return {
      type,
      data,
      id,
      metadata: { commandId: id, correlationId: id, recordedAt, schemaVersion: eventSchemaVersion },
      stream: streamOf(data),
      revision: index,
      position: index + 1,
    } as Recorded;
  });
};
