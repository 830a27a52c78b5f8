import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteEventLog, openSqliteEventStore } from '@hse/event-store/sqlite';
import { createStatesAt } from '@hse/replay';
import type { SessionRequestEvent } from '@hse/session-requests';
import { count, median, type BenchPart } from './figures.ts';
import { generateHistories } from './histories.ts';

/** Appends that share a commit of the event store while the log is made. */
const together = 20_000;
const rounds = 5;

/**
 * The states at an instant (the end of the log, so that nothing is left out) against reading and parsing the same log and doing nothing
 * with it: both through `readAll` of the same file, by turns.
 */
export const benchStateAt: BenchPart = async ({ full, directory, progress }) => {
  const events = full ? 1_000_000 : 200_000;
  const folder = mkdtempSync(join(directory, 'state-at-'));
  const path = join(folder, 'events.sqlite');
  const store = await openSqliteEventStore<SessionRequestEvent>({ path });
  try {
    let underWay: Promise<unknown>[] = [];
    for (const { stream, revision, event } of generateHistories({ events })) {
      underWay.push(store.append(stream, [event], { expected: revision === 0 ? 'no-stream' : revision - 1 }));
      if (underWay.length < together) continue;
      await Promise.all(underWay);
      underWay = [];
    }
    await Promise.all(underWay);
  } finally {
    await store.close();
  }
  progress(`log of ${count(events)} events made`);

  const history = openSqliteEventLog<SessionRequestEvent>({ path });
  const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now();
    await work();
    return (performance.now() - begun) / 1_000;
  };
  const readAndParse = async (): Promise<void> => {
    let read = 0;
    for await (const batch of history.readAll({ batchSize: 1_000 })) read += batch.events.length;
    if (read !== events) throw new Error(`${read} of ${events} events were read`);
  };
  const stateAt = async (): Promise<void> => {
    const states = createStatesAt('9999-12-31T23:59:59.999Z');
    for await (const batch of history.readAll({ batchSize: 1_000 }))
      for (const event of batch.events) states.next(event);
    const found = await states.end(history);
    if (found.events !== events) throw new Error(`${found.events} of ${events} events were taken in`);
  };
  try {
    const seconds = { read: [] as number[], state: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      seconds.read.push(await secondsOf(readAndParse));
      seconds.state.push(await secondsOf(stateAt));
      progress(
        `round ${round + 1}: read and parse ${seconds.read.at(-1)?.toFixed(2)} s, state ${seconds.state.at(-1)?.toFixed(2)} s`,
      );
    }
    const ratios = seconds.state.map((state, round) => state / (seconds.read[round] ?? NaN));
    const ratio = median(ratios);
    return [
      {
        measure: `state at an instant over ${count(events)} events`,
        figure: `${median(seconds.state).toFixed(2)} s`,
        against: `reading and parsing them: ${median(seconds.read).toFixed(2)} s`,
        ratio,
        ratios,
        aim: '≤ 1.5',
        met: ratio <= 1.5,
      },
    ];
  } finally {
    await history.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
