import { getMetadataStorage } from 'class-validator';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { administrationShapes } from './administration-shapes.ts';
import { httpShapes } from './http-shapes.ts';
import { schemaConstraint, type JsonSchema } from './http-values.ts';

/**
 * The JSON schema (2020-12) of every HTTP shape by its name, compiled from the decorators. Objects are closed: no field
 * that is not declared.
 * @param refPrefix what comes before the name where one shape refers to another.
 */
export const jsonSchemas = (refPrefix = '#/components/schemas/'): Readonly<Record<string, JsonSchema>> => {
  const compiled = validationMetadatasToSchemas({
    classValidatorMetadataStorage: getMetadataStorage(),
    additionalConverters: {
      // Its type knows OpenAPI 3.0 only, where a type is never "null"; what it does with the schema is to merge it in.
      [schemaConstraint]: (metadata) => withRefs(metadata.constraints[0], refPrefix) as Record<string, never>,
    },
  });
  return Object.fromEntries(
    [...httpShapes, ...administrationShapes].map(({ name }) => [
      name,
      { ...(compiled[name] ?? { type: 'object', properties: {} }), additionalProperties: false },
    ]),
  );
};

const withRefs = (value: unknown, refPrefix: string): unknown => {
  if (Array.isArray(value)) return value.map((item) => withRefs(item, refPrefix));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      key === '$ref' && typeof entry === 'string' ? `${refPrefix}${entry}` : withRefs(entry, refPrefix),
    ]),
  );
};
