import type { ReflectedChange } from '@hse/contracts';
import { contextOf, isSampled, SpanKind, type Span, type Telemetry } from '@hse/telemetry';

/**
 * One span for each change that listeners are told of, where it belongs to a trace that is kept: the last step of what somebody set off.
 * A change that a later one has overtaken before it was told of is part of that one's.
 */
export const liveSpans = (
  telemetry: Pick<Telemetry, 'tracer' | 'isTracing'> | undefined,
  changes: Iterable<ReflectedChange>,
): Span[] => {
  const spans: Span[] = [];
  if (!telemetry?.isTracing) return spans;
  for (const { record, position, eventType } of changes) {
    const { traceparent, state } = record;
    if (position !== record.position || !isSampled(traceparent)) continue;
    const attributes = {
      'messaging.system': 'sse',
      'messaging.destination.name': '/api/v1/live',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'session_requests.event': eventType,
      'session_requests.request_id': state.requestId,
      'session_requests.revision': state.revision,
    };
    const options = { kind: SpanKind.PRODUCER, attributes };
    spans.push(telemetry.tracer.startSpan('send live update', options, contextOf(traceparent)));
  }
  return spans;
};
