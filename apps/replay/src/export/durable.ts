import { readFileSync } from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const sync = async (path: string): Promise<void> => {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};

/** Gives a file, or a folder, its final name in one step; it is on the disk by then. Rows are made meanwhile. */
export const renameDurably = async (from: string, to: string): Promise<void> => {
  if (process.platform !== 'win32') await sync(from);
  await rename(from, to);
  // The name is in the folder; Windows cannot sync one.
  if (process.platform !== 'win32') await sync(dirname(to));
};

/** Writes a small JSON file as a whole or not at all. */
export const writeJson = async (path: string, value: unknown): Promise<void> => {
  const unfinished = `${path}.new`;
  await writeFile(unfinished, `${JSON.stringify(value, undefined, 2)}\n`);
  await renameDurably(unfinished, path);
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
