import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from './schema.ts';

/** Makes the file if need be, brings its schema up to date, and makes sure that its name outlives a power cut. */
export const prepareFile = (path: string): void => {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    migrate(db, path);
  } finally {
    db.close();
  }
  syncDirectory(dirname(path));
};

/** Makes a directory and those above it, so that they outlive a power cut. */
export const makeDirectory = (directory: string): void => {
  const first = mkdirSync(directory, { recursive: true });
  if (first === undefined) return;
  // each new directory is an entry in the one above it
  for (let made = directory; made.length >= first.length; made = dirname(made)) syncDirectory(dirname(made));
};

const syncDirectory = (directory: string): void => {
  if (process.platform === 'win32') return; // where a directory cannot be opened for that, and need not be
  sync(directory);
};

/** Waits until a file, or a directory, is on the disk. */
export const sync = (path: string): void => {
  const descriptor = openSync(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};
