import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { webSchema, webSchemaPath } from './web-schema.ts';

it('is what `npm run generate` would write: the web app calls the API that the gateway serves', async () => {
  expect(readFileSync(webSchemaPath, 'utf8')).toBe(await webSchema());
});
