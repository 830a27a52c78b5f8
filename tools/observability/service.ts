import { dashboard } from './dashboard.ts';
import { series, stat } from './panels.ts';

const chosen = 'job=~"$job",instance=~"$instance"';
const quantile = (q: number, by: string, histogram: string) =>
  `histogram_quantile(${q}, sum by (${by}, le) (rate(${histogram}{${chosen}}[$__rate_interval])))`;

export const service = () =>
  dashboard({
    uid: 'session-requests-service',
    title: 'Session requests: one service',
    description:
      'The processes of one service, or one of them. Panels of what a service does not do are empty.',
    variables: ['job', 'instance'],
    rows: {
      'What it answers': [
        series({
          title: 'Requests, by answer',
          description: 'Of the gateway: everything but live streams, which end when people leave.',
          unit: 'reqps',
          queries: {
            '{{http_response_status_code}}': `sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{${chosen}}[$__rate_interval]))`,
          },
          isStacked: true,
          colours: { '^2..$': 'green', '^3..$': 'blue', '^4..$': 'yellow', '^5..$': 'red' },
        }),
        series({
          title: 'Requests, by route',
          description: 'The ten most frequent.',
          unit: 'reqps',
          queries: {
            '{{http_request_method}} {{http_route}}': `topk(10, sum by (http_request_method, http_route) (rate(http_server_request_duration_seconds_count{${chosen}}[$__rate_interval])))`,
          },
        }),
        series({
          title: 'How long requests take, by route',
          description: 'One in a hundred takes longer; the ten slowest routes.',
          unit: 's',
          queries: {
            '{{http_request_method}} {{http_route}}': `topk(10, ${quantile(0.99, 'http_request_method, http_route', 'http_server_request_duration_seconds_bucket')})`,
          },
          thresholds: [[0.5, 'red']],
          runbook: 'CommandsSlow',
        }),
        series({
          title: 'Commands, by outcome',
          description: 'Where they are decided: the requests service.',
          unit: 'ops',
          queries: {
            '{{command}}: {{outcome}}': `sum by (command, outcome) (rate(session_requests_command_duration_seconds_count{${chosen}}[$__rate_interval]))`,
          },
          isStacked: true,
          colours: { unavailable$: 'red' },
        }),
        series({
          title: 'How long commands take',
          description: 'Where they are decided. One in a hundred takes longer.',
          unit: 's',
          queries: {
            '{{command}}': quantile(0.99, 'command', 'session_requests_command_duration_seconds_bucket'),
          },
        }),
        series({
          title: 'How long appends take',
          description: 'To the event store, the wait in the queue included. One in a hundred takes longer.',
          unit: 's',
          queries: {
            '{{db_operation_name}} {{db_system_name}}': quantile(
              0.99,
              'db_operation_name, db_system_name',
              'db_client_operation_duration_seconds_bucket',
            ),
          },
          thresholds: [[0.25, 'orange']],
          runbook: 'AppendsSlow',
        }),
      ],
      'How its processes are': [
        stat({
          title: 'Instances that answer',
          description: 'Of those that Prometheus knows.',
          unit: 'short',
          queries: { answer: `sum(up{${chosen}})` },
          runbook: 'InstanceDown',
        }),
        stat({
          title: 'Youngest process',
          description: 'For how long it has run.',
          unit: 's',
          queries: { youngest: `min(process_uptime_seconds{${chosen}})` },
          runbook: 'RestartingOften',
        }),
        stat({
          title: 'Starts within 24 hours',
          description: 'Of the same containers; a roll-out makes new ones.',
          unit: 'short',
          queries: { starts: `sum(resets(process_uptime_seconds{${chosen}}[24h]))` },
          thresholds: [[3, 'orange']],
          runbook: 'RestartingOften',
        }),
        stat({
          title: 'Busiest event loop',
          description:
            'Share of the time in which it does something. Near 100 %, one process can do no more.',
          unit: 'percentunit',
          queries: { busiest: `max(nodejs_eventloop_utilization_ratio{${chosen}})` },
          thresholds: [
            [0.7, 'orange'],
            [0.9, 'red'],
          ],
          runbook: 'EventLoopBlocked',
        }),
        series({
          title: 'CPU',
          description:
            'Cores in use. JavaScript runs on one of them; more than 1 is the collection of garbage, compression and the like.',
          unit: 'short',
          queries: {
            '{{instance}} {{cpu_mode}}': `sum by (instance, cpu_mode) (rate(process_cpu_time_seconds_total{${chosen}}[$__rate_interval]))`,
          },
        }),
        series({
          title: 'Memory',
          description:
            'Resident, and the part of it that JavaScript uses, with the limit that k8s/base sets.',
          unit: 'bytes',
          queries: {
            '{{instance}} resident': `process_memory_usage_bytes{${chosen}}`,
            '{{instance}} heap': `v8js_memory_heap_used_bytes{${chosen}}`,
            'limit of {{job}}': 'session_requests:memory_limit:bytes{job=~"$job"}',
          },
          colours: { '^limit': 'red' },
          runbook: 'MemoryHigh',
        }),
        series({
          title: 'Delay of the event loop',
          description: 'By so much everything is late: typically, one time in a hundred, at most.',
          unit: 's',
          queries: {
            '{{instance}} 1 in 2': `nodejs_eventloop_delay_p50_seconds{${chosen}}`,
            '{{instance}} 1 in 100': `nodejs_eventloop_delay_p99_seconds{${chosen}}`,
            '{{instance}} worst': `nodejs_eventloop_delay_max_seconds{${chosen}}`,
          },
          thresholds: [[0.2, 'orange']],
          runbook: 'EventLoopBlocked',
        }),
        series({
          title: 'How busy the event loop is',
          description: 'Share of the time in which it does something.',
          unit: 'percentunit',
          queries: { '{{instance}}': `nodejs_eventloop_utilization_ratio{${chosen}}` },
          max: 1,
          thresholds: [[0.9, 'red']],
        }),
        series({
          title: 'Requests refused',
          description: 'Per second. rate-limit: too many of one sender. overload: too many of all.',
          unit: 'reqps',
          queries: {
            '{{reason}}': `sum by (reason) (rate(session_requests_http_refused_total{${chosen}}[$__rate_interval]))`,
          },
          runbook: 'RequestsRefused',
        }),
        series({
          title: 'What it follows: how far behind',
          description: 'Age of the oldest event of the log that it has not handled.',
          unit: 's',
          queries: { '{{instance}} {{follower}}': `session_requests_follower_lag_seconds{${chosen}}` },
          thresholds: [[60, 'red']],
          runbook: 'FollowerStalled',
        }),
      ],
    },
  });
