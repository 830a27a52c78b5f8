import type { Deadline, DeadlineChange, DeadlineStore } from '@hse/event-sourcing';
import { ObjectId, type AnyBulkWriteOperation, type Db } from 'mongodb';
import { provideCollection } from './provide-collection.ts';

/** Of a subject whose deadline is called off, revision and `endedAt` stay: by the revision an older change is known. */
interface DeadlineDocument {
  /** The subject. */
  readonly _id: string;
  readonly revision: number;
  readonly round?: number;
  readonly dueAt?: number;
  /** From when on it can be claimed: when it is due or, while somebody holds it, when their claim ends. */
  readonly claimableAt?: number;
  readonly claimant?: string;
  /** Which of the claimant's claims it is. */
  readonly claim?: ObjectId;
  /** When it was called off, by the server's clock. */
  readonly endedAt?: Date;
}

interface ProgressDocument {
  readonly _id: 'deadlines';
  readonly checkpoint: number;
}

const number = { bsonType: 'number' };

const schema = {
  bsonType: 'object',
  required: ['_id', 'revision'],
  oneOf: [{ required: ['round', 'dueAt', 'claimableAt'] }, { required: ['endedAt'] }],
  properties: {
    _id: { bsonType: 'string' },
    revision: { bsonType: 'number', minimum: 0 },
    round: number,
    dueAt: number,
    claimableAt: number,
    claimant: { bsonType: 'string' },
    claim: { bsonType: 'objectId' },
    endedAt: { bsonType: 'date' },
  },
  dependencies: { claimant: ['claim', 'claimableAt'], claim: ['claimant'] },
  additionalProperties: false,
};

/** For how long a called-off deadline is known by its revision: far longer than anybody repeats an event. */
const FORGET_ENDED_AFTER_SECONDS = 30 * 86_400;

const only = (field: keyof DeadlineDocument) => ({ partialFilterExpression: { [field]: { $exists: true } } });

/** What was called off is in the last one alone, so however much of it there is, nothing else has to pass it. */
const indexes = [
  { name: 'by_due', key: { dueAt: 1, claimableAt: 1 }, ...only('dueAt') },
  { name: 'by_claimable', key: { claimableAt: 1 }, ...only('claimableAt') },
  { name: 'by_claimant', key: { claimant: 1 }, ...only('claimant') },
  {
    name: 'ended',
    key: { endedAt: 1 },
    expireAfterSeconds: FORGET_ENDED_AFTER_SECONDS,
    ...only('endedAt'),
  },
];

/** Those of the index on `claimableAt`. */
const scheduled = { claimableAt: { $gt: -Infinity } };

/** Each of them costs an entry of the index, whenever somebody looks at the metrics. */
const mostCounted = 100_000;

/** Back to when it is due. */
const freeAgain = [{ $set: { claimableAt: '$dueAt' } }, { $unset: ['claimant', 'claim'] }];

/**
 * Deadlines in MongoDB, in the collections `deadlines` and `deadlineProgress`, shared by any number of instances.
 *
 * There is no transaction, because none is needed: every change is guarded by its revision and can be repeated, and the
 * checkpoint moves only when all changes before it have reached the majority. When {@link DeadlineStore.apply} fails, some
 * changes may be in and the checkpoint is not: the feed delivers them again.
 *
 * The revision of what was called off is kept for 30 days after, by the server's clock. An older change that is repeated
 * even later schedules what is over; whoever claims that learns so from the session request itself.
 *
 * Does not close `db`.
 */
