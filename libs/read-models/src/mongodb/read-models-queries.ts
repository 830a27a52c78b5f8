import type { SessionRequestQueries } from '@hse/contracts';
import { toEpochMs } from '@hse/session-requests';
import type { Filter } from 'mongodb';
import { toKey } from './exact-bson.ts';
import type { Generation, Pointer } from './generations.ts';
import {
  longestNarrowMs,
  toNotification,
  toRecord,
  type NotificationDocument,
  type RequestDocument,
} from './read-models-documents.ts';

type Query<K extends keyof SessionRequestQueries> = Parameters<SessionRequestQueries[K]>[0];

const dateOf = (instant: string): Date => new Date(toEpochMs(instant));

/** What comes after a place in the order of a date, then of the id. Both bounds are in the index. */
const after = (
  field: 'startsAt' | 'until',
  instant: string,
  requestId: string,
): Filter<RequestDocument>[] => {
  const at = dateOf(instant);
  return [{ [field]: { $gte: at } }, { $or: [{ [field]: { $gt: at } }, { _id: { $gt: toKey(requestId) } }] }];
};

const shownIn = ({ participantId, statuses, after: place }: Query<'calendar'>): Filter<RequestDocument>[] => [
  { participants: toKey(participantId) },
  ...(statuses ? [{ status: { $in: [...statuses] } }] : []),
  ...(place ? after('startsAt', place.startsAt, place.requestId) : []),
];

const overlaps = (
  prefix: '' | 'change.',
  { from, to }: { from: Date | undefined; to: Date | undefined },
): Filter<RequestDocument> => ({
  ...(to && { [`${prefix}startsAt`]: { $lt: to } }),
  [`${prefix}endsAt`]: from ? { $gt: from } : { $exists: true },
});

const byStart = { startsAt: 1, _id: 1 } as const;

/**
 * Every question that is put to MongoDB. Each names its index, which has the order that is asked for: what is found is
 * neither searched for nor sorted by the server, whatever its statistics say.
 */
export const questions = {
  find: ({ requests }: Generation, requestId: string) => requests.find({ _id: toKey(requestId) }).limit(1),

  load: ({ requests }: Generation, requestIds: readonly string[]) =>
    requests.find({ _id: { $in: requestIds.map(toKey) } }),

  calendar: ({ requests }: Generation, query: Query<'calendar'>) =>
    requests
      .find({ $and: shownIn(query) })
      .hint('by_start')
      .sort(byStart)
      .limit(query.limit),

  /** Those that show up within a day of their start only. */
  narrowInSpan: ({ requests }: Generation, query: Query<'calendar'>) => {
    const from = query.from === undefined ? undefined : dateOf(query.from);
    const to = query.to === undefined ? undefined : dateOf(query.to);
    const reaching = from ? [{ startsAt: { $gt: new Date(from.getTime() - longestNarrowMs) } }] : [];
    return requests
      .find({ $and: [...shownIn(query), ...reaching, overlaps('', { from, to })] })
      .hint('by_start')
      .sort(byStart)
      .limit(query.limit);
  },

  /** Those with a change that is open, and those that last longer than a day: few. */
  wideInSpan: ({ requests }: Generation, query: Query<'calendar'>) => {
    const from = query.from === undefined ? undefined : dateOf(query.from);
    const to = query.to === undefined ? undefined : dateOf(query.to);
    return requests
      .find({
        $and: [
          ...shownIn(query),
          { wide: true },
          { $or: [overlaps('', { from, to }), overlaps('change.', { from, to })] },
        ],
      })
      .hint('wide_by_start')
      .sort(byStart)
      .limit(query.limit);
  },

  pendingActions: (
    { requests }: Generation,
    { participantId, now, after: place, limit }: Query<'pendingActions'>,
  ) =>
    requests
      .find({
        $and: [
          { awaited: toKey(participantId), until: { $gt: dateOf(now) } },
          ...(place ? after('until', place.until, place.requestId) : []),
        ],
      })
      .hint('by_until')
      .sort({ until: 1, _id: 1 })
      .limit(limit),

  countPendingActions: ({ requests }: Generation, { participantId, now }: Query<'countPendingActions'>) =>
    requests.aggregate<{ count: number }>(
      [{ $match: { awaited: toKey(participantId), until: { $gt: dateOf(now) } } }, { $count: 'count' }],
      { hint: 'by_until' },
    ),

  notifications: ({ notifications }: Generation, { participantId, before, limit }: Query<'notifications'>) =>
    notifications
      .find({
        participantId: toKey(participantId),
        ...(before !== undefined && { position: { $lt: before } }),
      } satisfies Filter<NotificationDocument>)
      .hint('by_participant')
      .sort({ position: -1 })
      .limit(limit),

  countNotifications: (
    { notifications }: Generation,
    { participantId, after: position }: Query<'countNotifications'>,
  ) =>
    notifications.aggregate<{ count: number }>(
      [{ $match: { participantId: toKey(participantId), position: { $gt: position } } }, { $count: 'count' }],
      { hint: 'by_participant' },
    ),

  changedAfter: (
    { requests }: Generation,
    { participantId, position, limit }: Query<'changedAfter'>,
    checkpoint: number,
  ) =>
    requests
      .find({ participants: toKey(participantId), position: { $gt: position, $lte: checkpoint } })
      .hint('by_position')
      .sort({ position: 1 })
      .limit(limit),
};

