// `npm run generate`: writes the files that are made from others and kept in the repository.
import { writeFileSync } from 'node:fs';
import { observabilityFiles } from './observability/generated.ts';
import { webSchema, webSchemaPath } from './web-schema.ts';

writeFileSync(webSchemaPath, await webSchema());
for (const [path, text] of await observabilityFiles()) writeFileSync(path, text);
