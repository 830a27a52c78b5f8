import type { Timers } from '@hse/event-sourcing';
import { ObjectId, type ClientSession, type Collection, type Db } from 'mongodb';
import { provideCollection } from './provide-collection.ts';
import {
  notificationsDefinition,
  requestsDefinition,
  type NotificationDocument,
  type RequestDocument,
} from './read-models-documents.ts';

// Read models come in generations, so that a rebuild can make the next one beside the one in use. One document says which
// is in use; it holds the checkpoint, too, of which the argument in `read-models-copy.ts` shows that it is true of both.

/** Which generation is read, and which ones are written. */
export interface Pointer {
  /** What is read. */
  readonly current: number;
  /** What is written as well: the next one while a rebuild fills it, the last one just after it was replaced. */
  readonly mirror?: number;
  /** Everything up to this position is reflected. */
  readonly checkpoint: number;
}

/** Of documents and collections; goes up with every change that an older release could not live with. */
const schemaVersion = 1;

interface PointerDocument extends Pointer {
  readonly _id: 'pointer';
  readonly version: number;
  /** The greatest number ever given to a generation: none is given twice. */
  readonly newest: number;
  /** Who rebuilds, and until when that is theirs, by the server's clock. */
  readonly rebuild?: { readonly id: ObjectId; readonly until: Date };
}

/** One generation. */
export interface Generation {
  readonly requests: Collection<RequestDocument>;
  readonly notifications: Collection<NotificationDocument>;
}

/** Read models of another schema version: they have to be rebuilt before this release can use them. */
export class OtherReadModelsSchema extends Error {
  constructor(found: number) {
    super(
      `The read models in MongoDB have schema version ${found}, this release needs ${schemaVersion}: npm run rebuild -- notifications`,
    );
    this.name = 'OtherReadModelsSchema';
  }
}

/** Somebody else rebuilds these read models. */
export class RebuildUnderWay extends Error {
  constructor(until: Date | undefined) {
    super(
      `The read models are being rebuilt already${until ? `; if that process is dead, a rebuild can begin after ${until.toISOString()}` : ''}.`,
    );
    this.name = 'RebuildUnderWay';
  }
}

const isPointer = { _id: 'pointer' } as const;
const prefixes = { requests: 'sessionRequests_', notifications: 'notifications_' } as const;

/** How long somebody who rebuilds and is not heard of keeps others from it. */
export const rebuildLeaseMs = 60_000;

const acknowledged = { writeConcern: { w: 'majority' }, readConcern: { level: 'majority' } } as const;

const pointersOf = (db: Db): Collection<PointerDocument> => db.collection('readModels', acknowledged);

/** The collections of a generation. `snapshot`: to be read in a session that is one. */
export const generationOf = (
  db: Db,
  number: number,
  level: 'majority' | 'snapshot' = 'majority',
): Generation => {
  const options = { ...acknowledged, readConcern: { level } };
  return {
    requests: db.collection(`${prefixes.requests}${number}`, options),
    notifications: db.collection(`${prefixes.notifications}${number}`, options),
  };
};

/** Makes the collections of a generation, with validators and indexes, as far as they are not there. */
export const provideGeneration = async (db: Db, number: number): Promise<void> => {
  await provideCollection(db, `${prefixes.requests}${number}`, requestsDefinition);
  await provideCollection(db, `${prefixes.notifications}${number}`, notificationsDefinition);
};

const count = { bsonType: 'number', minimum: 0 };

const providePointers = (db: Db): Promise<unknown> =>
  provideCollection<PointerDocument>(db, 'readModels', {
    schema: {
      bsonType: 'object',
      required: ['_id', 'version', 'current', 'newest', 'checkpoint'],
      properties: {
        _id: { enum: ['pointer'] },
        version: count,
        current: count,
        mirror: count,
        newest: count,
        checkpoint: count,
        rebuild: {
          bsonType: 'object',
          required: ['id', 'until'],
          properties: { id: { bsonType: 'objectId' }, until: { bsonType: 'date' } },
        },
      },
      additionalProperties: false,
    },
  });

/**
 * Sees to it that the collections of the read models are there, with validators and indexes; by any number of instances at
 * once, at every start.
 *
 * @throws OtherReadModelsSchema when they are of another release that this one cannot live with.
 */
export const ensureMongoReadModels = async (db: Db): Promise<void> => {
  await providePointers(db);
  const pointer = await pointersOf(db).findOne(isPointer);
  if (pointer && pointer.version !== schemaVersion) throw new OtherReadModelsSchema(pointer.version);
  await provideGeneration(db, pointer?.current ?? 1);
  if (!pointer) await insertPointer(db);
};

