import { DatabaseSync } from 'node:sqlite';
import { primaryCode, sqliteBusy } from './sqlite-errors.ts';

/** Another process, or this one, has the event store open already. */
export class EventStoreInUse extends Error {
  /** The event store's file. */
  readonly path: string;
  constructor(path: string, options?: ErrorOptions) {
    super(
      `${path} is in use: only one process at a time may open an event store. ` +
        'Stop the other one (it holds a lock on ' +
        `${path}.lock, which the operating system frees when it ends), or choose another data directory.`,
      options,
    );
    this.name = 'EventStoreInUse';
    this.path = path;
  }
}

/**
 * Reserves `path` for this process until {@link Disposable} is called or the process ends, however it ends.
 *
 * The lock is an exclusive transaction on `<path>.lock`, so it is the operating system's (fcntl, LockFileEx), and works
 * where SQLite's own locks work: on local disks, not on every network file system. It needs no heartbeat and leaves
 * nothing to clean up; the file itself stays.
 *
 * @throws EventStoreInUse
 */
export const lockForThisProcess = (path: string): Disposable => {
  const db = new DatabaseSync(`${path}.lock`, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw primaryCode(error) === sqliteBusy ? new EventStoreInUse(path, { cause: error }) : error;
  }
  return { [Symbol.dispose]: () => db.close() };
};
