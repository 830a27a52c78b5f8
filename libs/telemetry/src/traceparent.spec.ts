import { describe, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { createTelemetry, noTelemetry } from './telemetry.ts';
import { contextOf, isSampled, spanContextOf, traceIdOf, traceparentOf } from './traceparent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const zeros = (count: number): string => '0'.repeat(count);

describe('a traceparent', () => {
  it('goes on where it was begun', () => {
    expect(trace.getSpanContext(contextOf(`00-${traceId}-${spanId}-01`))).toEqual({
      traceId,
      spanId,
      traceFlags: 1,
      isRemote: true,
    });
    expect(isSampled(`00-${traceId}-${spanId}-01`)).toBe(true);
    expect(isSampled(`00-${traceId}-${spanId}-fe`)).toBe(false);
    expect(traceIdOf(`00-${traceId}-${spanId}-00`)).toBe(traceId);
  });

  it.each([
    undefined,
    '',
    '00-0-0-01',
    `01-${traceId}-${spanId}-01-x`,
    `ff-${traceId}-${spanId}-01`,
    `00-${zeros(32)}-${spanId}-01`,
    `00-${traceId}-${zeros(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01\n`,
    ` 00-${traceId}-${spanId}-01`,
  ])('that is malformed counts as none: %j', (malformed) => {
    expect(trace.getSpanContext(contextOf(malformed))).toBeUndefined();
    expect(spanContextOf(malformed)).toBeUndefined();
    expect(isSampled(malformed)).toBe(false);
    expect(traceIdOf(malformed)).toBeUndefined();
  });

  it('of whatever text breaks nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(spanContextOf(text)).toBeUndefined();
      }),
    );
  });
});

describe('a span', () => {
  const traced = (share: number) =>
    createTelemetry({ service: 'test', spans: new SimpleSpanProcessor(new InMemorySpanExporter()), share });

  it('hands on its own place in the trace, or nothing where nothing is traced', async () => {
    const telemetry = traced(1);
    const span = telemetry.tracer.startSpan('one', {}, contextOf(`00-${traceId}-${spanId}-01`));
    expect(traceparentOf(span)).toBe(`00-${traceId}-${span.spanContext().spanId}-01`);
    expect(traceparentOf(noTelemetry.tracer.startSpan('none'))).toBeUndefined();
    await telemetry.close();
  });

  it('is kept only within the share, also where a caller wants more, and never against its will', async () => {
    // Which traces are in the share follows from their ids: the first eight digits count, and these two are low and high.
    const [low, high] = [`00000001${zeros(23)}1`, `ffffff00${zeros(23)}1`];
    const telemetry = traced(0.5);
    const isKept = (id: string, flags: string): boolean =>
      telemetry.tracer.startSpan('one', {}, contextOf(`00-${id}-${spanId}-${flags}`)).isRecording();
    expect([isKept(low, '01'), isKept(high, '01'), isKept(low, '00')]).toEqual([true, false, false]);
    await telemetry.close();
  });
});
