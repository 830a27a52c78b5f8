import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isInstant, toEpochMs, toInstant } from './instant.ts';

const first = Date.parse('0000-01-01T00:00:00.000Z');
const last = Date.parse('9999-12-31T23:59:59.999Z');
const epochMs = fc.integer({ min: first, max: last });

describe('an instant', () => {
  it('compares as a text the way it follows in time', () => {
    fc.assert(
      fc.property(epochMs, epochMs, (a, b) => {
        expect(toInstant(a) < toInstant(b)).toBe(a < b);
        expect(toEpochMs(toInstant(a))).toBe(a);
        expect(isInstant(toInstant(a))).toBe(true);
      }),
    );
  });

  it.each([
    '',
    'now',
    '2026-03-12',
    '2026-03-12T14:00:00Z',
    '2026-03-12T14:00:00.000',
    '2026-03-12T14:00:00.0000Z',
    '2026-03-12T15:00:00.000+01:00',
    '2026-03-12 14:00:00.000Z',
    '2026-03-12t14:00:00.000z',
    '2026-02-30T14:00:00.000Z',
    '2026-03-12T24:00:00.000Z',
    '+010000-01-01T00:00:00.000Z',
    '-000001-12-31T23:59:59.999Z',
    '2026-03-12T14:00:00.000Z\n',
  ])('is not %j', (text) => {
    expect(isInstant(text)).toBe(false);
  });

  it('is whole milliseconds', () => {
    expect(toInstant(1.9)).toBe('1970-01-01T00:00:00.001Z');
    expect(() => toInstant(NaN)).toThrow(RangeError);
  });
});
