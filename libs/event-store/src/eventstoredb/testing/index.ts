export type { AppendFault, Faults } from './faults.ts';
export { startEventStoreDBStandIn, type EventStoreDBStandIn, type StandInOptions } from './stand-in.ts';
