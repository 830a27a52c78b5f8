import {
  actions,
  sessionRequestEventTypes,
  sessionRequestStatuses,
  type Action,
  type CancellationCause,
  type Instant,
  type RejectionCode,
  type Role,
  type SessionRequestEventType,
  type SessionRequestStatus,
} from '@hse/session-requests';
import {
  httpLimits,
  IsAnyObject,
  IsId,
  IsInstant,
  IsListOf,
  IsOneOf,
  IsPosition,
  IsShape,
  IsText,
  IsTruth,
  IsWholeNumber,
  Optional,
} from './http-values.ts';

/*
 * What crosses the wire, declared once: TypeScript reads the types, `jsonSchemas()` the decorators. The classes are never
 * constructed by hand, which is all that the `!` on their fields says.
 */

const roles = ['coach', 'client'] as const satisfies readonly Role[];
const largest = Number.MAX_SAFE_INTEGER;

const picture = {
  description: 'Where their picture is: an https URL, or a path on this origin.',
  example: '/pictures/anna.webp',
};

const now = {
  description: 'What the clock of the service reads: deadlines are counted by it. It can be a simulated one.',
  example: '2026-11-22T09:00:00.000Z',
};

const asOf = {
  description:
    'As it was at this instant, which has to have passed. Only to be looked at: a view of the past allows no actions.',
  example: '2026-11-22T09:00:00Z',
};

const slotStart = { description: 'Start of the session, inclusive.' };
const slotEnd = { description: 'End of the session, exclusive.', example: '2026-11-30T10:00:00.000Z' };

// --- What comes in -------------------------------------------------------------------------------------------------

/** Asks the other party for a session. */
export class NewSessionRequest {
  @IsId({ description: 'Id of the other party, who has the other role.', example: 'p-2f7c1d90' })
  with!: string;
  @IsInstant(slotStart)
  startsAt!: string;
  @IsInstant(slotEnd)
  endsAt!: string;
  @Optional()
  @IsText(httpLimits.noteLength, {
    description: 'For the other party to read.',
    example: 'Preparing the board talk.',
  })
  note?: string;
}

/** Puts another slot on the table. */
export class Adjustment {
  @IsInstant(slotStart)
  startsAt!: string;
  @IsInstant(slotEnd)
  endsAt!: string;
  @Optional()
  @IsText(httpLimits.noteLength, { example: 'An hour later suits me better.' })
  note?: string;
}

/** Agrees to what is on the table; says nothing more. */
export class Acceptance {}

/** Declines what is on the table. */
export class Rejection {
  @Optional()
  @IsText(httpLimits.reasonLength, { example: 'I am away that week.' })
  reason?: string;
}

/** Ends the request, or takes back a change to an agreed slot. */
export class Cancellation {
  @Optional()
  @IsOneOf(['session', 'change'], {
    description:
      '`session` (default) ends the whole request; `change` takes back a change to an agreed slot, which then stands.',
  })
  what?: 'session' | 'change';
  @Optional()
  @IsText(httpLimits.reasonLength, { example: 'Something came up.' })
  reason?: string;
}

/** Marks notifications as read. */
export class ReadMark {
  @Optional()
  @IsPosition({
    description: 'Id of the newest notification that was read. Default: all there are.',
    example: '4711',
  })
  upTo?: string;
}

/** Moves a simulated clock forward. */
export class ClockAdvance {
  @IsInstant({ description: 'Later than the present reading, and in the year 9998 at the latest.' })
  to!: string;
}

/** What every list takes. */
export class PageQuery {
  @Optional()
  @IsText(httpLimits.cursorLength, { description: '`nextCursor` of the page before, as it is.' })
  cursor?: string;
  @Optional()
  @IsWholeNumber(httpLimits.pageSize.minimum, httpLimits.pageSize.maximum, {
    description: `Most items on one page. Default ${httpLimits.pageSize.default}.`,
    example: httpLimits.pageSize.default,
  })
  limit?: number;
}

export class ParticipantsQuery extends PageQuery {
  @Optional()
  @IsOneOf(roles, { description: 'Only participants of this role.' })
  role?: Role;
  @Optional()
  @IsText(httpLimits.searchLength, {
    description: 'Part of the name, regardless of case and accents.',
    example: 'berg',
  })
  q?: string;
}

