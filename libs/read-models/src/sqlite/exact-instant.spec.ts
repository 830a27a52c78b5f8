import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toEpochMs, toInstant } from '@hse/session-requests';
import { exactEpochMs } from './exact-instant.ts';

const between = (from: string, to: string) => fc.integer({ min: toEpochMs(from), max: toEpochMs(to) });

describe('an instant as a number', () => {
  test('is what the instant says, for every one in the usual form', () => {
    const years = fc.oneof(
      between('1965-01-01T00:00:00.000Z', '2205-01-01T00:00:00.000Z'),
      between('0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'),
    );
    fc.assert(
      fc.property(years, (epochMs) => exactEpochMs(toInstant(epochMs)) === epochMs),
      { numRuns: 5000 },
    );
  });

  test('is right on every day from 1970 to 2200', () => {
    for (let day = 0; day < 84_005; day += 1) {
      const epochMs = day * 86_400_000 + 86_399_999;
      if (exactEpochMs(toInstant(epochMs)) !== epochMs) expect(toInstant(epochMs)).toBe('read wrongly');
    }
  });

  test.each([
    '2026-11-22T09:00:00Z',
    '2026-11-22T09:00:00.00Z',
    '2026-11-22T09:00:00.0000Z',
    '2026-11-22T09:00:00.000',
    '2026-11-22T10:00:00.000+01:00',
    '2026-11-22t09:00:00.000Z',
    '2026-11-22T24:00:00.000Z',
    '2026-11-22T09:60:00.000Z',
    '2026-11-22T09:00:60.000Z',
    '2026-13-22T09:00:00.000Z',
    '2026-00-22T09:00:00.000Z',
    '2026-11-00T09:00:00.000Z',
    '2026-02-29T09:00:00.000Z',
    '2026-02-30T09:00:00.000Z',
    '2O26-11-22T09:00:00.000Z',
    '2026-11-22T09:00:00.00xZ',
    '2026-1 -22T09:00:00.000Z',
    '2026-1:-22T09:00:00.000Z',
    '',
    'tomorrow',
  ])('is none for %j, which another instant would come back from', (instant) => {
    expect(exactEpochMs(instant)).toBeNaN();
  });
});
