/** The service level objectives: what docs/slos.md promises, as rules and for dashboards. */

export interface Slo {
  readonly id: string;
  /** What is promised, as a title. */
  readonly title: string;
  /** Of all: the share that has to be good, over 30 days. */
  readonly objective: number;
  /** Share that was bad in a window such as `5m`, as PromQL. */
  readonly badShare: (window: string) => string;
  /** How many were bad in a window. Absent where what counts is time, not events. */
  readonly bad?: (window: string) => string;
  /** Of both alerts, the one that pages and the one that makes a ticket. */
  readonly alert: string;
  readonly summary: string;
  /** What people feel. */
  readonly felt: string;
}

/** Commands, as people send them: nothing else is posted there. */
const commands = (more = '') =>
  `http_server_request_duration_seconds_count{http_request_method="POST",http_route=~"/api/v1/session-requests.*"${more}}`;
const quickCommands = commands(',http_response_status_code!~"5..",le="0.5"').replace('_count{', '_bucket{');
const served = commands(',http_response_status_code!~"5.."');
/** Prometheus 3 writes `5.0` for what the services call `5`. */
const inTime = 'session_requests_expiry_lateness_seconds_bucket{le=~"5(\\\\.0)?"}';
const fired = 'session_requests_expiry_lateness_seconds_count';

const rate = (selector: string, window: string) => `sum(rate(${selector}[${window}]))`;
const increase = (selector: string, window: string) => `sum(increase(${selector}[${window}]))`;

export const slos: readonly Slo[] = [
  {
    id: 'command-availability',
    title: 'Commands are served',
    objective: 0.999,
    // A status that has never been there has no series, which is none.
    badShare: (window) =>
      `(${rate(commands(',http_response_status_code=~"5.."'), window)} or vector(0)) / ${rate(commands(), window)}`,
    bad: (window) => increase(commands(',http_response_status_code=~"5.."'), window),
    alert: 'CommandsFailing',
    summary: 'Commands are answered with errors of ours',
    felt: 'People cannot request, answer or cancel sessions.',
  },
  {
    id: 'command-latency',
    title: 'Commands are answered within 0.5 s',
    objective: 0.99,
    badShare: (window) => `1 - ${rate(quickCommands, window)} / ${rate(served, window)}`,
    bad: (window) => `${increase(served, window)} - ${increase(quickCommands, window)}`,
    alert: 'CommandsSlow',
    summary: 'Commands take longer than 0.5 s',
    felt: 'People wait after a click.',
  },
  {
    id: 'expiry-lateness',
    title: 'Cancellations come within 5 s of their deadline',
    objective: 0.995,
    badShare: (window) => `1 - ${rate(inTime, window)} / ${rate(fired, window)}`,
    bad: (window) => `${increase(fired, window)} - ${increase(inTime, window)}`,
    alert: 'CancellationsLate',
    summary: 'Automatic cancellations come more than 5 s after their deadline',
    felt: 'Sessions that nobody answered look open after they should be cancelled.',
  },
  {
    id: 'read-model-freshness',
    title: 'What people see is no older than 5 s',
    objective: 0.995,
    badShare: (window) => `avg_over_time(session_requests:read_models_stale:bool[${window}])`,
    alert: 'ReadModelsStale',
    summary: 'Calendar, pending actions and notifications are more than 5 s behind',
    felt: 'What has been recorded is not seen: a reload shows the state of before.',
  },
];

/** Share that may be bad, written without the dust of floating point. */
export const budgetOf = ({ objective }: Slo): number => Number((1 - objective).toFixed(6));

/** The share that was bad over a window, as it is recorded. */
export const recordedShare = (window: string): string => `slo:bad:ratio_rate${window}`;

/** Written anew at each evaluation, by the length of their windows. */
const windows = { short: ['5m', '30m', '1h', '2h', '6h'], long: ['1d', '3d', '30d'] } as const;

/** Burn rates of the SRE workbook (chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"), for budgets of 30 days. */
const burns = {
  page: {
    rates: [
      { factor: 14.4, long: '1h', short: '5m' },
      { factor: 6, long: '6h', short: '30m' },
    ],
    for: '2m',
    countedOver: '6h',
    advice: 'At this rate the budget of 30 days is gone within days.',
  },
  ticket: {
    rates: [
      { factor: 3, long: '1d', short: '2h' },
      { factor: 1, long: '3d', short: '6h' },
    ],
    for: '15m',
    countedOver: '3d',
    advice: 'At this rate the budget of 30 days does not last.',
  },
} as const;

/** So many bad events at least, before anybody hears of it: at night, one of three would be a third. */
const fewestBad = 5;

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const alertOf = (slo: Slo, severity: keyof typeof burns): Rule => {
  const { rates, for: lasting, countedOver, advice } = burns[severity];
  const over = (window: string, factor: number) =>
    `${recordedShare(window)}{slo="${slo.id}"} > ${factor} * ${budgetOf(slo)}`;
  const burning = rates
    .map(({ factor, long, short }) => `(${over(long, factor)} and ${over(short, factor)})`)
    .join('\nor ');
  return {
    alert: slo.alert,
    expr: slo.bad
      ? `(\n${burning}\n)\nand on () (${slo.bad(countedOver)}) >= ${fewestBad}\n`
      : `${burning}\n`,
    for: lasting,
    labels: { severity },
    annotations: {
      summary: slo.summary,
      description: `${slo.felt} {{ $value | humanizePercentage }} were bad, ${Number((100 * budgetOf(slo)).toFixed(4))} % may be. ${advice}`,
      runbook_url: `docs/runbooks/${slo.alert}.md`,
    },
  };
};

const recordings = (of: readonly string[]): Rule[] =>
  slos.flatMap((slo) =>
    of.map((window) => ({
      record: recordedShare(window),
      expr: slo.badShare(window),
      labels: { slo: slo.id },
    })),
  );

/** What Prometheus reads as observability/prometheus/rules/slos.yml. */
export const sloRules = (): { groups: { name: string; interval?: string; rules: Rule[] }[] } => ({
  groups: [
    {
      name: 'session-requests-slos',
      rules: [
        {
          record: 'session_requests:read_models_stale:bool',
          expr: 'max(session_requests_follower_lag_seconds{follower="notifications"}) > bool 5',
        },
        ...slos.map((slo) => ({
          record: 'slo:objective:ratio',
          expr: `vector(${slo.objective})`,
          labels: { slo: slo.id },
        })),
        ...recordings(windows.short),
      ],
    },
    { name: 'session-requests-slos-long', interval: '2m', rules: recordings(windows.long) },
    {
      name: 'session-requests-slo-alerts',
      rules: slos.flatMap((slo) => [alertOf(slo, 'page'), alertOf(slo, 'ticket')]),
    },
  ],
});
