import type { ReadModels } from '@hse/contracts';
import type { Timers } from '@hse/event-sourcing';
import type { Db } from 'mongodb';
import { fromKey } from './exact-bson.ts';
import { explaining } from './explained.ts';
import {
  createPointerCache,
  ensureMongoReadModels,
  generationOf,
  moveCheckpoint,
  readPointer,
  type Generation,
} from './generations.ts';
import { toNotificationDocument, toRecord, toRequestDocument } from './read-models-documents.ts';
import { createReadModelsQueries, questions } from './read-models-queries.ts';
import { newestOf, writeNotifications, writeRequests } from './read-models-writes.ts';

/**
 * Read models in MongoDB, read and written by any number of instances at once.
 *
 * There is no transaction, because none is needed: everything is guarded and can be repeated. Records and notifications are
 * written at the same time, and when both are durable the checkpoint. When `apply` fails, some of it may be in; the checkpoint
 * is not, so the same events come again, and a projection writes the notifications of an event again also where its record
 * is there. What is impossible is refused before anything is written.
 *
 * Records may be ahead of the checkpoint: other instances have applied later events of other requests.
 *
 * Queries reject with StoreUnavailable when the server cannot be reached. Does not close `db`.
 *
 * @throws OtherReadModelsSchema
 */
export const openMongoReadModels = async ({
  db,
  timers,
}: {
  db: Db;
  timers: Timers;
}): Promise<ReadModels> => {
  await ensureMongoReadModels(db);
  const pointers = createPointerCache(db, timers);
  /** As far as this process knows; most batches do not move it, and a write that changes nothing costs as much as any. */
  let checkpoint = 0;

  const refuseLost = async (generation: Generation, changes: Parameters<ReadModels['apply']>[0]) => {
    const coming = new Set(changes.records.map(({ state }) => state.requestId));
    const others = new Set(
      changes.notifications.map(({ requestId }) => requestId).filter((id) => !coming.has(id)),
    );
    if (others.size === 0) return;
    const there = await questions
      .load(generation, [...others])
      .project<{ _id: string }>({ _id: 1 })
      .toArray();
    for (const { _id } of there) others.delete(fromKey(_id));
    for (const lost of others)
      throw new Error(`a notification is about ${lost}, of which there is no record`);
  };

  return {
    ...explaining(createReadModelsQueries(({ current }) => generationOf(db, current), pointers)),

    async generation() {
      return String((await pointers.read()).current);
    },

    async load(requestIds) {
      if (requestIds.length === 0) return [];
      const { current } = await pointers.recent();
      return (await questions.load(generationOf(db, current), requestIds).toArray()).map(toRecord);
    },

    async apply(changes) {
      const requests = newestOf(changes.records.map(toRequestDocument));
      const notifications = changes.notifications.map(toNotificationDocument);
      if (requests.length > 0 || notifications.length > 0) {
        // Asked after the events were fetched: see `createMongoReadModelsCopy`.
        const { current, mirror } = await readPointer(db);
        await refuseLost(generationOf(db, current), changes);
        // The one in use last, because that is where is looked for what was applied.
        for (const number of mirror === undefined ? [current] : [mirror, current]) {
          const generation = generationOf(db, number);
          await Promise.all([
            writeNotifications(generation, notifications),
            writeRequests(generation, requests),
          ]);
        }
      }
      if (changes.checkpoint <= checkpoint) return;
      await moveCheckpoint(db, changes.checkpoint);
      ({ checkpoint } = changes);
    },

    async close() {},
  };
};
