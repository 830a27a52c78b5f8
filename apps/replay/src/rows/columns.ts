import {
  sessionRequestEventTypes,
  sessionRequestStatuses,
  toEpochMs,
  type Role,
  type Slot,
} from '@hse/session-requests';
import type { Entry } from './entries.ts';
import type { Identities } from './identities.ts';

/** Of the rows. Raised when a column changes its meaning or goes; a column that is added does not raise it. */
export const rowSchemaVersion = 1;

/**
 * `integer` has 32 bits, `bigint` 64 (below 2^53); a `timestamp` is an instant in UTC with milliseconds; an `enum` is a text
 * out of a closed list.
 */
export type ColumnType = 'integer' | 'bigint' | 'timestamp' | 'text' | 'boolean' | 'enum';

/** What columns depend on besides the event. */
export interface RowOptions {
  readonly identities: Identities;
  /** Whether notes and reasons, which are people's own words, are there. */
  readonly withNotes: boolean;
}

/** One column of the flat rows. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** All values there are; of enumerations only. */
  readonly values?: readonly string[];
  readonly meaning: string;
  /** Its value (a `timestamp` in milliseconds since 1970); undefined for none, NULL. */
  readonly of: (entry: Entry, options: RowOptions) => string | number | boolean | undefined;
}

const roles = ['coach', 'client'] as const;
const actors = [...roles, 'system'] as const;

/** How a proposal may leave the table. */
export const endings = [
  'accepted',
  'rejected',
  'countered',
  'amended',
  'withdrawn',
  'called-off',
  'unanswered',
] as const;

/** How a proposal left the table. */
export type Ending = (typeof endings)[number];

const actorOf = ({ event }: Entry): Role | 'system' => {
  switch (event.type) {
    case 'SessionRequested':
      return event.data.requestedBy;
    case 'SessionAccepted':
      return event.data.acceptedBy;
    case 'SessionRejected':
      return event.data.rejectedBy;
    case 'SessionAdjusted':
      return event.data.adjustedBy;
    case 'SessionCancelled':
      return event.data.cancelledBy;
  }
};

/** Undefined where nothing was on the table. */
export const endingOf = ({ event, ended }: Pick<Entry, 'event' | 'ended'>): Ending | undefined => {
  if (!ended) return undefined;
  switch (event.type) {
    case 'SessionRequested':
      return undefined;
    case 'SessionAccepted':
      return 'accepted';
    case 'SessionRejected':
      return 'rejected';
    case 'SessionAdjusted':
      return event.data.adjustedBy === ended.awaiting ? 'countered' : 'amended';
    case 'SessionCancelled':
      return event.data.cause === 'no-response' ? 'unanswered' : event.data.cause;
  }
};

const previousMs = ({ event }: Entry, end: keyof Slot): number | undefined =>
  event.type === 'SessionAdjusted' ? toEpochMs(event.data.previousSlot[end]) : undefined;

const about = ({ made, ended }: Entry) => made ?? ended;

const dataOf = <K extends string>({ event }: Entry, name: K): unknown =>
  (event.data as Partial<Record<K, unknown>>)[name];

const technical = 'only with --identities plain, as it stands in logs and traces beside names';