export class CalendarQuery extends PageQuery {
  @Optional()
  @IsInstant({ description: 'Only what overlaps the time from this instant (inclusive).' })
  from?: string;
  @Optional()
  @IsInstant({
    description: 'Only what overlaps the time to this instant (exclusive).',
    example: '2026-12-07T00:00:00Z',
  })
  to?: string;
  @Optional()
  @IsListOf(sessionRequestStatuses, {
    description: 'Only these; separated by commas, or repeated. Default: all.',
  })
  status?: SessionRequestStatus[];
  @Optional()
  @IsInstant(asOf)
  asOf?: string;
}

export class PendingActionsQuery extends PageQuery {
  @Optional()
  @IsInstant(asOf)
  asOf?: string;
}

/** A slot that somebody thinks of proposing: to whom, or instead of what. Exactly one of `with` and `adjust` is given. */
export class SlotPreviewQuery {
  @IsInstant(slotStart)
  startsAt!: string;
  @IsInstant(slotEnd)
  endsAt!: string;
  @Optional()
  @IsId({ description: 'Id of the party that would be asked for a new session.', example: 'p-2f7c1d90' })
  with?: string;
  @Optional()
  @IsId({ description: 'Id of the session request that would be adjusted.' })
  adjust?: string;
}

export class FreshnessQuery {
  @Optional()
  @IsWholeNumber(0, largest, {
    description: 'Waits until this revision or a later one can be read.',
    example: 0,
  })
  atLeast?: number;
}

/** Either `atLeast` or `asOf`. */
export class SessionRequestQuery extends FreshnessQuery {
  @Optional()
  @IsInstant(asOf)
  asOf?: string;
}

// --- What goes out -------------------------------------------------------------------------------------------------

/** One side of a session. */
export class PartyView {
  @IsId({ example: 'p-2f7c1d90' })
  id!: string;
  @IsText(200, { example: 'Anna Berg' })
  name!: string;
  @IsText(64, { description: 'IANA name.', example: 'Europe/Berlin' })
  timeZone!: string;
  @Optional()
  @IsText(httpLimits.pictureLength, picture)
  picture?: string;
}

export class ParticipantView {
  @IsId({ example: 'p-2f7c1d90' })
  id!: string;
  @IsText(200, { example: 'Anna Berg' })
  name!: string;
  @IsOneOf(roles)
  role!: Role;
  @IsText(64, { description: 'IANA name.', example: 'Europe/Berlin' })
  timeZone!: string;
  @Optional()
  @IsText(httpLimits.pictureLength, picture)
  picture?: string;
}

/** Who the token belongs to. */
export class MeView {
  @IsId({ example: 'p-5d19e7b2' })
  id!: string;
  @IsOneOf(roles)
  role!: Role;
  @IsText(200, { example: 'Chloé Martin' })
  name!: string;
  @IsText(64, { description: 'IANA name.', example: 'Europe/Paris' })
  timeZone!: string;
  @Optional()
  @IsText(httpLimits.pictureLength, picture)
  picture?: string;
  @IsWholeNumber(0, largest, { description: 'How many session requests await their answer.', example: 1 })
  pendingActions!: number;
  @IsInstant(now)
  now!: Instant;
}

export class SlotView {
  @IsInstant(slotStart)
  startsAt!: Instant;
  @IsInstant(slotEnd)
  endsAt!: Instant;
}

/** The slot on the table. */
export class ProposalView {
  @IsInstant(slotStart)
  startsAt!: Instant;
  @IsInstant(slotEnd)
  endsAt!: Instant;
  @Optional()
  @IsText(httpLimits.noteLength)
  note?: string;
  @IsOneOf(roles)
  proposedBy!: Role;
  @IsOneOf(roles, { description: 'Who must answer.' })
  awaiting!: Role;
  @IsInstant({
    description: 'An answer is in time before this instant.',
    example: '2026-11-28T09:00:00.000Z',
  })
  respondBy!: Instant;
  @IsWholeNumber(1, largest, { description: '1 for the request, +1 for each adjustment.', example: 1 })
  round!: number;
  @IsId({ description: 'The expiry policy that the deadline was computed with.', example: 'hse-2026-1' })
  policyId!: string;
  @Optional()
  @IsText(300, {
    description:
      'Why `respondBy` is when it is, for people to read. Missing when the policy of that time is no longer in force.',
    example: 'Asked 3 days or more ahead: a coach has to answer 48 hours before the start.',
  })
  respondByRule?: string;
}

/** How a closed request ended. */
export class OutcomeView {
  @IsOneOf(['coach', 'client', 'system'])
  by!: Role | 'system';
  @Optional()
  @IsOneOf(['withdrawn', 'called-off', 'no-response'], { description: 'Missing when it was rejected.' })
  cause?: CancellationCause;
  @Optional()
  @IsText(httpLimits.reasonLength)
  reason?: string;
  @IsInstant()
  at!: Instant;
}

