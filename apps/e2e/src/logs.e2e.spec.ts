import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import { demoAccounts } from '@hse/gateway';
import { createApi, type SessionRequestView } from './api.ts';
import { startDistributed } from './distributed.ts';
import { openLive } from './live.ts';
import { startOidcIssuer } from './oidc-issuer.ts';
import { end, freePort, ready, run } from './server-process.ts';
import { DAY, HOUR, createSystem, clockStart, type System } from './system.ts';

/*
 * Everything that people write and that shows who they are is marked. The whole system is driven, with what succeeds, what is
 * refused and what makes no sense; then everything that its processes have printed is looked through, at the level of debugging.
 */

const mark = 'xx-private-xx';
const headers = { 'x-request-id': 'e2e-logs-request' };

interface Logged {
  readonly system: System;
  /** Stops it. @returns everything that was printed. */
  printed(): Promise<string>;
}

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly service?: string;
  readonly [field: string]: unknown;
}

const startEmbedded = async (environment: Record<string, string>): Promise<Logged> => {
  const folder = await mkdtemp(join(tmpdir(), 'session-requests-logs-'));
  const issuer = await startOidcIssuer();
  const port = await freePort();
  const server = run('main.js', {
    ...environment,
    PORT: String(port),
    DATA_DIR: join(folder, 'data'),
    CLOCK: 'simulated',
    CLOCK_START: clockStart,
    CLOCK_SPEED: '0',
    OIDC_ISSUER: issuer.issuer,
  });
  await ready(server, port);
  const stop = async (): Promise<void> => {
    await end(server, 'SIGTERM');
    await issuer.close();
    await rm(folder, { recursive: true, force: true });
  };
  const system = createSystem({
    url: `http://127.0.0.1:${port}`,
    mint: (id) => issuer.mint(id),
    restart: () => Promise.reject(new Error('not in these tests')),
    stop,
  });
  return { system, printed: () => stop().then(() => server.printed.text) };
};

const startProcesses = async (environment: Record<string, string>): Promise<Logged> => {
  const distributed = await startDistributed({ CLOCK: 'simulated', CLOCK_START: clockStart, ...environment });
  const system = createSystem({
    url: String(distributed.urls[0]),
    mint: (id) => distributed.mint(id),
    restart: () => Promise.reject(new Error('not in these tests')),
    stop: () => distributed.stop(),
  });
  return { system, printed: () => distributed.stop().then(() => distributed.printed()) };
};

