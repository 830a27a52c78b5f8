import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Everything that uses a CPU: the services, and the engines as they ran beside them. */
export const processes = [
  'gateway',
  'requests',
  'expiry',
  'notifications',
  'eventstoredb',
  'kafka',
  'mongodb',
] as const;
export type ProcessName = (typeof processes)[number];
type Milliseconds = Readonly<Record<ProcessName, number>>;

/** What one of each costs, as `npm run capacity -- measure` found it. */
export interface UnitCosts {
  readonly measured: {
    readonly at: string;
    readonly machine: string;
    readonly node: string;
    /** One-minute load averages before and after. */
    readonly load: readonly [number, number];
    /** Whether a real EventStoreDB took part, or the stand-in of the tests. */
    readonly eventStore: 'EventStoreDB' | 'stand-in';
    readonly runs: number;
  };
  /** Milliseconds of CPU time. */
  readonly cpuMs: {
    /** Per second in which nothing happens. */
    readonly idle: Milliseconds;
    /** Per command, with all that its event leads to. */
    readonly command: Milliseconds;
    /** Per page of twenty session requests that somebody looks at. */
    readonly query: Milliseconds;
    /** Per deadline that is carried out, with all that its event leads to. */
    readonly deadline: Milliseconds;
  };
  readonly bytes: {
    /** Of the payload and the metadata, as JSON, of one event. */
    readonly event: number;
    /** Of the log of a partition, per event, once. */
    readonly kafkaPerEvent: number;
    /** Of documents and indexes, per session request, before compression. */
    readonly readModelPerRequest: number;
    /** Per event: one document for each of the two parties. */
    readonly notificationsPerEvent: number;
    readonly deadlinePerRequest: number;
    /** Of a first answer, kept for a day, per command. */
    readonly idempotencyPerCommand: number;
    /** What MongoDB takes on disk for a byte of documents. */
    readonly mongodbOnDisk: number;
  };
  readonly memory: {
    /** Resident bytes of an instance under load. */
    readonly instance: Readonly<Record<'gateway' | 'requests' | 'expiry' | 'notifications', number>>;
    /** Of the gateway, per live stream. */
    readonly liveConnection: number;
  };
}

/** The measurement that is kept in the repository. */
export const keptCosts = (): UnitCosts =>
  JSON.parse(readFileSync(fileURLToPath(new URL('unit-costs.json', import.meta.url)), 'utf8')) as UnitCosts;