export const openMongoDeadlineStore = async ({ db }: { db: Db }): Promise<DeadlineStore> => {
  const [deadlines, progress] = await Promise.all([
    provideCollection<DeadlineDocument>(db, 'deadlines', { schema, indexes }),
    provideCollection<ProgressDocument>(db, 'deadlineProgress', {
      schema: {
        bsonType: 'object',
        required: ['_id', 'checkpoint'],
        properties: { _id: { enum: ['deadlines'] }, checkpoint: { bsonType: 'number', minimum: 0 } },
        additionalProperties: false,
      },
    }),
  ]);

  /** Claims some of what can be claimed: none only if there was none, or others were faster. */
  const claimSome = async (
    now: number,
    limit: number,
    claimant: string,
    leaseUntil: number,
  ): Promise<{ seen: number; won: Deadline[] }> => {
    const claimable = { dueAt: { $lte: now }, claimableAt: { $lte: now } };
    const candidates = await deadlines
      .find(claimable, { readConcern: 'local' }) // what is already held elsewhere need not be tried
      .sort({ dueAt: 1 })
      .limit(limit)
      .project<{ _id: string }>({ _id: 1 })
      .toArray();
    if (candidates.length === 0) return { seen: 0, won: [] };
    const subjects = candidates.map(({ _id }) => _id);
    const claim = new ObjectId();
    const take = () =>
      deadlines.updateMany(
        { _id: { $in: subjects }, ...claimable },
        { $set: { claimableAt: leaseUntil, claimant, claim } },
      );
    // The driver repeats no write to many. What a first attempt has won is not claimable any more, and is found below.
    await take().catch(take);
    const won = await deadlines.find({ _id: { $in: subjects }, claim }).toArray();
    return { seen: candidates.length, won: won.map(toDeadline) };
  };

  /** As far as this process knows; most batches do not move it, and a write that changes nothing costs as much as any. */
  let knownCheckpoint = 0;

  return {
    async checkpoint() {
      const found = await progress.findOne({ _id: 'deadlines' }, { readConcern: 'majority' });
      return found?.checkpoint ?? 0;
    },

    async apply(changes, checkpoint) {
      const operations = [...newestOf(changes).values()].map(guarded);
      if (operations.length > 0) await deadlines.bulkWrite(operations, { ordered: false });
      if (checkpoint <= knownCheckpoint) return;
      await progress.updateOne({ _id: 'deadlines' }, { $max: { checkpoint } }, { upsert: true });
      knownCheckpoint = checkpoint;
    },

    async claim({ now, limit, claimant, leaseUntil }) {
      const claimed: Deadline[] = [];
      while (claimed.length < limit) {
        const room = limit - claimed.length;
        const { seen, won } = await claimSome(now, room, claimant, leaseUntil);
        claimed.push(...won);
        if (seen < room && won.length === seen) break;
      }
      return claimed.sort((a, b) => a.dueAt - b.dueAt);
    },

    async release(subjects, claimant) {
      const which = subjects === 'all' ? {} : { _id: { $in: [...subjects] } };
      await deadlines.updateMany({ ...which, claimant }, freeAgain);
    },

    async upcoming({ after, until, limit }) {
      const found = await deadlines
        .find({ dueAt: { $gt: after, $lte: until } })
        .sort({ dueAt: 1 })
        .limit(limit)
        .toArray();
      return found.map(toDeadline);
    },

    async nextAt() {
      const [next] = await deadlines.find(scheduled).sort({ claimableAt: 1 }).limit(1).toArray();
      return next?.claimableAt;
    },

    count: () => deadlines.countDocuments(scheduled, { limit: mostCounted }),

    async close() {},
  };
};

const toDeadline = ({ _id: subject, round, dueAt }: DeadlineDocument): Deadline => ({
  subject,
  round: round as number, // those that are scheduled have both
  dueAt: dueAt as number,
});

/** Of the changes of each subject the newest, which is the only one that leaves anything behind. */
const newestOf = (changes: readonly DeadlineChange[]): Map<string, DeadlineChange> => {
  const newest = new Map<string, DeadlineChange>();
  for (const change of changes) {
    const known = newest.get(change.subject);
    if (!known || known.revision < change.revision) newest.set(change.subject, change);
  }
  return newest;
};

/** Changes the document only where it is newer; neither a repeat nor a race with an older one is an error. */
const guarded = (change: DeadlineChange): AnyBulkWriteOperation<DeadlineDocument> => {
  const { subject, revision } = change;
  const document =
    change.type === 'schedule'
      ? {
          $literal: {
            _id: subject,
            revision,
            round: change.round,
            dueAt: change.dueAt,
            claimableAt: change.dueAt,
          },
        }
      : { _id: { $literal: subject }, revision: { $literal: revision }, endedAt: '$$NOW' };
  const isNewer = { $lt: [{ $ifNull: ['$revision', -1] }, revision] };
  return {
    updateOne: {
      filter: { _id: subject },
      update: [{ $replaceWith: { $cond: [isNewer, document, '$$ROOT'] } }],
      upsert: true,
    },
  };
};
