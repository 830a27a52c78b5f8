import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createProgressReport, type Progress } from '@hse/service-kit/command-line';
import { toEpochMs } from '@hse/session-requests';
import { Failure } from '../command.ts';
import { openDuckDB } from '../duck/open-duckdb.ts';
import type { History } from '../history.ts';
import { columns, type RowOptions } from '../rows/columns.ts';
import { createEntries, type Entry } from '../rows/entries.ts';
import type { Policies } from '../rows/lead-tier.ts';
import { readJson, writeJson } from './durable.ts';
import { csv, ndjson } from './encode.ts';
import { nothingDone, type ExportPlan, type ExportProgress, type Manifest } from './manifest.ts';
import { manifestIn, openParquetSink } from './parquet-sink.ts';
import { manifestOf, openTextSink, partialOf, type RowSink } from './text-sink.ts';

/** Rows of one part unless something else is asked for. One part is in memory while it is filled, and another one while it is written. */
export const defaultPartRows = 40_960;

/** Events read at once. */
const batchSize = 500;

export interface ExportOptions {
  readonly history: History;
  readonly policies: Policies;
  /** Everything that the bytes depend on, besides the head. */
  readonly plan: Omit<ExportPlan, 'head'>;
  readonly rowOptions: RowOptions;
  /** The file, or for Parquet the folder, that is there when the export is whole, and not before. */
  readonly out: string;
  /** Go on with an unfinished export of the same plan. */
  readonly resume?: boolean;
  /** Position up to which events are exported. Default: the head of the history when the export begins. */
  readonly head?: number;
  /** Take the place of what is there. */
  readonly overwrite?: boolean;
  readonly onProgress?: (progress: Progress) => void;
  readonly elapsedMs: () => number;
  readonly signal?: AbortSignal;
}

/**
 * Writes the rows of a history into a file. When it ends in the middle, however it ends, `resume` finishes it, and the bytes are those
 * that an uninterrupted export would have written. Memory does not grow with the history: one part of rows is held, and the requests to
 * which something can still happen (see `createEntries`).
 *
 * @returns what was written; undefined where what is to be resumed is whole already.
 * @throws Failure where something is in the way, or what is to be resumed is another export.
 */
export const exportHistory = async (
  options: ExportOptions,
): Promise<(ExportProgress & { head: number }) | undefined> => {
  const { history, out, signal, elapsedMs, onProgress } = options;
  const manifest = await begin(options);
  if (!manifest) return undefined;
  const { plan, done } = manifest;
  const progress = createProgressReport({ target: plan.head, onProgress, elapsedMs });
  await using opened = new AsyncDisposableStack();
  const sink = await openSink(options, plan, done, opened);
  const isWanted = filterOf(plan, options.rowOptions);
  const entries = createEntries(options.policies);
  try {
    for await (const batch of history.readAll({ batchSize, ...(signal && { signal }) })) {
      const wanted: Entry[] = [];
      for (const event of batch.events) {
        if (event.position > plan.head) break;
        const entry = entries.next(event);
        if (event.position > done.position && isWanted(entry)) wanted.push(entry);
      }
      await sink.write(wanted);
      progress.advance(batch.events.length, Math.min(batch.position, plan.head));
      if (batch.position >= plan.head) break;
    }
    if (signal?.aborted) throw new Failure(`Interrupted; --resume finishes ${out}.`);
  } catch (error) {
    await sink.abandon();
    throw error;
  }
  progress.done();
  return { ...(await sink.finish()), head: plan.head };
};

/** @returns undefined where the export that is to be resumed is whole already. */
const begin = async ({
  history,
  plan,
  out,
  head,
  resume = false,
  overwrite = false,
}: ExportOptions): Promise<Manifest | undefined> => {
  const partial = partialOf(out);
  const manifestPath = plan.format === 'parquet' ? manifestIn(partial) : manifestOf(out);
  if (existsSync(out) && !overwrite) {
    if (!resume) throw new Failure(`${out} is there already; --overwrite takes its place.`);
    // It may have been stopped after the last step but one.
    if (!existsSync(partial)) {
      rmSync(manifestPath, { force: true });
      return undefined;
    }
  }
  const found = readJson(manifestPath) as Manifest | undefined;
  if (found && resume) {
    const wanted: ExportPlan = { ...plan, head: found.plan.head };
    const names = Object.keys(wanted) as (keyof ExportPlan)[];
    const differing = names.filter((name) => !isDeepStrictEqual(wanted[name], found.plan[name]));
    if (differing.length > 0)
      throw new Failure(
        `What is to be resumed at ${out} was begun otherwise (${differing.join(', ')}); --overwrite begins anew.`,
      );
    return found;
  }
  if (found && !overwrite)
    throw new Failure(`${partial} is an unfinished export: --resume finishes it, --overwrite begins anew.`);
  rmSync(partial, { recursive: true, force: true });
  if (overwrite) rmSync(out, { recursive: true, force: true });
  const manifest: Manifest = { plan: { ...plan, head: head ?? (await history.head()) }, done: nothingDone };
  mkdirSync(plan.format === 'parquet' ? partial : dirname(out), { recursive: true });
  // From now on it is settled where the export ends.
  await writeJson(manifestPath, manifest);
  return manifest;
};

const openSink = async (
  { out, rowOptions }: ExportOptions,
  plan: ExportPlan,
  done: ExportProgress,
  opened: AsyncDisposableStack,
): Promise<RowSink> => {
  if (plan.format !== 'parquet')
    return openTextSink({
      out,
      plan,
      done,
      rowOptions,
      encoding: (plan.format === 'csv' ? csv : ndjson)(columns),
    });
  // Beside the folder of parts, which gets its final name while DuckDB is still open.
  const spillTo = `${partialOf(out)}.spill`;
  opened.defer(() => rmSync(spillTo, { recursive: true, force: true }));
  const duck = await openDuckDB({ spillTo, memoryLimit: '512MB' });
  opened.defer(() => duck.close());
  return openParquetSink({ out, plan, done, columns, rowOptions, duck });
};

/** Which entries become rows. Participants can be named by what they are, or by what the export calls them. */
export const filterOf = (
  { from, to, types, participants }: Pick<ExportPlan, 'from' | 'to' | 'types' | 'participants'>,
  { identities }: Pick<RowOptions, 'identities'>,
): ((entry: Entry) => boolean) => {
  const fromMs = from === null ? -Infinity : toEpochMs(from);
  const toMs = to === null ? Infinity : toEpochMs(to);
  const [ofTypes, ofParticipants] = [new Set(types), new Set(participants)];
  const names = (id: string): boolean =>
    ofParticipants.has(id) || ofParticipants.has(identities.participant(id));
  return ({ event: { type, data }, recordedMs }) =>
    recordedMs >= fromMs &&
    recordedMs < toMs &&
    (ofTypes.size === 0 || ofTypes.has(type)) &&
    (ofParticipants.size === 0 || names(data.coachId) || names(data.clientId));
};
