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

  it('is what the calendar of the language says, by whichever way', () => {
    const any = fc.integer({ min: -8.64e15, max: 8.64e15 });
    fc.assert(
      fc.property(fc.oneof(any, epochMs), (ms) => {
        expect(toInstant(ms)).toBe(new Date(ms).toISOString());
      }),
    );
    const digit = (...of: string[]) => fc.constantFrom(...of);
    const most = fc.tuple(
      fc.stringMatching(/^\d{4}$/),
      digit('00', '01', '02', '03', '06', '11', '12', '13', '1x'),
      digit('00', '01', '10', '28', '29', '30', '31', '32', '-1'),
      digit('00', '09', '23', '24', '25', ' 1'),
      digit('00', '59', '60', '5'),
      digit('00', '59', '60', '61', 'ab'),
      digit('000', '001', '999', '09', '1.0', '0009', '00a'),
      digit('Z', 'z', '', '+01:00'),
    );
    fc.assert(
      fc.property(most, ([year, month, day, hour, minute, second, fraction, end]) => {
        const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}${end}`;
        expect(toEpochMs(text)).toBe(Date.parse(text));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(fc.property(epochMs, (ms) => expect(toEpochMs(new Date(ms).toISOString())).toBe(ms)));
    expect(() => toInstant(8.64e15 + 1)).toThrow(RangeError);
  });

  it('is whole milliseconds', () => {
    expect(toInstant(1.9)).toBe('1970-01-01T00:00:00.001Z');
    expect(() => toInstant(NaN)).toThrow(RangeError);
  });
});
