/** Upper bounds of buckets, in seconds, for what people wait for. */
const waits = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The same for what is late: up to an hour, which somebody notices. */
const latenesses = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];

/** What can be measured: its OpenTelemetry name, and how. Prometheus shows dots as underscores, with the unit at the end. */
export interface Metric {
  /** `histogram` and `counter` are told when something happens; a `gauge` is asked when somebody looks. */
  readonly kind: 'histogram' | 'counter' | 'gauge';
  /** UCUM, as OpenTelemetry has it. */
  readonly unit: string;
  readonly description: string;
  /** Each with few values that are known beforehand: never an id, a name, or what a client sent. */
  readonly attributes: readonly string[];
  /** Of a histogram: upper bounds of its buckets, in its unit. */
  readonly buckets?: readonly number[];
}

/**
 * Everything that the services measure; what is not in here is not measured. Names of OpenTelemetry's semantic conventions where they
 * have one (`http.*`, `db.*`, `nodejs.*`, `process.*`, `v8js.*`).
 */
export const catalogue = {
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    description:
      'How long requests took, until the last byte of the answer was written. Without live streams, which end when people leave.',
    attributes: ['http.request.method', 'http.route', 'http.response.status_code'],
    buckets: waits,
  },
  'session_requests.http.refused': {
    kind: 'counter',
    unit: '{request}',
    description: 'Requests that were not served, to protect the others: `rate-limit` or `overload`.',
    attributes: ['reason'],
  },
  'session_requests.live.connections': {
    kind: 'gauge',
    unit: '{connection}',
    description: 'Live streams that are open.',
    attributes: [],
  },
  'session_requests.command.duration': {
    kind: 'histogram',
    unit: 's',
    description:
      'How long commands took where they are decided. `outcome`: `recorded`, `nothing-to-do`, the code of the rejection, or `unavailable`.',
    attributes: ['command', 'outcome'],
    buckets: waits,
  },
  'db.client.operation.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'How long appends to the event store took. `error.type` only where they failed.',
    attributes: ['db.system.name', 'db.operation.name', 'error.type'],
    buckets: waits,
  },
  'session_requests.follower.lag.events': {
    kind: 'gauge',
    unit: '{event}',
    description:
      'Recorded events that a follower of the log (the relay to Kafka among them) has not handled yet.',
    attributes: ['follower'],
  },
  'session_requests.follower.lag': {
    kind: 'gauge',
    unit: 's',
    description:
      'Age of the oldest recorded event that a follower has not handled yet; 0 when it has handled all.',
    attributes: ['follower'],
  },
  'session_requests.follower.stalled': {
    kind: 'gauge',
    unit: 's',
    description:
      'For how long a follower has made no progress although there was something to do; 0 when all is well.',
    attributes: ['follower'],
  },
  'session_requests.follower.parked_streams': {
    kind: 'gauge',
    unit: '{stream}',
    description:
      'Streams that a follower has set aside because an event of theirs failed; somebody has to decide.',
    attributes: ['follower'],
  },
  'session_requests.expiry.lateness': {
    kind: 'histogram',
    unit: 's',
    description:
      'How long after its deadline a proposal was cancelled: when the cancellation was recorded, minus when it was due.',
    attributes: [],
    buckets: latenesses,
  },
  'session_requests.expiry.fired': {
    kind: 'counter',
    unit: '{deadline}',
    description:
      'Deadlines acted upon. `outcome`: `cancelled`, `answered` (somebody was faster), or `failed` (it is tried again).',
    attributes: ['outcome'],
  },
  'session_requests.expiry.pending': {
    kind: 'gauge',
    unit: '{deadline}',
    description: 'Deadlines that are scheduled; in MongoDB more than 100 000 are told as 100 000.',
    attributes: [],
  },
  'session_requests.expiry.oldest_overdue': {
    kind: 'gauge',
    unit: 's',
    description:
      'For how long the oldest deadline has been due without having been acted upon; 0 when none is due.',
    attributes: [],
  },
  'session_requests.parity.checked': {
    kind: 'counter',
    unit: '{request}',
    description: 'Session requests whose read model was compared with the log.',
    attributes: [],
  },
  'session_requests.parity.different': {
    kind: 'counter',
    unit: '{request}',
    description: 'Session requests whose read model was not what the log says.',
    attributes: [],
  },
  'nodejs.eventloop.delay.p50': {
    kind: 'gauge',
    unit: 's',
    description: 'By how much the event loop was late in the last half minute or more, median.',
    attributes: [],
  },
  'nodejs.eventloop.delay.p99': {
    kind: 'gauge',
    unit: 's',
    description: 'By how much the event loop was late in the last half minute or more, 99th percentile.',
    attributes: [],
  },
  'nodejs.eventloop.delay.max': {
    kind: 'gauge',
    unit: 's',
    description: 'By how much the event loop was late in the last half minute or more, at most.',
    attributes: [],
  },
  'nodejs.eventloop.utilization': {
    kind: 'gauge',
    unit: '1',
    description: 'Share of the last half minute or more in which the event loop was busy.',
    attributes: [],
  },
  'process.cpu.time': { kind: 'counter', unit: 's', description: 'CPU time used.', attributes: ['cpu.mode'] },
  'process.memory.usage': { kind: 'gauge', unit: 'By', description: 'Resident memory.', attributes: [] },
  'v8js.memory.heap.used': {
    kind: 'gauge',
    unit: 'By',
    description: 'Memory used by the heap of V8.',
    attributes: [],
  },
  'process.uptime': {
    kind: 'gauge',
    unit: 's',
    description: 'How long the process has run.',
    attributes: [],
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof catalogue;
type Named<Kind extends Metric['kind']> = {
  [Name in MetricName]: (typeof catalogue)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];
export type HistogramName = Named<'histogram'>;
export type CounterName = Named<'counter'>;
export type GaugeName = Named<'gauge'>;

/** The attributes of a metric; all of them, except `error.type`, which is there where something failed. */
export type AttributesOf<Name extends MetricName> = {
  readonly [A in Exclude<(typeof catalogue)[Name]['attributes'][number], 'error.type'>]: string;
} & { readonly [A in Extract<(typeof catalogue)[Name]['attributes'][number], 'error.type'>]?: string };

/** The name that Prometheus shows, before what it adds to a histogram (`_bucket`, `_count`, `_sum`). */
export const prometheusName = (name: MetricName): string => {
  const { unit, kind } = catalogue[name] as Metric;
  const suffix = { s: '_seconds', By: '_bytes', '1': '_ratio' }[unit] ?? '';
  return `${name.replaceAll('.', '_')}${suffix}${kind === 'counter' ? '_total' : ''}`;
};
