import { ValidateBy, ValidateIf, validateSync } from 'class-validator';
import type { Instant } from '@hse/session-requests';

/** Bounds of what the HTTP API takes, all inclusive. Lengths are in Unicode code points. */
export const httpLimits = {
  noteLength: 1_000,
  reasonLength: 500,
  searchLength: 100,
  pictureLength: 2_000,
  idLength: 255,
  /** The longest id and the longest name, in the longest way to write them. */
  cursorLength: 2_500,
  pageSize: { minimum: 1, maximum: 200, default: 50 },
  /** Bytes of a request's body. */
  bodyBytes: 16 * 1024,
} as const;

const instantForm = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.(\d{1,3}))?Z$/;

/** What {@link parseInstant} takes, as far as a pattern can say it. */
export const instantPattern =
  '^(19[7-9]\\d|[2-9]\\d{3})-\\d\\d-\\d\\dT([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,3})?Z$';

/**
 * An ISO-8601 instant in UTC, brought to milliseconds: `2026-11-22T09:00:00Z` becomes `2026-11-22T09:00:00.000Z`.
 * Strict: a day of the calendar in the years 1970 to 9999, whole seconds below 60, up to three decimals, and `Z`.
 * Undefined for anything else.
 */
export const parseInstant = (text: string): Instant | undefined => {
  const match = instantForm.exec(text);
  if (!match) return undefined;
  const [, year, month, day, , fraction = ''] = match;
  if (Number(year) < 1970 || !isDay(Number(year), Number(month), Number(day))) return undefined;
  return `${text.slice(0, 19)}.${fraction.padEnd(3, '0')}Z`;
};

const isDay = (year: number, month: number, day: number): boolean => {
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
};

/** Text without NUL and without halves of surrogate pairs, which not every store and client can hold. */
const textPattern = '^[^\\u0000\\uD800-\\uDFFF]*$';
const idPattern = '^[\\x21-\\x7e]+$';
const numberPattern = '^(0|[1-9]\\d{0,14})$';

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** A class that declares an HTTP shape; never constructed by callers. */
export type ShapeClass = new () => object;

/** The name under which the decorators below are recorded with class-validator; their constraint is the JSON schema. */
export const schemaConstraint = 'jsonSchema';

interface Documentation {
  readonly description?: string;
  readonly example?: unknown;
}

const declare = (
  schema: JsonSchema,
  validate: (value: unknown) => boolean,
  message: string,
  { example, ...documentation }: Documentation = {},
): PropertyDecorator =>
  ValidateBy({
    name: schemaConstraint,
    constraints: [{ ...schema, ...documentation, ...(example !== undefined && { examples: [example] }) }],
    validator: { validate, defaultMessage: (args) => `${args?.property ?? 'value'} has to be ${message}` },
  });

const isString = (value: unknown): value is string => typeof value === 'string';
const length = (text: string): number => [...text].length;
const matches = (pattern: string): ((value: unknown) => boolean) => {
  const expression = new RegExp(pattern, 'u');
  return (value) => isString(value) && expression.test(value);
};

/** The field may be missing; `null` is not the same as missing. */
export const Optional = (): PropertyDecorator => ValidateIf((_shape, value) => value !== undefined);

/** See {@link parseInstant}. */
export const IsInstant = (documentation?: Documentation): PropertyDecorator =>
  declare(
    { type: 'string', format: 'date-time', pattern: instantPattern },
    (value) => isString(value) && parseInstant(value) !== undefined,
    'an instant in UTC such as 2026-11-22T09:00:00Z',
    { example: '2026-11-30T09:00:00.000Z', ...documentation },
  );

/** An opaque identifier: visible ASCII characters. */
export const IsId = (documentation?: Documentation): PropertyDecorator => {
  const schema = { type: 'string', minLength: 1, maxLength: httpLimits.idLength, pattern: idPattern };
  const fits = matches(idPattern);
  return declare(
    schema,
    (value) => fits(value) && (value as string).length <= schema.maxLength,
    'an id',
    documentation,
  );
};

/** `minimum` (default 0) to `maximum` code points of text that any store and client can hold. */
export const IsText = (
  maximum: number,
  { minimum = 0, ...documentation }: Documentation & { minimum?: number } = {},
): PropertyDecorator => {
  const fits = matches(textPattern);
  return declare(
    { type: 'string', ...(minimum > 0 && { minLength: minimum }), maxLength: maximum, pattern: textPattern },
    (value) => fits(value) && length(value as string) >= minimum && length(value as string) <= maximum,
    `text of up to ${maximum} characters`,
    documentation,
  );
};

/** A position of the log, written in digits. */
export const IsPosition = (documentation?: Documentation): PropertyDecorator =>
  declare(
    { type: 'string', pattern: numberPattern },
    matches(numberPattern),
    'a number in digits',
    documentation,
  );

export const IsWholeNumber = (
  minimum: number,
  maximum: number,
  documentation?: Documentation,
): PropertyDecorator =>
  declare(
    { type: 'integer', minimum, maximum },
    (value) => Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum,
    `a whole number from ${minimum} to ${maximum}`,
    documentation,
  );

export const IsTruth = (documentation?: Documentation): PropertyDecorator =>
  declare({ type: 'boolean' }, (value) => typeof value === 'boolean', 'true or false', documentation);

/** One of these words. */
export const IsOneOf = (words: readonly string[], documentation?: Documentation): PropertyDecorator =>
  declare(
    { type: 'string', enum: words },
    (value) => isString(value) && words.includes(value),
    `one of ${words.join(', ')}`,
    documentation,
  );

/** Any number of these words, without repeats. */
export const IsListOf = (words: readonly string[], documentation?: Documentation): PropertyDecorator =>
  declare(
    { type: 'array', items: { type: 'string', enum: words }, uniqueItems: true },
    (value) =>
      Array.isArray(value) &&
      new Set(value).size === value.length &&
      value.every((word) => words.includes(word as string)),
    `a list of ${words.join(', ')}`,
    documentation,
  );

/** An object whose fields depend on something else, such as the payload of an event. */
export const IsAnyObject = (documentation?: Documentation): PropertyDecorator =>
  declare(
    { type: 'object' },
    (value) => typeof value === 'object' && value !== null,
    'an object',
    documentation,
  );

/** Another shape, or a list of it. `nullable`: or null. */
export const IsShape = (
  shape: ShapeClass,
  {
    nullable = false,
    list = false,
    ...documentation
  }: Documentation & { nullable?: boolean; list?: boolean } = {},
): PropertyDecorator => {
  const ref = { $ref: shape.name };
  const schema = list ? { type: 'array', items: ref } : nullable ? { oneOf: [ref, { type: 'null' }] } : ref;
  const fits = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    validateSync(Object.assign(new shape(), value), { whitelist: true, forbidNonWhitelisted: true })
      .length === 0;
  return declare(
    schema,
    (value) =>
      list ? Array.isArray(value) && value.every(fits) : (nullable && value === null) || fits(value),
    `a ${shape.name}`,
    documentation,
  );
};
