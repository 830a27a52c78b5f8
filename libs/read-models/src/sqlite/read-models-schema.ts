import type { DerivedSchema } from './database.ts';

/**
 * Few and narrow: participants, policies and requests are known inside by a number, and instants are milliseconds since
 * 1970. See `rows.ts` for how states and events become columns and back.
 *
 * identifier: opaque ids that occur again and again, those of participants and policies.
 * request: `starts_at`, `ends_at` is the slot that the calendar shows; `change_starts_at`, `change_ends_at` the proposed
 * one where that is another; `awaited`, `until` whose answer is awaited and until when; `rest` the state as JSON, without
 * the three ids and the revision.
 * notification: `n` is twice the position, plus one for the client's: the rows are in log order, and one event has one
 * place for each of its parties. `other` is the party that the row is not for.
 * progress: `longest_ms` is the length of the longest slot there ever was; no slot that overlaps an instant starts
 * further before it.
 */
export const readModelsSchema: DerivedSchema = {
  version: 1,
  tables: ['progress', 'identifier', 'request', 'notification'],
  schema: `
    CREATE TABLE progress (checkpoint INTEGER NOT NULL, longest_ms INTEGER NOT NULL) STRICT;
    INSERT INTO progress VALUES (0, 0);
    CREATE TABLE identifier (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE request (
      n INTEGER PRIMARY KEY,
      coach INTEGER NOT NULL,
      client INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      position INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL,
      status INTEGER NOT NULL,
      starts_at INTEGER NOT NULL,
      ends_at INTEGER NOT NULL,
      change_starts_at INTEGER,
      change_ends_at INTEGER,
      awaited INTEGER,
      until INTEGER,
      rest TEXT NOT NULL,
      id TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE notification (
      n INTEGER PRIMARY KEY,
      participant INTEGER NOT NULL,
      other INTEGER NOT NULL,
      request INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL,
      facts INTEGER NOT NULL,
      round INTEGER,
      starts_at INTEGER,
      ends_at INTEGER,
      previous_starts_at INTEGER,
      previous_ends_at INTEGER,
      respond_by INTEGER,
      policy INTEGER,
      text TEXT
    ) STRICT;
  `,
};

/** Apart from the tables: rows that come in bulk are indexed afterwards. */
export const readModelsIndexes = `
  CREATE INDEX IF NOT EXISTS request_of_coach_by_start ON request (coach, starts_at);
  CREATE INDEX IF NOT EXISTS request_of_client_by_start ON request (client, starts_at);
  CREATE INDEX IF NOT EXISTS request_of_coach_by_position ON request (coach, position);
  CREATE INDEX IF NOT EXISTS request_of_client_by_position ON request (client, position);
  CREATE INDEX IF NOT EXISTS request_of_coach_with_change ON request (coach, change_starts_at) WHERE change_starts_at IS NOT NULL;
  CREATE INDEX IF NOT EXISTS request_of_client_with_change ON request (client, change_starts_at) WHERE change_starts_at IS NOT NULL;
  CREATE INDEX IF NOT EXISTS request_by_awaited ON request (awaited, until) WHERE awaited IS NOT NULL;
  CREATE INDEX IF NOT EXISTS notification_of_participant ON notification (participant);
`;

/** The columns of `request` that are numbers, in the order in which rows are packed. `rest` and `id` follow. */
export const requestNumbers = [
  ...['n', 'coach', 'client', 'revision', 'position', 'recorded_at', 'status', 'starts_at', 'ends_at'],
  ...['change_starts_at', 'change_ends_at', 'awaited', 'until'],
];

/** The columns of `notification` that are numbers, in the order in which rows are packed. `text` follows. */
export const notificationNumbers = [
  ...['n', 'participant', 'other', 'request', 'revision', 'recorded_at', 'facts', 'round', 'starts_at'],
  ...['ends_at', 'previous_starts_at', 'previous_ends_at', 'respond_by', 'policy'],
];

const places = (rows: number, columns: number): string =>
  Array<string>(rows)
    .fill(`(${Array<string>(columns).fill('?').join(', ')})`)
    .join(', ');

/** Requests come in, or take the place of older states of themselves; the parties of a request never change. */
export const putRequests = (rows: number): string => `
  INSERT INTO request (${requestNumbers.join(', ')}, rest, id) VALUES ${places(rows, requestNumbers.length + 2)}
  ON CONFLICT (n) DO UPDATE SET
    ${[...requestNumbers.slice(3), 'rest'].map((column) => `${column} = excluded.${column}`).join(', ')}
  WHERE excluded.revision > request.revision`;

/**
 * A request that is there moves on without a slot that starts at another time, which is the most frequent change: half of
 * the indexes need not be touched. Changes no row where that is not so. Parameters as for a row of {@link putRequests}, but
 * for the id.
 */
export const moveRequest = (() => {
  const parameter = (column: string): string => `?${[...requestNumbers, 'rest'].indexOf(column) + 1}`;
  const changing = [
    'revision',
    'position',
    'recorded_at',
    'status',
    'ends_at',
    'change_ends_at',
    'awaited',
    'until',
    'rest',
  ];
  return `
    UPDATE request SET ${changing.map((column) => `${column} = ${parameter(column)}`).join(', ')}
    WHERE n = ${parameter('n')} AND revision < ${parameter('revision')}
      AND starts_at = ${parameter('starts_at')} AND change_starts_at IS ${parameter('change_starts_at')}`;
})();

/** Notifications come in, unless they are there. */
export const putNotifications = (rows: number): string => `
  INSERT INTO notification (${notificationNumbers.join(', ')}, text) VALUES ${places(rows, notificationNumbers.length + 1)}
  ON CONFLICT DO NOTHING`;

/** What makes a record, given the tables of {@link recordJoins}. */
export const recordColumns = `
  request.n AS n, request.coach AS coach, request.client AS client, request.id AS id, coach.id AS coachId,
  client.id AS clientId, request.revision AS revision, request.position AS position, request.recorded_at AS recordedAt,
  request.rest AS rest`;

export const recordJoins = `
  JOIN identifier AS coach ON coach.n = request.coach
  JOIN identifier AS client ON client.n = request.client`;

/** What makes a notification, given the tables of {@link notificationJoins}. */
export const notificationColumns = `
  notification.n AS n, mine.id AS participantId, other.id AS otherId, request.id AS requestId,
  notification.revision AS revision, notification.recorded_at AS recordedAt, notification.facts AS facts,
  notification.round AS round, notification.starts_at AS startsAt, notification.ends_at AS endsAt,
  notification.previous_starts_at AS previousStartsAt, notification.previous_ends_at AS previousEndsAt,
  notification.respond_by AS respondBy, policy.id AS policyId, notification.text AS text`;

export const notificationJoins = `
  JOIN identifier AS mine ON mine.n = notification.participant
  JOIN identifier AS other ON other.n = notification.other
  JOIN request ON request.n = notification.request
  LEFT JOIN identifier AS policy ON policy.n = notification.policy`;

/** Records by their ids, handed in as a JSON array. */
export const loadRecords = `
  SELECT ${recordColumns} FROM json_each(?) AS wanted JOIN request ON request.id = wanted.value ${recordJoins}`;
