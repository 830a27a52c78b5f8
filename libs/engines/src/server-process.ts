import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { EngineUnavailable } from './engine-unavailable.ts';
import { isFree } from './free-ports.ts';
import { lastLines } from './tool.ts';

export interface ServerProcess {
  /** Of the server itself; undefined while it does not run. */
  readonly pid: number | undefined;
  /** What it printed, over all its starts. */
  readonly logFile: string;
  /** Resolves when the server answers; does nothing while it runs. @throws EngineUnavailable when it does not come up. */
  readonly start: () => Promise<void>;
  /** SIGTERM, and SIGKILL after 20 s; resolves when it has ended. Its data stay. */
  readonly stop: () => Promise<void>;
  /** SIGKILL; resolves when it has ended. */
  readonly kill: () => Promise<void>;
}

export interface ServerProcessOptions {
  readonly name: string;
  readonly command: readonly [file: string, ...args: string[]];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Where it is going to listen. */
  readonly ports: readonly number[];
  /** Rejects while the server does not answer yet. */
  readonly answers: () => Promise<unknown>;
  /** Default: 60,000. */
  readonly startTimeoutMs?: number;
}

/**
 * Turns into the server, but leaves a watcher behind, which reads from a pipe that only our process holds. The pipe's
 * end, which the kernel brings about however we end, is the server's. A line means that the server has ended by itself.
 */
const guarded = '(read -r line <&3 || kill -KILL $$) & exec "$@" 3<&-';

const stopTimeoutMs = 20_000;

/** A server that runs as a process of its own and dies with this one, even when this one is killed with -9. */
export const serverProcess = (options: ServerProcessOptions): ServerProcess => {
  const { name, command, cwd, env = process.env, logFile, ports, answers, startTimeoutMs = 60_000 } = options;
  let running: { child: ChildProcess; ended: Promise<void> } | undefined;

  const launch = (): Promise<void> => {
    const log = openSync(logFile, 'a');
    const child = spawn('sh', ['-c', guarded, 'sh', ...command], {
      cwd,
      env,
      // A group of its own, so that Ctrl-C in a terminal reaches us and not the server: we end it in order.
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
    });
    closeSync(log);
    const watcher = child.stdio[3] as Duplex;
    watcher.on('error', () => {}); // it may be gone already
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        running = undefined;
        watcher.end('\n');
        resolve();
      });
      child.once('error', () => {
        running = undefined;
        resolve();
      });
    });
    running = { child, ended };
    return ended;
  };

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!running) return;
    const { child, ended } = running;
    child.kill(signal);
    const timeout = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(timeout);
  };

  return {
    get pid() {
      return running?.child.pid;
    },
    logFile,
    start: async () => {
      if (running) return;
      for (const port of ports)
        if (!(await isFree(port)))
          throw new EngineUnavailable(`${name} cannot listen on port ${port}: another process does.`);
      const deadlineMs = Date.now() + startTimeoutMs;
      const progress = { hasEnded: false };
      void launch().then(() => (progress.hasEnded = true));
      for (;;) {
        try {
          await answers();
          if (!progress.hasEnded) return;
          throw new Error('another server answers');
        } catch (error) {
          const isLate = Date.now() > deadlineMs;
          if (isLate) await end('SIGKILL');
          if (isLate || progress.hasEnded)
            throw new EngineUnavailable(
              `${name} ${isLate ? `did not answer within ${startTimeoutMs / 1_000} s` : 'ended while starting'}. ` +
                `The end of its log, ${logFile}:\n${lastLines(readFileSync(logFile, 'utf8'))}`,
              { cause: error },
            );
        }
        await pause(100);
      }
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
};
