/* eslint-disable @typescript-eslint/no-deprecated -- what came after it, `dashboardv2`, only the newest Grafana reads from files */
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { chosenDatasource } from './panels.ts';

/** What makes one: the builders of this library all have it. */
interface Builder<T> {
  build(): T;
}

export interface DashboardOptions {
  /** Never to be changed: links and bookmarks go by it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Which of the variables `job` and `instance` its queries use. */
  readonly variables?: readonly ('job' | 'instance')[];
  readonly rows: Readonly<Record<string, readonly Builder<Panel>[]>>;
}

/** All of this system's processes, whichever profile it runs in. */
export const ourJobs = 'job=~"gateway|requests|expiry|notifications|session-requests"';
const tag = 'session-requests';

const variable = (name: string, label: string, query: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(chosenDatasource)
    .query({ query, refId: name })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: ['All'], value: ['$__all'] });

const queried = {
  job: variable('job', 'Service', `label_values(up{${ourJobs}}, job)`),
  instance: variable('instance', 'Instance', 'label_values(up{job=~"$job"}, instance)'),
};

const annotation = (name: string, colour: string, expr: string, title: string, text: string) =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(chosenDatasource)
    .enable(true)
    .iconColor(colour)
    .expr(expr)
    .titleFormat(title)
    .textFormat(text)
    .step('60s')
    // Grafana takes the query from here, older versions from beside it.
    .target(new DataqueryBuilder().refId('Anno').expr(expr));

/** Of rows of panels, what all dashboards have: variables, annotations, links to the others. */
export const dashboard = ({ uid, title, description, variables = [], rows }: DashboardOptions): Dashboard => {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([tag])
    .timezone('browser')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .link(
      new DashboardLinkBuilder('Other dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(true)
        .keepTime(true)
        .includeVars(false),
    )
    .link(
      new DashboardLinkBuilder('Runbooks')
        .type(DashboardLinkType.Link)
        .url('${runbooks}/README.md')
        .targetBlank(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  for (const name of variables) builder.withVariable(queried[name]);
  builder
    .withVariable(
      new TextBoxVariableBuilder('runbooks')
        .label('Runbooks at')
        .description('Where docs/runbooks can be read, without a slash at the end.')
        .defaultValue(runbooksUrl),
    )
    .annotation(
      annotation(
        'Pages',
        'red',
        'ALERTS{alertstate="firing",severity="page"}',
        '{{alertname}}',
        'What woke somebody.',
      ),
    )
    .annotation(
      annotation(
        'Starts',
        'blue',
        `process_uptime_seconds{${ourJobs}} < 60`,
        '{{job}} started',
        '{{instance}}',
      ),
    );
  for (const [row, panels] of Object.entries(rows)) {
    builder.withRow(new RowBuilder(row));
    for (const panel of panels) builder.withPanel(panel);
  }
  return numbered(builder.build());
};

/** Only the address of an example: who has a copy of this repository sets its own. */
export const runbooksUrl = 'https://git.example.org/session-requests/docs/runbooks';

/** With ids of panels, by which Grafana keeps them apart in links. */
const numbered = (built: Dashboard): Dashboard => ({
  ...built,
  panels: (built.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 })),
  templating: { list: built.templating.list ?? [] },
});
