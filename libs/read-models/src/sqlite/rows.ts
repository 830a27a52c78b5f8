import type { NotificationRecord, SessionRequestRecord } from '@hse/contracts';
import {
  awaitedAnswer,
  otherRole,
  sessionRequestEventTypes,
  sessionRequestStatuses,
  statusOf,
  toEpochMs,
  toInstant,
  type CancellationCause,
  type Role,
  type SessionRequest,
  type SessionRequestEvent,
  type SessionRequestStatus,
  type Slot,
} from '@hse/session-requests';
import { exactEpochMs } from './exact-instant.ts';

// Records and notifications as rows. Numbers are packed into arrays in the order of `requestNumbers` and
// `notificationNumbers`, with NaN for NULL, which is what SQLite makes of it: small in the file, quick to bind, and handed
// to another thread without being copied.

/** A request and its parties, by the numbers they are known by in the file. */
export interface Numbered {
  readonly n: number;
  readonly coach: number;
  readonly client: number;
}

/** The part of the state that has no column of its own; and nothing asks for a record by its trace. */
type Rest = Omit<SessionRequest, 'requestId' | 'coachId' | 'clientId' | 'revision'> & {
  readonly traceparent?: string;
};

/**
 * Packs the numbers of a record, from `at` on.
 *
 * @returns the text of the column `rest`.
 */
export const packRequest = (
  numbers: Float64Array | number[],
  at: number,
  { n, coach, client }: Numbered,
  { state, recordedAt, position, traceparent }: SessionRequestRecord,
): string => {
  const { requestId: _, coachId: _coach, clientId: _client, revision, ...rest } = state;
  const { slot, proposal } = state;
  const awaited = awaitedAnswer(state);
  const proposed = proposal?.slot;
  const change = proposed && (proposed.startsAt !== slot.startsAt || proposed.endsAt !== slot.endsAt);
  numbers[at] = n;
  numbers[at + 1] = coach;
  numbers[at + 2] = client;
  numbers[at + 3] = revision;
  numbers[at + 4] = position;
  numbers[at + 5] = epochMs(recordedAt);
  numbers[at + 6] = sessionRequestStatuses.indexOf(statusOf(state));
  numbers[at + 7] = epochMs(slot.startsAt);
  numbers[at + 8] = epochMs(slot.endsAt);
  numbers[at + 9] = change ? epochMs(proposed.startsAt) : NaN;
  numbers[at + 10] = change ? epochMs(proposed.endsAt) : NaN;
  numbers[at + 11] = awaited ? (awaited.role === 'coach' ? coach : client) : NaN;
  numbers[at + 12] = awaited ? epochMs(awaited.until) : NaN;
  return JSON.stringify((traceparent === undefined ? rest : { ...rest, traceparent }) satisfies Rest);
};

/** Of the slots of a state that {@link packRequest} has packed, the length of the longest. */
export const longestSlotMs = (numbers: Float64Array | number[], at: number): number => {
  const lengthMs = (column: number): number => (numbers[at + column + 1] ?? 0) - (numbers[at + column] ?? 0);
  return Math.max(lengthMs(7), lengthMs(9) || 0); // NaN where no change is proposed
};

/** As selected by `recordColumns`. */
export interface RequestRow extends Numbered {
  readonly id: string;
  readonly coachId: string;
  readonly clientId: string;
  readonly revision: number;
  readonly position: number;
  readonly recordedAt: number;
  readonly rest: string;
}

export const recordFromRow = (row: RequestRow): SessionRequestRecord => {
  const { traceparent, ...rest } = JSON.parse(row.rest) as Rest;
  return {
    state: {
      requestId: row.id,
      coachId: row.coachId,
      clientId: row.clientId,
      revision: row.revision,
      ...rest,
    },
    recordedAt: toInstant(row.recordedAt),
    position: row.position,
    ...(traceparent !== undefined && { traceparent }),
  };
};

/** Statuses as a set of bits; the bit of a status is its place in {@link sessionRequestStatuses}. */
export const statusBits = (statuses: readonly SessionRequestStatus[]): number =>
  statuses.reduce((set, status) => set | (1 << sessionRequestStatuses.indexOf(status)), 0);

