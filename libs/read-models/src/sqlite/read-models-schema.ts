import type { DerivedSchema } from './database.ts';

/**
 * Few and narrow: participants and requests are known inside by a number, instants are milliseconds since 1970, and
 * what no query asks for is one JSON text per row.
 *
 * request: `starts_at`, `ends_at` is the slot that the calendar shows; `change_starts_at`, `change_ends_at` the proposed
 * one where that is another; `awaited`, `until` whose answer is awaited and until when.
 * notification: `n` is twice the position, plus one for the client's: the rows are in log order, and one event has one
 * place for each of its parties. `other` is the party that the row is not for.
 * progress: `longest_ms` is the length of the longest slot there ever was; no slot that overlaps an instant starts
 * further before it.
 */
export const readModelsSchema: DerivedSchema = {
  version: 1,
  tables: ['progress', 'participant', 'request', 'notification'],
  schema: `
    CREATE TABLE progress (checkpoint INTEGER NOT NULL, longest_ms INTEGER NOT NULL) STRICT;
    INSERT INTO progress VALUES (0, 0);
    CREATE TABLE participant (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE request (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
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
      rest TEXT NOT NULL
    ) STRICT;
    CREATE TABLE notification (
      n INTEGER PRIMARY KEY,
      participant INTEGER NOT NULL,
      other INTEGER NOT NULL,
      request INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL,
      type INTEGER NOT NULL,
      rest TEXT NOT NULL
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
