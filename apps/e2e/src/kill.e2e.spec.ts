import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken, readStandaloneSettings } from '@hse/standalone';
import { createApi, type Api, type Page, type SessionRequestView } from './api.ts';
import { end, ended, freePort, ready, run, type Running } from './server-process.ts';

/*
 * The server as its users run it, killed without warning in the middle of load, again and again. What it acknowledged
 * is compared with what is there afterwards.
 */

const rounds = Number(process.env['KILLS'] ?? 20);
const callers = 16;
const { accounts, OIDC_AUDIENCE: audience } = readStandaloneSettings({});
const idOf = (account: string): string => String(accounts.find((each) => each.account === account)?.id);

let dataDir: string;
let port: number;
let server: Running | undefined;

const environment = (): Record<string, string> => ({ PORT: String(port), DATA_DIR: dataDir });

const start = async (): Promise<void> => {
  server = run('main.js', environment());
  await ready(server, port);
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'session-requests-kill-'));
  port = await freePort();
  await start();
});
afterAll(async () => {
  await end(server, 'SIGTERM');
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
      await end(server, 'SIGKILL');
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

    await end(server, 'SIGTERM');
    const parity = run('parity.js', environment());
    const code = await ended(parity);
    expect([code, parity.printed.text]).toEqual([0, expect.stringContaining(String(wishes.length * 2))]);
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
