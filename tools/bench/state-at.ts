import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteEventLog } from '@hse/event-store/sqlite';
import { createStatesAt } from '@hse/replay';
import type { SessionRequestEvent } from '@hse/session-requests';
import { count, type BenchPart } from './figures.ts';
import { made } from './replay.ts';
import { alternate } from './rounds.ts';

const rounds = 5;

/**
 * The states at an instant (the end of the log, so that nothing is left out) against reading and parsing the same log and doing nothing
 * with it: both through `readAll` of the same file, by turns.
 */
export const benchStateAt: BenchPart = async ({ full, directory, progress }) => {
  const events = full ? 1_000_000 : 200_000;
  const { dataDir } = await made(join(directory, 'state-at'), events);
  progress(`log of ${count(events)} events made`);

  const history = openSqliteEventLog<SessionRequestEvent>({
    path: join(dataDir, 'events.sqlite'),
  });
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
    const { ours, peer, ratio, ratios } = await alternate(
      rounds,
      () => secondsOf(stateAt),
      () => secondsOf(readAndParse),
      (round, each) => progress(`round ${round}: ${each.toFixed(2)}`),
    );
    return [
      {
        measure: `state at an instant over ${count(events)} events`,
        figure: `${ours.toFixed(2)} s`,
        against: `reading and parsing them: ${peer.toFixed(2)} s`,
        ratio,
        ratios,
        aim: '≤ 1.5',
        met: ratio <= 1.5,
      },
    ];
  } finally {
    await history.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
};
