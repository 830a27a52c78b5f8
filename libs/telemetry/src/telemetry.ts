import { trace, type Tracer } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import {
  catalogue,
  prometheusName,
  type AttributesOf,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type Metric,
  type MetricName,
} from './catalogue.ts';
import { observeProcess } from './process-metrics.ts';

export interface Reading<Name extends MetricName> {
  readonly value: number;
  readonly attributes: AttributesOf<Name>;
}

/** What a process measures and traces. */
export interface Telemetry {
  /** @param value in the unit of the metric; durations are in seconds. */
  record<Name extends HistogramName>(name: Name, value: number, attributes: AttributesOf<Name>): void;
  /** @param value at least 0. */
  add<Name extends CounterName>(name: Name, value: number, attributes: AttributesOf<Name>): void;
  /**
   * Asks whenever metrics are read, and not again before it has been answered: who reads meanwhile gets the same. What rejects is left
   * out of that reading; what does not answer within two seconds, too.
   * A gauge may be observed several times, with different attributes.
   */
  observe<Name extends GaugeName>(
    name: Name,
    read: () => readonly Reading<Name>[] | Promise<readonly Reading<Name>[]>,
  ): void;
  /** Does nothing where spans go nowhere. */
  readonly tracer: Tracer;
  /** False where spans go nowhere: then there is no use in making any. */
  readonly isTracing: boolean;
  /** Everything measured so far, in the text format of Prometheus 0.0.4. */
  metrics(): Promise<string>;
  /** Sends what spans are left, as far as that can be done within two seconds. */
  close(): Promise<void>;
}

export const metricsMediaType = 'text/plain; version=0.0.4; charset=utf-8';

/** Milliseconds that reading one gauge, or sending what is left, may take. */
const patienceMs = 2_000;

/**
 * @param options.service `service.name` of OpenTelemetry.
 * @param options.spans where spans go; default: nowhere, and none are made.
 * @param options.share of the traces, from 0 to 1, that are kept; which ones follows from their ids, so it is to be the same in every
 *   process. A caller that does not want its trace kept has its way, one that does only within this share. Default 1.
 */
export const createTelemetry = ({
  service,
  spans,
  share = 1,
}: {
  service: string;
  spans?: SpanProcessor;
  share?: number;
}): Telemetry => {
  const resource = resourceFromAttributes({ 'service.name': service });
  const reader = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const meter = provider.getMeter('session-requests');
  const serializer = new PrometheusSerializer(undefined, false, undefined, undefined, true);
  const kept = new TraceIdRatioBasedSampler(share);
  const sampler = new ParentBasedSampler({ root: kept, remoteParentSampled: kept });
  const tracing = spans && new BasicTracerProvider({ resource, spanProcessors: [spans], sampler });

  // The exporter does not put units behind names, which the Prometheus form of OpenTelemetry's names asks for.
  const nameOf = (name: MetricName): string => prometheusName(name).replace(/_total$/, '');
  const optionsOf = (name: MetricName) => {
    const { description, buckets } = catalogue[name] as Metric;
    return { description, ...(buckets && { advice: { explicitBucketBoundaries: [...buckets] } }) };
  };
  const made = <T>(make: (name: MetricName) => T): ((name: MetricName) => T) => {
    const all = new Map<MetricName, T>();
    return (name) => {
      const known = all.get(name);
      if (known !== undefined) return known;
      const created = make(name);
      all.set(name, created);
      return created;
    };
  };
  const histogram = made((name) => meter.createHistogram(nameOf(name), optionsOf(name)));
  const counter = made((name) => meter.createCounter(nameOf(name), optionsOf(name)));
  const gauge = made((name) => meter.createObservableGauge(nameOf(name), optionsOf(name)));

  const telemetry: Telemetry = {
    record: (name, value, attributes) => histogram(name).record(value, attributes),
    add: (name, value, attributes) => counter(name).add(value, attributes),
    observe: (name, read) => {
      const readOnce = oneAtATime(read);
      gauge(name).addCallback(async (result) => {
        for (const { value, attributes } of await readOnce()) result.observe(value, attributes);
      });
    },
    tracer: tracing?.getTracer('session-requests') ?? trace.getTracer('none'),
    isTracing: tracing !== undefined,
    metrics: async () => {
      const { resourceMetrics } = await reader.collect({ timeoutMillis: patienceMs });
      return serializer.serialize(resourceMetrics);
    },
    close: async () => {
      observed.close();
      // A collector that does not answer is given more time by its client than a stopping process has.
      const ended = Promise.allSettled([
        provider.shutdown({ timeoutMillis: patienceMs }),
        tracing?.shutdown(),
      ]);
      await Promise.race([ended, elapsed(AbortSignal.timeout(patienceMs))]);
    },
  };
  // OpenTelemetry has it as a counter that is asked, the only one of its kind here.
  meter
    .createObservableCounter(nameOf('process.cpu.time'), optionsOf('process.cpu.time'))
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe(user / 1e6, { 'cpu.mode': 'user' });
      result.observe(system / 1e6, { 'cpu.mode': 'system' });
    });
  const observed = observeProcess(telemetry);
  return telemetry;
};

/** Whoever asks while an answer is awaited gets that one: what hangs is not asked by more and more. */
const oneAtATime = <T>(ask: () => T | Promise<T>): (() => Promise<T>) => {
  let asking: Promise<T> | undefined;
  return () => {
    asking ??= (async () => ask())().finally(() => {
      asking = undefined;
    });
    return asking;
  };
};

const elapsed = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', resolve));

/** Measures nothing, traces nothing; for tests that are about neither. */
export const noTelemetry: Telemetry = {
  record() {},
  add() {},
  observe() {},
  tracer: trace.getTracer('none'),
  isTracing: false,
  metrics: () => Promise.resolve(''),
  close: () => Promise.resolve(),
};
