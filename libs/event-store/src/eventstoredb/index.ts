export {
  openEventStoreDB,
  StreamDeleted,
  type EventStoreDBEventStore,
  type EventStoreDBOptions,
} from './eventstoredb-event-store.ts';
