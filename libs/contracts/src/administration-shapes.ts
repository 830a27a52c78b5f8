import {
  sessionRequestEventTypes,
  type Instant,
  type Role,
  type SessionRequestEventType,
} from '@hse/session-requests';
import { auditedActions, type AuditedAction } from './administration.ts';
import { PageQuery } from './http-shapes.ts';
import {
  httpLimits,
  IsAnyObject,
  IsId,
  IsInstant,
  IsOneOf,
  IsShape,
  IsText,
  IsTruth,
  IsWholeNumber,
  Optional,
} from './http-values.ts';

/* Shapes of the administration; see http-shapes.ts. */

const roles = ['coach', 'client'] as const satisfies readonly Role[];
const largest = Number.MAX_SAFE_INTEGER;
const picture = {
  description: 'Where their picture is: an https URL, or a path on this origin.',
  example: '/pictures/anna.webp',
};
const why = {
  description: 'Why; for the audit trail. No personal data.',
  example: 'Ticket 4711: automatic cancellation disputed',
  minimum: 1,
};

// --- What comes in -------------------------------------------------------------------------------------------------

/** Who takes part, whole: what is left out is not there any more. */
export class ParticipantEntry {
  @IsOneOf(roles, { description: 'Stays once there are session requests with them.' })
  role!: Role;
  @IsText(200, { example: 'Anna Berg' })
  name!: string;
  @IsText(64, { description: 'IANA name.', example: 'Europe/Berlin' })
  timeZone!: string;
  @Optional()
  @IsText(320, { description: 'Shown to nobody.', example: 'anna@example.org' })
  email?: string;
  @Optional()
  @IsText(httpLimits.pictureLength, picture)
  picture?: string;
  @Optional()
  @IsTruth({
    description: 'False: takes part no more; sessions stay as they are. Default: true.',
    example: true,
  })
  active?: boolean;
}

/** What an operator decides. */
export class Decision {
  @IsText(httpLimits.reasonLength, why)
  reason!: string;
}

/** For what is shown only to who says why. */
export class ReasonQuery {
  @IsText(httpLimits.reasonLength, why)
  reason!: string;
}

export class ParkedStreamsQuery {
  @Optional()
  @IsId({ description: 'Only those of this follower of the log.', example: 'notifications' })
  group?: string;
}

export class AuditQuery extends PageQuery {
  @Optional()
  @IsId({
    description: 'Only what was done to this: the id of a participant or a session request, or a stream.',
  })
  target?: string;
}

// --- What goes out -------------------------------------------------------------------------------------------------

/** A participant as they were put. The ETag is their version. */
export class KeptParticipant {
  @IsId({ example: 'p-2f7c1d90' })
  id!: string;
  @IsOneOf(roles)
  role!: Role;
  @IsText(200, { example: 'Anna Berg' })
  name!: string;
  @IsText(64, { description: 'IANA name.', example: 'Europe/Berlin' })
  timeZone!: string;
  @Optional()
  @IsText(320, { example: 'anna@example.org' })
  email?: string;
  @Optional()
  @IsText(httpLimits.pictureLength, picture)
  picture?: string;
  @IsTruth({ description: 'False: takes part no more.', example: true })
  active!: boolean;
}

/** A session request that a follower of the log does not follow at present. */
export class ParkedStreamView {
  @IsId({ description: 'The follower.', example: 'notifications' })
  group!: string;
  @IsId({ example: 'sessionRequest-019ab3c5-7d1e-7c7a-9f0e-2b8f5d1c4a60' })
  stream!: string;
  @IsWholeNumber(0, largest)
  partition!: number;
  @IsWholeNumber(0, largest, { description: 'Of the first event that has no effect yet.', example: 2 })
  fromRevision!: number;
  @IsText(2_000, { description: 'Why it failed.' })
  reason!: string;
  @IsWholeNumber(0, largest, { example: 5 })
  attempts!: number;
  @IsInstant()
  parkedAt!: Instant;
  @IsOneOf(['parked', 'retry', 'discarded'], {
    description:
      '`parked`: somebody has to decide. `retry`: about to be tried. `discarded`: left out for good.',
  })
  state!: 'parked' | 'retry' | 'discarded';
}

