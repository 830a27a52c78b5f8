import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ReadModels, SessionRequestStore } from '@hse/contracts';
import { createInMemoryEventStore, createManualTimers } from '@hse/event-sourcing/testing';
import { openSqliteReadModels } from '@hse/read-models/sqlite';
import { silentLogger } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { watchParity, type ParityWatch } from './parity-watch.ts';
import { createProjection } from './projection.ts';
import { knownHistories, recordedLog } from './testing/log.ts';
import { temporaryPaths } from './testing/temporary-folder.ts';

const newPath = temporaryPaths();
const log = recordedLog(knownHistories, [0, 2, 1]);
const requests = knownHistories.length;
const untouched = { 'session_requests.parity.checked': 0, 'session_requests.parity.different': 0 };

let path: string;
let store: SessionRequestStore;
let readModels: ReadModels;
let timers: ReturnType<typeof createManualTimers>;
let counts: Record<string, number>;
let errors: object[];
let watch: ParityWatch | undefined;

beforeEach(async () => {
  path = newPath();
  store = createInMemoryEventStore<SessionRequestEvent>();
  for (const { stream, type, data, id, metadata } of log)
    await store.append(stream, [{ ...({ type, data } as SessionRequestEvent), id, metadata }], {
      expected: 'any',
    });
  readModels = openSqliteReadModels({ path });
  timers = createManualTimers();
  counts = {};
  errors = [];
});
afterEach(async () => {
  await watch?.close();
  await readModels.close();
});

const project = (from: number, to: number) =>
  createProjection({ target: readModels }).handle({ events: log.slice(from, to), position: to });

const begin = (perMinute = requests * 12, models: Pick<ReadModels, 'find' | 'checkpoint'> = readModels) => {
  watch = watchParity({
    store,
    readModels: models,
    telemetry: { add: (name, value) => void (counts[name] = (counts[name] ?? 0) + value) },
    timers,
    logger: { ...silentLogger, error: (fields) => void errors.push(fields) },
    perMinute,
  });
};

/** Lets it look once. */
const look = async (ms = 10_000): Promise<void> => {
  timers.elapse(ms);
  while (timers.waiting === 0) await new Promise(setImmediate);
};

const tamper = (sql: string): void => {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
};

describe('the watch over the read models', () => {
  test('compares every session request in its turn, and again, and finds nothing where all is well', async () => {
    await project(0, log.length);
    begin(18); // three at a look
    const found: number[] = [];
    for (let looks = 0; looks < requests; looks += 1) {
      const before = counts['session_requests.parity.checked'] ?? 0;
      await look();
      found.push((counts['session_requests.parity.checked'] ?? 0) - before);
    }
    expect(requests).toBeGreaterThan(3);
    expect(Math.max(...found)).toBe(3);
    expect(counts['session_requests.parity.checked']).toBeGreaterThan(requests);
    expect([counts['session_requests.parity.different'], errors]).toEqual([0, []]);
  });

  test('takes what the read models have not reached yet for no difference', async () => {
    for (let to = 0; to < log.length; to += 1) {
      await project(to, to + 1);
      await watch?.close();
      begin();
      await look();
    }
    expect(counts['session_requests.parity.checked']).toBe(requests * log.length);
    expect([counts['session_requests.parity.different'], errors]).toEqual([0, []]);
  });

  test('takes a session request that changes between its questions for no difference', async () => {
    const half = Math.floor(log.length / 2);
    await project(0, half);
    let reached = half;
    const advance = async () => {
      if (reached < log.length) await project(reached, ++reached);
    };
    begin(requests * 12, {
      checkpoint: async () => {
        const checkpoint = await readModels.checkpoint();
        await advance();
        return checkpoint;
      },
      find: async (requestId) => {
        const found = await readModels.find(requestId);
        await advance();
        return found;
      },
    });
    await look();
    expect(reached).toBeGreaterThan(half + requests);
    expect(counts).toEqual({ ...untouched, 'session_requests.parity.checked': requests });
  });

  test.each(['different', 'missing', 'behind'] as const)(
    'counts and names one that is %s',
    async (difference) => {
      const own = log.filter(({ stream }) => stream === log[0]?.stream);
      const lost = own.slice({ different: own.length, missing: 0, behind: -1 }[difference]);
      const events = log.filter((event) => !lost.includes(event));
      await createProjection({ target: readModels }).handle({ events, position: log.length });
      if (difference === 'different')
        tamper(`UPDATE request SET recorded_at = 1 WHERE position = ${own.at(-1)?.position}`);
      begin();
      await look();
      expect(counts).toEqual({
        'session_requests.parity.checked': requests,
        'session_requests.parity.different': 1,
      });
      expect(errors).toEqual([{ different: 1, some: [{ requestId: own[0]?.data.requestId, difference }] }]);
    },
  );

  test('looks soon at what has just changed, wherever its turn would be', async () => {
    const asked = log.filter(({ type }) => type === 'SessionRequested').map(({ data }) => data.requestId);
    const requestId = log.at(-1)?.data.requestId;
    expect(asked.slice(0, 2)).not.toContain(requestId);
    await project(0, log.length - 1);
    begin(12); // two at a look, the second of them in its turn
    await look();
    await project(log.length - 1, log.length);
    tamper(`UPDATE request SET recorded_at = 1 WHERE position = ${log.length}`);
    await look();
    expect(errors).toEqual([{ different: 1, some: [{ requestId, difference: 'different' }] }]);
  });

  test('waits where something is away, and goes on', async () => {
    await project(0, log.length);
    let isAway = true;
    begin(requests * 12, {
      checkpoint: () => (isAway ? Promise.reject(new Error('away')) : readModels.checkpoint()),
      find: (requestId) => readModels.find(requestId),
    });
    await look();
    expect(counts).toEqual(untouched);
    isAway = false;
    await look();
    expect(counts).toEqual({ ...untouched, 'session_requests.parity.checked': requests });
  });

  test('looks once a minute when one a minute is wanted, and never when none is', async () => {
    await project(0, log.length);
    begin(1);
    timers.elapse(59_999);
    expect(counts).toEqual(untouched);
    await look(1);
    expect(counts).toEqual({ ...untouched, 'session_requests.parity.checked': 1 });
    await watch?.close();
    begin(0);
    expect(timers.waiting).toBe(0);
  });
});
