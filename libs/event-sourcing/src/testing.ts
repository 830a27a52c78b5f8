export { eventFeedContract, type EventFeedFixture } from './event-feed-contract.ts';
export { clockContract, type ClockUnderTest } from './clock-contract.ts';
export { deadlineStoreContract } from './deadline-store-contract.ts';
export { eventStoreContract, type EventStoreContractOptions } from './event-store-contract.ts';
export { createInMemoryDeadlineStore } from './in-memory-deadline-store.ts';
export {
  createInMemoryEventStore,
  type InMemoryEventStoreOptions,
  type StorageFault,
  type StorageOperation,
} from './in-memory-event-store.ts';
export { createInMemoryParkedStreams } from './in-memory-parked-streams.ts';
export { createManualTimers, type ManualTimers } from './manual-timers.ts';
export { parkedStreamsContract } from './parked-streams-contract.ts';
