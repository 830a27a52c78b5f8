import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openSqliteEventLog } from '@hse/event-store/sqlite';
import {
  columns,
  defaultPartRows,
  exportHistory,
  plainIdentities,
  rowSchemaVersion,
  sqlTypeOf,
} from '@hse/replay';
import { defaultExpiryPolicy, parseExpiryPolicy, type SessionRequestEvent } from '@hse/session-requests';
import { count, type BenchPart, type Figure } from './figures.ts';
import { made, replay } from './replay.ts';
import { alternate } from './rounds.ts';

const policy = parseExpiryPolicy(defaultExpiryPolicy);

const exported = async (dataDir: string, out: string): Promise<number> => {
  rmSync(out, { recursive: true, force: true });
  const history = openSqliteEventLog<SessionRequestEvent>({ path: join(dataDir, 'events.sqlite') });
  const began = performance.now();
  const written = await exportHistory({
    history,
    policies: new Map([[policy.id, policy]]),
    rowOptions: { identities: plainIdentities, withNotes: true },
    out,
    elapsedMs: () => performance.now(),
    plan: {
      format: 'parquet',
      schemaVersion: rowSchemaVersion,
      history: dataDir,
      partRows: defaultPartRows,
      from: null,
      to: null,
      types: [],
      participants: [],
      identities: 'plain',
      withNotes: true,
      policies: [],
    },
  });
  const tookMs = performance.now() - began;
  await history.close();
  return ((written?.rows ?? 0) / tookMs) * 1000;
};

const typed = columns
  .map((column) => `'${column.name}': '${column.type === 'enum' ? 'VARCHAR' : sqlTypeOf(column)}'`)
  .join(', ');

/** DuckDB with its defaults, which is one thread for each core, told the types of the columns. */
const convertedByDuckDB = async (from: string, to: string, rows: number): Promise<number> => {
  rmSync(to, { force: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const began = performance.now();
  await connection.run(
    `COPY (FROM read_json('${from}', format = 'newline_delimited', columns = {${typed}})) TO '${to}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  const tookMs = performance.now() - began;
  connection.closeSync();
  instance.closeSync();
  return (rows / tookMs) * 1000;
};

/** The history as data: how fast it is exported, and in how much memory. */
export const benchExport: BenchPart = async ({ full, directory, progress }) => {
  const events = full ? 1_000_000 : 200_000;
  progress(`makes up ${count(events)} events`);
  const { dataDir, tookMs } = await made(directory, events);
  const figures: Figure[] = [
    {
      measure: `\`replay generate\` of ${count(events)} events into a store, decided by the rules`,
      figure: `${(tookMs / 1000).toFixed(1)} s, ${count((events / tookMs) * 1000)} events/s`,
    },
  ];
  const ndjson = join(directory, 'rows.ndjson');
  // In a process of its own, as it would be: what one export has taught V8 makes another one, of another kind, slower.
  const plain = ['--identities', 'plain', '--with-notes'];
  await replay('export', '--format', 'ndjson', ...plain, '--data-dir', dataDir, '--out', ndjson);
  const { ours, peer, ratio, ratios } = await alternate(
    3,
    () => exported(dataDir, join(directory, 'ours.parquet')),
    () => convertedByDuckDB(ndjson, join(directory, 'peer.parquet'), events),
    (round, each) => progress(`round ${round}: ${each.toFixed(2)}`),
  );
  figures.push({
    measure: `export of ${count(events)} events to Parquet, from the store`,
    figure: `${count(ours)} rows/s`,
    against: `DuckDB, NDJSON to Parquet, the same rows: ${count(peer)}/s`,
    ratio,
    ratios,
    aim: '≥ 0.5',
    met: ratio >= 0.5,
  });
  const sizes = full ? [10_000, 100_000, 1_000_000, 10_000_000] : [10_000, 100_000, 1_000_000];
  const peaks: number[] = [];
  for (const size of sizes) {
    progress(`memory of an export of ${count(size)} events`);
    const from = size === events ? dataDir : (await made(directory, size)).dataDir;
    const key = join(directory, 'pseudonym.key');
    const out = join(directory, 'memory.parquet');
    const exportArgs = [
      'export',
      '--format',
      'parquet',
      '--data-dir',
      from,
      '--pseudonym-key',
      key,
      '--out',
      out,
    ];
    peaks.push((await replay(...exportArgs)).peakMb);
    rmSync(out, { recursive: true, force: true });
    if (from !== dataDir) rmSync(from, { recursive: true, force: true });
  }
  figures.push({
    measure: `peak memory of the export, ${sizes.map(count).join(', ')} events`,
    figure: peaks.map((mb) => `${Math.round(mb)} MB`).join(', '),
    against: `the second of them, which fills a part`,
    ratio: (peaks.at(-1) ?? NaN) / (peaks[1] ?? NaN),
    aim: 'flat',
  });
  return figures;
};
