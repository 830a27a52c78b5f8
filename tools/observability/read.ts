import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const folder = fileURLToPath(new URL('../../observability/', import.meta.url));
const filesIn = (path: string) => readdirSync(join(folder, path)).map((name) => join(folder, path, name));

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const rulesFolder = join(folder, 'prometheus/rules');

/** Of all files. */
export const rules: readonly Rule[] = filesIn('prometheus/rules').flatMap((file) =>
  (parse(readFileSync(file, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    (group) => group.rules,
  ),
);

interface Target {
  readonly expr: string;
  readonly legendFormat?: string;
  readonly datasource?: object;
}

/** A dashboard as far as tests ask. */
export interface KeptDashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description: string;
    readonly datasource: object;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    /** Rows have none. */
    readonly targets?: readonly Target[];
    readonly fieldConfig: { readonly defaults: { readonly unit?: string } };
  }[];
  readonly annotations: { readonly list: readonly { readonly expr: string; readonly target: Target }[] };
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query?: string | { readonly query: string } }[];
  };
}

/** By the name of its file. */
export const dashboards: Readonly<Record<string, KeptDashboard>> = Object.fromEntries(
  filesIn('grafana/dashboards').map((file) => [
    file.replace(/^.*\/(.*)\.json$/, '$1'),
    JSON.parse(readFileSync(file, 'utf8')) as KeptDashboard,
  ]),
);

/** All that a dashboard asks Prometheus, as Prometheus gets it: for variables, a value that stands for all. */
export const queriesOf = ({
  panels,
  annotations,
  templating,
}: KeptDashboard): { expr: string; legend: string; isInstant: boolean }[] => {
  const filled = (expr: string) =>
    expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$(job|instance)/g, '.*');
  const targets = panels.flatMap((panel) => panel.targets ?? []);
  return [
    ...targets.map(({ expr, legendFormat = '', ...more }) => ({
      expr: filled(expr),
      legend: legendFormat,
      isInstant: (more as { instant?: boolean }).instant === true,
    })),
    ...annotations.list.flatMap(({ expr, target }) =>
      [expr, target.expr].map((each) => ({ expr: filled(each), legend: '', isInstant: false })),
    ),
    ...templating.list.flatMap(({ query }) => {
      const [, expr] =
        /^label_values\((.*), \w+\)$/.exec(typeof query === 'string' ? query : (query?.query ?? '')) ?? [];
      return expr ? [{ expr: filled(expr), legend: '', isInstant: true }] : [];
    }),
  ];
};

interface RuleTest {
  readonly alert_rule_test?: readonly {
    readonly alertname: string;
    readonly exp_alerts?: readonly { readonly exp_labels: { readonly severity: string } }[];
  }[];
  readonly promql_expr_test?: readonly {
    readonly expr: string;
    readonly exp_samples?: readonly { readonly labels?: string; readonly value: number }[];
  }[];
}

/** For how many minutes the tests of the rules see alerts pending before they fire: `<name> <severity> <minutes>`. */
export const testedPatience = (): ReadonlySet<string> =>
  new Set(
    (
      parse(readFileSync(join(folder, 'prometheus/tests/patience.yml'), 'utf8')) as { tests: RuleTest[] }
    ).tests
      .flatMap((test) => test.promql_expr_test ?? [])
      .flatMap(({ exp_samples: samples = [] }) => samples)
      .map(({ labels = '', value }) => {
        const [, name] = /alertname="(\w+)"/.exec(labels) ?? [];
        const [, severity] = /severity="(\w+)"/.exec(labels) ?? [];
        return `${name} ${severity} ${value}`;
      }),
  );

/** Which alerts the tests of the rules see firing, by name and severity, and which not. */
export const alertTests = (): { fires: ReadonlySet<string>; isSilent: ReadonlySet<string> } => {
  const fires = new Set<string>();
  const isSilent = new Set<string>();
  for (const file of filesIn('prometheus/tests'))
    for (const test of (parse(readFileSync(file, 'utf8')) as { tests: RuleTest[] }).tests) {
      for (const { alertname, exp_alerts: expected = [] } of test.alert_rule_test ?? []) {
        if (expected.length === 0) isSilent.add(alertname);
        for (const { exp_labels: labels } of expected) fires.add(`${alertname} ${labels.severity}`);
      }
      for (const { expr, exp_samples: expected = [] } of test.promql_expr_test ?? []) {
        if (expected.length === 0) for (const name of selectedBy(expr)) isSilent.add(name);
        for (const { labels = '' } of expected) {
          const [, name] = /alertname="(\w+)",alertstate="firing"/.exec(labels) ?? [];
          const [, severity] = /severity="(\w+)"/.exec(labels) ?? [];
          if (name && severity) fires.add(`${name} ${severity}`);
        }
      }
    }
  return { fires, isSilent };
};

/** Alerts that a query such as `ALERTS{alertname=~"a|b"}` is about. */
const selectedBy = (query: string): string[] => {
  const [, operator = '', value = ''] = /alertname(=~|!=|=)"([^"]*)"/.exec(query) ?? [];
  const pattern = new RegExp(`^(?:${value})$`);
  return rules.flatMap(({ alert }) => (alert && pattern.test(alert) !== (operator === '!=') ? [alert] : []));
};
