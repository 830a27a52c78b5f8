import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { jsonSchemas, parseInstant, type Fault, type JsonSchema } from '@hse/contracts/http';
import { HttpProblem } from './http-problem.ts';
import type { ShapeReference } from './route-table.ts';

type Part = 'body' | 'query';
type Validate = (data: unknown) => true | { value: unknown } | { error: HttpProblem };

const mostFaults = 20;

const declaredShapes = jsonSchemas('');

const makeAjv = (): Ajv2020 => {
  const ajv = new Ajv2020({
    allErrors: true,
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: false,
    strict: true,
    formats: {
      'date-time': { type: 'string', validate: (text: string) => parseInstant(text) !== undefined },
    },
  });
  for (const [name, schema] of Object.entries(declaredShapes)) ajv.addSchema(schema, name);
  return ajv;
};
let shared: Ajv2020 | undefined;

/**
 * Compiles what Fastify asks for once per route, and each shape once per process. Values are never coerced; only in a query, where
 * everything is text, numbers are read from digits and lists from commas or repeats.
 */
export const createValidatorCompiler = (): ((route: {
  schema: unknown;
  httpPart?: string | undefined;
}) => Validate) => {
  const ajv = (shared ??= makeAjv());

  return ({ schema, httpPart }) => {
    const { $ref: name, optional = false } = schema as ShapeReference;
    const validate = ajv.getSchema(name);
    const declared = declaredShapes[name];
    if (!validate || !declared) throw new Error(`there is no shape ${name}`);
    if (httpPart === 'body') {
      // Fastify has null where there was no body; a JSON null never gets here.
      return (body) => (body === null && optional ? { value: {} } : verdict(validate, body, 'body'));
    }
    const read = queryReader(declared);
    return (query) => {
      const values = read(query as Record<string, string | string[]>);
      return verdict(validate, values, 'query');
    };
  };
};

const verdict = (
  validate: ValidateFunction,
  data: unknown,
  part: Part,
): true | { value: unknown } | { error: HttpProblem } => {
  const isValid: boolean = validate(data);
  if (isValid) return part === 'body' ? true : { value: data };
  if (data === null) return { error: invalidRequest([{ path: '/body', message: 'is missing' }]) };
  return { error: invalidRequest(faultsOf(validate.errors ?? [], part)) };
};

/** The answer to a request whose faults are known. */
export const invalidRequest = (errors: readonly Fault[]): HttpProblem => {
  const [first] = errors;
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new HttpProblem('invalid-request', first ? `${first.path} ${first.message}${others}.` : undefined, {
    errors,
  });
};

const queryReader = (
  schema: JsonSchema,
): ((query: Record<string, string | string[]>) => Record<string, unknown>) => {
  const properties = schema['properties'] as Readonly<Record<string, { type: string }>>;
  return (query) =>
    Object.fromEntries(
      Object.entries(query).map(([name, value]): [string, unknown] => {
        const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined;
        if (type === 'array') return [name, [value].flat().flatMap((text) => text.split(','))];
        if (type === 'integer' && typeof value === 'string' && /^(0|[1-9]\d{0,15})$/.test(value))
          return [name, Number(value)];
        return [name, value];
      }),
    );
};

const faultsOf = (errors: readonly ErrorObject[], part: Part): Fault[] => {
  const faults = new Map<string, string>();
  for (const error of errors) {
    const property =
      (error.params as { missingProperty?: string; additionalProperty?: string }).missingProperty ??
      (error.params as { additionalProperty?: string }).additionalProperty;
    const path = `/${part}${error.instancePath}${property === undefined ? '' : `/${pointerPart(property)}`}`;
    if (!faults.has(path) && faults.size < mostFaults) faults.set(path, messageOf(error));
  }
  return [...faults].map(([path, message]) => ({ path, message }));
};

/**
 * Where a value from outside has a field that could change what objects inherit: `__proto__`, or `prototype` of a
 * `constructor`. A JSON pointer; undefined where there is none.
 */
export const prototypePath = (value: unknown): string | undefined => {
  // No recursion, and no copies of paths: how deep the value goes is up to the caller.
  const left: Place[] = [{ name: '', value, parent: undefined }];
  for (let parent = left.pop(); parent; parent = left.pop()) {
    if (typeof parent.value !== 'object' || parent.value === null) continue;
    for (const [name, field] of Object.entries(parent.value)) {
      const place = { name, value: field as unknown, parent };
      if (name === '__proto__' || (name === 'prototype' && parent.name === 'constructor'))
        return pointerTo(place);
      left.push(place);
    }
  }
  return undefined;
};

interface Place {
  readonly name: string;
  readonly value: unknown;
  readonly parent: Place | undefined;
}

const pointerTo = (place: Place): string => {
  const parts: string[] = [];
  for (let at = place; at.parent; at = at.parent) parts.unshift(`/${pointerPart(at.name)}`);
  return parts.join('');
};

/** RFC 6901 section 3; cut, because the names of unknown fields are whatever the caller sent. */
const pointerPart = (name: string): string =>
  [...name.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')].slice(0, 100).join('');

const messageOf = ({ keyword, params, parentSchema, message }: ErrorObject): string => {
  const limit = (params as { limit?: number }).limit;
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return 'is unknown';
    case 'enum':
      return `has to be one of: ${(params as { allowedValues: string[] }).allowedValues.join(', ')}`;
    case 'type':
      return `has to be of type ${(params as { type: string }).type}`;
    case 'maxLength':
      return `has to have ${limit} characters at most`;
    case 'minLength':
      return 'must not be empty';
    case 'minimum':
      return `has to be ${limit} at least`;
    case 'maximum':
      return `has to be ${limit} at most`;
    case 'format':
      return anInstant;
    case 'pattern':
      return parentSchema?.['format'] === 'date-time' ||
        (params as { pattern: string }).pattern.startsWith('^(19')
        ? anInstant
        : 'has characters that cannot be used here';
    default:
      return message ?? 'is invalid';
  }
};

const anInstant = 'has to be an instant in UTC of the years 1970 to 9999, such as 2026-11-22T09:00:00Z';
