import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventStore } from '@hse/event-store/sqlite';
import { checkParity } from '@hse/notifications/parity';
import { rebuildReadModels } from '@hse/notifications/rebuild';
import { createSqliteReadModelsCopy, openSqliteReadModelsSnapshot } from '@hse/read-models/sqlite';
import type { SessionRequestEvent } from '@hse/session-requests';
import { generateHistories } from './histories.ts';

export interface RebuildFigures {
  readonly events: number;
  readonly readAndParsePerSecond: number;
  readonly rebuildPerSecond: number;
  readonly ratio: number;
}

/** Appends that share a commit of the event store while the log is made. */
const together = 2000;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number; // at least one

/**
 * Rebuilds the read models from a log of `events` events (default 1 000 000) and puts the rate in relation to that of
 * reading and parsing the same log and doing nothing with it, both from the same store, by turns, medians of `rounds`
 * (default 3). Checks at the end that the result is what the log says.
 */
export const benchRebuild = async ({
  events = 1_000_000,
  rounds = 3,
  say = (_line: string): void => {},
} = {}): Promise<RebuildFigures> => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-rebuild-'));
  const store = await openSqliteEventStore<SessionRequestEvent>({ path: join(folder, 'events.db') });
  const path = join(folder, 'read-models.db');
  const perSecond = async (work: () => Promise<number>): Promise<number> => {
    const begun = performance.now();
    return ((await work()) * 1000) / (performance.now() - begun);
  };
  try {
    let underWay: Promise<unknown>[] = [];
    for (const { stream, revision, event } of generateHistories({ events })) {
      underWay.push(store.append(stream, [event], { expected: revision === 0 ? 'no-stream' : revision - 1 }));
      if (underWay.length < together) continue;
      await Promise.all(underWay);
      underWay = [];
    }
    await Promise.all(underWay);
    say(`log of ${events} events made`);

    const readAndParse = async (): Promise<number> => {
      let seen = 0;
      for await (const batch of store.readAll({ batchSize: 5000 })) seen += batch.events.length;
      return seen;
    };
    const rebuild = async (): Promise<number> =>
      (
        await rebuildReadModels({
          store,
          copy: createSqliteReadModelsCopy({ path }),
          elapsedMs: () => performance.now(),
        })
      ).events;

    const rates = { readAndParse: [] as number[], rebuild: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      rates.readAndParse.push(await perSecond(readAndParse));
      rates.rebuild.push(await perSecond(rebuild));
      say(
        `round ${round + 1}: read and parse ${Math.round(rates.readAndParse.at(-1) ?? 0)}/s, rebuild ${Math.round(rates.rebuild.at(-1) ?? 0)}/s`,
      );
    }

    const snapshot = openSqliteReadModelsSnapshot({ path });
    const parity = await checkParity({
      store,
      snapshot,
      onDifference: () => {},
      elapsedMs: () => performance.now(),
    });
    await snapshot.close();
    if (parity.differences > 0 || parity.events !== events)
      throw new Error(`the rebuilt read models are wrong: ${JSON.stringify(parity)}`);
    say(
      `parity: ${parity.records} session requests and ${parity.notifications} notifications are as the log says`,
    );

    const readAndParsePerSecond = Math.round(median(rates.readAndParse));
    const rebuildPerSecond = Math.round(median(rates.rebuild));
    return {
      events,
      readAndParsePerSecond,
      rebuildPerSecond,
      ratio: rebuildPerSecond / readAndParsePerSecond,
    };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
};

if (import.meta.main) {
  const events = Number(process.argv[2] ?? 1_000_000);
  const figures = await benchRebuild({ events, say: (line) => console.log(line) });
  console.log(figures);
}
