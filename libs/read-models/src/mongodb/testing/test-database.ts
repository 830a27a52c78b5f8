import { afterAll } from '@jest/globals';
import { MongoClient, ObjectId, type Db } from 'mongodb';

/** Databases of one suite, one after the other, on the server at `url`; all are dropped in the end. */
export interface TestDatabases {
  readonly client: MongoClient;
  /** An empty one. */
  fresh(): Db;
  /** The last one again. */
  latest(): Db;
  /** The last one through a client of its own, like another process. */
  elsewhere(): Promise<Db>;
}

/** Call it where tests are registered. */
export const testDatabases = (url: string): TestDatabases => {
  const open = (): MongoClient => new MongoClient(url || 'mongodb://skipped', { monitorCommands: true });
  const clients = [open()];
  const client = clients[0] as MongoClient; // the line above
  const prefix = `test_${new ObjectId().toHexString()}`;
  const databases: Db[] = [];
  const latest = (): Db => databases.at(-1) ?? fresh();
  const fresh = (): Db => {
    const db = client.db(`${prefix}_${databases.length}`);
    databases.push(db);
    return db;
  };
  afterAll(async () => {
    for (const db of databases) await db.dropDatabase();
    await Promise.all(clients.map((each) => each.close()));
  });
  return {
    client,
    fresh,
    latest,
    elsewhere: async () => {
      const other = await open().connect();
      clients.push(other);
      return other.db(latest().databaseName);
    },
  };
};
