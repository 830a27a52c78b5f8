import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request, Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { demoAccounts } from '@hse/gateway';
import { mintToken } from '@hse/standalone';
import { end, freePort, ready, run, type Running } from './server-process.ts';

/** What it takes: so many commands under way at once, by as many callers. */
const most = 8;
/** What one participant may ask for in an hour. */
const share = 600;

let server: Running;
let folder: string;
let port: number;
let tokens: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-requests-overload-'));
  port = await freePort();
  server = run('main.js', {
    PORT: String(port),
    DATA_DIR: folder,
    MOST_COMMANDS: String(most),
    MOST_REQUESTS: String(8 * most),
    RATE_LIMITS: `commands=${share}/3600`,
  });
  await ready(server, port);
  tokens = await Promise.all(
    demoAccounts.map(({ id }) =>
      mintToken({ dataDir: folder, audience: 'urn:hse:session-requests', account: id }),
    ),
  );
});
afterAll(async () => {
  await end(server, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Resident memory of the server in megabytes. */
const memoryMb = (): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.process.pid)], { encoding: 'utf8' })) / 1_024;

const [anna, , chloe] = demoAccounts;

/** A new session request by the caller with this number; its status, or 0 where there was none. */
const ask = (agent: Agent, caller: number, counter: { asked: number }): Promise<[number, boolean]> =>
  new Promise((resolve) => {
    const index = caller % demoAccounts.length;
    const startsAt = Date.UTC(2027, 0, 1) + (counter.asked++ % 200) * 86_400_000;
    const body = JSON.stringify({
      with: (demoAccounts[index]?.role === 'coach' ? chloe : anna)?.id,
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(startsAt + 3_600_000).toISOString(),
    });
    const call = request(
      {
        agent,
        port,
        method: 'POST',
        path: '/api/v1/session-requests',
        headers: {
          authorization: `Bearer ${tokens[index]}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () =>
          resolve([answer.statusCode ?? 0, answer.headers['retry-after'] !== undefined]),
        );
      },
    );
    call.once('error', () => resolve([0, false]));
    call.end(body);
  });

/** So many callers at once, each with so many requests, one after the other: how often each status came. */
const drive = async (
  callers: number,
  each: number,
  participant: (caller: number) => number = (caller) => caller,
): Promise<ReadonlyMap<number, number>> => {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const counter = { asked: 0 };
  const statuses = new Map<number, number>();
  const one = async (_: unknown, caller: number): Promise<void> => {
    for (let asked = 0; asked < each; asked += 1) {
      const [status, saysWhen] = await ask(agent, participant(caller), counter);
      if (status >= 400 && !saysWhen) throw new Error(`${status} without Retry-After`);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: callers }, one));
  agent.destroy();
  return statuses;
};

describe('ten times as much as it takes', () => {
  it('gets 429 and 503 at once, costs no memory, and is forgotten when it is over', async () => {
    // As much as it takes; and once as a flood, to warm it up.
    expect(await drive(most, 15)).toEqual(new Map([[201, 15 * most]]));
    await drive(10 * most, 5);
    const before = memoryMb();

    const flood = await drive(10 * most, 20);
    expect([...flood.keys()].filter((status) => status !== 201 && status !== 503)).toEqual([]);
    expect(flood.get(503)).toBeGreaterThan(0);
    expect(flood.get(201)).toBeGreaterThan(0);

    // At once it is as before.
    expect(await drive(most, 5)).toEqual(new Map([[201, 5 * most]]));
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);

    // One who asks for more than their share is told to wait, and nobody else.
    const greedy = await drive(most, Math.ceil(share / most) + 1, () => 0);
    expect([...greedy.keys()].sort()).toEqual([201, 429]);
    expect(await drive(most, 5, (caller) => 1 + (caller % 5))).toEqual(new Map([[201, 5 * most]]));
    expect(memoryMb() - before).toBeLessThan(64);
  });
});
