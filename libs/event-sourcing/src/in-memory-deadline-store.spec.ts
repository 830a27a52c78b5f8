import { deadlineStoreContract } from './deadline-store-contract.ts';
import { createInMemoryDeadlineStore } from './in-memory-deadline-store.ts';

deadlineStoreContract('in memory', { open: async () => createInMemoryDeadlineStore() });
