import type { DomainEvent, EventBatch, EventFeed, EventPublisher, Publication } from '@hse/event-sourcing';
import { SpanKind, type Attributes, type Span } from '@opentelemetry/api';
import type { Telemetry } from './telemetry.ts';
import { within } from './traced-span.ts';
import { contextOf, isSampled } from './traceparent.ts';

/** Where events travel, as OpenTelemetry's conventions for messaging name it. */
export interface Channel {
  readonly telemetry: Pick<Telemetry, 'tracer' | 'isTracing'>;
  /** `messaging.system`. */
  readonly system: 'kafka' | 'in_process';
  /** `messaging.destination.name`, such as a topic. */
  readonly destination: string;
}

/** Spans for one batch at most: who catches up with months of events is not traced, event by event. */
export const mostSpansOfBatch = 100;

/** One span for each event that belongs to a trace that is kept. */
const spansOf = <E extends DomainEvent>(
  { events }: EventBatch<E>,
  { telemetry: { tracer }, system, destination }: Channel,
  operation: 'send' | 'process',
  more: Attributes,
): Span[] => {
  const spans: Span[] = [];
  const kind = operation === 'send' ? SpanKind.PRODUCER : SpanKind.CONSUMER;
  for (const { id, type, revision, stream, metadata } of events) {
    if (!isSampled(metadata.traceparent)) continue;
    if (spans.length === mostSpansOfBatch) break;
    const attributes = {
      'messaging.system': system,
      'messaging.destination.name': destination,
      'messaging.operation.name': operation,
      'messaging.operation.type': operation,
      'messaging.batch.message_count': events.length,
      'messaging.message.id': id,
      'session_requests.event': type,
      'session_requests.stream': stream,
      'session_requests.revision': revision,
      ...more,
    };
    spans.push(
      tracer.startSpan(`${operation} ${destination}`, { kind, attributes }, contextOf(metadata.traceparent)),
    );
  }
  return spans;
};

/** The same publisher with a span for each event sent that belongs to a trace that is kept. The publisher itself where nothing is traced. */
export const tracePublications = <E extends DomainEvent>(
  publisher: EventPublisher<E>,
  channel: Channel,
): EventPublisher<E> => {
  if (!channel.telemetry.isTracing) return publisher;
  const traced = (publication: Publication<E>): Publication<E> => ({
    after: publication.after,
    lost: publication.lost,
    publish: (batch) => within(spansOf(batch, channel, 'send', {}), () => publication.publish(batch)),
    release: () => publication.release(),
  });
  return {
    lead: async (signal) => traced(await publisher.lead(signal)),
    close: () => publisher.close(),
  };
};

/** The same feed with a span for each event handled that belongs to a trace that is kept. The feed itself where nothing is traced. */
export const traceFeed = <E extends DomainEvent>(feed: EventFeed<E>, channel: Channel): EventFeed<E> => {
  if (!channel.telemetry.isTracing) return feed;
  return {
    consume: (group, consumer) =>
      feed.consume(group, {
        checkpoint: () => consumer.checkpoint(),
        handle: (batch) =>
          within(spansOf(batch, channel, 'process', { 'messaging.consumer.group.name': group }), () =>
            consumer.handle(batch),
          ),
      }),
  };
};
