import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken, readStandaloneSettings } from '@hse/standalone';
import { createLoad } from './load.ts';
import { end, ended, freePort, ready, run, type Running } from './server-process.ts';

/*
 * The server as its users run it, killed without warning in the middle of load, again and again. What it acknowledged
 * is compared with what is there afterwards.
 */

const rounds = Number(process.env['KILLS'] ?? 20);
const { OIDC_AUDIENCE: audience } = readStandaloneSettings({});

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

describe('a server that is killed in the middle of load', () => {
  it(`${rounds} times loses nothing it acknowledged, does nothing twice, and its read models equal the log`, async () => {
    const load = await createLoad({
      urls: [`http://127.0.0.1:${port}`],
      mint: (account) => mintToken({ dataDir, audience, account }),
    });
    for (let round = 1; round <= rounds; round += 1) {
      load.start();
      await load.until(20 + ((round * 37) % 40));
      await end(server, 'SIGKILL');
      await load.stop();
      await start();
    }
    await load.finish();
    await load.verify();

    await end(server, 'SIGTERM');
    const parity = run('parity.js', environment());
    const code = await ended(parity);
    expect([code, parity.printed.text]).toEqual([0, expect.stringContaining(String(load.wishes * 2))]);
    console.log(`${rounds} kills, ${load.wishes} session requests, ${load.unanswered} answers cut off`);
  }, 600_000);
});
