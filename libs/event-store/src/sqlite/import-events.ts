import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DomainEvent, RecordedEvent } from '@hse/event-sourcing';
import { makeDirectory, prepareFile } from './event-file.ts';
import type { ImportedEvents } from './importer.ts';
import { lockForThisProcess } from './process-lock.ts';

/** A log on its way into a new file. Each call waits for the one before it. */
export interface SqliteImport<E extends DomainEvent> {
  /**
   * Writes these events, on a thread of its own: prepare the next ones meanwhile. In the order of the log, whose positions are
   * 1, 2, 3, …
   *
   * @throws Error where they do not follow one another, or the disk refuses them. What is left is to abandon it.
   */
  write(events: readonly RecordedEvent<E>[]): Promise<void>;
  /**
   * Leaves the file as an event store that was closed, durable. Before that it is none.
   *
   * @throws Error where a stream is not whole. What is left is to abandon it.
   */
  finish(): Promise<void>;
  /** Stops, and leaves a file that is of no use. After {@link finish}, nothing. */
  abandon(): Promise<void>;
}

/** The thread's file as it lies beside this one: a source while developing (Node strips its types), else the build's. */
const threadFile = new URL(
  `./import-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

/**
 * Writes a whole log into a new event store file. For tools: an event store that is in use is written to by `openSqliteEventStore`.
 *
 * @throws Error where there is a file already.
 */
export const importIntoSqlite = async <E extends DomainEvent>(options: {
  path: string;
}): Promise<SqliteImport<E>> => {
  const path = resolve(options.path);
  if (existsSync(path)) throw new Error(`there is a file at ${path} already`);
  makeDirectory(dirname(path));
  using opening = new DisposableStack();
  opening.use(lockForThisProcess(path));
  prepareFile(path);
  const held = opening.move();
  const worker = new Worker(threadFile, { name: 'event-store-import', workerData: { path } });
  const ended = new Promise<void>((ends, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) =>
      code === 0 ? ends() : reject(new Error(`the importing thread ended with code ${code}`)),
    );
  });
  ended.catch(() => {}); // told by whoever waits next
  let position = 0;
  return {
    async write(events) {
      const values: (string | number)[] = [];
      const first = position + 1;
      for (const { stream, revision, id, type, data, metadata, position: at } of events) {
        position += 1;
        if (at !== position) throw new Error(`${stream} ${revision} is at position ${at}, not ${position}`);
        values.push(stream, revision, id, type, JSON.stringify(data), JSON.stringify(metadata));
      }
      worker.postMessage({ first, values } satisfies ImportedEvents);
      await Promise.race([once(worker, 'message'), ended]);
    },
    async finish() {
      worker.postMessage('finish');
      await ended;
      held.dispose();
    },
    async abandon() {
      await worker.terminate();
      held.dispose();
    },
  };
};
