import type { ReadinessCheck } from '@hse/service-kit';
import { MongoClient, type Db } from 'mongodb';

/** The part of a logger that the adapters use. */
export interface MongoLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** A connection pool and the database that everything is in. */
export interface MongoConnection {
  readonly client: MongoClient;
  readonly db: Db;
  /** Whether the primary answers, and within two seconds. */
  check(): Promise<ReadinessCheck>;
  close(): Promise<void>;
}

const longestPingMs = 2_000;

const databaseIn = (url: string): string | undefined =>
  /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(url)?.[1];

/**
 * Connects to a replica set. What is acknowledged has reached the journals of most members, and what is read has, too:
 * neither is undone when the primary changes. Writes and reads that a changing primary interrupts are tried once more.
 *
 * @param options.database default: the one that the URL names, else `session-requests`.
 * @throws when no primary answers within 5 s; every later operation waits as long for one.
 */
export const connectMongo = async (options: {
  url: string;
  database?: string;
  logger: MongoLogger;
  /** Shown in the server's log. Default `session-requests`. */
  appName?: string;
}): Promise<MongoConnection> => {
  const {
    url,
    database = databaseIn(url) ?? 'session-requests',
    logger,
    appName = 'session-requests',
  } = options;
  const client = new MongoClient(url, {
    appName,
    retryWrites: true,
    retryReads: true,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
    readPreference: 'primary',
    maxPoolSize: 50,
    waitQueueTimeoutMS: 10_000,
    serverSelectionTimeoutMS: 5_000,
    connectTimeoutMS: 5_000,
    // A server that has gone without a word: no operation here takes nearly as long.
    socketTimeoutMS: 60_000,
  });
  client.on('topologyDescriptionChanged', ({ previousDescription, newDescription }) => {
    const [had, has] = [previousDescription, newDescription].map(({ servers }) =>
      [...servers.values()].some(({ type }) => type === 'RSPrimary'),
    );
    if (had && !has)
      logger.warn({ database }, 'MongoDB has no primary that can be reached; waiting for one.');
    if (!had && has) logger.info({ database }, 'Connected to the primary of MongoDB.');
  });
  try {
    await client.connect();
    const db = client.db(database);
    await db.command({ ping: 1 });
    return {
      client,
      db,
      async check() {
        try {
          await db.command({ ping: 1 }, { timeoutMS: longestPingMs });
          return { name: 'mongodb', ok: true };
        } catch (error) {
          return { name: 'mongodb', ok: false, detail: (error as Error).message };
        }
      },
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
};
