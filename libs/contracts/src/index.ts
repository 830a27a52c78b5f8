export { eventSchemaVersion, streamOf, type SessionRequestBus, type SessionRequestStore } from './commands.ts';
export type { GatewayStore, RecordedAnswer } from './gateway-store.ts';
export type {
  CalendarPlace,
  LiveUpdates,
  NotificationRecord,
  Participant,
  ParticipantDirectory,
  PendingActionPlace,
  ReadModels,
  ReflectedChange,
  SessionRequestQueries,
  SessionRequestRecord,
} from './read-models.ts';
