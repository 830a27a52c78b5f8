import { MongoBulkWriteError, type AnyBulkWriteOperation } from 'mongodb';
import { isDuplicateKey, type Generation } from './generations.ts';
import type { NotificationDocument, RequestDocument } from './read-models-documents.ts';

/** Of several of the same request the newest; of the same revision the first. */
export const newestOf = (documents: readonly RequestDocument[]): RequestDocument[] => {
  const newest = new Map<string, RequestDocument>();
  for (const document of documents) {
    const known = newest.get(document._id);
    if (!known || known.revision < document.revision) newest.set(document._id, document);
  }
  return [...newest.values()];
};

/**
 * Takes the place of an older revision. Where the same or a newer one is, the filter finds nothing, and what is then
 * inserted fails on the id that is there: the very error that {@link writeRequests} expects.
 */
const guarded = (document: RequestDocument): AnyBulkWriteOperation<RequestDocument> =>
  document.revision === 0
    ? { insertOne: { document } }
    : {
        replaceOne: {
          filter: { _id: document._id, revision: { $lt: document.revision } },
          replacement: document,
          upsert: true,
        },
      };

/**
 * Writes each request unless the same revision or a newer one is there; each at most once in `documents`. Resolves when
 * that is durable. Can be repeated, also by several at once.
 */
export const writeRequests = async (
  { requests }: Pick<Generation, 'requests'>,
  documents: readonly RequestDocument[],
): Promise<void> => {
  const write = async (some: readonly RequestDocument[]): Promise<readonly RequestDocument[]> => {
    if (some.length === 0) return [];
    const refused = await refusedOf(() => requests.bulkWrite(some.map(guarded), { ordered: false }));
    return refused.flatMap((index) => some[index] ?? []);
  };
  const refused = await write(documents);
  // Something was there: newer, or older but inserted by somebody else at the same moment. Being there now, what is older
  // is found this time; what is refused again is not needed.
  await write(refused.filter(({ revision }) => revision > 0));
};

/** Writes each notification that is not there. Resolves when that is durable. Can be repeated. */
export const writeNotifications = async (
  { notifications }: Pick<Generation, 'notifications'>,
  documents: readonly NotificationDocument[],
): Promise<void> => {
  if (documents.length > 0)
    await refusedOf(() => notifications.insertMany([...documents], { ordered: false }));
};

/** What was refused for being there already, by its place in the list. Every other failure is thrown. */
const refusedOf = async (write: () => Promise<unknown>): Promise<number[]> => {
  try {
    await write();
    return [];
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
    const errors = [error.writeErrors].flat();
    if (errors.length === 0 || !errors.every(isDuplicateKey)) throw error;
    return errors.map(({ index }) => index);
  }
};
