import { describe, expect, it } from '@jest/globals';
import type { GaugeName } from './catalogue.ts';
import { observeProcess } from './process-metrics.ts';

/** What is told of the event loop, by hand: time and the intervals of the monitors, in milliseconds. */
const eventLoop = () => {
  let now = 0;
  const monitors: number[][] = [];
  const gauges = new Map<GaugeName, () => readonly { value: number }[]>();
  const observed = observeProcess(
    { observe: (name, read) => void gauges.set(name, read as never) },
    {
      now: () => now,
      start: () => {
        const at = monitors.push([]) - 1;
        const intervals = (): number[] => [...(monitors[at] ?? [])].sort((a, b) => a - b);
        return {
          percentile: (p: number) => {
            const all = intervals();
            return (all[Math.min(all.length - 1, Math.floor((all.length * p) / 100))] ?? NaN) * 1e6;
          },
          get max() {
            return (intervals().at(-1) ?? 0) * 1e6;
          },
          reset: () => void monitors[at]?.splice(0),
          disable: () => true,
        };
      },
    },
  );
  return {
    observed,
    gauges,
    passes: (ms: number) => void (now += ms),
    took: (...ms: number[]) => monitors.forEach((intervals) => intervals.push(...ms)),
    delay: () =>
      (['p50', 'p99', 'max'] as const).map((each) => {
        const seconds = gauges.get(`nodejs.eventloop.delay.${each}`)?.()[0]?.value ?? NaN;
        return Math.round(seconds * 1e6) / 1e3;
      }),
  };
};

describe('the delay of the event loop', () => {
  it('is by how much it was late, without the pause between two looks', () => {
    const { took, delay } = eventLoop();
    expect(delay()).toEqual([0, 0, 0]);
    took(20, 19.9, 21, 21, 320);
    expect(delay()).toEqual([1, 300, 300]);
  });

  it('is there for everyone who looks, for half a minute at least and a minute at most', () => {
    const { took, delay, passes } = eventLoop();
    took(520);
    for (let second = 0; second <= 30; second += 1) {
      expect(delay().at(-1)).toBe(500);
      passes(1_000);
      took(20);
    }
    passes(30_000);
    expect(delay()).toEqual([0, 0, 0]);
  });

  it('of an idle process is nothing that anybody would notice', async () => {
    const gauges = new Map<GaugeName, () => readonly { value: number }[]>();
    const observed = observeProcess({ observe: (name, read) => void gauges.set(name, read as never) });
    const seen: number[] = [];
    // Others may be at work on this machine: the best of some looks.
    for (let look = 0; look < 5; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      seen.push(gauges.get('nodejs.eventloop.delay.p50')?.()[0]?.value ?? NaN);
    }
    observed.close();
    expect(Math.min(...seen)).toBeLessThan(0.01);
    expect(gauges.get('nodejs.eventloop.utilization')?.()[0]?.value).toBeLessThanOrEqual(1);
  });
});
