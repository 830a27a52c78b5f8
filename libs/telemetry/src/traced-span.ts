import { SpanStatusCode, type Span } from '@opentelemetry/api';

/**
 * Ends a span with how it went. Of an error only the name is told: its message may quote what people wrote.
 * @param error undefined: it went well.
 */
export const endSpan = (span: Span, error: unknown): void => {
  if (error !== undefined) {
    span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
};

/** Does it within these spans, which end with it. */
export const within = async <T>(spans: readonly Span[], act: () => Promise<T>): Promise<T> => {
  let failure: unknown;
  try {
    return await act();
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    for (const span of spans) endSpan(span, failure);
  }
};
