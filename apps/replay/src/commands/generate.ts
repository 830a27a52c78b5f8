import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { RecordedEvent } from '@hse/event-sourcing';
import { importIntoSqlite } from '@hse/event-store/sqlite';
import { createProgressReport } from '@hse/service-kit/command-line';
import {
  defaultExpiryPolicy,
  parseExpiryPolicy,
  toEpochMs,
  type SessionRequestEvent,
} from '@hse/session-requests';
import { defineCommand, Failure, WrongUse } from '../command.ts';
import { ndjson } from '../export/encode.ts';
import { generateEvents } from '../generate/generate-events.ts';
import { pathFrom, type Io } from '../io.ts';
import { columns } from '../rows/columns.ts';
import { createEntries } from '../rows/entries.ts';
import { plainIdentities } from '../rows/identities.ts';
import { eventsFileIn } from './open-history.ts';
import { parseInstant, policyOptions, readPolicies } from './row-options.ts';

/** Where a made-up history goes. */
interface Target {
  readonly name: string;
  /** May be called again before the one before is settled; not more than one ahead. */
  write(events: readonly RecordedEvent<SessionRequestEvent>[]): Promise<void>;
  /** Gives it its final name. */
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

export const generate = defineCommand({
  summary: 'make up a history of any size, always the same for the same seed',
  usage: '(--data-dir <dir> | --out <file.ndjson>) [--events <n>] [--seed <text>] [options]',
  examples: [
    ['generate --events 1000000 --data-dir .cache/million', 'an event store of a million events'],
    [
      'sql --data-dir .cache/million "select status, count(*) from requests group by all"',
      'and a question to it',
    ],
    ['generate --events 5000 --out sample.ndjson', 'a small one as a file, for --history'],
  ],
  options: {
    'data-dir': {
      type: 'string',
      value: '<dir>',
      meaning: 'data directory to make; `DATA_DIR=<dir> npm start` serves it',
    },
    out: {
      type: 'string',
      value: '<file>',
      meaning: 'an NDJSON file instead, rows with plain identities and notes',
    },
    events: { type: 'string', value: '<n>', meaning: 'how many, exactly', default: '10000' },
    seed: { type: 'string', value: '<text>', meaning: 'what it all follows from', default: '1' },
    start: { type: 'string', value: '<instant>', meaning: 'when it begins', default: '2025-09-29' },
    weeks: { type: 'string', value: '<n>', meaning: 'about how long it takes', default: '52' },
    policy: {
      ...policyOptions.policy,
      multiple: false,
      meaning: 'the expiry policy in force, instead of the default',
    },
    overwrite: { type: 'boolean', meaning: 'take the place of the file that is there (with --out)' },
  },
  run: async ({ values, positionals }, io) => {
    if (positionals.length > 0) throw new WrongUse(`What is ${positionals.join(' ')}?`);
    if ((values['data-dir'] === undefined) === (values.out === undefined))
      throw new WrongUse('Either --data-dir or --out says where it goes.');
    const events = wholeNumber('--events', values.events, 1, 1_000_000_000);
    const weeks = wholeNumber('--weeks', values.weeks, 1, 2_000);
    const startMs = toEpochMs(parseInstant('--start', values.start));
    const given = values.policy === undefined ? [] : [values.policy];
    const { policies } = readPolicies({ policy: given }, { ...io, env: {} });
    const policy = [...policies.values()].at(-1) ?? parseExpiryPolicy(defaultExpiryPolicy);
    const began = io.elapsedMs();
    const { show, end } = io.progress('generated');
    const report = createProgressReport({ target: events, onProgress: show, elapsedMs: io.elapsedMs });
    const target =
      values.out === undefined
        ? await store(values['data-dir'] ?? '', io)
        : file(values.out, values.overwrite, policies, io);
    try {
      let written = Promise.resolve();
      for (const batch of generateEvents({ seed: values.seed, events, startMs, weeks, policy })) {
        await written;
        io.signal.throwIfAborted();
        written = target.write(batch);
        written.catch(() => {}); // told by the next one that waits
        report.advance(batch.length, batch.at(-1)?.position ?? 0);
        // Lets the writer's answers in.
        await new Promise((resolve) => setImmediate(resolve));
      }
      await written;
      await target.finish();
    } catch (error) {
      await target.abandon();
      throw error;
    } finally {
      end();
    }
    const seconds = (io.elapsedMs() - began) / 1000;
    io.say(`${events} events in ${seconds.toFixed(1)} s: ${target.name}`);
    return 0;
  },
});

const store = async (dataDir: string, io: Io): Promise<Target> => {
  const path = eventsFileIn(pathFrom(io, dataDir));
  if (existsSync(path))
    throw new Failure(`There is an event log at ${path} already; nothing is ever put over one.`);
  const partial = `${path}.partial`;
  const remove = (): void => {
    for (const suffix of ['', '-wal', '-shm', '.lock', '.lock-journal'])
      rmSync(`${partial}${suffix}`, { force: true });
  };
  remove(); // of one that was interrupted
  const into = await importIntoSqlite<SessionRequestEvent>({ path: partial });
  return {
    name: dirname(path),
    write: (events) => into.write(events),
    finish: async () => {
      await into.finish();
      renameSync(partial, path);
      remove();
    },
    abandon: async () => {
      await into.abandon();
      remove();
    },
  };
};

const file = (
  given: string,
  overwrite: boolean,
  policies: ReturnType<typeof readPolicies>['policies'],
  io: Io,
): Target => {
  const path = pathFrom(io, given);
  if (existsSync(path) && !overwrite)
    throw new Failure(`${path} is there already; --overwrite takes its place.`);
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  const stream = createWriteStream(partial, { flush: true });
  const encoding = ndjson(columns);
  const entries = createEntries(policies);
  return {
    name: path,
    write: async (events) => {
      const rows = events.map((event) =>
        encoding.row(entries.next(event), { identities: plainIdentities, withNotes: true }),
      );
      if (!stream.write(rows.join(''))) await once(stream, 'drain');
    },
    finish: async () => {
      stream.end();
      await once(stream, 'close');
      renameSync(partial, path);
    },
    abandon: async () => {
      stream.destroy();
      rmSync(partial, { force: true });
    },
  };
};

const wholeNumber = (option: string, text: string, least: number, most: number): number => {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(number >= least && number <= most))
    throw new WrongUse(`${option} is a whole number from ${least} to ${most}, not ${text}.`);
  return number;
};
