import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { GaugeName } from './catalogue.ts';
import { startStopwatch } from './stopwatch.ts';
import type { Telemetry } from './telemetry.ts';

/** How often the event loop is looked at, in milliseconds. What holds it up for less is seen in part of the looks only. */
const resolutionMs = 20;
/** What is told of the event loop is about so many milliseconds before, and up to twice as many, however many look and how often. */
const windowMs = 30_000;

/** The event loop since some instant. */
interface Stretch {
  readonly delay: Pick<ReturnType<typeof monitorEventLoopDelay>, 'percentile' | 'max' | 'reset' | 'disable'>;
  since: number;
  before: ReturnType<typeof performance.eventLoopUtilization>;
}

const startDelay = (): Stretch['delay'] => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return delay;
};

const milliseconds = (): (() => number) => {
  const elapsed = startStopwatch();
  return () => elapsed() * 1_000;
};

/**
 * Observes the event loop, the memory and the age of this process.
 * @param options for tests: `now` in milliseconds, `start` begins to record intervals of 20 ms, and by how much they are longer.
 */
export const observeProcess = (
  telemetry: Pick<Telemetry, 'observe'>,
  { now = milliseconds(), start = startDelay }: { now?: () => number; start?: typeof startDelay } = {},
): { close(): void } => {
  const begin = (): Stretch => ({
    delay: start(),
    since: now(),
    before: performance.eventLoopUtilization(),
  });
  let older = begin();
  let younger = begin();
  /** The older of two, so that what one scraper has read is there for the next one, too. */
  const recent = (): Stretch => {
    if (now() - younger.since >= windowMs) {
      const over = older;
      over.delay.reset();
      over.since = now();
      over.before = performance.eventLoopUtilization();
      [older, younger] = [younger, over];
    }
    return older;
  };
  /** Of an interval of the monitor, by how much it was longer than it should have been. */
  const late = (nanoseconds: number): number =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3) : 0;

  const observe = (
    name: Extract<GaugeName, `${'nodejs' | 'process' | 'v8js'}.${string}`>,
    read: () => number,
  ) => telemetry.observe(name, () => [{ value: read(), attributes: {} }]);
  observe('nodejs.eventloop.delay.p50', () => late(recent().delay.percentile(50)));
  observe('nodejs.eventloop.delay.p99', () => late(recent().delay.percentile(99)));
  observe('nodejs.eventloop.delay.max', () => late(recent().delay.max));
  observe('nodejs.eventloop.utilization', () => {
    const { before } = recent();
    return performance.eventLoopUtilization(before).utilization;
  });
  observe('process.memory.usage', () => process.memoryUsage.rss());
  observe('v8js.memory.heap.used', () => process.memoryUsage().heapUsed);
  observe('process.uptime', () => process.uptime());
  return {
    close() {
      for (const { delay } of [older, younger]) delay.disable();
    },
  };
};
