import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import type { EventStore } from '@hse/event-sourcing';
import { createTimers, silentLogger } from '@hse/service-kit';
import { eventStoreContract } from '@hse/event-sourcing/testing';
import { openEventStoreDB } from './eventstoredb-event-store.ts';
import { startEventStoreDBStandIn, type EventStoreDBStandIn } from './testing/stand-in.ts';

/** A store with a part of the database for itself. */
const newStore = async (connectionString: string): Promise<EventStore> =>
  openEventStoreDB({
    connectionString,
    namespace: `contract-${randomUUID()}/`,
    streamPrefix: '',
    timers: createTimers(),
    ids: { next: randomUUID },
    logger: silentLogger,
  });

let standIn: EventStoreDBStandIn;
beforeAll(async () => {
  standIn = await startEventStoreDBStandIn();
});
afterAll(() => standIn.close());

eventStoreContract('EventStoreDB, on the stand-in', () => newStore(standIn.connectionString), {
  appendBytes: 1_048_576,
});

describeWithServer('EVENTSTOREDB_URL', 'a real EventStoreDB', (connectionString) => {
  eventStoreContract('EventStoreDB', () => newStore(connectionString), { appendBytes: 1_048_576 });
});
