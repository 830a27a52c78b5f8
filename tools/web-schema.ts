import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startEmbeddedSystem } from '@hse/e2e/system';
import { format, resolveConfig } from 'prettier';

/** Of openapi-typescript, what is used here. It brings a TypeScript of its own and is installed where that is. */
interface OpenApiTypescript {
  default(document: object, options: { emptyObjectsUnknown?: boolean; silent?: boolean }): Promise<unknown>;
  astToString(ast: unknown): string;
}

/** Where the types of the API that the web app calls are kept. */
export const webSchemaPath = fileURLToPath(new URL('../apps/web/src/api/schema.ts', import.meta.url));

const header = '// Generated from the OpenAPI document by `npm run generate`; not to be edited.\n\n';

/** They are for people, and would be most of the file. */
const withoutExamples = (key: string, value: unknown): unknown =>
  key === 'example' || key === 'examples' ? undefined : value;

/** The types of the API, made from what a gateway of this source tree serves at `/api/openapi.json`. */
export const webSchema = async (): Promise<string> => {
  const system = await startEmbeddedSystem();
  try {
    const text = await (await fetch(`${system.url}/api/openapi.json`)).text();
    const document = JSON.parse(text, withoutExamples) as object;
    const openApiTypescript = createRequire(new URL('../apps/web/package.json', import.meta.url))(
      'openapi-typescript',
    ) as OpenApiTypescript;
    const ast = await openApiTypescript.default(document, {
      // Not `immutable`: openapi-fetch does not take a readonly array for an array. The payload of an event is an object of which the API says no more.
      emptyObjectsUnknown: true,
      silent: true,
    });
    const options = await resolveConfig(webSchemaPath);
    return await format(header + openApiTypescript.astToString(ast), { ...options, filepath: webSchemaPath });
  } finally {
    await system.stop();
  }
};
