import type { NotificationRecord, SessionRequestRecord } from '@hse/contracts';
import {
  awaitedAnswer,
  sessionRequestEventTypes,
  sessionRequestStatuses,
  statusOf,
  toEpochMs,
  toInstant,
  type SessionRequest,
  type SessionRequestEvent,
  type SessionRequestStatus,
} from '@hse/session-requests';

/** A record as it lies in the table `request`, with the participants' ids in place of their numbers. */
export interface RequestRow {
  id: string;
  coachId: string;
  clientId: string;
  revision: number;
  position: number;
  recordedAt: number;
  status: number;
  startsAt: number;
  endsAt: number;
  changeStartsAt: number | null;
  changeEndsAt: number | null;
  awaitedId: string | null;
  until: number | null;
  rest: string;
}

export const requestRow = ({ state, recordedAt, position }: SessionRequestRecord): RequestRow => {
  const { requestId, coachId, clientId, revision, ...rest } = state;
  const { slot, proposal } = state;
  const awaited = awaitedAnswer(state);
  const change =
    proposal && (proposal.slot.startsAt !== slot.startsAt || proposal.slot.endsAt !== slot.endsAt);
  return {
    id: requestId,
    coachId,
    clientId,
    revision,
    position,
    recordedAt: toEpochMs(recordedAt),
    status: sessionRequestStatuses.indexOf(statusOf(state)),
    startsAt: toEpochMs(slot.startsAt),
    endsAt: toEpochMs(slot.endsAt),
    changeStartsAt: change ? toEpochMs(proposal.slot.startsAt) : null,
    changeEndsAt: change ? toEpochMs(proposal.slot.endsAt) : null,
    awaitedId: awaited?.participantId ?? null,
    until: awaited ? toEpochMs(awaited.until) : null,
    rest: JSON.stringify(rest),
  };
};

export const recordFromRow = (
  row: Pick<RequestRow, 'id' | 'coachId' | 'clientId' | 'revision' | 'position' | 'recordedAt' | 'rest'>,
): SessionRequestRecord => ({
  state: {
    requestId: row.id,
    coachId: row.coachId,
    clientId: row.clientId,
    revision: row.revision,
    ...(JSON.parse(row.rest) as Omit<SessionRequest, 'requestId' | 'coachId' | 'clientId' | 'revision'>),
  },
  recordedAt: toInstant(row.recordedAt),
  position: row.position,
});

/** Statuses as a set of bits; the bit of a status is its place in {@link sessionRequestStatuses}. */
export const statusBits = (statuses: readonly SessionRequestStatus[]): number =>
  statuses.reduce((bits, status) => bits | (1 << sessionRequestStatuses.indexOf(status)), 0);

/** A notification as it lies in the table `notification`, with ids in place of numbers. */
export interface NotificationRow {
  n: number;
  participantId: string;
  otherId: string;
  requestId: string;
  revision: number;
  recordedAt: number;
  type: number;
  rest: string;
}

export const notificationRow = (notification: NotificationRecord): NotificationRow => {
  const { participantId, position, requestId, revision, recordedAt, event } = notification;
  const { requestId: _, coachId, clientId, ...rest } = event.data;
  const forClient = participantId === clientId;
  return {
    n: 2 * position + (forClient ? 1 : 0),
    participantId,
    otherId: forClient ? coachId : clientId,
    requestId,
    revision,
    recordedAt: toEpochMs(recordedAt),
    type: sessionRequestEventTypes.indexOf(event.type),
    rest: JSON.stringify(rest),
  };
};

export const notificationFromRow = (row: NotificationRow): NotificationRecord => {
  const forClient = row.n % 2 === 1;
  const type = sessionRequestEventTypes[row.type];
  if (!type) throw new Error(`notification ${row.n} is of an unknown type, number ${row.type}`);
  return {
    participantId: row.participantId,
    position: Math.floor(row.n / 2),
    requestId: row.requestId,
    revision: row.revision,
    recordedAt: toInstant(row.recordedAt),
    event: {
      type,
      data: {
        requestId: row.requestId,
        coachId: forClient ? row.otherId : row.participantId,
        clientId: forClient ? row.participantId : row.otherId,
        ...(JSON.parse(row.rest) as object),
      },
    } as SessionRequestEvent,
  };
};
