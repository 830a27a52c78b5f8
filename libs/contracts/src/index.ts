export {
  auditedActions,
  foldedName,
  type AuditedAction,
  type AuditRecord,
  type AuditTrail,
  type ParticipantStore,
  type StoredParticipant,
} from './administration.ts';
export {
  eventSchemaVersion,
  streamOf,
  type SessionRequestBus,
  type SessionRequestStore,
} from './commands.ts';
export type { GatewayStore, RecordedAnswer, StoredBrowserSession } from './gateway-store.ts';
export type {
  CalendarPlace,
  LiveCopy,
  LiveUpdates,
  NotificationRecord,
  Participant,
  ParticipantDirectory,
  PendingActionPlace,
  ProjectionTarget,
  ReadModels,
  ReadModelsCopy,
  ReadModelsDifference,
  ReadModelsSnapshot,
  ReflectedChange,
  SessionRequestQueries,
  SessionRequestRecord,
} from './read-models.ts';
export { knownAt, type DatedState } from './known-at.ts';
export { parseCommand } from './parse-command.ts';
export { createPresent } from './present.ts';
