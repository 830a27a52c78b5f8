import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

/** Where downloads stay: `.cache/engines` of the workspace, outside version control. */
export const cacheDirectory = join(import.meta.dirname, '../../../.cache/engines');

/** Progress goes to stderr: stdout belongs to what a command prints. */
export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/**
 * A directory that is made once and then stays: `fill` writes into an empty one, which gets its name when it is
 * complete. Of several processes that want it at the same time, one makes it and the others wait.
 *
 * @param name says what is in it and which version, because nobody looks inside again.
 */
export const cached = async (
  name: string,
  fill: (directory: string) => Promise<void>,
  root = cacheDirectory,
): Promise<string> => {
  const path = join(root, name);
  if (existsSync(path)) return path;
  mkdirSync(root, { recursive: true });
  const release = await lock(join(root, `${name}.lock`));
  try {
    if (existsSync(path)) return path;
    const began = Date.now();
    say(`Fetching ${name} …`);
    const unfinished = mkdtempSync(`${path}.unfinished-`);
    try {
      await fill(unfinished);
      renameSync(unfinished, path);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    say(`Fetched ${name} in ${((Date.now() - began) / 1_000).toFixed(1)} s.`);
    return path;
  } finally {
    release();
  }
};

/** A lock between processes that ends with its holder, however that ends: SQLite leaves it to the operating system. */
const lock = async (path: string): Promise<() => void> => {
  const database = new DatabaseSync(path);
  for (let waited = false; ; waited = true) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return () => database.close();
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error;
    }
    if (!waited) say(`Waiting for another process that makes ${path.replace(/\.lock$/, '')} …`);
    await pause(250);
  }
};

const sqliteBusy = 5;
