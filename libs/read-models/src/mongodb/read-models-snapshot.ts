import type { ReadModelsSnapshot } from '@hse/contracts';
import type { Db } from 'mongodb';
import { ensureMongoReadModels, generationOf, readPointer, type Pointer } from './generations.ts';
import { toNotification, toRecord } from './read-models-documents.ts';

/** Documents fetched at once. */
const batchSize = 2_000;

/**
 * The generation in use as it is now, whoever writes to it meanwhile. The server keeps what it takes for that for
 * `minSnapshotHistoryWindowInSeconds` (default 300); after that, reading on fails. Does not close `db`.
 *
 * @throws OtherReadModelsSchema
 */
export const openMongoReadModelsSnapshot = async ({ db }: { db: Db }): Promise<ReadModelsSnapshot> => {
  await ensureMongoReadModels(db);
  return snapshotOf(db, ({ current, checkpoint }) => ({ number: current, checkpoint }));
};

/** @param choose which generation, and up to where it is complete, by the pointer as it is in the snapshot. */
export const snapshotOf = async (
  db: Db,
  choose: (pointer: Pointer) => { number: number; checkpoint: number },
): Promise<ReadModelsSnapshot> => {
  const session = db.client.startSession({ snapshot: true });
  try {
    // The first thing read fixes the moment.
    const { number, checkpoint } = choose(await readPointer(db, session));
    const { requests, notifications } = generationOf(db, number, 'snapshot');
    return {
      checkpoint,
      records: () => each(requests.find({}, { session, batchSize }).hint({ _id: 1 }), toRecord),
      notifications: () =>
        each(notifications.find({}, { session, batchSize }).sort({ _id: 1 }), toNotification),
      close: () => session.endSession(),
    };
  } catch (error) {
    await session.endSession();
    throw error;
  }
};

async function* each<D, T>(documents: AsyncIterable<D>, convert: (document: D) => T): AsyncIterable<T> {
  for await (const document of documents) yield convert(document);
}
