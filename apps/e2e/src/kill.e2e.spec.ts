import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken, readStandaloneSettings } from '@hse/standalone';
import { createApi, type Api, type Page, type SessionRequestView } from './api.ts';

/*
 * The server as its users run it, killed without warning in the middle of load, again and again. What it acknowledged
 * is compared with what is there afterwards.
 */

const rounds = Number(process.env['KILLS'] ?? 20);
const callers = 16;
const standalone = fileURLToPath(new URL('../../standalone/dist/', import.meta.url));
const { accounts, OIDC_AUDIENCE: audience } = readStandaloneSettings({});
const idOf = (account: string): string => String(accounts.find((each) => each.account === account)?.id);

let dataDir: string;
let port: number;
let server: ChildProcess | undefined;

const run = (script: string, args: string[] = []): ChildProcess =>
  spawn(process.execPath, [join(standalone, script), ...args], {
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      // Runs like any clock, but from a fixed day: the slots below must not fall into the past some day.
      CLOCK: 'simulated',
      CLOCK_START: '2026-11-23T08:00:00Z',
      NODE_OPTIONS: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const output = (child: ChildProcess): { text: string } => {
  const collected = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (collected.text += chunk.toString()));
  return collected;
};

const start = async (): Promise<void> => {
  const child = run('main.js');
  const said = output(child);
  server = child;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said.text}`);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (ready?.ok) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
};

const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
  const child = server;
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
};

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return free;
};

beforeAll(async () => {
  if (!existsSync(join(standalone, 'main.js')))
    throw new Error('apps/standalone is not built: `npm test` builds it, or `npm run build`');
  dataDir = await mkdtemp(join(tmpdir(), 'session-requests-kill-'));
  port = await freePort();
  await start();
});
afterAll(async () => {
  await end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

/** One thing that a caller wants, under an idempotency key, and what it was told about it. */
interface Wish {
  readonly key: string;
  acknowledged?: SessionRequestView;
  accepted?: SessionRequestView;
}

const day = 24 * 3_600_000;

/** By the kill: neither acknowledged nor refused. By its name, because fetch throws errors of another realm than jest's. */
const wasCutOff = (error: unknown): boolean => (error as Error).name === 'TypeError';

describe('a server that is killed in the middle of load', () => {
  it(`${rounds} times loses nothing it acknowledged, does nothing twice, and its read models equal the log`, async () => {
    const token = (account: string) => mintToken({ dataDir, audience, account: idOf(account) });
    const asker = createApi(`http://127.0.0.1:${port}`, await token('kenji'));
    const answerer = createApi(`http://127.0.0.1:${port}`, await token('anna'));
    const wishes: Wish[] = [];
    // Different for each, so that a repeat with another body would be noticed.
    const slotOf = (index: number) => {
      const startsAt = Date.UTC(2027, 0, 1) + (index % 200) * day + index;
      return {
        startsAt: new Date(startsAt).toISOString(),
        endsAt: new Date(startsAt + day / 24).toISOString(),
      };
    };

    const fulfil = async (wish: Wish, index: number): Promise<void> => {
      if (!wish.acknowledged) {
        const body = { with: idOf('anna'), ...slotOf(index), note: wish.key };
        const answer = await asker.post('/session-requests', body, {
          headers: { 'idempotency-key': wish.key },
        });
        expect([wish.key, answer.status]).toEqual([wish.key, 201]);
        wish.acknowledged = answer.body;
      }
      if (!wish.accepted) {
        const answer = await answerer.post(`/session-requests/${wish.acknowledged.id}/accept`, undefined, {
          revision: 0,
          headers: { 'idempotency-key': wish.key },
        });
        expect([wish.key, answer.status]).toEqual([wish.key, 200]);
        wish.accepted = answer.body;
      }
    };

    let unanswered = 0;
    for (let round = 1; round <= rounds; round += 1) {
      let running = true;
      const load = Array.from({ length: callers }, async () => {
        while (running) {
          const index = wishes.length;
          const wish: Wish = { key: `wish-${index}` };
          wishes.push(wish);
          try {
            await fulfil(wish, index);
          } catch (error) {
            if (!wasCutOff(error)) throw error;
            unanswered += 1;
            return;
          }
        }
      });
      const enough = wishes.length + 40 + ((round * 37) % 60);
      while (wishes.length < enough) await new Promise((resolve) => setImmediate(resolve));
      await end('SIGKILL');
      running = false;
      await Promise.all(load);
      await start();
    }

    // Whoever got no answer asks again, under the same key.
    for (const [index, wish] of wishes.entries())
      await fulfil(wish, index).catch((error: unknown) => {
        // The first call may go out on a connection to a process that is gone.
        if (!wasCutOff(error)) throw error;
        return fulfil(wish, index);
      });

    for (const wish of wishes) {
      const { id } = wish.acknowledged as SessionRequestView;
      const { body } = await asker.get<Page<{ type: string }>>(`/session-requests/${id}/history?atLeast=1`);
      expect(body.items.map(({ type }) => type)).toEqual(['SessionRequested', 'SessionAccepted']);
    }
    expect(await countOf(asker)).toBe(wishes.length);

    await end('SIGTERM');
    const parity = run('parity.js');
    const said = output(parity);
    const [code] = (await once(parity, 'exit')) as [number];
    expect([code, said.text]).toEqual([0, expect.stringContaining(String(wishes.length * 2))]);
    console.log(`${rounds} kills, ${wishes.length} session requests, ${unanswered} answers cut off`);
  }, 300_000);
});

const countOf = async (api: Api): Promise<number> => {
  const ids = new Set<string>();
  let cursor = '';
  do {
    const { body } = await api.get<Page<SessionRequestView>>(
      `/session-requests?limit=200${cursor && `&cursor=${cursor}`}`,
    );
    for (const { id } of body.items) {
      expect(ids.has(id)).toBe(false);
      ids.add(id);
    }
    cursor = body.nextCursor ?? '';
  } while (cursor !== '');
  return ids.size;
};
