/// <reference lib="dom" />
import { writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startBrowser } from '@hse/e2e/browser';
import { demoAccounts, type Account } from '@hse/gateway';
import { mintToken } from '@hse/standalone';
import type { BrowserContext, Page } from 'playwright-core';
import { median, percentile, type BenchPart } from './figures.ts';
import { startStandalone, stop } from './http.ts';

const limits = { scriptBytes: 120_000, usableMs: 2_000, visibleMs: 100 };
const slow = { cpu: 4, bitsPerSecond: 4_000_000, latencyMs: 40 };
/** Open at the same time, the page's own among them. */
const connections = 1_000;
const connectionsEach = 10;
const hourMs = 3_600_000;
const coach = demoAccounts[0] as Account; // there are demo accounts
const client = demoAccounts.find(({ role }) => role === 'client') as Account; // of both roles

/** What the page notes of itself, because what is asked from outside takes a while to get there. */
interface Notes {
  /** Milliseconds after the navigation began. */
  usableAt?: number;
  /** By the count of pending actions that was shown: when, in milliseconds since 1970. */
  readonly shown: { readonly count: string; readonly at: number }[];
}

/** Runs in the page before its own scripts. A frame that is asked for is painted before the task after it. */
const takeNotes = (): void => {
  const notes: Notes = { shown: [] };
  Object.assign(window, { notes });
  let last: string | undefined;
  const look = (): void => {
    if (notes.usableAt === undefined && document.querySelector('body[data-usable]'))
      requestAnimationFrame(() => setTimeout(() => (notes.usableAt ??= performance.now())));
    const count = document.querySelector('[data-pending-count]')?.getAttribute('data-pending-count');
    if (typeof count !== 'string' || count === last) return;
    last = count;
    requestAnimationFrame(() => setTimeout(() => notes.shown.push({ count, at: Date.now() })));
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
};

const notesOf = (page: Page): Promise<Notes> =>
  page.evaluate(() => (window as unknown as { notes: Notes }).notes);

/** The whole body as it crosses the wire. */
const bytesOf = (url: string, encoding: string): Promise<number> =>
  new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': encoding } }, (response) => {
      if (response.headers['content-encoding'] !== encoding)
        reject(new Error(`${url} is not sent as ${encoding}`));
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    }).on('error', reject);
  });

const listen = (url: string, token: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(`${url}/api/v1/live`, { agent: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`GET /live: ${response.statusCode}`));
      response.resume();
      resolve(response);
    }).on('error', reject);
  });

const logIn = async (context: BrowserContext, url: string): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(`${url}/auth/login?returnTo=/sessions`);
  await page.fill('#account', coach.account);
  await page.fill('input[type=password]', String(coach.password));
  await page.click('button.primary');
  await page.waitForSelector('body[data-usable]');
  return page;
};

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

