import type { NotificationRecord, SessionRequestRecord } from '@hse/contracts';
import {
  awaitedAnswer,
  sessionRequestStatuses,
  statusOf,
  toEpochMs,
  type SessionRequest,
  type SessionRequestEvent,
  type SessionRequestStatus,
  type Slot,
} from '@hse/session-requests';
import type { Document, IndexDescription, Long } from 'mongodb';
import { fromExact, fromKey, toExact, toKey } from './exact-bson.ts';

interface Span {
  readonly startsAt: Date;
  /** Exclusive. */
  readonly endsAt: Date;
}

/** A session request: the state, and what it is found by. */
export interface RequestDocument extends Span {
  /** Request id. */
  readonly _id: string;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: string;
  readonly traceparent?: string;
  /** Coach, client. */
  readonly participants: readonly [string, string];
  readonly status: SessionRequestStatus;
  /** The proposed slot, where it is another than the one that the calendar shows. */
  readonly change?: Span;
  /** Shows up in the calendar outside of the day that begins at `startsAt`. */
  readonly wide?: true;
  /** Whose answer is awaited, and until when. */
  readonly awaited?: string;
  readonly until?: Date;
  /** The rest of the state. */
  readonly state: object | string;
}

/** One event, told to one participant. */
export interface NotificationDocument {
  /** See {@link notificationKey}. */
  readonly _id: bigint | Long | number;
  readonly participantId: string;
  readonly position: number;
  readonly requestId: string;
  readonly revision: number;
  readonly recordedAt: string;
  readonly event: object | string;
}

/** Spans of the calendar that are longer are looked for apart, so that the search for the others need not go back further. */
export const longestNarrowMs = 86_400_000;

const date = (instant: string): Date => {
  const epochMs = toEpochMs(instant);
  if (Number.isNaN(epochMs)) throw new RangeError(`${instant} is no instant`);
  return new Date(epochMs);
};
const spanOf = ({ startsAt, endsAt }: Slot): Span => ({ startsAt: date(startsAt), endsAt: date(endsAt) });
const lengthMs = ({ startsAt, endsAt }: Span): number => endsAt.getTime() - startsAt.getTime();

/** @throws for a state that has no slot, or one without instants. */
export const toRequestDocument = ({
  state,
  position,
  recordedAt,
  traceparent,
}: SessionRequestRecord): RequestDocument => {
  const { requestId, coachId, clientId, revision, ...rest } = state;
  const { slot, proposal } = state;
  const shown = spanOf(slot);
  const proposed = proposal?.slot;
  const change =
    proposed && (proposed.startsAt !== slot.startsAt || proposed.endsAt !== slot.endsAt)
      ? spanOf(proposed)
      : undefined;
  const awaited = awaitedAnswer(state);
  return {
    _id: toKey(requestId),
    revision,
    position,
    recordedAt,
    participants: [toKey(coachId), toKey(clientId)],
    status: statusOf(state),
    ...shown,
    state: toExact(rest),
    ...(traceparent !== undefined && { traceparent }),
    ...(change && { change }),
    ...((change ?? lengthMs(shown) > longestNarrowMs) && { wide: true as const }),
    ...(awaited && { awaited: toKey(awaited.participantId), until: date(awaited.until) }),
  };
};

export const toRecord = ({
  _id,
  revision,
  position,
  recordedAt,
  traceparent,
  participants: [coach, client],
  state,
}: RequestDocument): SessionRequestRecord => ({
  state: {
    requestId: fromKey(_id),
    coachId: fromKey(coach),
    clientId: fromKey(client),
    revision,
    ...(fromExact(state) as Omit<SessionRequest, 'requestId' | 'coachId' | 'clientId' | 'revision'>),
  },
  recordedAt,
  position,
  ...(traceparent !== undefined && { traceparent }),
});

/**
 * Twice the position, plus one for the client: in the order of the log, and one place for each party of an event. A
 * `bigint`, because it can be beyond 2^53.
 */
export const notificationKey = (position: number, side: 'coach' | 'client'): bigint =>
  BigInt(position) * 2n + (side === 'client' ? 1n : 0n);

export const toNotificationDocument = ({
  participantId,
  position,
  requestId,
  revision,
  recordedAt,
  event,
}: NotificationRecord): NotificationDocument => ({
  _id: notificationKey(position, participantId === event.data.clientId ? 'client' : 'coach'),
  participantId: toKey(participantId),
  position,
  requestId: toKey(requestId),
  revision,
  recordedAt,
  event: toExact(event),
});

export const toNotification = ({
  participantId,
  position,
  requestId,
  revision,
  recordedAt,
  event,
}: NotificationDocument): NotificationRecord => ({
  participantId: fromKey(participantId),
  position,
  requestId: fromKey(requestId),
  revision,
  recordedAt,
  event: fromExact(event) as SessionRequestEvent,
});

const text = { bsonType: 'string' };
const dateType = { bsonType: 'date' };
const count = { bsonType: 'number', minimum: 0 };
const exact = { bsonType: ['object', 'string'] };
const closed = (properties: Document, optional: readonly string[] = []): Document => ({
  bsonType: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
  additionalProperties: false,
});

/** One collection of each generation: what its documents have to look like, and what they are found by. */
interface CollectionDefinition {
  readonly schema: Document;
  readonly indexes: IndexDescription[];
}

export const requestsDefinition: CollectionDefinition = {
  schema: {
    ...closed(
      {
        _id: text,
        revision: count,
        position: count,
        recordedAt: text,
        traceparent: text,
        participants: { bsonType: 'array', items: text, minItems: 2, maxItems: 2 },
        status: { enum: [...sessionRequestStatuses] },
        startsAt: dateType,
        endsAt: dateType,
        change: closed({ startsAt: dateType, endsAt: dateType }),
        wide: { enum: [true] },
        awaited: text,
        until: dateType,
        state: exact,
      },
      ['traceparent', 'change', 'wide', 'awaited', 'until'],
    ),
    dependencies: { change: ['wide'], awaited: ['until'], until: ['awaited'] },
  },
  indexes: [
    { name: 'by_start', key: { participants: 1, startsAt: 1, _id: 1 } },
    {
      name: 'wide_by_start',
      key: { participants: 1, wide: 1, startsAt: 1, _id: 1 },
      partialFilterExpression: { wide: true },
    },
    { name: 'by_position', key: { participants: 1, position: 1 } },
    {
      name: 'by_until',
      key: { awaited: 1, until: 1, _id: 1 },
      partialFilterExpression: { awaited: { $exists: true } },
    },
  ],
};

export const notificationsDefinition: CollectionDefinition = {
  schema: closed({
    _id: { bsonType: ['long', 'int'] },
    participantId: text,
    position: count,
    requestId: text,
    revision: count,
    recordedAt: text,
    event: exact,
  }),
  indexes: [{ name: 'by_participant', key: { participantId: 1, position: -1 } }],
};
