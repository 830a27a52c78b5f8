import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { parse, stringify } from 'yaml';
import { expiry } from './expiry.ts';
import { overview } from './overview.ts';
import { projections } from './projections.ts';
import { service } from './service.ts';
import { sloRules } from './slos.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const rulesFolder = 'observability/prometheus/rules';

/** What is kept in this repository and made from this source tree, for those who watch the system: by path, the contents. */
export const observabilityFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const files: [string, string][] = [
    [`${rulesFolder}/slos.yml`, yaml('tools/observability/slos.ts', sloRules())],
    ['k8s/components/prometheus/rules.yaml', yaml(rulesFolder, prometheusRule())],
    ...Object.entries({ overview, expiry, projections, service }).map(([name, make]): [string, string] => [
      `observability/grafana/dashboards/${name}.json`,
      JSON.stringify(make(), withoutUnasked),
    ]),
  ];
  return new Map(
    await Promise.all(
      files.map(async ([name, text]): Promise<[string, string]> => {
        const filepath = root + name;
        return [filepath, await format(text, { ...(await resolveConfig(filepath)), filepath })];
      }),
    ),
  );
};

/** All rules as the Prometheus Operator takes them: kustomize has no means to put a file into an object of this kind. */
const prometheusRule = (): object => {
  const written = parse(readFileSync(`${root}${rulesFolder}/alerts.yml`, 'utf8')) as { groups: object[] };
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'session-requests' },
    spec: { groups: [...sloRules().groups, ...written.groups] },
  };
};

/** Defaults that the builders add: a place that hides links and annotations in a menu, and what only intervals have. */
const unasked = new Set(['placement', 'auto', 'auto_min', 'auto_count']);
const withoutUnasked = (key: string, value: unknown): unknown =>
  unasked.has(key) && value !== 'bottom' ? undefined : value;

const yaml = (source: string, content: object): string =>
  `# Generated from ${source} by \`npm run generate\`; not to be edited.\n\n${stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })}`;
