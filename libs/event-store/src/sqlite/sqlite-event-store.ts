import { dirname, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  LogHead,
  StoreUnavailable,
  WrongExpectedRevision,
  type AppendResult,
  type DomainEvent,
  type EventBatch,
  type EventMetadata,
  type EventStore,
  type ReadAllOptions,
} from '@hse/event-sourcing';
import type { OpenCommits } from './commits.ts';
import { makeDirectory, prepareFile } from './event-file.ts';
import { lockForThisProcess } from './process-lock.ts';
import { Reader } from './reader.ts';
import { messageOf } from './sqlite-errors.ts';
import { workerCommits } from './worker-commits.ts';
import type { AppendRequest, Verdict } from './writer.ts';

export interface SqliteEventStoreOptions {
  /** The file; it and its directory are made where they are missing. */
  readonly path: string;
  /** Told when the store cannot go on. Default: nobody. */
  readonly logger?: { error(fields: object, message: string): void };
  /** The file may not grow beyond this many bytes; appends then fail as on a full disk. Default: no limit. */
  readonly maxBytes?: number;
  /** Where transactions happen. Default: {@link workerCommits}, on a thread of its own. */
  readonly commits?: OpenCommits;
}

export interface SqliteEventStore<E extends DomainEvent = DomainEvent> extends EventStore<E> {
  /** Absolute. */
  readonly path: string;
  /** Why nothing can be appended any more, until the file is opened anew; undefined while all is well. Reads go on. */
  readonly failure: Error | undefined;
}

