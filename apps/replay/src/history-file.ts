import { open, readFile } from 'node:fs/promises';
import { eventSchemaVersion, streamOf } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import type { SessionRequestEvent } from '@hse/session-requests';
import { Failure } from './command.ts';
import type { History } from './history.ts';
import { eventOfRow } from './rows/event-of-row.ts';

type Recorded = RecordedEvent<SessionRequestEvent>;

/**
 * Opens a history that lies in a file: rows as NDJSON, exported with plain identities; or a golden history (JSON).
 * @throws Failure where there is no such file, or it is neither.
 */
export const openHistoryFile = async (path: string): Promise<History> => {
  const first = await firstLine(path);
  return isRow(first) ? historyOfRows(path) : historyOf(await eventsOfGolden(path));
};

const firstLine = async (path: string): Promise<string> => {
  try {
    const file = await open(path);
    for await (const line of file.readLines()) return line; // and the file is closed
    return '';
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
};

const isRow = (line: string): boolean => {
  try {
    return Object.hasOwn(JSON.parse(line) as object, 'schema_version');
  } catch {
    return false; // of a golden history, this is the first line of many
  }
};

/** Read anew each time, line by line. */
const historyOfRows = (path: string): History => ({
  async *readAll({ after = 0, types, batchSize = 500, signal } = {}) {
    let events: Recorded[] = [];
    let position = after;
    let number = 0;
    const file = await open(path);
    for await (const line of file.readLines()) {
      if (signal?.aborted) return;
      number += 1;
      if (line === '') continue;
      const event = eventAt(path, number, line);
      if (event.position <= after) continue;
      position = event.position;
      if (!types || types.includes(event.type)) events.push(event);
      if (events.length < batchSize) continue;
      yield { events, position };
      events = [];
    }
    if (events.length > 0 || position > after) yield { events, position };
  },
  head: async () => {
    let head = 0;
    let number = 0;
    const file = await open(path);
    for await (const line of file.readLines()) {
      number += 1;
      // The position stands near the beginning: no need to read all of each line.
      const found = /"position":(\d+)/.exec(line.slice(0, 100));
      if (line !== '') head = found ? Number(found[1]) : eventAt(path, number, line).position;
    }
    return head;
  },
  close: async () => {},
});

const eventAt = (path: string, number: number, line: string): Recorded => {
  try {
    return eventOfRow(JSON.parse(line));
  } catch (error) {
    throw new Failure(`${path}:${number}: ${(error as Error).message}`, { cause: error });
  }
};

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

/** What a golden history does not say (ids, places) is made up, always the same. */
const eventsOfGolden = async (path: string): Promise<Recorded[]> => {
  let golden: { readonly events?: unknown };
  try {
    golden = JSON.parse(await readFile(path, 'utf8')) as { readonly events?: unknown };
  } catch (error) {
    throw new Failure(`${path} holds neither rows nor a golden history: ${(error as Error).message}`, {
      cause: error,
    });
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
