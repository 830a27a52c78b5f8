import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { expiry } from './expiry.ts';
import { overview } from './overview.ts';
import { projections } from './projections.ts';
import { service } from './service.ts';
import { sloRules } from './slos.ts';

const folder = fileURLToPath(new URL('../../observability/', import.meta.url));

/** What is kept in observability/ and made from this source tree: by path, the contents. */
export const observabilityFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const files: [string, string][] = [
    ['prometheus/rules/slos.yml', yaml(sloRules())],
    ...Object.entries({ overview, expiry, projections, service }).map(([name, make]): [string, string] => [
      `grafana/dashboards/${name}.json`,
      JSON.stringify(make(), withoutUnasked),
    ]),
  ];
  return new Map(
    await Promise.all(
      files.map(async ([name, text]): Promise<[string, string]> => {
        const filepath = folder + name;
        return [filepath, await format(text, { ...(await resolveConfig(filepath)), filepath })];
      }),
    ),
  );
};

/** Defaults that the builders add: a place that hides links and annotations in a menu, and what only intervals have. */
const unasked = new Set(['placement', 'auto', 'auto_min', 'auto_count']);
const withoutUnasked = (key: string, value: unknown): unknown =>
  unasked.has(key) && value !== 'bottom' ? undefined : value;

const header = '# Generated from tools/observability/slos.ts by `npm run generate`; not to be edited.\n\n';
const yaml = (content: object): string => header + stringify(content, { lineWidth: 0 });