/** A session request as the participant who asks sees it. */
export class SessionRequestView {
  @IsId({ example: '019ab3c5-7d1e-7c7a-9f0e-2b8f5d1c4a60' })
  id!: string;
  @IsOneOf(sessionRequestStatuses)
  status!: SessionRequestStatus;
  @IsWholeNumber(0, largest, { description: 'The ETag is this number in quotes.', example: 0 })
  revision!: number;
  @IsShape(PartyView)
  coach!: PartyView;
  @IsShape(PartyView)
  client!: PartyView;
  @IsOneOf(roles)
  requestedBy!: Role;
  @IsShape(SlotView, {
    description:
      'Where the calendar shows it: the agreed slot; where there is none, that which is, or was last, on the table.',
  })
  slot!: SlotView;
  @IsShape(SlotView, { nullable: true, description: 'What both sides have accepted.' })
  agreed!: SlotView | null;
  @IsShape(ProposalView, { nullable: true })
  proposal!: ProposalView | null;
  @IsShape(OutcomeView, { nullable: true, description: 'Null while the request is open.' })
  outcome!: OutcomeView | null;
  @IsListOf(actions, { description: 'What who asks may do now.' })
  allowedActions!: Action[];
}

const slotRefusals = [
  'already-closed',
  'session-started',
  'deadline-passed',
  'slot-unchanged',
  'invalid-duration',
  'slot-in-past',
  'notice-too-short',
  'too-far-ahead',
  'same-role',
] as const satisfies readonly RejectionCode[];

/** Why a slot would not be taken. */
export class SlotRefusalView {
  @IsOneOf(slotRefusals, { description: 'The code of the problem that proposing it would be answered with.' })
  code!: (typeof slotRefusals)[number];
  @IsText(1_000)
  detail!: string;
}

/** What it would mean to propose a slot now. */
export class SlotPreviewView {
  @IsOneOf(roles, { description: 'Who would have to answer.' })
  awaiting!: Role;
  @Optional()
  @IsInstant({
    description: 'An answer would be in time before this instant. Missing when it would be refused.',
    example: '2026-11-28T09:00:00.000Z',
  })
  respondBy?: Instant;
  @Optional()
  @IsText(300, {
    description: 'Why `respondBy` is when it is, for people to read.',
    example: 'Asked 3 days or more ahead: a coach has to answer 48 hours before the start.',
  })
  respondByRule?: string;
  @Optional()
  @IsShape(SlotRefusalView, { description: 'Why it would be refused.' })
  refusal?: SlotRefusalView;
  @IsShape(SessionRequestView, {
    list: true,
    description: `My open session requests at that time, by their start, ${httpLimits.pageSize.default} at most; not the adjusted one.`,
  })
  overlaps!: SessionRequestView[];
}

const nextCursor = { description: 'Asks for the next page. Missing on the last one.' };

export class SessionRequestList {
  @IsShape(SessionRequestView, { list: true })
  items!: SessionRequestView[];
  @Optional()
  @IsText(httpLimits.cursorLength, nextCursor)
  nextCursor?: string;
}

export class ParticipantList {
  @IsShape(ParticipantView, { list: true })
  items!: ParticipantView[];
  @Optional()
  @IsText(httpLimits.cursorLength, nextCursor)
  nextCursor?: string;
}

/** One event of the history; `data` is its payload. */
export class HistoryItem {
  @IsOneOf(sessionRequestEventTypes)
  type!: SessionRequestEventType;
  @IsWholeNumber(0, largest, { example: 0 })
  revision!: number;
  @IsInstant()
  at!: Instant;
  @IsAnyObject()
  data!: object;
}

export class HistoryList {
  @IsShape(HistoryItem, { list: true })
  items!: HistoryItem[];
}

/** Something that happened, told to one of the two parties. */
export class NotificationView {
  @IsPosition({ description: 'Greater than that of every earlier one.', example: '4711' })
  id!: string;
  @IsId({ example: '019ab3c5-7d1e-7c7a-9f0e-2b8f5d1c4a60' })
  requestId!: string;
  @IsOneOf(sessionRequestEventTypes)
  type!: SessionRequestEventType;
  @IsWholeNumber(0, largest, { example: 1 })
  revision!: number;
  @IsInstant()
  at!: Instant;
  @IsTruth()
  read!: boolean;
  @IsText(2_000, {
    description: 'For people to read; times are those of the reader’s time zone.',
    example:
      'Cancelled automatically: no answer from the coach by 28 Nov 2026, 10:00 CET. You were waiting for Anna Berg.',
  })
  message!: string;
  @Optional()
  @IsText(httpLimits.reasonLength, { description: 'What the other party gave as their reason.' })
  reason?: string;
  @IsShape(PartyView, { description: 'The other party.' })
  other!: PartyView;
  @Optional()
  @IsShape(SlotView, {
    description:
      'The slot it is about: the proposed one, the one that was answered or taken back, or the agreed one that was called off.',
  })
  slot?: SlotView;
  @Optional()
  @IsOneOf(roles, {
    description: 'Who has to answer a proposal; of an automatic cancellation, who did not answer.',
  })
  awaiting?: Role;
  @IsAnyObject({ description: 'Payload of the event.' })
  data!: object;
}

