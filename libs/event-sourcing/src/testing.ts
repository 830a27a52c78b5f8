export { eventStoreContract, type EventStoreContractOptions } from './event-store-contract.ts';
export {
  createInMemoryEventStore,
  type InMemoryEventStoreOptions,
  type StorageFault,
  type StorageOperation,
} from './in-memory-event-store.ts';
export { createManualTimers, type ManualTimers } from './manual-timers.ts';
