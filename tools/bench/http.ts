import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { toInstant } from '@hse/session-requests';
import { count, median, type BenchPart } from './figures.ts';
import { alternate } from './rounds.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const standalone = pathOf('../../apps/standalone/dist/main.js');
const tokenPrinter = pathOf('../../apps/standalone/dist/token.js');
const echo = pathOf('./echo-server.ts');
const quiet = '--disable-warning=ExperimentalWarning';
const connections = 64;

interface Account {
  readonly account: string;
  readonly id: string;
  readonly role: 'coach' | 'client';
}

/** Extra options for the Node process of the server, for profiles: `--cpu-prof --cpu-prof-dir=…`. */
const serverOptions = (process.env.BENCH_SERVER_OPTIONS ?? '').split(' ').filter(Boolean);

/** A whole HTTP request with a token and a body that differ from account to account. */
type Post = autocannon.Request & { readonly body: string };

/**
 * The built server with demo accounts, all its settings at their defaults but where it listens, where the data lie, and rate limits.
 * @param settings others that it is to have.
 */
export const startStandalone = async (directory: string, settings: Readonly<Record<string, string>> = {}) => {
  const port = await freePort();
  const dataDir = join(directory, 'data');
  mkdirSync(dataDir);
  // What is measured is what the server can do, not what it allows one caller.
  const env = { ...process.env, RATE_LIMITS: 'off', ...settings, PORT: String(port), DATA_DIR: dataDir };
  const log = join(directory, 'server.log');
  const out = openSync(log, 'w');
  const server = spawn(process.execPath, [quiet, ...serverOptions, standalone], {
    env,
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  const url = `http://127.0.0.1:${port}`;
  await ready(server, `${url}/readyz`).catch((error: unknown) => {
    throw new Error(`the server did not start: ${readFileSync(log, 'utf8')}`, { cause: error });
  });
  const print = (argument: string): string =>
    execFileSync(process.execPath, [quiet, tokenPrinter, argument], { env, encoding: 'utf8' }).trim();
  const accounts = print('--list')
    .split('\n')
    .map((line) => JSON.parse(line) as Account);
  return { server, url, dataDir, accounts, tokenOf: ({ account }: Account) => print(account) };
};

const startEcho = async (filling: number) => {
  const server = spawn(process.execPath, [quiet, echo, String(filling)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  return { server, url: `http://127.0.0.1:${port.toString().trim()}` };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const ready = async (server: ChildProcess, url: string): Promise<void> => {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`it ended with code ${server.exitCode}`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await pause(100);
  }
  throw new Error('it was not ready within 30 s');
};

export const stop = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
};

/** Real `POST /session-requests` against the least that an HTTP server in JavaScript can do with the same body. */
export const benchHttp: BenchPart = async ({ full, directory, progress }) => {
  const api = await startStandalone(directory);
  let peer: Awaited<ReturnType<typeof startEcho>> | undefined;
  try {
    const posts = postsOf(api.accounts, api.tokenOf);
    const sample = await send(`${api.url}/api/v1/session-requests`, posts[0] as Post); // there are accounts
    peer = await startEcho(sample.bytes - (posts[0]?.body.length ?? 0) - ',"filling":""'.length);
    const echoed = await send(`${peer.url}/echo`, posts[0] as Post);

    const durationMs = full ? 8_000 : 4_000;
    const rounds = full ? 7 : 5;
    let acknowledged = 1;
    const p99s: number[] = [];
    const commands = async (): Promise<number> => {
      const { perSecond, answers, p99 } = await fire(`${api.url}/api/v1/session-requests`, posts, durationMs);
      acknowledged += answers;
      p99s.push(p99);
      await caughtUp(`${api.url}/api/v1/session-requests`, posts[0] as Post);
      acknowledged += 1;
      return perSecond;
    };
    const { url } = peer;
    const echoes = async (): Promise<number> => (await fire(`${url}/echo`, posts, durationMs)).perSecond;
    const {
      ours,
      peer: bare,
      ratio,
      ratios,
    } = await alternate(rounds, commands, echoes, (round, each) =>
      progress(`round ${round} of ${rounds}: ${each.toFixed(2)}`),
    );

    await stop(api.server);
    const recorded = countEvents(join(api.dataDir, 'events.sqlite'));
    if (recorded < acknowledged)
      throw new Error(`${acknowledged} were acknowledged, ${recorded} are recorded`);
    progress(`${count(acknowledged)} acknowledged, ${count(recorded)} recorded, every answer a 201`);
    return [
      {
        measure: `durable commands over HTTP, POST /session-requests, ${connections} connections`,
        figure: `${count(ours)} commands/s, p99 ${Math.round(median(p99s))} ms`,
        against: `bare Fastify echo with a JSON schema: ${count(bare)}/s (${posts[0]?.body.length ?? 0} B in, ${echoed.bytes} B out; ours ${sample.bytes} B)`,
        ratio,
        ratios,
        aim: '≥ 0.5',
        met: ratio >= 0.5,
      },
    ];
  } finally {
    await stop(api.server);
    if (peer) await stop(peer.server);
  }
};

/** From every account to each account of the other role, for an hour a week or two ahead. */
const postsOf = (accounts: readonly Account[], tokenOf: (account: Account) => string): Post[] =>
  accounts.flatMap((from, index) => {
    const authorization = `Bearer ${tokenOf(from)}`;
    return accounts
      .filter(({ role }) => role !== from.role)
      .map((to, other): Post => {
        const startsAtMs = Math.ceil(Date.now() / 3_600_000 + 7 * 24 + 8 * index + other) * 3_600_000;
        const body = {
          with: to.id,
          startsAt: toInstant(startsAtMs),
          endsAt: toInstant(startsAtMs + 3_600_000),
          note: 'To prepare the talk for the board: what to leave out, and how to begin.',
        };
        return {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        };
      });
  });

const send = async (url: string, { headers, body }: Post): Promise<{ bytes: number; id: string }> => {
  const response = await fetch(url, { method: 'POST', headers: headers as Record<string, string>, body });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`${url} answered ${response.status}: ${text}`);
  return { bytes: Buffer.byteLength(text), id: String((JSON.parse(text) as { id?: unknown }).id) };
};

/** One after another on each connection, for so long. */
const fire = async (url: string, requests: Post[], durationMs: number) => {
  const result = await autocannon({ url, connections, duration: durationMs / 1000, requests });
  const answers = result.statusCodeStats?.['201']?.count ?? 0;
  if (result.errors > 0 || answers !== result.requests.total)
    throw new Error(
      `${url}: ${result.errors} errors, answers ${JSON.stringify(result.statusCodeStats)} and not 201 only`,
    );
  return { perSecond: answers / result.duration, answers, p99: result.latency.p99 };
};

/** Waits until the read models reflect everything, so that the peer's round does not have to share with that. */
const caughtUp = async (url: string, post: Post): Promise<void> => {
  const { id } = await send(url, post);
  for (;;) {
    const response = await fetch(`${url}/${id}?atLeast=0`, {
      headers: post.headers as Record<string, string>,
    });
    await response.arrayBuffer();
    if (response.ok) return;
    await pause(100);
  }
};

const countEvents = (path: string): number => {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return (db.prepare('SELECT count(*) AS events FROM events').get() as { events: number }).events;
  } finally {
    db.close();
  }
};
