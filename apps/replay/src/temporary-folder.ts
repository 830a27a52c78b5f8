import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the work of one command, where the system keeps such (TMPDIR). */
export const temporaryFolder = (name: string): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), `replay-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
