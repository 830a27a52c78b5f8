import { createInMemoryParkedStreams } from './in-memory-parked-streams.ts';
import { parkedStreamsContract } from './parked-streams-contract.ts';

parkedStreamsContract('in memory', { open: async () => createInMemoryParkedStreams() });