/**
 * Answers from the generation in use.
 *
 * `changedAfter` leaves out what is ahead of the checkpoint: whoever is told of something takes it that everything before
 * has been told. What is ahead is told as soon as the checkpoint has passed it.
 */
export const createReadModelsQueries = (
  generation: (pointer: Pointer) => Generation,
  pointers: { read(): Promise<Pointer>; recent(): Promise<Pointer> },
): SessionRequestQueries => {
  const current = async (): Promise<Generation> => generation(await pointers.recent());

  return {
    async find(requestId) {
      const [document] = await questions.find(await current(), requestId).toArray();
      return document && toRecord(document);
    },

    async calendar(query) {
      const from = await current();
      if (query.from === undefined && query.to === undefined)
        return (await questions.calendar(from, query).toArray()).map(toRecord);
      const [narrow, wide] = await Promise.all([
        questions.narrowInSpan(from, query).toArray(),
        questions.wideInSpan(from, query).toArray(),
      ]);
      return merged(narrow, wide).slice(0, query.limit).map(toRecord);
    },

    async pendingActions(query) {
      return (await questions.pendingActions(await current(), query).toArray()).map(toRecord);
    },

    async countPendingActions(query) {
      const [counted] = await questions.countPendingActions(await current(), query).toArray();
      return counted?.count ?? 0;
    },

    async notifications(query) {
      return (await questions.notifications(await current(), query).toArray()).map(toNotification);
    },

    async countNotifications(query) {
      const [counted] = await questions.countNotifications(await current(), query).toArray();
      return counted?.count ?? 0;
    },

    async changedAfter(query) {
      const pointer = await pointers.read();
      const documents = questions.changedAfter(generation(pointer), query, pointer.checkpoint);
      return (await documents.toArray()).map(toRecord);
    },

    async checkpoint() {
      return (await pointers.read()).checkpoint;
    },
  };
};

/** Two pages in the same order as one, each document once. */
const merged = (a: readonly RequestDocument[], b: readonly RequestDocument[]): RequestDocument[] => {
  const byId = new Map([...a, ...b].map((document) => [document._id, document]));
  return [...byId.values()].sort(
    (one, other) =>
      one.startsAt.getTime() - other.startsAt.getTime() ||
      // As MongoDB orders texts: by their bytes in UTF-8.
      Buffer.compare(Buffer.from(one._id), Buffer.from(other._id)),
  );
};
