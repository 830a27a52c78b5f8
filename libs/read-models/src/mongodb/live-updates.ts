import type { LiveUpdates, NotificationRecord, ReflectedChange, SessionRequestRecord } from '@hse/contracts';
import { elapse, type Timers } from '@hse/event-sourcing';
import type { Db } from 'mongodb';
import type { MongoLogger } from './connect.ts';
import { generationOf, readPointer, watchPointer, type Generation } from './generations.ts';
import {
  notificationKey,
  toNotification,
  toRecord,
  type NotificationDocument,
} from './read-models-documents.ts';
import { questions } from './read-models-queries.ts';

/** Notifications read at once, so what is held in memory at any time. */
const pageSize = 500;
/** Longest wait for a change of the checkpoint before it is looked up anyway, in milliseconds. */
const longestWaitMs = 1_000;
/** Between attempts while MongoDB does not answer. */
const retryMs = 1_000;

/** What was told between two places of the log. */
export const notificationsBetween = ({ notifications }: Generation, after: number, upTo: number) =>
  notifications
    .find<NotificationDocument>({
      _id: { $gt: notificationKey(after, 'client'), $lte: notificationKey(upTo, 'client') },
    })
    .sort({ _id: 1 })
    .limit(pageSize);

/**
 * Live updates for a process that does not write the read models itself. A change stream tells when the checkpoint has
 * moved; what it has passed is then read, in log order: each event makes a notification, which names it.
 *
 * So nothing has to be gathered or sorted, and nothing is missed: however long MongoDB was away, or when its change stream
 * cannot be resumed any more, what follows the last position told is still there to be read. Begins with what is recorded
 * after it was opened. A record can be newer than the event that is told of.
 */
export const openMongoLiveUpdates = async (options: {
  db: Db;
  timers: Timers;
  logger: MongoLogger & { error(fields: object, message: string): void };
}): Promise<LiveUpdates & { close(): Promise<void> }> => {
  const { db, timers, logger } = options;
  const listeners = new Map<symbol, Parameters<LiveUpdates['subscribe']>[0]>();
  const stopping = new AbortController();
  const { signal } = stopping;
  const isOver = (): boolean => signal.aborted;
  let told = (await readPointer(db)).checkpoint;

  const tell = (changes: readonly ReflectedChange[]): void => {
    for (const listener of [...listeners.values()]) {
      try {
        listener(changes);
      } catch (error) {
        // One listener's fault is not the others', and nobody else is there to hear of it.
        logger.error({ err: error }, 'A listener failed on live updates.');
      }
    }
  };

  const tellWhatIsNew = async (): Promise<void> => {
    const { current, checkpoint } = await readPointer(db);
    if (checkpoint < told)
      logger.warn(
        { told, checkpoint },
        'The read models were replaced by older ones; following them from there.',
      );
    if (checkpoint < told || listeners.size === 0) told = checkpoint;
    const generation = generationOf(db, current);
    while (told < checkpoint && !isOver()) {
      const page = (await notificationsBetween(generation, told, checkpoint).toArray()).map(toNotification);
      const changes = await changesOf(generation, page);
      if (changes.length > 0) tell(changes);
      told = page.length < pageSize ? checkpoint : (page.at(-1)?.position ?? checkpoint);
    }
  };

  const follow = async (): Promise<void> => {
    while (!isOver()) {
      const moves = watchPointer(db, longestWaitMs);
      const end = (): void => void moves.close().catch(() => {});
      signal.addEventListener('abort', end);
      try {
        for (;;) {
          signal.throwIfAborted();
          await tellWhatIsNew();
          // Not only by changes: what happened before the stream was there, or while it was renewed, makes none.
          await moves.tryNext();
        }
      } catch (error) {
        if (isOver()) break;
        logger.warn({ err: error }, 'Live updates are interrupted; they go on where they were.');
        await elapse(timers, retryMs, signal);
      } finally {
        signal.removeEventListener('abort', end);
        end();
      }
    }
  };
  const following = follow();

  return {
    publish() {},
    subscribe(listener) {
      const subscription = Symbol('live updates');
      listeners.set(subscription, listener);
      return () => void listeners.delete(subscription);
    },
    async close() {
      stopping.abort();
      await following;
    },
  };
};

/** One change for each event, with the records as they are now. */
const changesOf = async (
  generation: Generation,
  notifications: readonly NotificationRecord[],
): Promise<ReflectedChange[]> => {
  const byPosition = new Map(notifications.map((notification) => [notification.position, notification]));
  const ids = new Set(notifications.map(({ requestId }) => requestId));
  if (ids.size === 0) return [];
  const documents = await questions.load(generation, [...ids]).toArray();
  const records = new Map<string, SessionRequestRecord>(
    documents.map(toRecord).map((record) => [record.state.requestId, record]),
  );
  return [...byPosition.values()].flatMap(({ requestId, position, event }) => {
    const record = records.get(requestId);
    return record ? [{ record, eventType: event.type, position }] : [];
  });
};
