import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** Paths of files that are gone when the tests of the file are over. @returns a new path each time. */
export const temporaryPaths = (): (() => string) => {
  const folder = mkdtempSync(join(tmpdir(), 'notifications-'));
  let files = 0;
  afterAll(() => rmSync(folder, { recursive: true }));
  return () => join(folder, `${(files += 1)}.db`);
};
