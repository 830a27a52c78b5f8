import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';

/**
 * Sends spans to a collector by OTLP over HTTP, in the background; those that it does not take in time are dropped.
 * @param endpoint base URL, such as `http://localhost:4318`; `/v1/traces` is put behind it, as OpenTelemetry has it for `OTEL_EXPORTER_OTLP_ENDPOINT`.
 */
export const otlpSpans = (endpoint: string): SpanProcessor =>
  new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` }));
