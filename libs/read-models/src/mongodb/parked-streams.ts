import type { ParkedStream, ParkedStreams } from '@hse/event-sourcing';
import type { Db } from 'mongodb';
import { provideCollection } from './provide-collection.ts';

const text = { bsonType: 'string' };
const count = { bsonType: 'number', minimum: 0 };

const fields = {
  group: text,
  stream: text,
  partition: count,
  fromRevision: count,
  reason: text,
  attempts: count,
  parkedAt: text,
  state: { enum: ['parked', 'retry', 'discarded'] },
};

/** Parked streams in MongoDB, in the collection `parkedStreams`, shared by any number of instances. Does not close `db`. */
export const openMongoParkedStreams = async ({ db }: { db: Db }): Promise<ParkedStreams> => {
  const parked = await provideCollection<ParkedStream>(db, 'parkedStreams', {
    schema: {
      bsonType: 'object',
      required: Object.keys(fields),
      properties: { _id: { bsonType: 'objectId' }, ...fields },
      additionalProperties: false,
    },
    indexes: [{ name: 'by_group_and_stream', key: { group: 1, stream: 1 }, unique: true }],
  });

  return {
    async park({ group, stream, partition, fromRevision, reason, attempts, parkedAt }) {
      await parked.replaceOne(
        { group, stream },
        { group, stream, partition, fromRevision, reason, attempts, parkedAt, state: 'parked' },
        { upsert: true },
      );
    },
    async list(group) {
      return parked
        .find(group === undefined ? {} : { group })
        .sort({ group: 1, stream: 1 })
        .project<ParkedStream>({ _id: 0 })
        .toArray();
    },
    async decide(group, stream, decision) {
      const { matchedCount } = await parked.updateOne({ group, stream }, { $set: { state: decision } });
      return matchedCount === 1;
    },
    async unpark(group, stream) {
      await parked.deleteOne({ group, stream });
    },
    async close() {},
  };
};
