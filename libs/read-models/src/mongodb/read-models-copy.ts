import type {
  NotificationRecord,
  ReadModelsCopy,
  ReadModelsDifference,
  SessionRequestRecord,
} from '@hse/contracts';
import type { Timers } from '@hse/event-sourcing';
import { LRUCache } from 'lru-cache';
import type { Db } from 'mongodb';
import { toKey } from './exact-bson.ts';
import {
  beginRebuild,
  generationOf,
  pointerKnownMs,
  rebuildLeaseMs,
  RebuildUnderWay,
  type Generation,
} from './generations.ts';
import { toNotificationDocument, toRecord, toRequestDocument } from './read-models-documents.ts';
import { questions } from './read-models-queries.ts';
import { snapshotOf } from './read-models-snapshot.ts';
import { writeNotifications, writeRequests } from './read-models-writes.ts';

/** Documents written at once. */
const mostAtOnce = 1_000;

/**
 * The next generation of the read models, filled beside the one in use, which goes on being read and written.
 *
 * Nothing is lost between the two. The copy is filled from the log; then `join` makes it the mirror, and what is recorded
 * by then is put, too. Whoever writes asks for the mirror after having fetched the events that they apply. So an event that
 * was fetched before the mirror was named was recorded before, and is put; one that was fetched later is written to both
 * generations, and the checkpoint passes it only after that. Hence everything up to the checkpoint is in the copy, and
 * everything that was put: `finish` puts it in the place of the other, with the greater of the two as the checkpoint.
 * The other stays the mirror for a moment, for readers who have not heard yet, and is dropped by the next rebuild.
 *
 * What others write into the copy they have computed from the generation in use; where that is wrong, so is this. So the
 * copy is compared with the log, and repaired, before it takes over. A batch under way just then can still carry
 * something wrong over; the parity check shows it.
 *
 * A rebuild that dies leaves things behind that the next one clears away. Keeps up to `keptRecords` (default 50 000)
 * records in memory, about 1 kB each. Does not close `db`.
 *
 * @throws RebuildUnderWay when another rebuild is at work, or was until less than a minute ago.
 */
export const createMongoReadModelsCopy = async ({
  db,
  timers,
  keptRecords = 50_000,
}: {
  db: Db;
  timers: Timers;
  keptRecords?: number;
}): Promise<ReadModelsCopy> => {
  const rebuild = await beginRebuild(db);
  const generation = generationOf(db, rebuild.generation);
  const kept = new LRUCache<string, SessionRequestRecord>({ max: keptRecords });
  let records = new Map<string, SessionRequestRecord>();
  let notifications: NotificationRecord[] = [];
  let reached = 0;

  /** Why this copy cannot come to anything any more. */
  let lost: RebuildUnderWay | undefined;
  let ended = false;
  const keepRight = (): void => {
    timers.after(rebuildLeaseMs / 4, () => {
      if (ended) return;
      rebuild.renew().then(keepRight, (error: unknown) => {
        // Whatever else went wrong may go well the next time.
        if (error instanceof RebuildUnderWay) lost = error;
        else keepRight();
      });
    });
  };
  keepRight();

  const load = async (requestId: string): Promise<SessionRequestRecord | undefined> => {
    const [document] = await questions.find(generation, requestId).toArray();
    return document && toRecord(document);
  };

  const write = async (): Promise<void> => {
    const [requests, told] = [
      [...records.values()].map(toRequestDocument),
      notifications.map(toNotificationDocument),
    ];
    records = new Map();
    notifications = [];
    await Promise.all([
      ...chunks(requests).map((some) => writeRequests(generation, some)),
      ...chunks(told).map((some) => writeNotifications(generation, some)),
    ]);
  };

  const end = async (): Promise<void> => {
    ended = true;
    await rebuild.end();
  };

  return {
    find: (requestId) => records.get(requestId) ?? kept.get(requestId) ?? load(requestId),

    put(record, toldOf) {
      const { requestId } = record.state;
      records.set(requestId, record);
      kept.set(requestId, record);
      notifications.push(...toldOf);
    },

    async reached(position) {
      if (lost) throw lost;
      await write();
      reached = position;
    },

    beside: {
      join: () => rebuild.mirror(),
      snapshot: () =>
        snapshotOf(db, ({ checkpoint }) => ({
          number: rebuild.generation,
          checkpoint: Math.max(checkpoint, reached),
        })),
      async repair(differences) {
        for (const some of chunks(differences))
          await Promise.all(some.map((difference) => repairOne(generation, difference)));
      },
    },

    async finish() {
      if (lost) throw lost;
      await rebuild.replace(reached);
      await new Promise<void>((resolve) => timers.after(2 * pointerKnownMs, resolve));
      await end();
    },

    async abandon() {
      await end();
      await generation.requests.drop();
      await generation.notifications.drop();
    },
  };
};

const chunks = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / mostAtOnce) }, (_, index) =>
    all.slice(index * mostAtOnce, (index + 1) * mostAtOnce),
  );

const repairOne = async (generation: Generation, difference: ReadModelsDifference): Promise<void> => {
  if (difference.of === 'record') {
    const { requestId, expected, found } = difference;
    const { requests } = generation;
    const asFound = found && { _id: toKey(requestId), revision: found.state.revision };
    if (!asFound) await writeRequests(generation, expected ? [toRequestDocument(expected)] : []);
    else if (expected) await requests.replaceOne(asFound, toRequestDocument(expected));
    else await requests.deleteOne(asFound);
    return;
  }
  const { expected, found } = difference;
  const { notifications } = generation;
  if (found) await notifications.deleteOne({ _id: toNotificationDocument(found)._id });
  if (expected) await writeNotifications(generation, [toNotificationDocument(expected)]);
};