const suite = (start: (environment: Record<string, string>) => Promise<Logged>): void => {
  let folder: string;
  let printed = '';
  let lines: readonly Line[];
  let asked: SessionRequestView;
  const tokens: string[] = [];

  const drive = async (system: System): Promise<void> => {
    const { url } = system;
    const anna = system.participant('anna').id;
    const [ofAnna, ofKenji] = await Promise.all([system.token('anna'), system.token('kenji')]);
    tokens.push(ofAnna, ofKenji);
    const [coach, client] = [await system.as('anna'), await system.as('kenji')];
    const live = await openLive(url, ofAnna);
    const body = async (leadMs: number) => ({
      with: anna,
      ...(await system.slotIn(leadMs)),
      note: `${mark} note`,
    });

    asked = (
      await client.post('/session-requests', await body(3 * DAY), {
        headers: { ...headers, 'idempotency-key': `${mark}-key` },
      })
    ).body;
    await client.post('/session-requests', await body(3 * DAY), {
      headers: { 'idempotency-key': `${mark}-key` },
    });
    const adjusted = await coach.act('adjust', asked, {
      ...(await system.slotIn(4 * DAY)),
      note: `${mark} change`,
    });
    await client.act('reject', adjusted, { reason: `${mark} reason` });
    const expiring = await client.request(anna, await system.slotIn(30 * HOUR), `${mark} unanswered`);
    await system.advanceBy(29 * HOUR);
    await live.next(({ data }) => data.id === expiring.id && data.revision === 1);
    live.close();

    // Refused by the rules, by the form, and what makes no sense.
    await client.post('/session-requests', {
      ...(await body(3 * DAY)),
      with: system.participant('kenji').id,
    });
    await client.post('/session-requests', { ...(await body(3 * DAY)), [`${mark}field`]: mark });
    await coach.post(`/session-requests/${asked.id}/accept`, undefined, { revision: 0 });
    await coach.post(`/session-requests/${asked.id}/reject`, { reason: [mark] }, { revision: 0 });
    await coach.get(`/participants?q=${mark}`);
    await coach.get(`/session-requests/${mark}`);
    await coach.get(`/session-requests?cursor=${mark}`);
    const send = (path: string, init: RequestInit) => fetch(`${url}${path}`, init);
    const authorization = `Bearer ${ofKenji}`;
    await send('/api/v1/session-requests', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: `{"note": "${mark}", ${mark}`,
    });
    await send(`/${mark}?access_token=${ofKenji}`, {});
    await send(`/api/v1/me?token=${mark}`, { headers: { authorization: `Bearer ${ofKenji}x` } });
    await send('/api/v1/me', {
      headers: { cookie: `session=${mark}`, 'x-request-id': `${mark}@example.org`, traceparent: mark },
    });
    await send(`/auth/callback?code=${mark}&state=${mark}`, { redirect: 'manual' });
    await send(`/auth/login?returnTo=/${mark}`, { redirect: 'manual' });
    await createApi(url, `${mark}.${mark}.${mark}`).get('/me');
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-requests-accounts-'));
    const accounts = demoAccounts.map(({ picture: _, ...each }) => ({
      ...each,
      name: `${mark} ${each.name}`,
      email: `${mark}.${each.account}@example.org`,
      password: `${mark}-password`,
    }));
    await writeFile(join(folder, 'accounts.json'), JSON.stringify(accounts));
    const logged = await start({
      ACCOUNTS: join(folder, 'accounts.json'),
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
    });
    try {
      await drive(logged.system);
    } finally {
      printed = await logged.printed();
    }
    lines = printed
      .split('\n')
      .map((text) => text.slice(Math.max(0, text.indexOf('{"level"'))))
      .filter((text) => text.startsWith('{"level"'))
      .map((text) => JSON.parse(text) as Line);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has nothing of what people wrote, of who they are, and of what shows who they are', () => {
    const found = printed
      .split('\n')
      .filter((text) => text.includes(mark) || tokens.some((token) => text.includes(token.slice(-20))));
    expect(found).toEqual([]);
    expect(lines.length).toBeGreaterThan(20);
  });

  it('has one line for each command in each process that had to do with it, with the ids to find the others by', () => {
    const ofAsking = lines.filter(
      ({ msg, requestId }) => msg === 'RequestSession recorded' && requestId === asked.id,
    );
    expect(ofAsking.map(({ service }) => service).sort()).toEqual(
      ofAsking.some(({ service }) => service !== undefined) ? ['gateway', 'requests'] : [undefined],
    );
    for (const line of ofAsking)
      expect(line).toMatchObject({
        level: 30,
        command: 'RequestSession',
        outcome: 'recorded',
        ms: expect.any(Number),
        commandId: expect.any(String),
        correlationId: headers['x-request-id'],
      });
    const messages = lines.filter(({ level }) => level >= 30).map(({ msg }) => msg);
    expect(messages).toEqual(
      expect.arrayContaining([
        'AdjustSession recorded',
        'RejectSession recorded',
        'ExpireSessionRequest recorded',
        'AcceptSession refused: conflict',
        'RequestSession refused: same-role',
        'POST /api/v1/session-requests refused: invalid-request',
        'POST /api/v1/session-requests refused: malformed-json',
      ]),
    );
  });
};

describe('what the embedded profile logs', () => suite(startEmbedded));
describeWithServer('KAFKA_BROKERS', 'what the distributed profile logs', () => {
  describeWithServer('MONGODB_URL', 'in processes of their own', () => suite(startProcesses));
});
