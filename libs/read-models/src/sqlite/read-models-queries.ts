import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { SessionRequestQueries, SessionRequestRecord } from '@hse/contracts';
import { toEpochMs } from '@hse/session-requests';
import { notificationColumns, notificationJoins, recordColumns, recordJoins } from './read-models-schema.ts';
import {
  notificationFromRow,
  recordFromRow,
  statusBits,
  type NotificationRow,
  type RequestRow,
} from './rows.ts';

const me = '(SELECT n FROM identifier WHERE id = :participant)';

/** The same question to both sides: a participant's requests are those where they are the coach and those where the client. */
const eitherSide = (select: (side: 'coach' | 'client') => string): string =>
  `${select('coach')} UNION ALL ${select('client')}`;

const calendarPage = 'AND (starts_at > :afterStart OR id > :afterId) AND (1 << status) & :statuses';

const places = {
  /** By the slot that the calendar shows. */
  whole: (side: string) => `
    SELECT n, starts_at, id FROM request
    WHERE ${side} = ${me} AND starts_at >= :afterStart ${calendarPage}`,
  span: (side: string) => `
    SELECT n, starts_at, id FROM request
    WHERE ${side} = ${me} AND starts_at > max(:from - (SELECT longest_ms FROM progress), :afterStart - 1)
      AND starts_at < :to AND ends_at > :from ${calendarPage}`,
  /** By the proposed slot, where that is another, and only where the first does not find it already. */
  change: (side: string) => `
    SELECT n, starts_at, id FROM request
    WHERE ${side} = ${me} AND change_starts_at IS NOT NULL
      AND change_starts_at > :from - (SELECT longest_ms FROM progress) AND change_starts_at < :to AND change_ends_at > :from
      AND NOT (starts_at < :to AND ends_at > :from) AND starts_at >= :afterStart ${calendarPage}`,
};

/** Picks one page by index first, and looks up whole rows for that page only. */
const page = (select: string, order: string): string => `
  SELECT ${recordColumns} FROM (${select} ORDER BY ${order} LIMIT :limit) AS place
  JOIN request ON request.n = place.n ${recordJoins}
  ORDER BY ${order
    .split(', ')
    .map((term) => `place.${term}`)
    .join(', ')}`;

/** Every statement with which the read models answer; each is answered from an index. */
export const readModelsStatements = {
  find: `SELECT ${recordColumns} FROM request ${recordJoins} WHERE request.id = :id`,
  calendar: page(eitherSide(places.whole), 'starts_at, id'),
  calendarSpan: page(`${eitherSide(places.span)} UNION ALL ${eitherSide(places.change)}`, 'starts_at, id'),
  pendingActions: page(
    `SELECT n, until, id FROM request
     WHERE awaited = ${me} AND until >= max(:now + 1, :afterUntil) AND (until > :afterUntil OR id > :afterId)`,
    'until, id',
  ),
  countPendingActions: `SELECT count(*) AS count FROM request WHERE awaited = ${me} AND until > :now`,
  notifications: `
    SELECT ${notificationColumns} FROM notification ${notificationJoins}
    WHERE notification.participant = ${me} AND notification.n < 2 * :before
    ORDER BY notification.n DESC LIMIT :limit`,
  countNotifications: `SELECT count(*) AS count FROM notification WHERE participant = ${me} AND n > 2 * :after + 1`,
  changedAfter: page(
    eitherSide((side) => `SELECT n, position FROM request WHERE ${side} = ${me} AND position > :position`),
    'position',
  ),
  checkpoint: 'SELECT checkpoint FROM progress',
};

const farthest = Number.MAX_SAFE_INTEGER;

/** Answers from whatever the connection sees. */
export const createReadModelsQueries = (db: DatabaseSync): SessionRequestQueries => {
  const prepare = (name: keyof typeof readModelsStatements) => {
    const statement = db.prepare(readModelsStatements[name]);
    return {
      get: (parameters: Record<string, SQLInputValue>) => statement.get(parameters),
      all: (parameters: Record<string, SQLInputValue>) => statement.all(parameters),
    };
  };
  const find = prepare('find');
  const calendar = prepare('calendar');
  const calendarSpan = prepare('calendarSpan');
  const pendingActions = prepare('pendingActions');
  const countPendingActions = prepare('countPendingActions');
  const notifications = prepare('notifications');
  const countNotifications = prepare('countNotifications');
  const changedAfter = prepare('changedAfter');
  const checkpoint = prepare('checkpoint');

  const record = (row: unknown): SessionRequestRecord => recordFromRow(row as RequestRow);

  return {
    async find(requestId) {
      const row = find.get({ id: requestId });
      return row && record(row);
    },

    async calendar({ participantId, from, to, statuses, after, limit }) {
      const parameters = {
        participant: participantId,
        statuses: statuses ? statusBits(statuses) : -1,
        afterStart: after ? toEpochMs(after.startsAt) : -farthest,
        afterId: after?.requestId ?? '',
        limit,
      };
      if (from === undefined && to === undefined) return calendar.all(parameters).map(record);
      const span = {
        from: from === undefined ? -farthest : toEpochMs(from),
        to: to === undefined ? farthest : toEpochMs(to),
      };
      return calendarSpan.all({ ...parameters, ...span }).map(record);
    },

    async pendingActions({ participantId, now, after, limit }) {
      const afterUntil = after ? toEpochMs(after.until) : -farthest;
      const parameters = {
        participant: participantId,
        now: toEpochMs(now),
        afterUntil,
        afterId: after?.requestId ?? '',
        limit,
      };
      return pendingActions.all(parameters).map(record);
    },

    async countPendingActions({ participantId, now }) {
      return (
        countPendingActions.get({ participant: participantId, now: toEpochMs(now) }) as { count: number }
      ).count;
    },

    async notifications({ participantId, before = farthest / 2, limit }) {
      const rows = notifications.all({ participant: participantId, before, limit });
      return rows.map((row) => notificationFromRow(row as unknown as NotificationRow));
    },

    async countNotifications({ participantId, after }) {
      return (countNotifications.get({ participant: participantId, after }) as { count: number }).count;
    },

    async changedAfter({ participantId, position, limit }) {
      return changedAfter.all({ participant: participantId, position, limit }).map(record);
    },

    async checkpoint() {
      return (checkpoint.get({}) as { checkpoint: number }).checkpoint;
    },
  };
};