/** The web app in a real browser, against the built server in a process of its own. */
export const benchWeb: BenchPart = async ({ full, directory, progress }) => {
  const listeners = Array.from({ length: connections / connectionsEach }, (_, index) => ({
    account: `listener-${index}`,
    id: `p-listener-${index}`,
    role: 'client' as const,
    name: `Listener ${index}`,
    email: `listener-${index}@example.org`,
    timeZone: 'Europe/Berlin',
  }));
  const accounts = join(directory, 'accounts.json');
  writeFileSync(accounts, JSON.stringify([...demoAccounts, ...listeners]));
  const { server, url: address, dataDir } = await startStandalone(directory, { ACCOUNTS: accounts });
  // Where browsers reach it, to the letter: cookies and the issuer go by the name.
  const url = address.replace('127.0.0.1', 'localhost');
  const chromium = await startBrowser();
  const { browser } = chromium;
  const open: IncomingMessage[] = [];
  try {
    const tokenOf = (id: string): Promise<string> =>
      mintToken({ dataDir, audience: 'urn:hse:session-requests', account: id });
    const token = await tokenOf(client.id);
    const post = async (path: string, body: object, revision?: number) => {
      const response = await fetch(`${address}/api/v1/session-requests${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          ...(revision !== undefined && { 'if-match': `"${revision}"` }),
        },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as { id: string; revision: number };
    };
    const ask = (index: number) => {
      const startsAtMs = Math.ceil(Date.now() / hourMs + 73 + 2 * index) * hourMs;
      const slot = { startsAt: new Date(startsAtMs), endsAt: new Date(startsAtMs + hourMs) };
      return post('', { with: coach.id, ...slot, note: 'To prepare the talk for the board.' });
    };
    for (let index = 0; index < 20; index += 1) await ask(index);

    const loggedIn = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const first = await logIn(loggedIn, url);
    await first.close();
    const storageState = await loggedIn.storageState();
    await loggedIn.close();

    progress('first view, slowed');
    const times: number[] = [];
    let scripts: string[] = [];
    for (let round = 0; round < (full ? 15 : 7); round += 1) {
      // Its own context, and so its own empty cache.
      const context = await browser.newContext({ storageState, viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      await page.addInitScript(takeNotes);
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      await session.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: slow.latencyMs,
        downloadThroughput: slow.bitsPerSecond / 8,
        uploadThroughput: slow.bitsPerSecond / 8,
      });
      await session.send('Emulation.setCPUThrottlingRate', { rate: slow.cpu });
      await page.goto(`${url}/sessions`, { waitUntil: 'commit' });
      await page.waitForFunction(
        () => (window as unknown as { notes: Notes }).notes.usableAt !== undefined,
        undefined,
        { timeout: 60_000 },
      );
      const { usableAt = NaN } = await notesOf(page);
      times.push(usableAt);
      scripts = await page.evaluate(
        (until) =>
          performance
            .getEntriesByType('resource')
            .filter(({ name, startTime }) => startTime <= until && new URL(name).pathname.endsWith('.js'))
            .map(({ name }) => name),
        usableAt,
      );
      progress(`first view usable after ${Math.round(usableAt)} ms`);
      await context.close();
    }
    const sum = async (encoding: string): Promise<number> =>
      (await Promise.all(scripts.map((name) => bytesOf(name, encoding)))).reduce((a, b) => a + b, 0);
    const [gzip, brotli] = [await sum('gzip'), await sum('br')];

    progress(`${connections} live connections`);
    const context = await browser.newContext({ storageState, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(takeNotes);
    await page.goto(`${url}/sessions`);
    await page.waitForSelector('body[data-usable]');
    for (const { id } of listeners) {
      const theirs = await tokenOf(id);
      const left = connections - 1 - open.length;
      const opened = Array.from({ length: Math.min(connectionsEach, left) }, () => listen(address, theirs));
      open.push(...(await Promise.all(opened)));
    }
    const delays: number[] = [];
    for (let index = 0; index < (full ? 500 : 150); index += 1) {
      const countNow = async (): Promise<number> => Number((await notesOf(page)).shown.at(-1)?.count);
      const before = await countNow();
      const change = async <Result>(expected: number, act: () => Promise<Result>): Promise<Result> => {
        const began = Date.now();
        const result = await act();
        await page.waitForFunction(
          (count) => (window as unknown as { notes: Notes }).notes.shown.at(-1)?.count === count,
          String(expected),
        );
        const shown = (await notesOf(page)).shown.at(-1);
        delays.push((shown?.at ?? NaN) - began);
        await pause(20);
        return result;
      };
      const { id, revision } = await change(before + 1, () => ask(100 + index));
      await change(before, () => post(`/${id}/cancel`, {}, revision));
    }
    const stillOpen = open.filter(({ closed }) => !closed).length + 1;
    if (stillOpen !== connections) throw new Error(`${stillOpen} of ${connections} connections are open`);

    const [p50, p99] = [percentile(delays, 0.5), percentile(delays, 0.99)];
    const usable = median(times);
    const against = (what: string) => `the limit: ${what}`;
    return [
      {
        measure: `JavaScript until the first view is usable, ${scripts.length} files`,
        figure: `gzip ${kB(gzip)}, brotli ${kB(brotli)}`,
        against: against(kB(limits.scriptBytes)),
        ratio: gzip / limits.scriptBytes,
        aim: '≤ 1',
        met: gzip <= limits.scriptBytes,
      },
      {
        measure: `first view usable, CPU ${slow.cpu} × slower, ${slow.bitsPerSecond / 1e6} Mbit/s, ${slow.latencyMs} ms latency, nothing cached`,
        figure: `${Math.round(usable)} ms (${Math.round(Math.min(...times))}–${Math.round(Math.max(...times))})`,
        against: against(`${limits.usableMs} ms`),
        ratio: usable / limits.usableMs,
        ratios: times.map((ms) => ms / limits.usableMs),
        aim: '≤ 1',
        met: usable <= limits.usableMs,
      },
      {
        measure: `the other party's change painted, ${connections} live connections`,
        figure: `p50 ${p50} ms, p99 ${p99} ms of ${delays.length}`,
        against: against(`p99 ${limits.visibleMs} ms`),
        ratio: p99 / limits.visibleMs,
        aim: '≤ 1',
        met: p99 <= limits.visibleMs,
      },
    ];
  } finally {
    for (const response of open) response.destroy();
    await chromium.stop();
    await stop(server);
  }
};
