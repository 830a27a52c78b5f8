import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory {
  readonly path: string;
  remove(): void;
}

/**
 * A directory that goes when this process does, even when that is killed with -9: a shell waits for the end of a pipe
 * that only this process holds. It leaves a second to the servers that die with this process, too.
 */
export const temporaryDirectory = (): TemporaryDirectory => {
  const path = mkdtempSync(join(tmpdir(), 'session-requests-engine-'));
  const guard = spawn('sh', ['-c', 'read -r line; sleep 1; rm -rf -- "$1"', 'sh', path], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  const pipe = guard.stdin as typeof guard.stdin & { unref(): void };
  pipe.unref();
  return {
    path,
    remove: () => {
      guard.kill('SIGKILL');
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
