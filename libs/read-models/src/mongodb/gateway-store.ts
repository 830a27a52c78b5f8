import type { GatewayStore, RecordedAnswer } from '@hse/contracts';
import { StoreUnavailable } from '@hse/event-sourcing';
import type { Db } from 'mongodb';
import { explained } from './explained.ts';
import { openMongoAdministration } from './gateway-administration.ts';
import { provideCollection } from './provide-collection.ts';

interface KeyDocument {
  readonly _id: { readonly participantId: string; readonly key: string };
  readonly fingerprint: string;
  readonly begunAt: Date;
  /** Headers as JSON: their names are not those of fields. */
  readonly answer?: { readonly status: number; readonly headers: string; readonly body: string };
}

interface ReadMarkDocument {
  /** The participant. */
  readonly _id: string;
  readonly position: number;
}

interface SessionDocument {
  readonly _id: string;
  readonly sealed: string;
  readonly version: number;
  readonly endsAt: Date;
}

const text = { bsonType: 'string' };

const keySchema = {
  bsonType: 'object',
  required: ['_id', 'fingerprint', 'begunAt'],
  properties: {
    _id: {
      bsonType: 'object',
      required: ['participantId', 'key'],
      properties: { participantId: text, key: text },
      additionalProperties: false,
    },
    fingerprint: text,
    begunAt: { bsonType: 'date' },
    answer: {
      bsonType: 'object',
      required: ['status', 'headers', 'body'],
      properties: { status: { bsonType: 'int' }, headers: text, body: text },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

const markSchema = {
  bsonType: 'object',
  required: ['_id', 'position'],
  properties: { _id: text, position: { bsonType: 'number', minimum: 0 } },
  additionalProperties: false,
};

const sessionSchema = {
  bsonType: 'object',
  required: ['_id', 'sealed', 'version', 'endsAt'],
  properties: {
    _id: text,
    sealed: text,
    version: { bsonType: 'number', minimum: 1 },
    endsAt: { bsonType: 'date' },
  },
  additionalProperties: false,
};

/**
 * The gateway's memory in MongoDB, in the collections `idempotencyKeys`, `readMarks`, `browserSessions`, `participants` and `audit`,
 * shared by any number of gateways: one of all that race for a key gets it. What one gateway asks about one key is done in the order in which it asks.
 *
 * Keys and sessions go when they are pruned, by the caller's clock. There is no TTL index: it would go by the server's, which need not
 * be the same, and an answer that was promised must not vanish early.
 *
 * Its calls reject with StoreUnavailable when the server cannot be reached, or does not confirm in time. Does not close `db`.
 */
export const openMongoGatewayStore = async ({ db }: { db: Db }): Promise<GatewayStore> => {
  const [keys, marks, sessions] = await Promise.all([
    provideCollection<KeyDocument>(db, 'idempotencyKeys', {
      schema: keySchema,
      indexes: [{ name: 'by_begun_at', key: { begunAt: 1 } }],
    }),
    provideCollection<ReadMarkDocument>(db, 'readMarks', { schema: markSchema }),
    provideCollection<SessionDocument>(db, 'browserSessions', {
      schema: sessionSchema,
      indexes: [{ name: 'by_end', key: { endsAt: 1 } }],
    }),
  ]);

  let closed = false;
  const underWay = new Set<Promise<unknown>>();
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) throw new StoreUnavailable('the gateway store is closed', 'not-written', 'closed');
    const asked = work();
    underWay.add(asked);
    try {
      return await asked;
    } catch (error) {
      throw explained(error);
    } finally {
      underWay.delete(asked);
    }
  };

  /** The last thing asked about each key. A pool of connections would carry them out in any order. */
  const latest = new Map<string, Promise<unknown>>();
  const inTurn = <T>(participantId: string, key: string, work: (id: KeyDocument['_id']) => Promise<T>) =>
    ask(async () => {
      const name = JSON.stringify([participantId, key]);
      const before = latest.get(name);
      const mine = before ? before.then(() => work({ participantId, key })) : work({ participantId, key });
      const settled = mine.catch(() => undefined);
      latest.set(name, settled);
      try {
        return await mine;
      } finally {
        if (latest.get(name) === settled) latest.delete(name);
      }
    });

  return {
    ...(await openMongoAdministration(db, ask)),

    begin: (participantId, key, fingerprint, at) =>
      inTurn(participantId, key, async (_id) => {
        const known = await keys.findOneAndUpdate(
          { _id },
          { $setOnInsert: { fingerprint, begunAt: new Date(at) } },
          { upsert: true, returnDocument: 'before' },
        );
        if (!known) return { state: 'new' };
        if (known.fingerprint !== fingerprint) return { state: 'mismatch' };
        if (!known.answer) return { state: 'in-progress' };
        const { status, headers, body } = known.answer;
        const answer = { status, headers: JSON.parse(headers) as RecordedAnswer['headers'], body };
        return { state: 'answered', answer };
      }),

    record: (participantId, key, { status, headers, body }) =>
      inTurn(participantId, key, async (_id) => {
        const answer = { status, headers: JSON.stringify(headers), body };
        await keys.updateOne({ _id, answer: { $exists: false } }, { $set: { answer } });
      }),

    forget: (participantId, key) =>
      inTurn(participantId, key, async (_id) => {
        await keys.deleteOne({ _id, answer: { $exists: false } });
      }),

    prune: (before) =>
      ask(async () => {
        await keys.deleteMany({ begunAt: { $lt: new Date(before) } });
      }),

    readUpTo: (participantId) =>
      ask(async () => (await marks.findOne({ _id: participantId }))?.position ?? 0),

    markRead: (participantId, position) =>
      ask(async () => {
        await marks.updateOne({ _id: participantId }, { $max: { position } }, { upsert: true });
      }),

    keepSession: (key, { sealed, endsAt }) =>
      ask(async () => {
        await sessions.insertOne({ _id: key, sealed, version: 1, endsAt: new Date(endsAt) });
      }),

    findSession: (key) =>
      ask(async () => {
        const found = await sessions.findOne({ _id: key });
        return (
          (found && { sealed: found.sealed, version: found.version, endsAt: found.endsAt.toISOString() }) ??
          undefined
        );
      }),

    replaceSession: (key, version, sealed) =>
      ask(async () => {
        const { modifiedCount } = await sessions.updateOne(
          { _id: key, version },
          { $set: { sealed }, $inc: { version: 1 } },
        );
        return modifiedCount === 1;
      }),

    endSession: (key) =>
      ask(async () => {
        await sessions.deleteOne({ _id: key });
      }),

    existingSessions: (keys) =>
      ask(async () => {
        // From the index alone.
        const found = sessions.find({ _id: { $in: [...keys] } }, { projection: { _id: 1 } });
        return new Set((await found.toArray()).map(({ _id }) => _id));
      }),

    pruneSessions: (before) =>
      ask(async () => {
        await sessions.deleteMany({ endsAt: { $lt: new Date(before) } });
      }),

    async close() {
      closed = true;
      await Promise.allSettled(underWay);
    },
  };
};
