export { createInMemoryDeadlineStore } from './in-memory-deadline-store.ts';
export { createInMemoryEventStore } from './in-memory-event-store.ts';
export { createInMemoryParkedStreams } from './in-memory-parked-streams.ts';
