// `npm run generate`: writes the files that are made from others and kept in the repository.
import { writeFileSync } from 'node:fs';
import { webSchema, webSchemaPath } from './web-schema.ts';

writeFileSync(webSchemaPath, await webSchema());
