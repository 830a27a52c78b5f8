import { streamOf } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import { sessionRequestEventTypes, type SessionRequestEvent } from '@hse/session-requests';
import { rowSchemaVersion } from './columns.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * The event that a row was made of: the other way round. Traces are not in rows and do not come back; notes and reasons do where
 * the rows have them.
 *
 * @throws Error where the row is not of this version, or its identities are pseudonyms.
 */
export const eventOfRow = (value: unknown): RecordedEvent<SessionRequestEvent> => {
  if (typeof value !== 'object' || value === null) throw new Error('is no row');
  const row = value as Row;
  if (row['schema_version'] !== rowSchemaVersion)
    throw new Error(
      `is a row of schema version ${String(row['schema_version'])}; this release reads ${rowSchemaVersion}`,
    );
  if (typeof row['event_id'] !== 'string')
    throw new Error('has no event id: only an export with --identities plain can be read as a history');
  const type = sessionRequestEventTypes.find((known) => known === row['type']);
  if (!type) throw new Error(`has the type ${String(row['type'])}, which is not known`);
  const requestId = row['request_id'] as string;
  return {
    type,
    data: {
      requestId,
      coachId: row['coach_id'],
      clientId: row['client_id'],
      ...present(dataOf(type, row)),
    },
    id: row['event_id'],
    metadata: present({
      commandId: row['command_id'],
      correlationId: row['correlation_id'],
      causationId: row['causation_id'],
      recordedAt: row['recorded_at'],
      schemaVersion: row['event_schema_version'],
    }),
    stream: streamOf({ requestId }),
    revision: row['revision'],
    position: row['position'],
  } as unknown as RecordedEvent<SessionRequestEvent>; // as the row says: what it should be, `replay verify` finds out
};

const present = (values: Row): Row =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));

const dataOf = (type: SessionRequestEvent['type'], row: Row): Row => {
  const { actor, round, note, reason, cause } = row;
  const slot = { startsAt: row['starts_at'], endsAt: row['ends_at'] };
  const agreedSlotStands = row['agreed_slot_stands'];
  const promise = {
    awaiting: row['awaiting'],
    respondBy: row['respond_by'],
    policyId: row['policy_id'],
    round,
  };
  switch (type) {
    case 'SessionRequested':
      return { requestedBy: actor, slot, note, ...promise };
    case 'SessionAccepted':
      return { acceptedBy: actor, slot, round };
    case 'SessionRejected':
      return { rejectedBy: actor, reason, round, agreedSlotStands };
    case 'SessionAdjusted': {
      const previousSlot = { startsAt: row['previous_starts_at'], endsAt: row['previous_ends_at'] };
      return { adjustedBy: actor, previousSlot, slot, note, ...promise };
    }
    case 'SessionCancelled': {
      const respondBy = cause === 'no-response' ? row['respond_by'] : undefined;
      return { cancelledBy: actor, cause, reason, round, respondBy, agreedSlotStands };
    }
  }
};
