import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { sloRules } from './slos.ts';

const folder = fileURLToPath(new URL('../../observability/', import.meta.url));

/** What is kept in observability/ and made from this source tree: by path, the contents. */
export const observabilityFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const files: [string, string][] = [['prometheus/rules/slos.yml', yaml(sloRules())]];
  return new Map(
    await Promise.all(
      files.map(async ([name, text]): Promise<[string, string]> => {
        const filepath = folder + name;
        return [filepath, await format(text, { ...(await resolveConfig(filepath)), filepath })];
      }),
    ),
  );
};

const header = '# Generated from tools/observability/slos.ts by `npm run generate`; not to be edited.\n\n';
const yaml = (content: object): string => header + stringify(content, { lineWidth: 0 });
