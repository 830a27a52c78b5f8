export {
  eventSchemaVersion,
  streamOf,
  type SessionRequestBus,
  type SessionRequestStore,
} from './commands.ts';
export type { GatewayStore, RecordedAnswer } from './gateway-store.ts';
export type {
  CalendarPlace,
  LiveUpdates,
  NotificationRecord,
  Participant,
  ParticipantDirectory,
  PendingActionPlace,
  ProjectionTarget,
  ReadModels,
  ReadModelsCopy,
  ReadModelsSnapshot,
  ReflectedChange,
  SessionRequestQueries,
  SessionRequestRecord,
} from './read-models.ts';
export { createPresent } from './present.ts';
