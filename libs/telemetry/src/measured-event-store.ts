import type { DomainEvent, EventStore } from '@hse/event-sourcing';
import { startStopwatch } from './stopwatch.ts';
import type { Telemetry } from './telemetry.ts';

/** What an append is known to fail with; by name, which survives the borders between realms and processes. */
const knownErrors = ['WrongExpectedRevision', 'StoreUnavailable'];

/**
 * The same store; how long each append takes, waiting in its queue included, goes into `db.client.operation.duration`.
 * @param system `db.system.name`.
 */
export const measureAppends = <E extends DomainEvent>(
  store: EventStore<E>,
  { telemetry, system }: { telemetry: Pick<Telemetry, 'record'>; system: 'sqlite' | 'eventstoredb' },
): EventStore<E> => {
  const attributes = { 'db.system.name': system, 'db.operation.name': 'append' };
  return {
    async append(stream, events, options) {
      const elapsed = startStopwatch();
      try {
        const result = await store.append(stream, events, options);
        telemetry.record('db.client.operation.duration', elapsed(), attributes);
        return result;
      } catch (error) {
        const name = error instanceof Error ? error.name : '';
        telemetry.record('db.client.operation.duration', elapsed(), {
          ...attributes,
          'error.type': knownErrors.includes(name) ? name : '_OTHER',
        });
        throw error;
      }
    },
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    follow: (options) => store.follow(options),
    head: () => store.head(),
    close: () => store.close(),
  };
};
