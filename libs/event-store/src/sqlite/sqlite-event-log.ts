import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DomainEvent, EventStore } from '@hse/event-sourcing';
import { Reader } from './reader.ts';

/** An event store to look at. */
export type SqliteEventLog<E extends DomainEvent> = Pick<
  EventStore<E>,
  'readAll' | 'readStream' | 'head' | 'close'
>;

/**
 * Opens the file of an event store to read it, also while a running system writes to it.
 * @throws Error where there is no such file.
 */
export const openSqliteEventLog = <E extends DomainEvent = DomainEvent>(options: {
  path: string;
}): SqliteEventLog<E> => {
  const path = resolve(options.path);
  if (!existsSync(path)) throw new Error(`there is no event log at ${path}`);
  const reader = new Reader<E>(path);
  return {
    async *readAll({ after = 0, types, batchSize = 500, signal } = {}) {
      let position = after;
      for (let head = reader.head(); position < head && !signal?.aborted; head = reader.head()) {
        const batch = reader.after(position, head, batchSize, types);
        position = batch.position;
        yield batch;
        await nextTurn();
      }
    },
    readStream: (stream, { from = 0, limit = Number.MAX_SAFE_INTEGER } = {}) =>
      Promise.resolve(reader.stream(stream, from, limit)),
    head: () => Promise.resolve(reader.head()),
    close: () => {
      reader.close();
      return Promise.resolve();
    },
  };
};
