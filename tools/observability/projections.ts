import { dashboard } from './dashboard.ts';
import { budget } from './overview.ts';
import { series, stat } from './panels.ts';
import { slos } from './slos.ts';

const freshness = slos.filter(({ id }) => id === 'read-model-freshness');
/** Where the notifications service runs. */
const notificationsJobs = 'job=~"notifications|session-requests"';

export const projections = () =>
  dashboard({
    uid: 'session-requests-projections',
    title: 'Session requests: projections',
    description:
      'From what has been recorded to what people see: whether it is fresh and right, and why not.',
    rows: {
      'What people feel': [
        ...freshness.map((slo) => budget(slo)),
        stat({
          title: 'What people see is behind by',
          description:
            'Age of the oldest event that is not yet in the read models. From a minute on, it pages.',
          unit: 's',
          queries: { behind: 'max(session_requests_follower_lag_seconds{follower="notifications"})' },
          thresholds: [
            [5, 'orange'],
            [60, 'red'],
          ],
          runbook: 'ProjectionsStopped',
        }),
        stat({
          title: 'Session requests set aside',
          description: 'An event of theirs failed; those two people see an old state until somebody decides.',
          unit: 'short',
          queries: { parked: 'sum(max by (follower) (session_requests_follower_parked_streams))' },
          thresholds: [[1, 'orange']],
          runbook: 'StreamsParked',
        }),
        stat({
          title: 'Found to differ within 24 hours',
          description: 'Session requests whose read model was not what the log says.',
          unit: 'short',
          queries: { different: 'sum(increase(session_requests_parity_different_total[24h]))' },
          thresholds: [[1, 'orange']],
          runbook: 'ReadModelsDiffer',
        }),
        series({
          title: 'How old what people see is',
          description: 'The objective: at most 5 s, 99.5 % of the time.',
          unit: 's',
          queries: { behind: 'max(session_requests_follower_lag_seconds{follower="notifications"})' },
          thresholds: [[5, 'red']],
          runbook: 'ReadModelsStale',
          width: 12,
        }),
        series({
          title: 'Live connections',
          description:
            'Open pages that get changes as they happen. A sudden fall is a gateway that went, or a proxy before it.',
          unit: 'short',
          queries: { '{{instance}}': 'session_requests_live_connections' },
          width: 12,
        }),
      ],
      'Where it comes from': [
        series({
          title: 'How far behind the log, in time',
          description: 'When the relay is behind, so are all others; when one other is, it is that one.',
          unit: 's',
          queries: { '{{follower}}': 'max by (follower) (session_requests_follower_lag_seconds)' },
          thresholds: [[60, 'red']],
          runbook: 'FollowerStalled',
        }),
        series({
          title: 'How far behind the log, in events',
          description: 'Falls after a burst or a downtime: how fast says when it is over.',
          unit: 'short',
          queries: { '{{follower}}': 'sum by (follower) (session_requests_follower_lag_events)' },
        }),
        series({
          title: 'Without progress, although there is something to do',
          description:
            'It fails and tries again. A process that gets nowhere for STALL_EXIT_MS ends itself and is started again.',
          unit: 's',
          queries: { '{{follower}}': 'max by (follower) (session_requests_follower_stalled_seconds)' },
          thresholds: [[60, 'orange']],
          runbook: 'FollowerStalled',
        }),
        series({
          title: 'Session requests set aside',
          description: 'npm run parked -- list tells which, and why.',
          unit: 'short',
          queries: { '{{follower}}': 'max by (follower) (session_requests_follower_parked_streams)' },
          thresholds: [[1, 'orange']],
          runbook: 'StreamsParked',
        }),
        series({
          title: 'Read models compared with the log',
          description: 'Per second, and how many of them were different.',
          unit: 'ops',
          queries: {
            compared: 'sum(rate(session_requests_parity_checked_total[$__rate_interval]))',
            different: 'sum(rate(session_requests_parity_different_total[$__rate_interval]))',
          },
          colours: { '^different$': 'red' },
          runbook: 'ReadModelsDiffer',
        }),
        series({
          title: 'What comes in: appends',
          description: 'Each is one or a few events that all followers have to handle.',
          unit: 'ops',
          queries: {
            appends: 'sum(rate(db_client_operation_duration_seconds_count{error_type=""}[$__rate_interval]))',
          },
        }),
        series({
          title: 'CPU of the instances',
          description: 'Cores in use. One that is at 1 can do no more: start another.',
          unit: 'short',
          queries: {
            '{{instance}}': `sum by (instance) (rate(process_cpu_time_seconds_total{${notificationsJobs}}[$__rate_interval]))`,
          },
          thresholds: [[1, 'orange']],
        }),
        series({
          title: 'Delay of their event loops',
          description: 'One time in a hundred, everything is late by so much.',
          unit: 's',
          queries: { '{{instance}}': `nodejs_eventloop_delay_p99_seconds{${notificationsJobs}}` },
          thresholds: [[0.2, 'orange']],
          runbook: 'EventLoopBlocked',
        }),
        series({
          title: 'Instances that answer',
          description: 'Partitions are shared among them; when one goes, the others take over its part.',
          unit: 'short',
          queries: { instances: `sum(up{${notificationsJobs}})` },
          runbook: 'ServiceDown',
        }),
      ],
    },
  });
