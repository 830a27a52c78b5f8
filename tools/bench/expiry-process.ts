// The expiry service and all that it stands on, in a process of its own: what `expiry.ts` measures. Speaks with its parent.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventSchemaVersion, streamOf, type SessionRequestBus } from '@hse/contracts';
import { createEmbeddedEventFeed } from '@hse/event-feed/embedded';
import { createCommandHandler, type DeadlineStore } from '@hse/event-sourcing';
import { openSqliteEventStore } from '@hse/event-store/sqlite';
import { createExpiry } from '@hse/expiry';
import { openSqliteDeadlineStore } from '@hse/read-models/sqlite';
import { createSystemClock, createTimers, createUuids, silentLogger } from '@hse/service-kit';
import {
  decide,
  defaultExpiryPolicy,
  evolve,
  parseExpiryPolicy,
  toInstant,
  type SessionRequestEvent,
} from '@hse/session-requests';

/** What the process is to do, in its first argument, as JSON. */
export interface ExpiryProcessTask {
  readonly directory: string;
  /** Requests to be made first, whose deadlines fall due evenly spread, `perSecond` of them, from `inMs` on. */
  readonly requests?: { readonly count: number; readonly perSecond: number; readonly inMs: number };
  /** How many cancellations to wait for. */
  readonly await: number;
  /** For how long to do nothing afterwards, while CPU and memory are watched. */
  readonly idleMs: number;
}

/** What it tells when that is done. Times in milliseconds. */
export interface ExpiryProcessReport {
  /** Of each cancellation: from the deadline to when the command was sent, and to when its event was durable. */
  readonly sentLateMs: readonly number[];
  readonly recordedLateMs: readonly number[];
  /** From the start of the process until its modules were loaded, until expiry was started, and until the first cancellation. */
  readonly loadedAtMs: number;
  readonly startedAtMs: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Of one core, in per cent, from the first cancellation to the last, all threads together. */
  readonly busyCpuPercent: number;
  /** The same while idle. */
  readonly idleCpuPercent: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
}

const loadedAtMs = performance.now();
const task = JSON.parse(process.argv[2] ?? '') as ExpiryProcessTask;

// Deadlines seconds ahead, which no real policy would allow: halfway between the request and the start.
const half = { shareOfLead: [1, 2] } as const;
const policy = parseExpiryPolicy({
  ...defaultExpiryPolicy,
  id: 'bench',
  minimumNotice: 'PT1S',
  rules: [{ from: 'PT0S', client: half, coach: half }],
});

const store = await openSqliteEventStore<SessionRequestEvent>({
  path: join(task.directory, 'events.sqlite'),
});
const deadlines = openSqliteDeadlineStore({ path: join(task.directory, 'deadlines.sqlite') });
const timers = createTimers();
const clock = createSystemClock();
const ids = createUuids();
const keepAlive = setInterval(() => {}, 60_000);

const bus: SessionRequestBus = createCommandHandler({
  store,
  decider: { decide, evolve },
  streamOf,
  context: () => {
    const now = toInstant(clock.now());
    return { context: { now, policy }, recordedAt: now };
  },
  schemaVersion: eventSchemaVersion,
});

const sentLateMs: number[] = [];
const recordedLateMs: number[] = [];
let firstAtMs = NaN;
let lastAtMs = NaN;

/** The deadlines that have been claimed and not carried out. */
const dueAt = new Map<string, number>();

const watchedDeadlines: DeadlineStore = {
  ...deadlines,
  claim: async (options) => {
    const claimed = await deadlines.claim(options);
    for (const deadline of claimed) dueAt.set(deadline.subject, deadline.dueAt);
    return claimed;
  },
};

const watchedBus: SessionRequestBus = {
  execute: async (envelope) => {
    const sentAt = clock.now();
    const result = await bus.execute(envelope);
    const recordedAt = clock.now();
    const due = dueAt.get(envelope.command.requestId);
    if (!result.ok || result.position === undefined || due === undefined) return result;
    dueAt.delete(envelope.command.requestId);
    lastAtMs = performance.now();
    if (sentLateMs.length === 0) firstAtMs = lastAtMs;
    sentLateMs.push(sentAt - due);
    recordedLateMs.push(recordedAt - due);
    return result;
  },
};

const request = async (due: number): Promise<void> => {
  const startsAt = 2 * due - clock.now();
  const result = await bus.execute({
    commandId: ids.next(),
    command: {
      type: 'RequestSession',
      requestId: ids.next(),
      by: { id: 'client', role: 'client' },
      with: { id: 'coach', role: 'coach' },
      slot: { startsAt: toInstant(startsAt), endsAt: toInstant(startsAt + 3_600_000) },
    },
  });
  if (!result.ok) throw new Error(result.rejection.detail);
};

if (task.requests) {
  const { count, perSecond, inMs } = task.requests;
  const from = clock.now() + inMs;
  const dueTimes = Array.from({ length: count }, (_, i) => from + Math.floor((i * 1_000) / perSecond));
  const remaining = dueTimes.values();
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      for (const due of remaining) await request(due);
    }),
  );
}

const expiry = createExpiry({
  feed: createEmbeddedEventFeed<SessionRequestEvent>({ store, timers, logger: silentLogger }),
  deadlines: watchedDeadlines,
  bus: watchedBus,
  clock,
  timers,
  ids,
  logger: silentLogger,
  head: () => store.head(),
  instance: 'bench',
});
const startedAtMs = performance.now();
expiry.start();
await expiry.reached(await store.head());
process.send?.('ready');

while (task.requests && sentLateMs.length === 0) await pause(5);
const busyBefore = process.cpuUsage();
const busySince = performance.now();
while (sentLateMs.length < task.await) await pause(20);
const busy = process.cpuUsage(busyBefore);
const busyCpuPercent = (busy.user + busy.system) / 10 / (performance.now() - busySince);
await expiry.settled();
await pause(500); // what the work has left behind is not idleness
globalThis.gc?.();
const before = process.cpuUsage();
const since = performance.now();
await pause(task.idleMs);
const { user, system } = process.cpuUsage(before);
const idleCpuPercent = (user + system) / 10 / (performance.now() - since);
globalThis.gc?.();
const { heapUsed: heapBytes, rss: residentBytes } = process.memoryUsage();

const report: ExpiryProcessReport = {
  sentLateMs,
  recordedLateMs,
  loadedAtMs,
  startedAtMs,
  firstAtMs,
  lastAtMs,
  busyCpuPercent,
  idleCpuPercent,
  heapBytes,
  residentBytes,
};
await expiry.stop();
await deadlines.close();
await store.close();
clearInterval(keepAlive);
process.send?.(report, () => process.disconnect());
