export { SpanKind, type Span } from '@opentelemetry/api';
export {
  catalogue,
  prometheusName,
  type AttributesOf,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type Metric,
  type MetricName,
} from './catalogue.ts';
export { countAfter, observeFollowers, type Follower, type FollowersOptions } from './followers.ts';
export { measureCommands, outcomeOf, type CommandOutcome } from './measured-command-bus.ts';
export { measureAppends } from './measured-event-store.ts';
export { otlpSpans } from './otlp.ts';
export { startStopwatch } from './stopwatch.ts';
export { createTelemetry, metricsMediaType, noTelemetry, type Reading, type Telemetry } from './telemetry.ts';
export { traceCommands, type TraceCommandsOptions } from './traced-command-bus.ts';
export { traceAppends } from './traced-event-store.ts';
export { mostSpansOfBatch, traceFeed, tracePublications, type Channel } from './traced-events.ts';
export { endSpan, within } from './traced-span.ts';
export { contextOf, isSampled, spanContextOf, traceIdOf, traceparentOf } from './traceparent.ts';
