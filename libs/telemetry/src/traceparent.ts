import {
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api';

const form = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * The place in a trace that a `traceparent` names (W3C Trace Context, level 1).
 * @returns undefined for what is none, or malformed.
 */
export const spanContextOf = (traceparent: string | undefined): SpanContext | undefined => {
  // Most of what this is asked about has none.
  const [, traceId, spanId, flags] = (traceparent && form.exec(traceparent)) || [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const context = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
};

/** The context that a span begun elsewhere goes on in; the root's, where a new trace begins. */
export const contextOf = (traceparent: string | undefined): Context => {
  const spanContext = spanContextOf(traceparent);
  return spanContext ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : ROOT_CONTEXT;
};

/** @returns undefined where nothing is traced. */
export const traceparentOf = (span: Span): string | undefined => {
  const context = span.spanContext();
  if (!isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags } = context;
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, '0')}`;
};

const odd = /[13579bdf]$/;

/** Whether somebody wants to see what becomes of this. */
export const isSampled = (traceparent: string | undefined): boolean =>
  // Asked about every event: a last digit that is even, or none, needs no further look.
  traceparent !== undefined && odd.test(traceparent) && spanContextOf(traceparent) !== undefined;

/** For a log line. */
export const traceIdOf = (traceparent: string | undefined): string | undefined =>
  spanContextOf(traceparent)?.traceId;
