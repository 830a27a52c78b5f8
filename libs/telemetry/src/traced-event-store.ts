import type { DomainEvent, EventStore } from '@hse/event-sourcing';
import { SpanKind } from '@opentelemetry/api';
import type { Telemetry } from './telemetry.ts';
import { within } from './traced-span.ts';
import { contextOf, isSampled } from './traceparent.ts';

/**
 * The same store with a span for each append of events that belong to a trace that is kept. The store itself where nothing is traced.
 * @param options.system `db.system.name`.
 */
export const traceAppends = <E extends DomainEvent>(
  store: EventStore<E>,
  {
    telemetry: { tracer, isTracing },
    system,
  }: { telemetry: Pick<Telemetry, 'tracer' | 'isTracing'>; system: 'sqlite' | 'eventstoredb' },
): EventStore<E> => {
  if (!isTracing) return store;
  return {
    append(stream, events, options) {
      const traceparent = events[0]?.metadata.traceparent;
      if (!isSampled(traceparent)) return store.append(stream, events, options);
      const attributes = {
        'db.system.name': system,
        'db.operation.name': 'append',
        'db.collection.name': stream,
        'db.operation.batch.size': events.length,
      };
      const span = tracer.startSpan(
        `append ${system}`,
        { kind: SpanKind.CLIENT, attributes },
        contextOf(traceparent),
      );
      return within([span], () => store.append(stream, events, options));
    },
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    follow: (options) => store.follow(options),
    head: () => store.head(),
    close: () => store.close(),
  };
};