/** What `facts` of a notification says, each as its place in a list, times this. `asJson`: see {@link packNotification}. */
const facts = { type: 1, actor: 8, cause: 32, agreedSlotStands: 128, asJson: 256 } as const;
const actors = ['coach', 'client', 'system'] as const satisfies readonly (Role | 'system')[];
const causes = ['withdrawn', 'called-off', 'no-response'] as const satisfies readonly CancellationCause[];

/**
 * Packs the numbers of a notification, from `at` on. An event that does not fit the columns exactly, such as one with a
 * field that a later release added, is kept as JSON altogether: what is read is always what was written.
 *
 * @returns the text of the column `text`: a note, a reason, or that JSON.
 */
export const packNotification = (
  numbers: Float64Array | number[],
  at: number,
  { n, coach, client }: Numbered,
  { position, participantId, revision, recordedAt, event }: NotificationRecord,
  numberOf: (policyId: string) => number,
): string | null => {
  const { data } = event;
  const forClient = participantId === data.clientId;
  const type = sessionRequestEventTypes.indexOf(event.type);
  numbers[at] = 2 * position + (forClient ? 1 : 0);
  numbers[at + 1] = forClient ? client : coach;
  numbers[at + 2] = forClient ? coach : client;
  numbers[at + 3] = n;
  numbers[at + 4] = revision;
  numbers[at + 5] = epochMs(recordedAt);
  for (let column = 7; column <= 13; column += 1) numbers[at + column] = NaN;

  // Each puts its part into the columns, and tells whether it fits.
  const pack = (by: Role | 'system', fields: number, more = 0): boolean => {
    const actor = actors.indexOf(by);
    numbers[at + 6] = type * facts.type + actor * facts.actor + more;
    numbers[at + 7] = data.round;
    return actor >= 0 && more >= 0 && fieldsOf(data) === fields;
  };
  const slot = (column: number, slot: Slot): boolean => {
    const startsAt = (numbers[at + column] = exactEpochMs(slot.startsAt));
    const endsAt = (numbers[at + column + 1] = exactEpochMs(slot.endsAt));
    return !Number.isNaN(startsAt + endsAt) && fieldsOf(slot) === 2;
  };
  const respondBy = (instant: string): boolean => !Number.isNaN((numbers[at + 12] = exactEpochMs(instant)));
  const optional = (value: string | undefined): number => (value === undefined ? 0 : 1);
  /** UTF-8 has no half characters. */
  const text = (value: string | undefined): boolean => value === undefined || value.isWellFormed();

  switch (event.type) {
    case 'SessionRequested': {
      const { requestedBy, note, awaiting, policyId } = event.data;
      const fits =
        pack(requestedBy, 9 + optional(note)) &&
        awaiting !== requestedBy &&
        slot(8, event.data.slot) &&
        respondBy(event.data.respondBy) &&
        text(note);
      numbers[at + 13] = numberOf(policyId);
      if (fits) return note ?? null;
      break;
    }
    case 'SessionAdjusted': {
      const { adjustedBy, note, awaiting, policyId, previousSlot } = event.data;
      const fits =
        pack(adjustedBy, 10 + optional(note)) &&
        awaiting !== adjustedBy &&
        slot(8, event.data.slot) &&
        slot(10, previousSlot) &&
        respondBy(event.data.respondBy) &&
        text(note);
      numbers[at + 13] = numberOf(policyId);
      if (fits) return note ?? null;
      break;
    }
    case 'SessionAccepted':
      if (pack(event.data.acceptedBy, 6) && slot(8, event.data.slot)) return null;
      break;
    case 'SessionRejected': {
      const { rejectedBy, reason, agreedSlotStands } = event.data;
      const stands = agreedSlotStands ? facts.agreedSlotStands : 0;
      if (pack(rejectedBy, 6 + optional(reason), stands) && text(reason)) return reason ?? null;
      break;
    }
    case 'SessionCancelled': {
      const { cancelledBy, cause, reason, agreedSlotStands } = event.data;
      const more = causes.indexOf(cause) * facts.cause + (agreedSlotStands ? facts.agreedSlotStands : 0);
      const fields = 7 + optional(reason) + optional(event.data.respondBy);
      const fits =
        pack(cancelledBy, fields, more) &&
        text(reason) &&
        (event.data.respondBy === undefined || respondBy(event.data.respondBy));
      if (fits) return reason ?? null;
      break;
    }
  }
  numbers[at + 6] = facts.asJson;
  for (let column = 7; column <= 13; column += 1) numbers[at + column] = NaN;
  return JSON.stringify(event);
};

