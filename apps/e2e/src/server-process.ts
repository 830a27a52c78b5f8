import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '@hse/engines';

const standalone = fileURLToPath(new URL('../../standalone/dist/', import.meta.url));

/** A command of the standalone server in a process of its own, with everything it has printed so far. */
export interface Running {
  readonly process: ChildProcess;
  readonly printed: { text: string };
}

/** Starts what `npm start`, `npm run parity` and the like run, on a clock that runs like any but from a fixed day. */
export const run = (script: string, environment: Record<string, string>, args: string[] = []): Running => {
  return spawnService(
    join(standalone, script),
    {
      LOG_LEVEL: 'warn',
      // The slots that tests ask for must not fall into the past some day.
      CLOCK: 'simulated',
      CLOCK_START: '2026-11-23T08:00:00Z',
      ...environment,
    },
    args,
  );
};

/** Starts a program of this project; it gets this environment and nothing else. */
export const spawnService = (
  main: string,
  environment: Record<string, string>,
  args: string[] = [],
): Running => {
  if (!existsSync(main))
    throw new Error(`${main} is not built: \`npm test\` builds it, or \`npm run build\``);
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed.text += chunk.toString();
    });
  return { process: child, printed };
};

/** The exit code, when the process and what it printed have come to an end. */
export const ended = async ({ process: child }: Running): Promise<number | null> => {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
};

/** Resolves when the server on this port is ready. Rejects when its process ends before. */
export const ready = async ({ process: child, printed }: Running, port: number): Promise<void> => {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}: ${printed.text}`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(20);
  }
};

/** Stops a process and waits until it is gone; one that has gone already is left alone. */
export const end = async (
  running: Running | undefined,
  signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT',
): Promise<void> => {
  const child = running?.process;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
};

/** A port that no outgoing connection can take before the server does, also not between two of its lives. */
export const freePort = async (): Promise<number> => {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('no port is free');
  return port;
};
