import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DomainEvent, RecordedEvent } from '@hse/event-sourcing';
import type { OpenCommits } from './commits.ts';
import { makeDirectory, prepareFile } from './event-file.ts';
import { lockForThisProcess } from './process-lock.ts';
import { workerCommits } from './worker-commits.ts';
import type { AppendRequest } from './writer.ts';

/** A log on its way into a new file. */
export interface SqliteImport<E extends DomainEvent> {
  /**
   * Writes these events in one transaction, on a thread of its own: prepare the next ones meanwhile. In the order of the log, whose
   * positions are 1, 2, 3, …
   *
   * @throws Error where an event is not at the revision and the position that come next, or the disk refuses it.
   */
  write(events: readonly RecordedEvent<E>[]): Promise<void>;
  /** Leaves the file as an event store that was closed. */
  close(): Promise<void>;
}

/**
 * Writes a whole log into a new event store file, in transactions as large as the caller makes them. For tools: an event store that is
 * in use is written to by `openSqliteEventStore`.
 *
 * @throws Error where there is a file already.
 */
export const importIntoSqlite = async <E extends DomainEvent>(options: {
  path: string;
  /** Where transactions happen. Default: on a thread of its own. */
  commits?: OpenCommits;
}): Promise<SqliteImport<E>> => {
  const path = resolve(options.path);
  if (existsSync(path)) throw new Error(`there is a file at ${path} already`);
  makeDirectory(dirname(path));
  const lock = lockForThisProcess(path);
  try {
    prepareFile(path);
    const commits = await (options.commits ?? workerCommits)(path, {});
    return {
      async write(events) {
        if (events.length === 0) return;
        const verdicts = await commits.commit(events.map(appendOf));
        for (const [index, { position, revision, stream }] of events.entries()) {
          const verdict = verdicts[index];
          if (verdict?.kind !== 'appended' || verdict.position !== position || verdict.revision !== revision)
            throw new Error(
              `${stream} ${revision} could not be written at position ${position}: ${JSON.stringify(verdict)}`,
            );
        }
      },
      async close() {
        await commits.close();
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
};

const appendOf = ({ stream, revision, id, type, data, metadata }: RecordedEvent): AppendRequest => ({
  stream,
  expected: revision === 0 ? 'no-stream' : revision - 1,
  events: [{ id, type, data: JSON.stringify(data), metadata: JSON.stringify(metadata) }],
});