const epochMs = (instant: string): number => {
  const exact = exactEpochMs(instant);
  return Number.isNaN(exact) ? toEpochMs(instant) : exact;
};

const fieldsOf = (data: object): number => {
  let fields = 0;
  for (const _ in data) fields += 1;
  return fields;
};

/** As selected by `notificationColumns`. */
export interface NotificationRow {
  readonly n: number;
  readonly participantId: string;
  readonly otherId: string;
  readonly requestId: string;
  readonly revision: number;
  readonly recordedAt: number;
  readonly facts: number;
  readonly round: number | null;
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  readonly previousStartsAt: number | null;
  readonly previousEndsAt: number | null;
  readonly respondBy: number | null;
  readonly policyId: string | null;
  readonly text: string | null;
}

export const notificationFromRow = (row: NotificationRow): NotificationRecord => ({
  participantId: row.participantId,
  position: Math.floor(row.n / 2),
  requestId: row.requestId,
  revision: row.revision,
  recordedAt: toInstant(row.recordedAt),
  event: eventFromRow(row),
});

const eventFromRow = (row: NotificationRow): SessionRequestEvent => {
  if (row.facts & facts.asJson) return JSON.parse(row.text ?? '') as SessionRequestEvent;
  const oneOf = <T>(set: readonly T[], unit: number): T => {
    const value = set[Math.floor(row.facts / unit) & 3];
    if (value === undefined) throw new Error(`notification ${row.n} has impossible facts: ${row.facts}`);
    return value;
  };
  const forClient = row.n % 2 === 1;
  const concerns = {
    requestId: row.requestId,
    coachId: forClient ? row.otherId : row.participantId,
    clientId: forClient ? row.participantId : row.otherId,
  };
  const actor = oneOf(actors, facts.actor);
  // That a person did it, and what is not NULL, follows from the type: only such events were packed so.
  const by = actor as Role;
  const round = row.round as number;
  const instant = (epochMs: number | null): string => toInstant(epochMs as number);
  const slot = () => ({ startsAt: instant(row.startsAt), endsAt: instant(row.endsAt) });
  const proposal = () => ({
    slot: slot(),
    awaiting: otherRole(by),
    respondBy: instant(row.respondBy),
    policyId: row.policyId as string,
    ...(row.text !== null && { note: row.text }),
  });
  const reason = row.text !== null && { reason: row.text };
  const agreedSlotStands = (row.facts & facts.agreedSlotStands) !== 0;

  const type = sessionRequestEventTypes[row.facts & 7];
  if (!type) throw new Error(`notification ${row.n} has impossible facts: ${row.facts}`);
  switch (type) {
    case 'SessionRequested':
      return { type, data: { ...concerns, requestedBy: by, round: 1, ...proposal() } };
    case 'SessionAccepted':
      return { type, data: { ...concerns, acceptedBy: by, slot: slot(), round } };
    case 'SessionRejected':
      return { type, data: { ...concerns, rejectedBy: by, round, agreedSlotStands, ...reason } };
    case 'SessionAdjusted': {
      const previousSlot = { startsAt: instant(row.previousStartsAt), endsAt: instant(row.previousEndsAt) };
      return { type, data: { ...concerns, adjustedBy: by, previousSlot, round, ...proposal() } };
    }
    case 'SessionCancelled': {
      const respondBy = row.respondBy !== null && { respondBy: instant(row.respondBy) };
      const cause = oneOf(causes, facts.cause);
      return {
        type,
        data: { ...concerns, cancelledBy: actor, cause, round, agreedSlotStands, ...reason, ...respondBy },
      };
    }
  }
};
