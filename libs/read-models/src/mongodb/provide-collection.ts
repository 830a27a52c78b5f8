import type { Collection, Db, Document, IndexDescription } from 'mongodb';

/** What is acknowledged has reached the journals of most members, and survives a change of the primary. */
const durable = { w: 'majority' } as const;

/** NamespaceExists, https://www.mongodb.com/docs/manual/reference/error-codes/ */
const COLLECTION_EXISTS = 48;

/**
 * A collection with its validator and indexes, made if it is not there yet; by any number of instances at once. One that is
 * there gets this validator. Writes are acknowledged by the majority, reads go to the primary.
 *
 * An index that this release does not name any more stays, and one that it defines otherwise than before is an error:
 * give it another name.
 */
export const provideCollection = async <T extends Document>(
  db: Db,
  name: string,
  { schema, indexes = [] }: { schema: Document; indexes?: IndexDescription[] },
): Promise<Collection<T>> => {
  const validator = { $jsonSchema: schema };
  try {
    await db.createCollection(name, { validator, writeConcern: durable });
  } catch (error) {
    if ((error as { code?: unknown }).code !== COLLECTION_EXISTS) throw error;
    const [existing] = await db.listCollections({ name }, { nameOnly: false }).toArray();
    const current: unknown = existing?.options?.['validator'];
    if (JSON.stringify(current) !== JSON.stringify(validator))
      await db.command({ collMod: name, validator, writeConcern: durable });
  }
  const collection = db.collection<T>(name, { writeConcern: durable, readPreference: 'primary' });
  if (indexes.length > 0) await collection.createIndexes(indexes);
  return collection;
};
