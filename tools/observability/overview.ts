import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { dashboard, ourJobs } from './dashboard.ts';
import { chosenDatasource, series, stat } from './panels.ts';
import { recordedShare, slos, type Slo } from './slos.ts';

/** Requests of the API that are commands. */
export const commands = 'http_request_method="POST",http_route=~"/api/v1/session-requests.*"';

const ownColours = { '^2..$': 'green', '^4..$': 'yellow', '^5..$': 'red' };

/** What is left of the budget of 30 days: 100 % is all of it, below 0 % the objective is missed. */
export const budget = (slo: Slo, width = 6) =>
  stat({
    title: slo.title,
    description: `What is left of the error budget of 30 days; the objective is ${Number((100 * slo.objective).toFixed(2))} %. Below 0 % it is missed.`,
    unit: 'percentunit',
    queries: {
      left: `1 - ${recordedShare('30d')}{slo="${slo.id}"} / on (slo) (1 - slo:objective:ratio{slo="${slo.id}"})`,
    },
    thresholds: [
      [0, 'orange'],
      [0.25, 'green'],
    ],
    below: 'red',
    runbook: slo.alert,
    width,
  });

const firing = () =>
  new TablePanel()
    .title('Alerts that fire')
    .description(
      'page: somebody was woken. ticket: for the next working day. Each name leads to its runbook.',
    )
    .datasource(chosenDatasource)
    .targets([
      new DataqueryBuilder()
        .refId('A')
        .datasource(chosenDatasource)
        .expr(
          'sum by (severity, alertname, job, instance, follower, slo, reason) (ALERTS{alertstate="firing",alertname!="Watchdog"})',
        )
        .format(PromQueryFormat.Table)
        .instant(),
    ])
    .noValue('None.')
    .withTransformation({
      id: 'organize',
      options: { excludeByName: { Time: true, Value: true }, renameByName: { alertname: 'alert' } },
    })
    .overrideByName('alert', [
      {
        id: 'links',
        value: [{ title: 'Runbook', url: '${runbooks}/${__value.text}.md', targetBlank: true }],
      },
    ])
    .overrideByName('severity', [
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
      {
        id: 'mappings',
        value: [
          {
            type: 'value',
            options: { page: { color: 'red', index: 0 }, ticket: { color: 'orange', index: 1 } },
          },
        ],
      },
    ])
    .height(8)
    .span(16);

const quantile = (q: number, by: string, histogram: string) =>
  `histogram_quantile(${q}, sum by (${by}) (rate(${histogram}[$__rate_interval])))`;

