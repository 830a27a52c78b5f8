import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { commands } from '../commands.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command as `npx replay` does, to its end. `peakMb` is the most memory it had (VmHWM of Linux; elsewhere NaN). */
export const replay = async (...args: string[]): Promise<{ tookMs: number; peakMb: number }> => {
  const began = performance.now();
  const child = spawn(process.execPath, commands.replay.steps(args)[0].run, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close');
  let peakMb = NaN;
  while (child.exitCode === null) {
    try {
      const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
      peakMb = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? peakMb * 1024) / 1024;
    } catch {
      // It has ended, or this is no Linux.
    }
    await Promise.race([ended, pause(20)]);
  }
  await ended;
  if (child.exitCode !== 0) throw new Error(`replay ${args.join(' ')} failed: ${said}`);
  return { tookMs: performance.now() - began, peakMb };
};

/** Events per week of a history, whatever its length: then as many requests are open at a time. */
const eventsPerWeek = 20_000;

/** Makes up a history of so many events, in a data directory. */
export const made = async (
  directory: string,
  events: number,
): Promise<{ dataDir: string; tookMs: number }> => {
  const dataDir = join(directory, `of-${events}`);
  const weeks = String(Math.max(1, Math.round(events / eventsPerWeek)));
  const { tookMs } = await replay(
    'generate',
    '--events',
    String(events),
    '--weeks',
    weeks,
    '--data-dir',
    dataDir,
  );
  return { dataDir, tookMs };
};
