/** What can be known about observability/ without Prometheus and Grafana; with Prometheus: prometheus.spec.ts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { catalogue, prometheusName, type Metric, type MetricName } from '@hse/telemetry';
import { parse, parseAllDocuments } from 'yaml';
import { observabilityFiles } from './observability/generated.ts';
import { asked } from './observability/promql.ts';
import {
  alertTests,
  dashboards,
  queriesOf,
  rules,
  rulesFolder,
  testedPatience,
} from './observability/read.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Labels of every series that there can be, by its name. */
const known = new Map<string, readonly string[]>([
  ['up', ['job', 'instance']],
  ['ALERTS', ['alertname', 'alertstate', 'severity', 'slo', 'job', 'instance', 'follower', 'reason']],
]);
for (const name of Object.keys(catalogue) as MetricName[]) {
  const { kind, attributes } = catalogue[name] as Metric;
  const labels = [...attributes.map((attribute) => attribute.replaceAll('.', '_')), 'job', 'instance'];
  if (kind !== 'histogram') known.set(prometheusName(name), labels);
  else {
    known.set(`${prometheusName(name)}_bucket`, [...labels, 'le']);
    for (const suffix of ['_count', '_sum']) known.set(prometheusName(name) + suffix, labels);
  }
}
for (const { record, labels = {}, expr } of rules)
  if (record)
    known.set(record, [...(known.get(record) ?? []), ...Object.keys(labels), ...asked(expr).grouped]);

/** What is wrong with a query: metrics that nobody measures, labels that they do not have. */
const faultsOf = (query: string): string[] => {
  const { selectors, grouped } = asked(query);
  const all = new Set(selectors.flatMap(({ metric }) => known.get(metric) ?? []));
  return [
    ...selectors.flatMap(({ metric, labels }) => {
      const has = known.get(metric);
      if (!has) return [`nobody measures ${metric}`];
      return labels.filter((label) => !has.includes(label)).map((label) => `${metric} has no ${label}`);
    }),
    ...grouped.filter((label) => !all.has(label)).map((label) => `there is no ${label} to group by`),
  ];
};

/** Of a Deployment of k8s/base: what its pods are annotated with, what memory they may use, and one of their ports by its name. */
const podOf = (job: string, portName = '') => {
  const deployment = parseAllDocuments(read(`k8s/base/${job}.yaml`))
    .map((document) => document.toJS() as Deployment)
    .find(({ kind }) => kind === 'Deployment');
  const { metadata, spec } = deployment?.spec.template ?? {};
  const [container] = spec?.containers ?? [];
  return {
    annotations: metadata?.annotations ?? {},
    memory: container?.resources.limits.memory ?? '',
    port: container?.ports.find(({ name }) => name === portName)?.containerPort,
  };
};
interface Deployment {
  readonly kind: string;
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly {
          readonly resources: { readonly limits: { readonly memory: string } };
          readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
        }[];
      };
    };
  };
}

describe('a query', () => {
  it('is refused when it is not PromQL, or asks for what is not measured', () => {
    expect(() => faultsOf('sum by (job) (rate(up[5m])')).toThrow(SyntaxError);
    expect(faultsOf('process_uptime_seconds{job="a"}')).toEqual([]);
    expect(faultsOf('process_uptime{jop="a"}')).toEqual(['nobody measures process_uptime']);
    expect(
      faultsOf('sum by (route) (rate(http_server_request_duration_seconds_sum{route="/"}[5m]))'),
    ).toEqual(['http_server_request_duration_seconds_sum has no route', 'there is no route to group by']);
    expect(faultsOf('rate(http_server_request_duration_seconds[5m])')).toHaveLength(1);
    expect(faultsOf('session_requests_live_connections{le="1"}')).toHaveLength(1);
  });
});

