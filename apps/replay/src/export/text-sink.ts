import { closeSync, existsSync, fdatasyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import type { RowOptions } from '../rows/columns.ts';
import type { Entry } from '../rows/entries.ts';
import { renameDurably, writeJson } from './durable.ts';
import type { Encoding } from './encode.ts';
import type { ExportPlan, ExportProgress } from './manifest.ts';

/** Where rows go. Calls follow one another. */
export interface RowSink {
  /** What was there at the beginning: rows to leave out. */
  readonly done: ExportProgress;
  write(entries: readonly Entry[]): Promise<void>;
  /** Makes everything durable and gives it its final name. */
  finish(): Promise<ExportProgress>;
  /** Stops in the middle, and leaves what is durable to be resumed. */
  abandon(): Promise<void>;
}

const flushChars = 1 << 18;

/** The file that an unfinished export is in. */
export const partialOf = (out: string): string => `${out}.partial`;
/** What is known of it. */
export const manifestOf = (out: string): string => `${out}.partial.json`;

/** Writes a text file, and notes at every so many rows how much of it is whole. */
export const openTextSink = (options: {
  out: string;
  plan: ExportPlan;
  done: ExportProgress;
  encoding: Encoding;
  rowOptions: RowOptions;
}): RowSink => {
  const { out, plan, done, encoding, rowOptions } = options;
  const partial = partialOf(out);
  const file = openSync(partial, existsSync(partial) ? 'r+' : 'w');
  ftruncateSync(file, done.bytes);
  let { rows, position, bytes } = done;
  let text = bytes === 0 ? encoding.head : '';

  const flush = (): void => {
    const buffer = Buffer.from(text);
    for (let at = 0; at < buffer.length;) {
      const count = writeSync(file, buffer, at, buffer.length - at, bytes);
      at += count;
      bytes += count;
    }
    text = '';
  };
  const checkpoint = async (): Promise<void> => {
    flush();
    fdatasyncSync(file);
    await writeJson(manifestOf(out), { plan, done: { rows, position, bytes, parts: 0 } });
  };
  return {
    done,
    async write(entries) {
      for (const entry of entries) {
        text += encoding.row(entry, rowOptions);
        rows += 1;
        position = entry.event.position;
        if (text.length >= flushChars) flush();
        if (rows % plan.partRows === 0) await checkpoint();
      }
    },
    async finish() {
      flush();
      fdatasyncSync(file);
      closeSync(file);
      await renameDurably(partial, out);
      rmSync(manifestOf(out), { force: true });
      return { rows, position, bytes, parts: 0 };
    },
    async abandon() {
      closeSync(file);
    },
  };
};
