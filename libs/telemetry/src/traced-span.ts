import { SpanStatusCode, type Span } from '@opentelemetry/api';

/** `error.type`: of an error only the name is told, for its message may quote what people wrote. */
const errorTypeOf = (error: unknown): string => (error instanceof Error ? error.name : '_OTHER');

/** @param errorType `error.type`; undefined: all went well. */
export const endSpan = (span: Span, errorType: string | undefined): void => {
  if (errorType !== undefined) {
    span.setAttribute('error.type', errorType);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
};

/** Does it within these spans, and ends them. */
export const within = async <T>(
  spans: readonly Span[],
  act: () => Promise<T>,
  end: (span: Span, errorType: string | undefined) => void = endSpan,
): Promise<T> => {
  let errorType: string | undefined;
  try {
    return await act();
  } catch (error) {
    errorType = errorTypeOf(error);
    throw error;
  } finally {
    for (const span of spans) end(span, errorType);
  }
};