interface PendingAppend {
  readonly request: AppendRequest;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/** So many appends are worth a message to the writer, before all of their transaction are there. */
const appendsPerMessage = 32;
const largestPage = 1_000;

/**
 * Opens an event store in one SQLite file, for this process alone.
 *
 * An append is acknowledged after its transaction is synced to the disk. Appends that arrive while one transaction is
 * synced share the next one; none waits for a timer. Positions are 1, 2, 3, … without gaps.
 *
 * @throws EventStoreInUse when a process has it open.
 * @throws UnusableEventStoreFile when a newer release wrote the file, or it is something else.
 */
export const openSqliteEventStore = async <E extends DomainEvent = DomainEvent>({
  path: givenPath,
  logger,
  maxBytes,
  commits: openCommits = workerCommits,
}: SqliteEventStoreOptions): Promise<SqliteEventStore<E>> => {
  const path = resolve(givenPath);
  makeDirectory(dirname(path));
  const lock = lockForThisProcess(path);
  try {
    prepareFile(path);
    const reader = new Reader<E>(path);
    const commits = await openCommits(path, maxBytes === undefined ? {} : { maxBytes }).catch(
      (error: unknown) => {
        reader.close();
        throw error;
      },
    );
    const head = new LogHead(reader.head());

    let gathering: PendingAppend[] = []; // for the next transaction
    let given = 0; // of those, how many the writer has already
    let committing: Promise<void> | undefined;
    let failure: Error | undefined;
    let closing: Promise<void> | undefined;
    let ended = false;

    const assertOpen = (): void => {
      if (closing) throw new StoreUnavailable(`${path} is closed`, 'not-written', 'closed');
    };

    const settle = ({ request, resolve, reject }: PendingAppend, verdict: Verdict | undefined): void => {
      switch (verdict?.kind) {
        case 'appended':
        case 'repeated':
          resolve({
            revision: verdict.revision,
            position: verdict.position,
            repeated: verdict.kind === 'repeated',
          });
          return;
        case 'wrong-revision':
          reject(new WrongExpectedRevision(request.stream, request.expected, verdict.actual));
          return;
        case 'failed':
          reject(new StoreUnavailable(`${path}: ${verdict.message}`, 'not-written', verdict.reason));
          return;
        case undefined:
          reject(new StoreUnavailable(`${path}: the writer gave no verdict`, 'unknown', 'unreachable'));
      }
    };

    const fail = (cause: unknown, batch: readonly PendingAppend[]): void => {
      failure = new Error(messageOf(cause), { cause });
      logger?.error(
        { err: failure, path, inFlight: batch.length },
        'the event store cannot append any more; restart the process to open the file anew',
      );
      for (const { reject } of batch) {
        reject(
          new StoreUnavailable(
            `${path}: the writer failed in the middle of an append`,
            'unknown',
            'unreachable',
            {
              cause: failure,
            },
          ),
        );
      }
      for (const { reject } of gathering.splice(0)) reject(unavailable());
      given = 0;
      try {
        head.advance(reader.head()); // some of it may be recorded: let followers see what readers see
      } catch (error) {
        logger?.error({ err: error, path }, 'the event store cannot be read either');
      }
    };

    const unavailable = (): StoreUnavailable =>
      new StoreUnavailable(
        `${path}: the writer has failed; restart the process to open the file anew`,
        'not-written',
        'unreachable',
        { cause: failure },
      );

    const notGivenYet = (): AppendRequest[] => gathering.slice(given).map(({ request }) => request);

    const commitGathered = async (): Promise<void> => {
      const rest = notGivenYet();
      const batch = gathering;
      gathering = [];
      given = 0;
      try {
        const verdicts = await commits.commit(rest);
        let last = 0;
        for (const verdict of verdicts) if ('position' in verdict) last = Math.max(last, verdict.position);
        head.advance(last);
        batch.forEach((pending, index) => settle(pending, verdicts[index]));
      } catch (error) {
        fail(error, batch);
      }
      committing = undefined;
      if (gathering.length > 0) commitSoon();
    };

    /**
     * Callers who were answered together come back together, within this turn of the event loop: all of them share the next
     * transaction, and its sync. The writer executes the first of them while the last are still deciding.
     */
    const commitSoon = (): void => {
      committing ??= nextTurn().then(commitGathered);
    };

    const pageAfter = (position: number, { types, batchSize = 500 }: ReadAllOptions): EventBatch<E> =>
      reader.after(position, head.position, Math.min(batchSize, largestPage), types);

    const closeAll = async (): Promise<void> => {
      while (committing) await committing;
      head.end();
      ended = true;
      try {
        reader.close(); // before the writer: the last one to close moves the whole log into the file
        await commits.close();
      } finally {
        lock[Symbol.dispose]();
      }
    };

    return {
      path,
      get failure() {
        return failure;
      },
      append(stream, events, { expected }) {
        return new Promise((resolve, reject) => {
          assertOpen();
          if (events.length === 0) throw new RangeError('there is nothing to append');
          if (failure) throw unavailable();
          let metadata: EventMetadata | undefined;
          let metadataJson = '';
          const rows = events.map((event) => {
            // the events of one command share their metadata
            if (event.metadata !== metadata) metadataJson = JSON.stringify((metadata = event.metadata));
            return {
              id: event.id,
              type: event.type,
              data: JSON.stringify(event.data),
              metadata: metadataJson,
            };
          });
          gathering.push({ request: { stream, expected, events: rows }, resolve, reject });
          if (gathering.length - given >= appendsPerMessage) {
            commits.add(notGivenYet());
            given = gathering.length;
          }
          commitSoon();
        });
      },
      async readStream(stream, { from = 0, limit = Number.MAX_SAFE_INTEGER } = {}) {
        assertOpen();
        const events = reader.stream(stream, from, Math.min(limit, largestPage));
        let page = events.length;
        while (page === largestPage && events.length < limit) {
          await nextTurn(); // others want to run, too
          assertOpen();
          const next = reader.stream(
            stream,
            from + events.length,
            Math.min(limit - events.length, largestPage),
          );
          page = next.length;
          events.push(...next);
        }
        return events;
      },
      async *readAll(options = {}) {
        assertOpen();
        let position = options.after ?? 0;
        while (position < head.position && !options.signal?.aborted) {
          const batch = pageAfter(position, options);
          position = batch.position;
          yield batch;
          await nextTurn();
          assertOpen();
        }
      },
      async *follow(options = {}) {
        assertOpen();
        let position = options.after ?? 0;
        while ((await head.beyond(position, options.signal)) && !ended) {
          const batch = pageAfter(position, options);
          position = batch.position;
          yield batch;
          if (position < head.position) await nextTurn();
        }
      },
      async head() {
        assertOpen();
        return head.position;
      },
      close() {
        closing ??= closeAll();
        return closing;
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
};