/** Every column, in their order. */
export const columns: readonly Column[] = [
  {
    name: 'schema_version',
    type: 'integer',
    meaning: `of these columns: ${rowSchemaVersion}`,
    of: () => rowSchemaVersion,
  },
  {
    name: 'position',
    type: 'bigint',
    meaning: 'place in the whole log, ascending; identifies the event',
    of: ({ event }) => event.position,
  },
  { name: 'recorded_at', type: 'timestamp', meaning: 'when it happened', of: ({ recordedMs }) => recordedMs },
  {
    name: 'type',
    type: 'enum',
    values: sessionRequestEventTypes,
    meaning: 'type of the event',
    of: ({ event }) => event.type,
  },
  {
    name: 'request_id',
    type: 'text',
    meaning: 'the session request; pseudonymous by default',
    of: ({ event }, { identities }) => identities.request(event.data.requestId),
  },
  {
    name: 'revision',
    type: 'integer',
    meaning: 'place in the session request: 0, 1, 2, …',
    of: ({ event }) => event.revision,
  },
  {
    name: 'coach_id',
    type: 'text',
    meaning: 'the coach; pseudonymous by default',
    of: ({ event }, { identities }) => identities.participant(event.data.coachId),
  },
  {
    name: 'client_id',
    type: 'text',
    meaning: 'the client; pseudonymous by default',
    of: ({ event }, { identities }) => identities.participant(event.data.clientId),
  },
  {
    name: 'requester',
    type: 'enum',
    values: roles,
    meaning: 'who asked first',
    of: ({ after }) => after?.requestedBy,
  },
  { name: 'actor', type: 'enum', values: actors, meaning: 'who did this', of: actorOf },
  {
    name: 'status',
    type: 'enum',
    values: sessionRequestStatuses,
    meaning: 'of the request after this event',
    of: ({ status }) => status,
  },
  {
    name: 'starts_at',
    type: 'timestamp',
    meaning: 'start of the slot it is about: proposed, accepted, or given up',
    of: ({ slot }) => slot?.startsMs,
  },
  { name: 'ends_at', type: 'timestamp', meaning: 'end of that slot', of: ({ slot }) => slot?.endsMs },
  {
    name: 'duration_minutes',
    type: 'integer',
    meaning: 'length of that slot, in whole minutes (rounded)',
    of: ({ slot }) => slot && Math.round((slot.endsMs - slot.startsMs) / 60_000),
  },
  {
    name: 'previous_starts_at',
    type: 'timestamp',
    meaning: 'of an adjustment: start of the slot before it',
    of: (entry) => previousMs(entry, 'startsAt'),
  },
  {
    name: 'previous_ends_at',
    type: 'timestamp',
    meaning: 'of an adjustment: end of the slot before it',
    of: (entry) => previousMs(entry, 'endsAt'),
  },
  {
    name: 'round',
    type: 'integer',
    meaning: 'round named by the event: 1 for the request, +1 with each adjustment',
    of: ({ event }) => event.data.round,
  },
  {
    name: 'proposer',
    type: 'enum',
    values: roles,
    meaning: 'who made the proposal that the event puts on the table or, where it makes none, takes off it',
    of: (entry) => about(entry)?.proposedBy,
  },
  {
    name: 'awaiting',
    type: 'enum',
    values: roles,
    meaning: 'who has, or had, to answer that proposal',
    of: (entry) => about(entry)?.awaiting,
  },
  {
    name: 'proposed_at',
    type: 'timestamp',
    meaning: 'when that proposal was made',
    of: (entry) => about(entry)?.proposedMs,
  },
  {
    name: 'respond_by',
    type: 'timestamp',
    meaning: 'until when it can, or could, be answered',
    of: (entry) => about(entry)?.respondByMs,
  },
  {
    name: 'lead_ms',
    type: 'bigint',
    meaning: 'from when it was made to the start of its slot, milliseconds',
    of: (entry) => about(entry)?.leadMs,
  },
  {
    name: 'policy_id',
    type: 'text',
    meaning: 'the expiry policy recorded with it',
    of: (entry) => about(entry)?.policyId,
  },
  {
    name: 'lead_tier',
    type: 'text',
    meaning:
      'the row of that policy, by its leads: `0-24h`, `24-48h`, `48-72h`, `72h+`; NULL where the policy is not known (--policy)',
    of: (entry) => about(entry)?.tier,
  },
  {
    name: 'is_change',
    type: 'boolean',
    meaning: 'whether it is a change to an agreed slot',
    of: (entry) => about(entry)?.isChange,
  },
  {
    name: 'ended_round',
    type: 'integer',
    meaning: 'round of the proposal that this event takes off the table',
    of: ({ ended }) => ended?.round,
  },
  {
    name: 'ending',
    type: 'enum',
    values: endings,
    meaning: 'how it left the table; `countered` by who was awaited, `amended` by who proposed',
    of: endingOf,
  },
  {
    name: 'waited_ms',
    type: 'bigint',
    meaning: 'how long it had been on the table, milliseconds',
    of: ({ ended, recordedMs }) => ended && recordedMs - ended.proposedMs,
  },
  {
    name: 'time_left_ms',
    type: 'bigint',
    meaning: 'from this event to its deadline, milliseconds; negative where the deadline had passed',
    of: ({ ended, recordedMs }) => ended && ended.respondByMs - recordedMs,
  },
  {
    name: 'cancelled_by',
    type: 'enum',
    values: actors,
    meaning: 'of a cancellation',
    of: (entry) => dataOf(entry, 'cancelledBy') as string | undefined,
  },
  {
    name: 'cause',
    type: 'enum',
    values: ['withdrawn', 'called-off', 'no-response'],
    meaning: 'of a cancellation',
    of: (entry) => dataOf(entry, 'cause') as string | undefined,
  },
  {
    name: 'agreed_slot_stands',
    type: 'boolean',
    meaning: 'of a rejection or cancellation: whether only a change to an agreed slot ended',
    of: (entry) => dataOf(entry, 'agreedSlotStands') as boolean | undefined,
  },
  {
    name: 'note',
    type: 'text',
    meaning: 'what the proposer wrote; only with --with-notes',
    of: (entry, { withNotes }) => (withNotes ? (dataOf(entry, 'note') as string | undefined) : undefined),
  },
  {
    name: 'reason',
    type: 'text',
    meaning: 'why it was rejected or cancelled, in their words; only with --with-notes',
    of: (entry, { withNotes }) => (withNotes ? (dataOf(entry, 'reason') as string | undefined) : undefined),
  },
  {
    name: 'event_schema_version',
    type: 'integer',
    meaning: 'of the payload, as recorded',
    of: ({ event }) => event.metadata.schemaVersion,
  },
  {
    name: 'event_id',
    type: 'text',
    meaning: `id of the event; ${technical}`,
    of: ({ event }, { identities }) => (identities.plain ? event.id : undefined),
  },
  {
    name: 'command_id',
    type: 'text',
    meaning: `the command that decided it; ${technical}`,
    of: ({ event }, { identities }) => (identities.plain ? event.metadata.commandId : undefined),
  },
  {
    name: 'correlation_id',
    type: 'text',
    meaning: `common to what one outside request set off; ${technical}`,
    of: ({ event }, { identities }) => (identities.plain ? event.metadata.correlationId : undefined),
  },
  {
    name: 'causation_id',
    type: 'text',
    meaning: `what led to the command; ${technical}`,
    of: ({ event }, { identities }) => (identities.plain ? event.metadata.causationId : undefined),
  },
];
