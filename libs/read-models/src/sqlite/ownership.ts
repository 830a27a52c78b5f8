import { DatabaseSync } from 'node:sqlite';
import { inMemory } from './database.ts';

/** Another process, or another part of this one, writes to these read models at present. */
export class ReadModelsInUse extends Error {
  readonly path: string;
  constructor(path: string, options?: ErrorOptions) {
    super(
      `${path} is in use: it has one writer at a time, and somebody else is it. Stop that one first.`,
      options,
    );
    this.name = 'ReadModelsInUse';
    this.path = path;
  }
}

/**
 * Becomes the one writer of a file until the returned function is called or the process ends, however it ends.
 * Readers are not affected.
 *
 * The lock is an SQLite lock on a file of its own, because a lock on the database itself would have to be given up when a
 * rebuilt copy takes its place.
 *
 * @throws ReadModelsInUse
 */
export const takeOwnership = (path: string): (() => void) => {
  if (path === inMemory) return () => {};
  const lock = new DatabaseSync(`${path}.lock`);
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new ReadModelsInUse(path, { cause: error });
  }
  return () => {
    if (lock.isOpen) lock.close();
  };
};
