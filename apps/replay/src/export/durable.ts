import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const sync = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Gives a file, or a folder, its final name in one step; it is on the disk by then. */
export const renameDurably = (from: string, to: string): void => {
  if (process.platform !== 'win32') sync(from);
  renameSync(from, to);
  // The name is in the folder; Windows cannot sync one.
  if (process.platform !== 'win32') sync(dirname(to));
};

/** Writes a small JSON file as a whole or not at all. */
export const writeJson = (path: string, value: unknown): void => {
  const unfinished = `${path}.new`;
  writeFileSync(unfinished, `${JSON.stringify(value, undefined, 2)}\n`, { flush: true });
  renameDurably(unfinished, path);
};

/** What a JSON file holds; undefined where there is none. */
export const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};
