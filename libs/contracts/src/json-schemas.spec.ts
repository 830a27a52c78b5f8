import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { Adjustment, Cancellation, NewSessionRequest, ReadMark } from './http-shapes.ts';
import { parseInstant } from './http-values.ts';
import { jsonSchemas } from './json-schemas.ts';

describe('JSON schemas', () => {
  const schemas = jsonSchemas();

  it('say what the decorators say', () => {
    expect(schemas['Cancellation']).toEqual({
      type: 'object',
      properties: {
        what: { type: 'string', enum: ['session', 'change'], description: expect.any(String) },
        reason: {
          type: 'string',
          maxLength: 500,
          pattern: '^[^\\u0000\\uD800-\\uDFFF]*$',
          examples: ['Something came up.'],
        },
      },
      additionalProperties: false,
    });
    expect(schemas['NewSessionRequest']).toMatchObject({ required: ['with', 'startsAt', 'endsAt'] });
    expect(schemas['SessionRequestView']).toMatchObject({
      properties: { agreed: { oneOf: [{ $ref: '#/components/schemas/SlotView' }, { type: 'null' }] } },
    });
  });

  it('inherit from the shape that is extended', () => {
    expect(Object.keys(schemas['CalendarQuery']?.['properties'] as object).sort()).toEqual([
      'asOf',
      'cursor',
      'from',
      'limit',
      'status',
      'to',
    ]);
  });

  it('have patterns that mean the same to class-validator', () => {
    const value = fc.oneof(
      fc.constantFrom(
        'p-1',
        'session',
        'change',
        'else',
        '',
        '2026-11-30T09:00:00Z',
        '2026-11-30T09:00:00.5Z',
        '12',
        '012',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.integer(),
      fc.constant({}),
    );
    for (const shape of [NewSessionRequest, Adjustment, Cancellation, ReadMark]) {
      const { properties, required = [] } = schemas[shape.name] as {
        properties: Record<
          string,
          { enum?: string[]; pattern?: string; maxLength?: number; minLength?: number; format?: string }
        >;
        required?: string[];
      };
      const fits = (body: Record<string, unknown>): boolean =>
        required.every((name) => name in body) &&
        Object.entries(body).every(([name, content]) => {
          const rule = properties[name];
          if (!rule || typeof content !== 'string') return false;
          const characters = [...content].length;
          return (
            (rule.enum?.includes(content) ?? true) &&
            (rule.pattern === undefined || new RegExp(rule.pattern, 'u').test(content)) &&
            characters <= (rule.maxLength ?? Infinity) &&
            characters >= (rule.minLength ?? 0) &&
            (rule.format === undefined || parseInstant(content) !== undefined)
          );
        });
      fc.assert(
        fc.property(fc.dictionary(fc.constantFrom(...Object.keys(properties), 'unknown'), value), (body) => {
          const faults = validateSync(Object.assign(new shape(), body), {
            whitelist: true,
            forbidNonWhitelisted: true,
          });
          expect([body, faults.length === 0]).toEqual([body, fits(body)]);
        }),
      );
    }
  });
});

describe('an instant', () => {
  it('is brought to milliseconds', () => {
    expect(
      ['2026-11-22T09:00:00Z', '2026-11-22T09:00:00.1Z', '2024-02-29T23:59:59.999Z'].map(parseInstant),
    ).toEqual(['2026-11-22T09:00:00.000Z', '2026-11-22T09:00:00.100Z', '2024-02-29T23:59:59.999Z']);
  });

  it('is what the calendar knows, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('1970-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59.999Z'),
          noInvalidDate: true,
        }),
        (date) => {
          expect(parseInstant(date.toISOString())).toBe(date.toISOString());
        },
      ),
    );
    const part = (maximum: number) => fc.nat(maximum).map((number) => String(number).padStart(2, '0'));
    fc.assert(
      fc.property(
        fc.integer({ min: 1970, max: 9999 }),
        part(13),
        part(32),
        part(25),
        part(61),
        part(61),
        (year, month, day, hour, minute, second) => {
          const text = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
          const epochMs = Date.parse(text);
          // Date.parse rolls 30 February over; then it comes back as another day.
          const isReal =
            !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(text.slice(0, 19));
          expect([text, parseInstant(text) !== undefined]).toEqual([text, isReal]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