export class ParkedStreamList {
  @IsShape(ParkedStreamView, { list: true })
  items!: ParkedStreamView[];
}

/** An event as it is in the log. */
export class RecordedEventView {
  @IsId({ example: '019ab3c5-7d1e-7c7a-9f0e-2b8f5d1c4a61' })
  id!: string;
  @IsOneOf(sessionRequestEventTypes)
  type!: SessionRequestEventType;
  @IsWholeNumber(0, largest, { example: 0 })
  revision!: number;
  @IsWholeNumber(0, largest, { description: 'In the whole log.', example: 4711 })
  position!: number;
  @IsAnyObject({ description: 'The payload.' })
  data!: object;
  @IsAnyObject({ description: 'Who or what caused it, by which command, when.' })
  metadata!: object;
}

export class RecordedHistory {
  @IsShape(RecordedEventView, { list: true })
  items!: RecordedEventView[];
}

/** Who has done what, and why. */
export class AuditRecordView {
  @IsId()
  id!: string;
  @IsInstant()
  at!: Instant;
  @IsText(255, { description: '`sub` of the token.', example: 'operator' })
  subject!: string;
  @Optional()
  @IsText(255, { description: 'The client that the token was issued to.', example: 'operator' })
  client?: string;
  @IsOneOf(auditedActions)
  action!: AuditedAction;
  @IsText(255, { description: 'What it was done to.', example: '019ab3c5-7d1e-7c7a-9f0e-2b8f5d1c4a60' })
  target!: string;
  @Optional()
  @IsText(httpLimits.reasonLength, { example: why.example })
  reason?: string;
  @Optional()
  @IsText(1_000, { example: 'changed: name, timeZone' })
  detail?: string;
  @IsText(255, { description: 'Of the HTTP request.', example: 'req-1' })
  requestId!: string;
}

export class AuditList {
  @IsShape(AuditRecordView, { list: true })
  items!: AuditRecordView[];
  @Optional()
  @IsText(httpLimits.cursorLength, { description: 'Missing on the last page.' })
  nextCursor?: string;
}

const statuses = ['ok', 'degraded', 'down'] as const;
const works = {
  description:
    'Whether people can `read`, `change`, get `live-updates`, and count on `automatic-cancellations`.',
  example: { read: true, change: false, 'live-updates': true, 'automatic-cancellations': true },
};
const summary = { description: 'What does not work, in words.', example: 'Changes are refused at present.' };

/** How a gateway is, for everybody. */
export class HealthView {
  @IsOneOf(statuses, { description: '`degraded`: of use all the same.' })
  status!: (typeof statuses)[number];
  @IsInstant({ description: 'Since when, as far as this process knows.' })
  since!: Instant;
  @IsAnyObject(works)
  works!: object;
  @IsText(2_000, summary)
  summary!: string;
}

/** How something is that a gateway depends on. */
export class DependencyView {
  @IsText(100, { example: 'requests' })
  name!: string;
  @IsTruth()
  ok!: boolean;
  @IsInstant()
  since!: Instant;
  @Optional()
  @IsText(2_000, { description: 'What is wrong.' })
  detail?: string;
  @Optional()
  @IsText(500, { description: 'What that means for people.' })
  means?: string;
}

/** How a gateway is, for operators. */
export class HealthDetails extends HealthView {
  @IsShape(DependencyView, { list: true })
  dependencies!: DependencyView[];
}

export const administrationShapes = [
  HealthView,
  DependencyView,
  HealthDetails,
  ParticipantEntry,
  Decision,
  ReasonQuery,
  ParkedStreamsQuery,
  AuditQuery,
  KeptParticipant,
  ParkedStreamView,
  ParkedStreamList,
  RecordedEventView,
  RecordedHistory,
  AuditRecordView,
  AuditList,
] as const;