const insertPointer = async (db: Db): Promise<void> => {
  const first = { version: schemaVersion, current: 1, newest: 1, checkpoint: 0 };
  try {
    await pointersOf(db).updateOne(isPointer, { $setOnInsert: first }, { upsert: true });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error; // somebody else was faster
  }
};

/** DuplicateKey, https://www.mongodb.com/docs/manual/reference/error-codes/ */
const duplicateKey = 11_000;

export const isDuplicateKey = (error: unknown): boolean =>
  (error as { code?: unknown }).code === duplicateKey;

/** What the pointer says now, to the majority, or in the snapshot. @throws when there are no read models. */
export const readPointer = async (db: Db, snapshot?: ClientSession): Promise<Pointer> => {
  const pointer = await pointersOf(db).findOne(
    isPointer,
    snapshot && { session: snapshot, readConcern: { level: 'snapshot' } },
  );
  if (!pointer) throw new Error(`There are no read models in the database ${db.databaseName}.`);
  return pointer;
};

/** Moves the checkpoint; never back. */
export const moveCheckpoint = async (db: Db, checkpoint: number): Promise<void> => {
  const { matchedCount } = await pointersOf(db).updateOne(isPointer, { $max: { checkpoint } });
  if (matchedCount === 0) throw new Error(`The read models in the database ${db.databaseName} are gone.`);
};

/** Follows the pointer's changes. */
export const watchPointer = (db: Db, maxAwaitTimeMS: number) => pointersOf(db).watch([], { maxAwaitTimeMS });

/** How long a reader goes by what the pointer said, in milliseconds. */
export const pointerKnownMs = 1_000;

/** The pointer as somebody who only reads needs it: asked for at most every {@link pointerKnownMs}. */
export const createPointerCache = (db: Db, timers: Timers) => {
  let known: Pointer | undefined;
  const read = async (): Promise<Pointer> => {
    const pointer = await readPointer(db);
    if (!known) timers.after(pointerKnownMs, () => (known = undefined));
    known = pointer;
    return pointer;
  };
  return { read, recent: async (): Promise<Pointer> => known ?? read() };
};

/** The right to rebuild. */
export interface Rebuild {
  /** What is to be filled; its collections are there, and empty. */
  readonly generation: number;
  /** From when this resolves on, whoever asks the pointer before writing writes into it as well. */
  mirror(): Promise<void>;
  /** Keeps the right for another {@link rebuildLeaseMs}. */
  renew(): Promise<void>;
  /** The generation is read from now on, the one before is the mirror. @param checkpoint everything up to here is in it. */
  replace(checkpoint: number): Promise<void>;
  /** Gives the right back; there is no mirror any more. Harmless when it is lost. */
  end(): Promise<void>;
}

/**
 * Takes the right to rebuild, and throws away what is left of rebuilds before: everything but the generation in use.
 *
 * @throws RebuildUnderWay when somebody else has the right.
 */
export const beginRebuild = async (db: Db): Promise<Rebuild> => {
  await providePointers(db);
  await insertPointer(db);
  const pointers = pointersOf(db);
  const id = new ObjectId();
  const until = { $add: ['$$NOW', rebuildLeaseMs] };
  const taken = await pointers.findOneAndUpdate(
    { ...isPointer, $expr: { $lt: [{ $ifNull: ['$rebuild.until', new Date(0)] }, '$$NOW'] } },
    [
      { $set: { rebuild: { id, until }, newest: { $add: ['$newest', 1] } } },
      // What a rebuild that died has left.
      { $unset: 'mirror' },
    ],
    { returnDocument: 'after' },
  );
  if (!taken) {
    const other = await pointers.findOne(isPointer);
    throw new RebuildUnderWay(other?.rebuild?.until);
  }
  const { current, newest: generation } = taken;
  const mine = { ...isPointer, 'rebuild.id': id };
  const change = async (update: Parameters<typeof pointers.updateOne>[1]): Promise<void> => {
    const { matchedCount } = await pointers.updateOne(mine, update);
    if (matchedCount === 0) throw new RebuildUnderWay(undefined);
  };

  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray()) {
    const number = /^(?:sessionRequests|notifications)_(\d+)$/.exec(name)?.[1];
    if (number !== undefined && Number(number) !== current) await db.dropCollection(name);
  }
  await provideGeneration(db, generation);

  return {
    generation,
    mirror: () => change({ $set: { mirror: generation } }),
    renew: () => change([{ $set: { 'rebuild.until': until } }]),
    replace: (checkpoint) =>
      change({
        $set: { current: generation, mirror: current, version: schemaVersion },
        $max: { checkpoint },
      }),
    async end() {
      await pointers.updateOne(mine, { $unset: { rebuild: '', mirror: '' } });
    },
  };
};
