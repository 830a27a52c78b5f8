import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SessionRequestStore } from '@hse/contracts';
import { openSqliteEventStore } from '@hse/event-store/sqlite';
import type { SessionRequestEvent } from '@hse/session-requests';
import { count, median, percentile, type BenchPart, type Figure } from './figures.ts';
import { generateHistories, type GeneratedEvent } from './histories.ts';
import { printFigures } from './print.ts';
import { openRawLog } from './raw-log.ts';
import { alternate, throughput } from './rounds.ts';

const openStore = (path: string): Promise<SessionRequestStore> =>
  openSqliteEventStore<SessionRequestEvent>({ path });

const appendTo = (
  store: SessionRequestStore,
  { stream, revision, event }: GeneratedEvent,
): Promise<unknown> =>
  store.append(stream, [event], { expected: revision === 0 ? 'no-stream' : revision - 1 });

/** Appends through the event store against the raw ones: what streams, revisions, repeats and the thread between cost. */
export const benchAppends: BenchPart = async ({ full, directory, progress }) => {
  const roundMs = full ? 3_000 : 1_000;
  const figures: Figure[] = [];
  for (const callers of [64, 16, 1]) {
    const store = await openStore(join(directory, `store-${callers}.sqlite`));
    const raw = openRawLog(join(directory, `raw-${callers}.sqlite`));
    // One request after another is open, so that callers that append at the same time never wait for each other's.
    const events = generateHistories({ events: Infinity, open: 1 });
    const same = generateHistories({ events: Infinity, open: 1 });
    const next = (from: Generator<GeneratedEvent>): GeneratedEvent => from.next().value as GeneratedEvent; // endless
    const throughStore = Array.from({ length: callers }, () => () => appendTo(store, next(events)));
    const rawly = Array.from({ length: callers }, () => () => {
      const { stream, revision, event } = next(same);
      const { id, type, data, metadata } = event;
      return raw.append({
        stream,
        revision,
        id,
        type,
        data: JSON.stringify(data),
        metadata: JSON.stringify(metadata),
      });
    });
    try {
      const { ours, peer, ratio } = await alternate(
        full ? 9 : 5,
        () => throughput(throughStore, roundMs),
        () => throughput(rawly, roundMs),
        (round, each) => progress(`${callers} callers, round ${round}: ${each.toFixed(2)}`),
      );
      figures.push({
        measure: `event store appends, ${callers} callers`,
        figure: `${count(ours)} appends/s`,
        against: `raw group-committed FULL appends: ${count(peer)}/s`,
        ratio,
      });
    } finally {
      await store.close();
      raw.close();
    }
  }
  return figures;
};

/**
 * How long one caller waits for one append after another at the end of a long log and of a short one. The two are measured
 * in turns, an append here and an append there, so that what else the machine does hits both.
 */
export const benchAppendLatency =
  (long: number, short = 10_000, samples = 5_000): BenchPart =>
  async ({ directory, progress }) => {
    const logs: {
      readonly size: number;
      readonly store: SessionRequestStore;
      readonly events: Generator<GeneratedEvent>;
      readonly latencies: number[];
    }[] = [];
    for (const size of [short, long]) {
      const store = await openStore(join(directory, `log-${size}.sqlite`));
      const events = generateHistories({ events: Infinity });
      for (let made = 0; made < size;) {
        const appends: Promise<unknown>[] = [];
        for (; appends.length < 1000 && made < size; made += 1) {
          appends.push(appendTo(store, events.next().value as GeneratedEvent));
        }
        await Promise.all(appends);
        if (made % 1_000_000 === 0) progress(`${count(made)} of ${count(size)} events`);
      }
      logs.push({ size, store, events, latencies: [] });
    }
    for (let sample = 0; sample < samples; sample += 1) {
      for (const { store, events, latencies } of logs) {
        const event = events.next().value as GeneratedEvent;
        const began = performance.now();
        await appendTo(store, event);
        latencies.push(performance.now() - began);
      }
    }
    for (const { store } of logs) await store.close();
    const of = (size: number): number[] => logs.find((log) => log.size === size)?.latencies ?? [];
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, each) => sum + each, 0) / values.length;
    const row = (name: string, summary: (values: readonly number[]) => number): Figure => {
      const ratio = summary(of(long)) / summary(of(short));
      return {
        measure: `append latency with ${count(long)} events, 1 caller, ${name}`,
        figure: `${summary(of(long)).toFixed(3)} ms`,
        against: `with ${count(short)} events: ${summary(of(short)).toFixed(3)} ms`,
        ratio,
        ...(name === 'median' && { aim: '≤ 1.2 with 10 000 000', met: ratio <= 1.2 }),
      };
    };
    return [row('median', median), row('mean', mean), row('p99', (values) => percentile(values, 0.99))];
  };

/** Both; the long log has 10 000 000 events with `full`, else 1 000 000. */
export const benchEventStore: BenchPart = async (options) => [
  ...(await benchAppends(options)),
  ...(await benchAppendLatency(options.full ? 10_000_000 : 1_000_000)(options)),
];

// `node --conditions=@hse/source tools/bench/event-store.ts [--events 1000000 | --full]`: this part alone.
if (import.meta.main) {
  const { values } = parseArgs({
    options: { events: { type: 'string' }, full: { type: 'boolean', default: false } },
  });
  const directory = mkdtempSync('.event-store-bench-'); // here, because a temporary directory may be memory
  try {
    const options = { full: values.full, directory, progress: (text: string) => console.error(text) };
    const latency = benchAppendLatency(Number(values.events ?? (values.full ? 10_000_000 : 1_000_000)));
    printFigures([...(await benchAppends(options)), ...(await latency(options))]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