describe('rules', () => {
  it('are those that `npm run generate` makes, and so are the dashboards', async () => {
    for (const [path, text] of await observabilityFiles())
      expect([path, readFileSync(path, 'utf8')]).toEqual([path, text]);
  });

  it('ask for what is measured', () => {
    expect(rules.length).toBeGreaterThan(60);
    for (const { expr } of rules) expect([expr, faultsOf(expr)]).toEqual([expr, []]);
  });

  it('say what every alert means, whom it concerns, and where it says what to do', () => {
    for (const { alert, labels, annotations, for: lasting } of rules) {
      if (!alert) continue;
      expect([alert, labels?.['severity']]).toEqual([alert, expect.stringMatching(/^(page|ticket|none)$/)]);
      expect([alert, lasting]).toEqual([alert, expect.stringMatching(/^\d+m$/)]);
      expect([alert, annotations]).toEqual([
        alert,
        {
          summary: expect.stringMatching(/\w/),
          description: expect.stringMatching(/\.$/),
          runbook_url: `docs/runbooks/${alert}.md`,
        },
      ]);
    }
  });

  it('have a runbook for every alert, and an alert for every runbook', () => {
    const alerts = [...new Set(rules.flatMap(({ alert }) => alert ?? []))].sort();
    const pages = readdirSync(join(root, 'docs/runbooks')).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(alerts.map((alert) => `${alert}.md`));
    for (const alert of alerts) {
      const page = read(`docs/runbooks/${alert}.md`);
      expect([alert, page.split('\n')[0]]).toEqual([alert, `# ${alert}`]);
      for (const section of ['What people feel', 'How to see it', 'What to do'])
        expect([alert, page]).toEqual([alert, expect.stringContaining(`\n## ${section}\n`)]);
      expect(read('docs/runbooks/README.md')).toContain(`[${alert}](${alert}.md)`);
    }
  });

  it('name commands in runbooks that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const name of readdirSync(join(root, 'docs/runbooks')))
      for (const [, script = '', inCluster] of read(`docs/runbooks/${name}`).matchAll(
        /npm run (?:-s )?([\w:]+)|dist\/commands\/(\w+)\.js/g,
      )) {
        if (script) expect([name, Object.keys(scripts)]).toEqual([name, expect.arrayContaining([script])]);
        else
          expect([
            name,
            inCluster,
            existsSync(join(root, `apps/notifications/src/commands/${inCluster}.ts`)),
          ]).toEqual([name, inCluster, true]);
      }
  });

  it('ask in runbooks services that there are, where they tell it, and read the logs of all their instances', () => {
    const services = ['gateway', 'requests', 'expiry', 'notifications'];
    for (const name of readdirSync(join(root, 'docs/runbooks'))) {
      const page = read(`docs/runbooks/${name}`);
      for (const [, service = ''] of page.matchAll(/(?:deployment\/|kubernetes\.io\/name=)([\w<>]+)/g))
        expect([name, [...services, '<service>', '<group>']]).toEqual([
          name,
          expect.arrayContaining([service]),
        ]);
      for (const [command, service = 'expiry', port] of page.matchAll(
        /exec (?:deployment\/(\w+)|<pod>) [^\n]*127\.0\.0\.1:(\d+)\/\w+/g,
      ))
        expect([command, podOf(service).annotations['prometheus.io/port']]).toEqual([command, port]);
      // Of a Deployment, kubectl reads one pod; of a label, the last ten lines of each.
      expect([name, page]).toEqual([name, expect.not.stringContaining('logs deployment/')]);
      for (const [command] of page.matchAll(/ logs -l [^`|\n]+/g))
        expect(command).toContain(' --prefix --tail=-1 --since=');
    }
  });

  it('are tested: each alert where it fires, and where it does not', () => {
    const tested = alertTests();
    for (const { alert = '', labels } of rules) {
      if (!alert) continue;
      const severity = String(labels?.['severity']);
      expect([alert, tested.fires.has(`${alert} ${severity}`)]).toEqual([alert, true]);
      // The one that always fires is there for that.
      if (alert !== 'Watchdog') expect([alert, tested.isSilent.has(alert)]).toEqual([alert, true]);
    }
  });

  it('wait before they fire, and for how long is tested', () => {
    const tested = testedPatience();
    for (const { alert, labels, for: lasting = '' } of rules) {
      if (!alert || lasting === '0m') continue;
      const patience = `${alert} ${String(labels?.['severity'])} ${parseInt(lasting, 10)}`;
      expect([patience, tested.has(patience)]).toEqual([patience, true]);
    }
  });

  it('know the limits of memory that Kubernetes sets', () => {
    for (const job of ['gateway', 'requests', 'expiry', 'notifications']) {
      const limit = rules.find(
        ({ record, labels }) => record === 'session_requests:memory_limit:bytes' && labels?.['job'] === job,
      );
      const [, mebibytes] = /^(\d+)Mi$/.exec(podOf(job).memory) ?? [];
      expect([job, limit?.expr]).toEqual([job, `vector(${mebibytes} * 1024 * 1024)`]);
    }
  });
});

describe.each(Object.entries(dashboards))('the dashboard %s', (name, dashboard) => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  const queries = queriesOf(dashboard);

  it('asks for what is measured', () => {
    expect(queries.length).toBeGreaterThan(panels.length);
    for (const { expr } of queries) expect([expr, faultsOf(expr)]).toEqual([expr, []]);
  });

  it('names in its legends what the series have', () => {
    for (const { expr, legend } of queries) {
      const { selectors, grouped } = asked(expr);
      const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      const has = /\b(sum|max|min|count)\b/.test(expr)
        ? grouped
        : selectors.flatMap(({ metric }) => known.get(metric) ?? []);
      expect([expr, shown.filter((label) => !has.includes(label))]).toEqual([expr, []]);
      // Two series of one name cannot be told apart.
      if (
        /\b(sum|max|min|count) by \(/.test(expr) &&
        !expr.startsWith('histogram_quantile') &&
        !expr.startsWith('sum(max')
      )
        expect([expr, shown.length > 0 || legend === '']).toEqual([expr, true]);
    }
  });

  it('explains each panel, with a unit, and lets the reader choose where the data come from', () => {
    expect(dashboard.uid).toBe(`session-requests-${name}`);
    for (const { title, description, type, datasource, targets = [], fieldConfig } of panels) {
      expect([title, description]).toEqual([title, expect.stringMatching(/\.$/)]);
      if (type !== 'table' && type !== 'heatmap')
        expect([title, fieldConfig.defaults.unit]).toEqual([title, expect.any(String)]);
      for (const each of [datasource, ...targets.map((target) => target.datasource)])
        expect([title, each]).toEqual([title, { type: 'prometheus', uid: '${datasource}' }]);
    }
  });

  it('fills a grid of 24 columns without gaps at the side or overlaps', () => {
    const cells = new Set<string>();
    for (const { gridPos } of dashboard.panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x).toBeLessThan(24);
          expect(cells).not.toContain(`${x} ${y}`);
          cells.add(`${x} ${y}`);
        }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it('has no variable that nothing goes by, and none that is not there', () => {
    const text =
      JSON.stringify({ ...dashboard, templating: undefined }) +
      JSON.stringify(dashboard.templating.list.map(({ query }) => query));
    const used = new Set([...text.matchAll(/\$\{?([a-z]\w+)/g)].map(([, variable]) => variable));
    expect([...used].sort()).toEqual(dashboard.templating.list.map((variable) => variable.name).sort());
  });

  it('links to runbooks that there are', () => {
    const linked = [...JSON.stringify(dashboard).matchAll(/\$\{runbooks\}\/([A-Za-z]+\.md)/g)].map(
      ([, page = '']) => page,
    );
    expect(linked.length).toBeGreaterThan(3);
    for (const page of linked)
      expect([page, existsSync(join(root, 'docs/runbooks', page))]).toEqual([page, true]);
  });
});

it('tells the Prometheus Operator where the services of k8s/base show what they measure', () => {
  interface Monitor {
    readonly spec: {
      readonly jobLabel: string;
      readonly selector: {
        readonly matchLabels?: Readonly<Record<string, string>>;
        readonly matchExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[];
      };
      readonly podMetricsEndpoints: readonly { readonly port: string; readonly path: string }[];
    };
  }
  const label = 'app.kubernetes.io/name';
  const monitors = parseAllDocuments(read('k8s/components/prometheus/monitors.yaml')).map(
    (document) => document.toJS() as Monitor,
  );
  const found = monitors.flatMap(({ spec: { jobLabel, selector, podMetricsEndpoints } }) => {
    expect(jobLabel).toBe(label);
    const jobs = [
      ...Object.values(selector.matchLabels ?? {}),
      ...(selector.matchExpressions ?? []).flatMap(({ key, values }) => (key === label ? values : [])),
    ];
    return jobs.map((job) => [job, podMetricsEndpoints.map(({ port, path }) => `${port}${path}`)] as const);
  });
  expect(found.map(([job]) => job).sort()).toEqual(['expiry', 'gateway', 'notifications', 'requests']);
  for (const [job, [endpoint = '']] of found) {
    const { annotations, port } = podOf(job, endpoint.replace('/metrics', ''));
    expect([job, endpoint, String(port)]).toEqual([
      job,
      `${endpoint.split('/')[0]}${annotations['prometheus.io/path']}`,
      annotations['prometheus.io/port'],
    ]);
  }
});

it('docs/slos.md has every objective as it is computed', async () => {
  const { slos } = await import('./observability/slos.ts');
  const page = read('docs/slos.md');
  for (const { title, objective, alert, badShare } of slos) {
    expect(page).toContain(`| ${title} `);
    expect(page).toContain(`${Number((100 * objective).toFixed(2))} %`);
    expect(page).toContain(`(runbooks/${alert}.md)`);
    expect(page).toContain(badShare('30d'));
  }
});

it('provisions Grafana with these dashboards, from where docker-compose.yml puts them', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, { volumes?: string[] }>;
  };
  const mounted = (services['grafana']?.volumes ?? []).map((volume) => volume.split(':'));
  const provider = parse(read('observability/grafana/provisioning/dashboards/session-requests.yml')) as {
    providers: { options: { path: string } }[];
  };
  expect(mounted.map(([from, to]) => [from, to])).toEqual([
    ['./observability/grafana/provisioning', '/etc/grafana/provisioning'],
    ['./observability/grafana/dashboards', provider.providers[0]?.options.path],
  ]);
  expect(rulesFolder).toBe(join(root, 'observability/prometheus/rules'));
});
