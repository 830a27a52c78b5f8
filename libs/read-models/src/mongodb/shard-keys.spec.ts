import { describe, expect, it } from '@jest/globals';
import type { Generation } from './generations.ts';
import {
  notificationsDefinition,
  requestsDefinition,
  toNotificationDocument,
  toRequestDocument,
} from './read-models-documents.ts';
import { questions } from './read-models-queries.ts';
import { writeNotifications, writeRequests } from './read-models-writes.ts';
import { shardKeys } from './shard-keys.ts';
import { notificationOf, recordOf } from './testing/samples.ts';

interface Asked {
  readonly collection: 'sessionRequests' | 'notifications';
  readonly filter: unknown;
}

/** Collections that note what they are asked. */
const listening = (): { generation: Generation; asked: Asked[] } => {
  const asked: Asked[] = [];
  const collection = (name: Asked['collection']) => {
    const cursor: Record<string, unknown> = {};
    for (const step of ['hint', 'sort', 'limit']) cursor[step] = () => cursor;
    const note = (filter: unknown) => {
      asked.push({ collection: name, filter });
      return cursor;
    };
    return {
      find: note,
      aggregate: ([first]: { $match?: unknown }[]) => note(first?.$match),
      bulkWrite: (operations: { insertOne?: { document: unknown }; replaceOne?: { filter: unknown } }[]) => {
        for (const { insertOne, replaceOne } of operations) note(insertOne?.document ?? replaceOne?.filter);
        return Promise.resolve();
      },
      insertMany: (documents: unknown[]) => {
        for (const document of documents) note(document);
        return Promise.resolve();
      },
    };
  };
  const generation = { requests: collection('sessionRequests'), notifications: collection('notifications') };
  return { generation: generation as unknown as Generation, asked };
};

/** Whether a filter says which shard it is about: the key is there, outside of alternatives. */
const isTargeted = ({ collection, filter }: Asked): boolean => {
  const [key] = Object.keys(shardKeys[collection].key);
  const has = (part: unknown): boolean =>
    typeof part === 'object' &&
    part !== null &&
    ((key as string) in part || ('$and' in part && (part.$and as unknown[]).some(has)));
  return has(filter);
};

const some = { participantId: 'p1', now: '2026-11-23T08:00:00.000Z', limit: 10, position: 3, after: 3 };

describe('shard keys of the read models', () => {
  it.each(Object.keys(questions) as (keyof typeof questions)[])('%s goes where the table says', (name) => {
    const { generation, asked } = listening();
    const ask = questions[name] as (from: Generation, query: unknown, more: unknown) => unknown;
    const query = { find: 'r1', load: ['r1', 'r2'] }[name as string] ?? {
      ...some,
      after: name === 'countNotifications' ? 3 : undefined,
    };
    ask(generation, query, 9);
    expect(asked).toHaveLength(1);
    const [one] = asked as [Asked];
    const targeted: readonly string[] = shardKeys[one.collection].asked;
    expect([name, isTargeted(one)]).toEqual([name, targeted.includes(name)]);
  });

  it('writes say which shard they are about', async () => {
    const { generation, asked } = listening();
    const records = [recordOf('r1', 1), recordOf('r2', 2)];
    await writeRequests(generation, [
      ...records.map(toRequestDocument),
      { ...toRequestDocument(recordOf('r3', 3)), revision: 4 },
    ]);
    await writeNotifications(
      generation,
      records.map((record) => toNotificationDocument(notificationOf(record, record.state.coachId))),
    );
    expect(asked).toHaveLength(5);
    expect(asked.filter((each) => !isTargeted(each))).toEqual([]);
  });

  it('no index is unique beside the key, which a sharded collection could not promise', () => {
    for (const { indexes } of [requestsDefinition, notificationsDefinition])
      expect(indexes.filter(({ unique }) => unique === true)).toEqual([]);
  });
});