export class NotificationList {
  @IsShape(NotificationView, { list: true })
  items!: NotificationView[];
  @Optional()
  @IsText(httpLimits.cursorLength, nextCursor)
  nextCursor?: string;
  @IsWholeNumber(0, largest, { description: 'How many of all notifications are unread.', example: 2 })
  unread!: number;
}

export class UnreadView {
  @IsWholeNumber(0, largest, { example: 0 })
  unread!: number;
}

export class ClockView {
  @IsInstant()
  now!: Instant;
}

/** Data of a `session-request` event on `GET /live`. */
export class LiveChange {
  @IsId()
  id!: string;
  @IsWholeNumber(0, largest)
  revision!: number;
  @IsOneOf(sessionRequestStatuses)
  status!: SessionRequestStatus;
  @IsOneOf(sessionRequestEventTypes, { description: 'What happened last.' })
  event!: SessionRequestEventType;
  @IsWholeNumber(0, largest, { description: 'How many session requests await the listener’s answer now.' })
  pendingActions!: number;
  @IsInstant(now)
  now!: Instant;
  @IsShape(SessionRequestView, { description: 'The session request as the listener sees it.' })
  current!: SessionRequestView;
}

/** Data of the `ready` event on `GET /live`. */
export class LiveReady {
  @IsWholeNumber(0, largest, { description: 'Position of the log up to which the read models were filled.' })
  position!: number;
  @IsTruth({ description: 'False: whatever was fetched before may be out of date; fetch it again.' })
  resumed!: boolean;
  @IsWholeNumber(0, largest)
  pendingActions!: number;
  @IsInstant(now)
  now!: Instant;
}

/** Where in a request a fault is. */
export class Fault {
  @IsText(300, {
    description: 'JSON pointer, the first part says where: `/body/startsAt`, `/query/limit`.',
    example: '/body/startsAt',
  })
  path!: string;
  @IsText(500, { example: 'has to be an instant in UTC such as 2026-11-22T09:00:00Z' })
  message!: string;
}

/** An error, RFC 9457. */
export class ProblemView {
  @IsText(200, {
    description: 'Identifies the kind of problem; `code` says the same.',
    example: '/api/problems#invalid-request',
  })
  type!: string;
  @IsText(200, { example: 'The request is invalid' })
  title!: string;
  @IsWholeNumber(400, 599, { example: 400 })
  status!: number;
  @IsText(1_000)
  detail!: string;
  @IsText(64, { description: 'Stable; see the table of codes.', example: 'invalid-request' })
  code!: string;
  @Optional()
  @IsShape(Fault, { list: true, description: 'The faults of an invalid request.' })
  errors?: Fault[];
  @Optional()
  @IsShape(SessionRequestView, { description: 'With `conflict`: the present state.' })
  current?: SessionRequestView;
  @Optional()
  @IsText(64, {
    description:
      'Of a failure of the server (5xx): by what it is found in the logs. The header `x-request-id` says the same.',
  })
  httpRequestId?: string;
}

/** Every shape of the API, by which `jsonSchemas()` and OpenAPI name them. */
export const httpShapes = [
  NewSessionRequest,
  Adjustment,
  Acceptance,
  Rejection,
  Cancellation,
  ReadMark,
  ClockAdvance,
  PageQuery,
  ParticipantsQuery,
  CalendarQuery,
  PendingActionsQuery,
  SlotPreviewQuery,
  FreshnessQuery,
  SessionRequestQuery,
  PartyView,
  ParticipantView,
  MeView,
  SlotView,
  ProposalView,
  OutcomeView,
  SessionRequestView,
  SlotRefusalView,
  SlotPreviewView,
  SessionRequestList,
  ParticipantList,
  HistoryItem,
  HistoryList,
  NotificationView,
  NotificationList,
  UnreadView,
  ClockView,
  LiveChange,
  LiveReady,
  Fault,
  ProblemView,
] as const;
