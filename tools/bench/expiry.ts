import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DeadlineChange } from '@hse/event-sourcing';
import { openSqliteDeadlineStore } from '@hse/read-models/sqlite';
import { createSequentialUuids } from '@hse/service-kit';
import type { ExpiryProcessReport, ExpiryProcessTask } from './expiry-process.ts';
import { count, percentile, type BenchPart } from './figures.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Deadlines spread evenly from an hour to a year ahead. None falls due while the bench runs. */
const seedPending = async (directory: string, pending: number): Promise<void> => {
  mkdirSync(directory, { recursive: true });
  const store = openSqliteDeadlineStore({ path: join(directory, 'deadlines.sqlite') });
  const ids = createSequentialUuids();
  const from = Date.now() + HOUR_MS;
  for (let written = 0; written < pending;) {
    const changes: DeadlineChange[] = [];
    for (; changes.length < 20_000 && written < pending; written += 1) {
      const dueAt = from + Math.floor((written / pending) * 364 * DAY_MS);
      changes.push({ type: 'schedule', subject: ids.next(), round: 1, dueAt, revision: 0 });
    }
    await store.apply(changes, 0);
  }
  await store.close();
};

const startProcess = (task: ExpiryProcessTask): ChildProcess =>
  fork(fileURLToPath(new URL('expiry-process.ts', import.meta.url)), [JSON.stringify(task)], {
    execArgv: [...process.execArgv, '--expose-gc'],
  });

const messageOf = async (child: ChildProcess): Promise<unknown> => {
  const died = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the process of the expiry service ended with ${String(code ?? signal)}`);
  });
  const [message] = (await Promise.race([once(child, 'message'), died])) as unknown[];
  died.catch(() => undefined);
  return message;
};

const reportOf = async (task: ExpiryProcessTask): Promise<ExpiryProcessReport> => {
  const child = startProcess(task);
  try {
    for (;;) {
      const message = await messageOf(child);
      if (typeof message === 'object') return message as ExpiryProcessReport;
    }
  } finally {
    if (child.connected) await once(child, 'exit');
  }
};

/** How late a process that does nothing else is woken on this machine while the work goes on. */
const timerLateness = async <T>(work: Promise<T>): Promise<{ result: T; lateMs: number[] }> => {
  const lateMs: number[] = [];
  const progress = { isDone: false };
  const done = work.finally(() => (progress.isDone = true));
  while (!progress.isDone) {
    const dueAt = performance.now() + 10;
    await pause(10);
    lateMs.push(Math.max(0, Math.round(performance.now() - dueAt)));
  }
  return { result: await done, lateMs };
};

const spread = (values: readonly number[]): string =>
  `p50 ${percentile(values, 0.5)}, p99 ${percentile(values, 0.99)}, at most ${Math.max(...values)} ms`;

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/**
 * The expiry service on SQLite, with the real rules and the real clock, beside a great many pending deadlines: how late it
 * is, what waiting costs, how soon it is back after a kill, and what it keeps in memory.
 */
export const benchExpiry: BenchPart = async ({ full, directory, progress }) => {
  const pending = 1_000_000;
  const perSecond = 500;
  const few = join(directory, 'few');
  const many = join(directory, 'many');
  const idleMs = full ? 20_000 : 5_000;
  const seconds = full ? 60 : 10;

  progress(`${count(pending)} deadlines are written`);
  await seedPending(few, 1_000);
  await seedPending(many, pending);

  progress(`${perSecond} deadlines a second fall due, for ${seconds} s`);
  const dueCount = perSecond * seconds;
  const { result: load, lateMs: timersLateMs } = await timerLateness(
    reportOf({
      directory: many,
      requests: { count: dueCount, perSecond, inMs: 3_000 + dueCount / 5 },
      await: dueCount,
      idleMs: 0,
    }),
  );

  progress('killed in the middle, and started again');
  const victim = startProcess({
    directory: many,
    requests: { count: 2_000, perSecond, inMs: 2_000 },
    await: Number.MAX_SAFE_INTEGER,
    idleMs: 0,
  });
  await messageOf(victim); // it is ready
  await pause(3_000);
  const killed = once(victim, 'exit');
  victim.kill('SIGKILL');
  await killed;
  await pause(3_000); // the rest falls due while nobody is there
  const restart = await reportOf({ directory: many, await: 1, idleMs: 0 });

  progress('nothing falls due');
  const idle = await reportOf({ directory: many, await: 0, idleMs });
  const idleFew = await reportOf({ directory: few, await: 0, idleMs });

  const recordedP99 = percentile(load.recordedLateMs, 0.99);
  const restartMs = restart.firstAtMs;
  return [
    {
      measure: `lateness of automatic cancellations, ${perSecond} due/s, ${count(pending)} more pending`,
      figure: `durable: ${spread(load.recordedLateMs)}`,
      against: `sent: ${spread(load.sentLateMs)}; a bare timer in another process: ${spread(timersLateMs)}`,
      aim: 'p99 ≤ 50 ms',
      met: recordedP99 <= 50,
    },
    {
      measure: `CPU meanwhile, all threads`,
      figure: `${load.busyCpuPercent.toFixed(0)} % of a core`,
    },
    {
      measure: `idle CPU with ${count(pending)} deadlines pending`,
      figure: `${idle.idleCpuPercent.toFixed(2)} % of a core`,
      against: `1 000 pending: ${idleFew.idleCpuPercent.toFixed(2)} %`,
      aim: '< 1 %',
      met: idle.idleCpuPercent < 1,
    },
    {
      measure: `first overdue cancellation after a kill, from the start of the process`,
      figure: `${Math.round(restartMs)} ms`,
      against: `of it, Node and modules ${Math.round(restart.loadedAtMs)} ms, opening the stores ${Math.round(restart.startedAtMs - restart.loadedAtMs)} ms; all ${count(restart.sentLateMs.length)} overdue after ${Math.round(restart.lastAtMs)} ms`,
      aim: '≤ 2 s',
      met: restartMs <= 2_000,
    },
    {
      measure: `memory with ${count(pending)} deadlines pending`,
      figure: `heap ${megabytes(idle.heapBytes)} MB, resident ${megabytes(idle.residentBytes)} MB`,
      against: `1 000 pending: heap ${megabytes(idleFew.heapBytes)} MB, resident ${megabytes(idleFew.residentBytes)} MB`,
      ratio: idle.heapBytes / idleFew.heapBytes,
      aim: 'bounded by the window',
      met: idle.heapBytes < idleFew.heapBytes * 1.1,
    },
  ];
};
