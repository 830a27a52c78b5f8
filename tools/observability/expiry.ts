import { dashboard } from './dashboard.ts';
import { budget } from './overview.ts';
import { heatmap, series, stat } from './panels.ts';
import { recordedShare, slos } from './slos.ts';

const lateness = slos.filter(({ id }) => id === 'expiry-lateness');
/** Where the expiry service runs. */
const expiryJobs = 'job=~"expiry|session-requests"';
const quantile = (q: number, histogram: string) =>
  `histogram_quantile(${q}, sum by (le) (rate(${histogram}[$__rate_interval])))`;
const expireCommands = 'session_requests_command_duration_seconds_bucket{command="ExpireSessionRequest"}';

export const expiry = () =>
  dashboard({
    uid: 'session-requests-expiry',
    title: 'Session requests: expiry',
    description: 'Automatic cancellations of what nobody answered: whether they come in time, and why not.',
    rows: {
      'What people feel': [
        ...lateness.map((slo) => budget(slo)),
        stat({
          title: 'Due for',
          description:
            'The oldest deadline that nobody has acted upon; 0 when none is due. From a minute on, it pages.',
          unit: 's',
          queries: { overdue: 'max(session_requests_expiry_oldest_overdue_seconds)' },
          thresholds: [
            [5, 'orange'],
            [60, 'red'],
          ],
          runbook: 'DeadlinesOverdue',
        }),
        stat({
          title: 'Deadlines ahead',
          description: 'Session requests that will be cancelled if nobody answers.',
          unit: 'short',
          queries: { pending: 'max(session_requests_expiry_pending)' },
        }),
        stat({
          title: 'Cancelled within 24 hours',
          description: 'Because nobody answered in time.',
          unit: 'short',
          queries: {
            cancelled: 'sum(increase(session_requests_expiry_fired_total{outcome="cancelled"}[24h]))',
          },
        }),
        series({
          title: 'How late cancellations come',
          description: 'When they were recorded, minus when they were due. The objective: 99.5 % within 5 s.',
          unit: 's',
          queries: {
            '1 in 2': quantile(0.5, 'session_requests_expiry_lateness_seconds_bucket'),
            '1 in 100': quantile(0.99, 'session_requests_expiry_lateness_seconds_bucket'),
          },
          thresholds: [[5, 'red']],
          runbook: 'CancellationsLate',
        }),
        heatmap({
          title: 'All of them, by how late they come',
          description: 'A second band higher up is one instance, or one time of day, that is slower.',
          unit: 's',
          histogram: 'session_requests_expiry_lateness_seconds_bucket',
        }),
        series({
          title: 'The oldest that is due',
          description:
            'Rises by a second per second while nobody acts. After a downtime it falls as deadlines are worked off in due order.',
          unit: 's',
          queries: { overdue: 'max(session_requests_expiry_oldest_overdue_seconds)' },
          thresholds: [[60, 'red']],
          runbook: 'DeadlinesOverdue',
        }),
        series({
          title: 'How fast the budget burns',
          description:
            '1 uses up the budget of 30 days in 30 days. 14.4 for an hour, or 6 for six hours, pages.',
          unit: 'short',
          queries: {
            'last hour': `${recordedShare('1h')}{slo="expiry-lateness"} / on (slo) (1 - slo:objective:ratio)`,
            'last six hours': `${recordedShare('6h')}{slo="expiry-lateness"} / on (slo) (1 - slo:objective:ratio)`,
          },
          thresholds: [
            [1, 'yellow'],
            [6, 'orange'],
            [14.4, 'red'],
          ],
        }),
      ],
      'Where it comes from': [
        series({
          title: 'Deadlines acted upon',
          description: 'answered: somebody was faster, and the deadline is void. failed: it is tried again.',
          unit: 'ops',
          queries: {
            '{{outcome}}': 'sum by (outcome) (rate(session_requests_expiry_fired_total[$__rate_interval]))',
          },
          isStacked: true,
          colours: { '^failed$': 'red', '^cancelled$': 'green', '^answered$': 'blue' },
          runbook: 'ExpiryFailing',
        }),
        series({
          title: 'How long its commands take where they are decided',
          description: 'ExpireSessionRequest, as the requests service measures it.',
          unit: 's',
          queries: { '1 in 2': quantile(0.5, expireCommands), '1 in 100': quantile(0.99, expireCommands) },
        }),
        series({
          title: 'How its commands end',
          description: 'unavailable: the event store did not answer, so the deadline is tried again.',
          unit: 'ops',
          queries: {
            '{{outcome}}':
              'sum by (outcome) (rate(session_requests_command_duration_seconds_count{command="ExpireSessionRequest"}[$__rate_interval]))',
          },
          isStacked: true,
          colours: { '^unavailable$': 'red', '^recorded$': 'green' },
        }),
        series({
          title: 'How far behind the log its deadlines are',
          description: 'A deadline that is not yet known cannot be acted upon. The relay is in front of it.',
          unit: 's',
          queries: {
            '{{follower}}':
              'max by (follower) (session_requests_follower_lag_seconds{follower=~"expiry|relay"})',
            '{{follower}} makes no progress for':
              'max by (follower) (session_requests_follower_stalled_seconds{follower=~"expiry|relay"})',
          },
          thresholds: [[60, 'red']],
          runbook: 'FollowerStalled',
        }),
        series({
          title: 'Deadlines ahead',
          description:
            'Scheduled, and neither answered nor cancelled. In MongoDB no more than 100 000 are counted.',
          unit: 'short',
          queries: { pending: 'max(session_requests_expiry_pending)' },
        }),
        series({
          title: 'Instances, and delay of their event loops',
          description: 'Any one of them can act on every deadline.',
          unit: 'short',
          queries: {
            instances: `sum(up{${expiryJobs}})`,
            'delay, {{instance}}': `nodejs_eventloop_delay_p99_seconds{${expiryJobs}}`,
          },
          onTheRight: { '^delay': 's' },
          runbook: 'ServiceDown',
        }),
      ],
    },
  });
