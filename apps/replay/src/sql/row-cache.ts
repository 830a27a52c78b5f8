import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { literal, openDuckDB } from '../duck/open-duckdb.ts';
import { exportHistory, type ExportOptions } from '../export/export-history.ts';
import { views } from './views.ts';

/** How many histories are kept, the latest used. */
const kept = 4;

/** Raised when what lies in the cache is made otherwise than before. */
const cacheVersion = 1;

/** Where the rows of a history lie as Parquet. */
export interface RowCache {
  /** Files of each of the views that lie in files, by its name. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** Whether they were there already. */
  readonly wasThere: boolean;
}

/**
 * Brings the rows of a history, as of its head now, into a folder of the cache, unless they are there. Two that do so at the same time do
 * not disturb each other.
 */
export const cacheRows = async (
  options: Omit<ExportOptions, 'out' | 'resume' | 'overwrite' | 'head'> & {
    readonly folder: string;
  },
): Promise<RowCache> => {
  const { folder, history, plan } = options;
  const head = await history.head();
  const marks: unknown[] = [cacheVersion, plan, head];
  // A log that was made anew may have the same name and length.
  for await (const { events } of history.readAll({ after: head - 1, batchSize: 1 }))
    for (const { id, metadata } of events) marks.push(id, metadata);
  const key = createHash('sha256').update(JSON.stringify(marks)).digest('hex').slice(0, 24);
  const place = join(folder, key);
  if (existsSync(place)) {
    writeFileSync(join(place, 'used'), ''); // what is used last is thrown away last
    return { files: filesIn(place), wasThere: true };
  }
  const making = `${place}.${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  try {
    await exportHistory({ ...options, head, out: join(making, 'events') });
    await keepViews(making);
    writeFileSync(join(making, 'used'), '');
    if (!existsSync(place)) renameSync(making, place);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  prune(folder);
  return { files: filesIn(place), wasThere: false };
};

/** Makes the views that look at all rows once, so that a query finds them made. */
const keepViews = async (place: string): Promise<void> => {
  const duck = await openDuckDB({ spillTo: join(place, 'spill') });
  try {
    const connection = await duck.connect();
    await connection.run(`CREATE VIEW events AS FROM read_parquet(${list(partsIn(join(place, 'events')))})`);
    for (const { name, sql, isKept } of views) {
      if (!isKept || sql === undefined) continue;
      await connection.run(
        `COPY (${sql} ORDER BY position) TO ${literal(join(place, `${name}.parquet`))} (FORMAT parquet, COMPRESSION zstd)`,
      );
    }
  } finally {
    duck.close();
    rmSync(join(place, 'spill'), { recursive: true, force: true });
  }
};

const prune = (folder: string): void => {
  const places = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{24}$/.test(name))
    .map((name) => join(folder, name))
    .map((place) => ({
      place,
      usedMs: statSync(join(place, 'used'), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    }))
    .sort((a, b) => b.usedMs - a.usedMs);
  for (const { place } of places.slice(kept)) rmSync(place, { recursive: true, force: true });
};

const partsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => join(folder, name));

const filesIn = (place: string): RowCache['files'] =>
  Object.fromEntries<readonly string[]>([
    ['events', partsIn(join(place, 'events'))],
    ...views
      .filter(({ isKept }) => isKept)
      .map(({ name }) => [name, [join(place, `${name}.parquet`)]] as const),
  ]);

/** A list of files in SQL. */
export const list = (paths: readonly string[]): string => `[${paths.map(literal).join(', ')}]`;
