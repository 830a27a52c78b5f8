import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LogHistogram } from './log-histogram.ts';
import { wilson } from './wilson.ts';

const histogramOf = (values: readonly number[]): LogHistogram => {
  const histogram = new LogHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
};

describe('the histogram of durations', () => {
  it('tells the nearest rank to 0.8 %, whatever is added', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 46 }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const sorted = values.toSorted((a, b) => a - b);
          const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? NaN;
          expect(Math.abs(histogramOf(values).quantile(share) - exact)).toBeLessThanOrEqual(exact * 0.008);
        },
      ),
    );
  });

  it('is exact at its ends, below 64 ms, and in how many there are', () => {
    const histogram = histogramOf([63, 0, 1_234_567]);
    expect([histogram.count, histogram.minimum, histogram.maximum]).toEqual([3, 0, 1_234_567]);
    expect([histogram.quantile(0), histogram.quantile(0.5), histogram.quantile(1)]).toEqual([
      0, 63, 1_234_567,
    ]);
    expect(new LogHistogram().quantile(0.5)).toBeNaN();
  });

  it('is the same merged as added one by one', () => {
    const [a, b] = [
      [5, 70, 900_000],
      [3, 70, 86_400_000],
    ];
    const merged = histogramOf(a);
    merged.merge(histogramOf(b));
    const whole = histogramOf([...a, ...b]);
    expect([...merged.buckets()]).toEqual([...whole.buckets()]);
    expect([merged.minimum, merged.maximum, merged.count]).toEqual([3, 86_400_000, 6]);
  });
});

describe('the Wilson interval', () => {
  it('is that of the books', () => {
    // 15 of 50 by hand: the middle is (0.3 + 3.8415/100) / 1.07683, the half width 1.96 / 1.07683 * sqrt(0.0042 + 0.00038415).
    expect(wilson(15, 50).low).toBeCloseTo(0.191, 3);
    expect(wilson(15, 50).high).toBeCloseTo(0.4375, 3);
    expect([wilson(0, 10).low, wilson(0, 10).high.toFixed(4)]).toEqual([0, '0.2775']);
    expect([wilson(10, 10).low.toFixed(4), wilson(10, 10).high]).toEqual(['0.7225', 1]);
    expect(wilson(0, 0).share).toBeNaN();
  });
});
