import { afterAll, beforeAll } from '@jest/globals';
import { ObjectId, type Db } from 'mongodb';
import { connectMongo, type MongoConnection } from '../connect.ts';

/** Databases that are gone when the tests of the file are over. Does not connect where there is no server. */
export const mongoDatabases = (url: string) => {
  const prefix = `read_models_${new ObjectId().toHexString()}`;
  let connection: MongoConnection | undefined;
  let databases = 0;
  const connected = (): MongoConnection => {
    if (!connection) throw new Error('not connected yet');
    return connection;
  };
  const latest = (): Db => connected().client.db(`${prefix}_${databases}`);
  beforeAll(async () => {
    if (url) connection = await connectMongo({ url, logger: { info() {}, warn() {} } });
  });
  afterAll(async () => {
    if (databases > 0) await latest().dropDatabase();
    await connection?.close();
  });
  return {
    latest,
    async fresh(): Promise<Db> {
      if (databases > 0) await latest().dropDatabase();
      databases += 1;
      return latest();
    },
  };
};
