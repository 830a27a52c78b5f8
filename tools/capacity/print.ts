import type { Comparison } from './measure.ts';
import type { UnitCosts } from './costs.ts';
import type { Plan } from './model.ts';
import type { Parameters } from './parameters.ts';

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
};

const number = (value: number): string =>
  value >= 1e6
    ? value.toExponential(1)
    : value >= 100 || Number.isInteger(value)
      ? String(Math.round(value))
      : value >= 1
        ? value.toFixed(1)
        : value.toPrecision(2);
const bytes = (value: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${number(value / 1_000 ** power)} ${units[power] ?? ''}`;
};

/** Plans for several sizes side by side, for people. */
export const planText = (
  costs: UnitCosts,
  sizes: readonly { readonly parameters: Parameters; readonly plan: Plan }[],
): string => {
  const row = (name: string, of: (size: (typeof sizes)[0]) => string): string[] => [name, ...sizes.map(of)];
  const lines = table([
    row('participants', ({ parameters }) => number(parameters.participants)),
    row('session requests a day', ({ parameters }) => number(parameters.requestsPerDay)),
    row('commands/s, busiest second', ({ plan }) => number(plan.peak.commands)),
    row('events/s', ({ plan }) => number(plan.peak.events)),
    row('pages/s', ({ plan }) => number(plan.peak.pages)),
    row('live streams', ({ plan }) => number(plan.liveStreams)),
    ...(['gateway', 'requests', 'expiry', 'notifications'] as const).map((name) =>
      row(
        `instances of ${name}`,
        ({ plan }) => `${number(plan.instances[name])} × ${bytes(plan.memory[name])}`,
      ),
    ),
    row('partitions', ({ plan }) => number(plan.partitions)),
    row('EventStoreDB clusters (cells)', ({ plan }) => number(plan.eventStoreClusters)),
    row('MongoDB shards', ({ plan }) => number(plan.mongoShards)),
    ...(['eventstoredb', 'kafka', 'mongodb'] as const).flatMap((name) => [
      row(`${name}: disk a day, in all`, ({ plan }) => bytes(plan.disks[name].bytesPerDay)),
      row(`${name}: disk kept, in all`, ({ plan }) => bytes(plan.disks[name].bytes)),
      row(`${name}: syncs/s and node, at most`, ({ plan }) => number(plan.disks[name].syncsPerSecond)),
    ]),
    ...(['eventstoredb', 'kafka', 'mongodb'] as const).map((name) =>
      row(`${name}: cores, as measured`, ({ plan }) => number(plan.cores[name])),
    ),
  ]);
  const { measured } = costs;
  const [first] = sizes;
  const limits = first?.plan.limits.map(
    ({ what, requestsPerDay, then }) => `  ${number(requestsPerDay)} requests a day: ${what}; then ${then}`,
  );
  return [
    lines,
    '',
    'What is reached first, with one of each:',
    ...(limits ?? []),
    '',
    `Unit costs of ${measured.at.slice(0, 10)}, ${measured.machine}, Node ${measured.node}, with ${measured.eventStore === 'stand-in' ? 'the stand-in for EventStoreDB' : 'EventStoreDB'}.`,
  ].join('\n');
};

/** How far the costs of one size tell the other. */
export const comparisonText = (comparisons: readonly Comparison[]): string =>
  table([
    ['', 'predicted', 'measured', 'ratio'],
    ...comparisons.map(({ what, predicted, measured }) => [
      what,
      number(predicted),
      number(measured),
      (predicted / measured).toFixed(2),
    ]),
  ]);
