/** What a process measures, as Prometheus reads it. */
export interface Scrape {
  /** `counter`, `gauge` or `histogram`, by name. */
  readonly types: ReadonlyMap<string, string>;
  /** Values by name and labels, as they are written there: `name{a="b"}`. */
  readonly series: ReadonlyMap<string, number>;
  /** Values of the series of this name that have these labels, among others. */
  values(name: string, labels?: Readonly<Record<string, string>>): number[];
  /** The sum of them; 0 where there is none. */
  total(name: string, labels?: Readonly<Record<string, string>>): number;
}

/** Reads `/metrics`. @throws where it is not what the text format of Prometheus 0.0.4 asks for. */
export const scrape = async (url: string): Promise<Scrape> => {
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET /metrics: ${response.status} ${text}`);
  const type = response.headers.get('content-type');
  if (type !== 'text/plain; version=0.0.4; charset=utf-8') throw new Error(`/metrics is of type ${type}`);
  return parseMetrics(text);
};

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const sample = new RegExp(
  `^(${name})(?:\\{(${label}(?:,${label})*)?\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|[+-]Inf|NaN)$`,
);
const header = new RegExp(`^# (HELP|TYPE) (${name}) (.+)$`);

export const parseMetrics = (text: string): Scrape => {
  const faults: string[] = [];
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const series = new Map<string, number>();
  const parsed: { name: string; labels: Record<string, string>; value: number }[] = [];
  if (!text.endsWith('\n')) faults.push('it does not end with a line break');
  for (const line of text.split('\n').slice(0, -1)) {
    const [, kind, of = '', rest = ''] = header.exec(line) ?? [];
    if (kind === 'HELP') {
      if (helped.has(of)) faults.push(`a second HELP of ${of}`);
      helped.add(of);
    } else if (kind === 'TYPE') {
      if (types.has(of)) faults.push(`a second TYPE of ${of}`);
      if (!['counter', 'gauge', 'histogram'].includes(rest)) faults.push(`unknown type: ${line}`);
      types.set(of, rest);
    } else {
      const [, metric = '', inBraces = '', value = ''] = sample.exec(line) ?? [];
      if (!metric) {
        faults.push(`neither a comment nor a sample: ${line}`);
        continue;
      }
      const of = types.has(metric) ? metric : metric.replace(/_(bucket|sum|count)$/, '');
      if (!types.has(of) || !helped.has(of)) faults.push(`no TYPE or no HELP before ${line}`);
      if (types.get(of) === 'counter' && !metric.endsWith('_total'))
        faults.push(`no counter's name: ${metric}`);
      const key = line.slice(0, line.lastIndexOf(' '));
      if (series.has(key)) faults.push(`twice: ${key}`);
      const number = value.endsWith('Inf') ? Number(value.replace('Inf', 'Infinity')) : Number(value);
      series.set(key, number);
      parsed.push({ name: metric, labels: labelsIn(inBraces), value: number });
    }
  }
  faults.push(...faultsOfHistograms(parsed));
  if (faults.length > 0) throw new Error(`/metrics is malformed: ${faults.join('; ')}`);
  const values: Scrape['values'] = (metric, labels = {}) =>
    parsed
      .filter((each) => each.name === metric)
      .filter((each) => Object.entries(labels).every(([key, value]) => each.labels[key] === value))
      .map(({ value }) => value);
  return {
    types,
    series,
    values,
    total: (metric, labels) => values(metric, labels).reduce((sum, value) => sum + value, 0),
  };
};

const labelsIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, value]) => [key, value]),
  ) as Record<string, string>;

/** Buckets only grow, and the last one holds as many as were counted. */
const faultsOfHistograms = (
  samples: readonly { name: string; labels: Record<string, string>; value: number }[],
): string[] => {
  const faults: string[] = [];
  const counts = new Map<string, number>();
  for (const { name: metric, labels, value } of samples)
    if (metric.endsWith('_count')) counts.set(JSON.stringify([metric.slice(0, -6), labels]), value);
  const last = new Map<string, { bound: number; value: number }>();
  for (const { name: metric, labels, value } of samples) {
    if (!metric.endsWith('_bucket')) continue;
    const { le = '', ...rest } = labels;
    const key = JSON.stringify([metric.slice(0, -7), rest]);
    const bound = Number(le.replace('Inf', 'Infinity'));
    const before = last.get(key);
    if (before && (before.bound >= bound || before.value > value)) faults.push(`buckets of ${key}`);
    last.set(key, { bound, value });
  }
  for (const [key, { bound, value }] of last)
    if (bound !== Infinity || counts.get(key) !== value) faults.push(`the last bucket of ${key}`);
  return faults;
};