export const overview = () =>
  dashboard({
    uid: 'session-requests-overview',
    title: 'Session requests: overview',
    description: 'What people feel first, then where it comes from.',
    variables: ['job'],
    rows: {
      'What people feel: what is left of the budgets of 30 days': slos.map((slo) => budget(slo)),
      'What people feel': [
        series({
          title: 'Commands, by answer',
          description:
            'What people send to request, accept, adjust, reject and cancel. 4xx are refusals by the rules, 5xx are ours.',
          unit: 'reqps',
          queries: {
            '{{http_response_status_code}}': `sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{${commands}}[$__rate_interval]))`,
          },
          isStacked: true,
          colours: ownColours,
          runbook: 'CommandsFailing',
        }),
        series({
          title: 'How long commands take',
          description:
            'From the first byte at the gateway to the last byte of the answer. The objective: 99 % within 0.5 s.',
          unit: 's',
          queries: {
            '1 in 2': quantile(0.5, 'le', `http_server_request_duration_seconds_bucket{${commands}}`),
            '1 in 20': quantile(0.95, 'le', `http_server_request_duration_seconds_bucket{${commands}}`),
            '1 in 100': quantile(0.99, 'le', `http_server_request_duration_seconds_bucket{${commands}}`),
          },
          thresholds: [[0.5, 'red']],
          runbook: 'CommandsSlow',
        }),
        series({
          title: 'How fast the budgets burn',
          description:
            '1 uses up the budget of 30 days in 30 days. 14.4 for an hour, or 6 for six hours, pages.',
          unit: 'short',
          queries: { '{{slo}}': `${recordedShare('1h')} / on (slo) (1 - slo:objective:ratio)` },
          thresholds: [
            [1, 'yellow'],
            [6, 'orange'],
            [14.4, 'red'],
          ],
        }),
        series({
          title: 'How late cancellations come',
          description: 'When they were recorded, minus when they were due. The objective: 99.5 % within 5 s.',
          unit: 's',
          queries: {
            '1 in 2': quantile(0.5, 'le', 'session_requests_expiry_lateness_seconds_bucket'),
            '1 in 100': quantile(0.99, 'le', 'session_requests_expiry_lateness_seconds_bucket'),
            'due, and not yet cancelled': 'max(session_requests_expiry_oldest_overdue_seconds)',
          },
          thresholds: [[5, 'red']],
          runbook: 'CancellationsLate',
        }),
        series({
          title: 'How old what people see is',
          description:
            'Age of the oldest event that is not yet in the calendar, the pending actions and the notifications. The objective: at most 5 s, 99.5 % of the time.',
          unit: 's',
          queries: { behind: 'max(session_requests_follower_lag_seconds{follower="notifications"})' },
          thresholds: [[5, 'red']],
          runbook: 'ReadModelsStale',
        }),
        series({
          title: 'Live connections, and requests refused',
          description:
            'Open pages that get changes as they happen; requests turned away per second to protect the others.',
          unit: 'short',
          queries: {
            'live connections': 'sum(session_requests_live_connections)',
            'refused: {{reason}}':
              'sum by (reason) (rate(session_requests_http_refused_total[$__rate_interval]))',
          },
          onTheRight: { '^refused': 'reqps' },
          runbook: 'RequestsRefused',
        }),
      ],
      'What fires': [
        firing(),
        series({
          title: 'Instances that answer',
          description: 'How many processes of each service Prometheus can read.',
          unit: 'short',
          queries: { '{{job}}': `sum by (job) (up{${ourJobs}})` },
          runbook: 'ServiceDown',
        }),
      ],
      'Where it comes from': [
        series({
          title: 'Commands where they are decided, by outcome',
          description: 'Those of the expiry service among them. unavailable: the event store did not answer.',
          unit: 'ops',
          queries: {
            '{{outcome}}':
              'sum by (outcome) (rate(session_requests_command_duration_seconds_count{job=~"$job"}[$__rate_interval]))',
          },
          isStacked: true,
          colours: { '^unavailable$': 'red', '^recorded$': 'green' },
        }),
        series({
          title: 'How long appends take',
          description: 'To the event store, the wait in the queue included.',
          unit: 's',
          queries: {
            '1 in 2, {{job}}': quantile(
              0.5,
              'job, le',
              'db_client_operation_duration_seconds_bucket{job=~"$job"}',
            ),
            '1 in 100, {{job}}': quantile(
              0.99,
              'job, le',
              'db_client_operation_duration_seconds_bucket{job=~"$job"}',
            ),
          },
          thresholds: [[0.25, 'orange']],
          runbook: 'AppendsSlow',
        }),
        series({
          title: 'Appends that fail',
          description: 'WrongExpectedRevision: somebody else was faster, which is no fault.',
          unit: 'ops',
          queries: {
            '{{error_type}}':
              'sum by (error_type) (rate(db_client_operation_duration_seconds_count{job=~"$job",error_type!=""}[$__rate_interval]))',
          },
          colours: { '^WrongExpectedRevision$': 'blue', '^(?!WrongExpectedRevision).*$': 'red' },
          runbook: 'AppendsFailing',
        }),
        series({
          title: 'How far followers of the log are behind',
          description:
            'Age of the oldest event that each has not handled. The relay carries events to Kafka, the others read them there.',
          unit: 's',
          queries: {
            '{{follower}}': 'max by (follower) (session_requests_follower_lag_seconds{job=~"$job"})',
          },
          thresholds: [[60, 'red']],
          runbook: 'FollowerStalled',
        }),
        series({
          title: 'Delay of the event loop',
          description:
            'By so much everything that a process does is late, one time in a hundred; the worst instance of each service.',
          unit: 's',
          queries: { '{{job}}': 'max by (job) (nodejs_eventloop_delay_p99_seconds{job=~"$job"})' },
          thresholds: [[0.2, 'orange']],
          runbook: 'EventLoopBlocked',
        }),
        series({
          title: 'CPU',
          description: 'Cores in use, of all instances of a service.',
          unit: 'short',
          queries: {
            '{{job}}': 'sum by (job) (rate(process_cpu_time_seconds_total{job=~"$job"}[$__rate_interval]))',
          },
        }),
        series({
          title: 'Memory, of its limit',
          description:
            'Resident memory of the biggest instance, as a share of the limit that k8s/base sets. The embedded profile has none.',
          unit: 'percentunit',
          queries: {
            '{{job}}':
              'max by (job) (process_memory_usage_bytes{job=~"$job"}) / on (job) session_requests:memory_limit:bytes',
          },
          thresholds: [[0.85, 'orange']],
          runbook: 'MemoryHigh',
        }),
        series({
          title: 'Session requests set aside',
          description: 'An event of theirs failed; somebody has to decide.',
          unit: 'short',
          queries: {
            '{{follower}}': 'max by (follower) (session_requests_follower_parked_streams{job=~"$job"})',
          },
          thresholds: [[1, 'orange']],
          runbook: 'StreamsParked',
        }),
        series({
          title: 'Starts',
          description: 'Processes that are younger than five minutes.',
          unit: 'short',
          queries: { '{{job}}': 'count by (job) (process_uptime_seconds{job=~"$job"} < 300)' },
          runbook: 'RestartingOften',
        }),
      ],
    },
  });
