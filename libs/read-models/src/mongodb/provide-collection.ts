import type { Collection, Db, Document, IndexDescription } from 'mongodb';

/** What is acknowledged has reached the journals of most members, and survives a change of the primary. */
const durable = { w: 'majority' } as const;

/** NamespaceExists, NamespaceNotFound, Unauthorized, https://www.mongodb.com/docs/manual/reference/error-codes/ */
const COLLECTION_EXISTS = 48;
const COLLECTION_MISSING = 26;
const UNAUTHORIZED = 13;

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** A collection, or an index of it, is not there, and is not this user's to make. */
export class CollectionMissing extends Error {
  constructor(what: string) {
    super(`${what} is not there yet, and this user of MongoDB may not make it`);
    this.name = 'CollectionMissing';
  }
}

/**
 * A collection with its validator and indexes, made if it is not there yet; by any number of instances at once. One that is
 * there gets this validator. Writes are acknowledged by the majority, reads go to the primary.
 *
 * An index that this release does not name any more stays, and one that it defines otherwise than before is an error:
 * give it another name.
 *
 * Where this user may not make it, it is somebody else's to make: then it has to be there, with indexes of these names.
 *
 * @throws CollectionMissing
 */
export const provideCollection = async <T extends Document>(
  db: Db,
  name: string,
  { schema, indexes = [] }: { schema: Document; indexes?: IndexDescription[] },
): Promise<Collection<T>> => {
  const collection = db.collection<T>(name, { writeConcern: durable, readPreference: 'primary' });
  try {
    await makeOrChange(db, name, { $jsonSchema: schema });
    if (indexes.length > 0) await collection.createIndexes(indexes);
  } catch (error) {
    if (codeOf(error) !== UNAUTHORIZED) throw error;
    await assertThere(collection, indexes);
  }
  return collection;
};

const makeOrChange = async (db: Db, name: string, validator: Document): Promise<void> => {
  try {
    await db.createCollection(name, { validator, writeConcern: durable });
  } catch (error) {
    if (codeOf(error) !== COLLECTION_EXISTS) throw error;
    const [existing] = await db.listCollections({ name }, { nameOnly: false }).toArray();
    const current: unknown = existing?.options?.['validator'];
    if (JSON.stringify(current) !== JSON.stringify(validator))
      await db.command({ collMod: name, validator, writeConcern: durable });
  }
};

const assertThere = async <T extends Document>(
  collection: Collection<T>,
  indexes: readonly IndexDescription[],
): Promise<void> => {
  const { collectionName: name } = collection;
  const found = await collection.indexes().catch((error: unknown) => {
    throw codeOf(error) === COLLECTION_MISSING ? new CollectionMissing(`The collection ${name}`) : error;
  });
  const names = new Set(found.map((index) => index.name));
  for (const index of indexes)
    if (!names.has(index.name)) throw new CollectionMissing(`The index ${index.name} of ${name}`);
};
