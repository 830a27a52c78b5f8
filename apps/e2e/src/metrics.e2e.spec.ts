import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import { demoAccounts } from '@hse/gateway';
import { catalogue, prometheusName, type MetricName } from '@hse/telemetry';
import { createApi, type Api, type SessionRequestView } from './api.ts';
import { startDistributed, type ServiceName } from './distributed.ts';
import { freePort } from './server-process.ts';
import { openLive } from './live.ts';
import { parseMetrics, scrape, type Scrape } from './prometheus.ts';
import { clockStart, DAY, startEmbeddedSystem, type System } from './system.ts';

const duration = 'session_requests_command_duration_seconds_count';
const http = 'http_server_request_duration_seconds_count';

const everyName = (Object.keys(catalogue) as MetricName[]).map(prometheusName);
const idOf = (account: string): string =>
  String(demoAccounts.find((candidate) => candidate.account === account)?.id);

let system: System;
let anna: Api;
let kenji: Api;
let annaId: string;
beforeAll(async () => {
  system = await startEmbeddedSystem();
  anna = await system.as('anna');
  kenji = await system.as('kenji');
  annaId = system.participant('anna').id;
});
afterAll(() => system.stop());

const metrics = (): Promise<Scrape> => scrape(system.url);

/** What the second scrape has more than the first. */
const grown = async (act: () => Promise<unknown>) => {
  const before = await metrics();
  await act();
  const after = await metrics();
  return (name: string, labels?: Record<string, string>): number =>
    after.total(name, labels) - before.total(name, labels);
};

describe('/metrics, as the system is used', () => {
  it('tells how long commands take where they are decided, and how they end', async () => {
    const more = await grown(async () => {
      const asked = await kenji.request(annaId, await system.slotIn(5 * DAY));
      await anna.act('accept', asked);
      await anna.post(`/session-requests/${asked.id}/accept`, undefined, { revision: 0 });
      await kenji.post('/session-requests', { with: annaId, ...(await system.slotIn(-DAY)) });
    });
    expect(more(duration, { command: 'RequestSession', outcome: 'recorded' })).toBe(1);
    expect(more(duration, { command: 'RequestSession', outcome: 'slot-in-past' })).toBe(1);
    expect(more(duration, { command: 'AcceptSession', outcome: 'recorded' })).toBe(1);
    expect(more(duration, { command: 'AcceptSession', outcome: 'conflict' })).toBe(1);
    const appends = 'db_client_operation_duration_seconds';
    const labels = { db_system_name: 'sqlite', db_operation_name: 'append' };
    expect(more(`${appends}_count`, labels)).toBe(2);
    expect(more(`${appends}_sum`, labels)).toBeGreaterThan(0);
  });

  it('tells how long requests take, by the templates of their routes', async () => {
    const more = await grown(async () => {
      const asked = await kenji.request(annaId, await system.slotIn(6 * DAY));
      await anna.get(`/session-requests/${asked.id}`);
      await anna.get(`/session-requests/${randomUUID()}`);
      await fetch(`${system.url}/api/v1/me`);
    });
    const get = { http_request_method: 'GET' };
    const one = { ...get, http_route: '/api/v1/session-requests/:id' };
    expect(more(http, { ...one, http_response_status_code: '200' })).toBe(1);
    expect(more(http, { ...one, http_response_status_code: '404' })).toBe(1);
    expect(more(http, { ...get, http_route: '/api/v1/me', http_response_status_code: '401' })).toBe(1);
    expect(
      more(http, {
        http_request_method: 'POST',
        http_route: '/api/v1/session-requests',
        http_response_status_code: '201',
      }),
    ).toBe(1);
  });

  it('counts live streams that are open, and does not take their length for the time of a request', async () => {
    const connections = async () => (await metrics()).total('session_requests_live_connections');
    const [first, second] = await Promise.all(
      ['anna', 'kenji'].map(async (account) => openLive(system.url, await system.token(account))),
    );
    expect(await connections()).toBe(2);
    first?.close();
    second?.close();
    while ((await connections()) > 0) await new Promise(setImmediate);
    expect((await metrics()).values(http, { http_route: '/api/v1/live' })).toEqual([]);
  });

  it('tells what becomes of deadlines, and how late', async () => {
    const pending = async () => (await metrics()).total('session_requests_expiry_pending');
    const before = await pending();
    const more = await grown(async () => {
      const asked: SessionRequestView = await kenji.request(annaId, await system.slotIn(7 * DAY));
      while ((await pending()) !== before + 1) await new Promise(setImmediate);
      await system.advanceTo(String(asked.proposal?.respondBy));
    });
    const fired = more('session_requests_expiry_fired_total', { outcome: 'cancelled' });
    expect(fired).toBe(before + 1); // with those of the tests before, which fell due sooner
    expect(more('session_requests_expiry_lateness_seconds_count')).toBe(fired);
    expect(more('session_requests_expiry_lateness_seconds_bucket', { le: '0.01' })).toBe(fired);
    const after = await metrics();
    expect(after.values('session_requests_expiry_oldest_overdue_seconds')).toEqual([0]);
    expect(after.values('session_requests_expiry_pending')).toEqual([0]);
    expect(after.values('session_requests_expiry_fired_total', { outcome: 'failed' })).toEqual([0]);
  });

  it('tells how far followers are behind the log: not at all, once everything can be seen', async () => {
    const asked = await kenji.request(annaId, await system.slotIn(8 * DAY));
    await anna.get(`/session-requests/${asked.id}`);
    for (;;) {
      const now = await metrics();
      for (const follower of ['notifications', 'expiry']) {
        const [events] = now.values('session_requests_follower_lag_events', { follower });
        const [seconds] = now.values('session_requests_follower_lag_seconds', { follower });
        expect([events, seconds].every((value) => value !== undefined && value >= 0)).toBe(true);
        expect(now.values('session_requests_follower_stalled_seconds', { follower })).toEqual([0]);
      }
      if (now.total('session_requests_follower_lag_events') === 0) break;
    }
  });

  it('has a bounded number of series, whatever is asked for', async () => {
    const noise = async () => {
      const ids = Array.from({ length: 30 }, () => randomUUID());
      await Promise.all(
        ids.flatMap((id) => [
          fetch(`${system.url}/${id}`),
          fetch(`${system.url}/assets/${id}.js`),
          fetch(`${system.url}/api/v1/${id}/x?y=${id}`),
          fetch(`${system.url}/api/v1/session-requests/${id}`, { method: 'MERGE' }),
          fetch(`${system.url}/%zz${id}`),
          anna.get(`/session-requests/${id}`),
          anna.get(`/participants/${id}`),
          anna.post(`/session-requests/${id}/accept`, undefined, { revision: 3 }),
          anna.post('/session-requests', { with: id, startsAt: id, endsAt: id }),
          anna.post('/session-requests', {
            with: id,
            startsAt: '2027-01-01T00:00:00Z',
            endsAt: '2027-01-01T01:00:00Z',
          }),
        ]),
      );
    };
    await metrics();
    await noise();
    const before = await metrics();
    await noise();
    const after = await metrics();
    expect([...after.series.keys()].sort()).toEqual([...before.series.keys()].sort());
    expect(after.total(http)).toBeGreaterThan(before.total(http) + 250);
    expect(after.total(http, { http_route: 'unmatched' })).toBeGreaterThan(0);
    expect([...after.series.keys()].join('\n')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
    expect(after.series.size).toBeLessThan(2_000);
  });

  it('has nothing that is not in the catalogue, and all of it that this profile can have', async () => {
    const { types } = await metrics();
    // Here nothing is set aside.
    const absent: MetricName[] = ['session_requests.follower.parked_streams'];
    const shown = [...types.keys()].filter((name) => name !== 'target_info');
    expect(everyName).toEqual(expect.arrayContaining(shown));
    expect(shown).toEqual(
      expect.arrayContaining(everyName.filter((name) => !absent.map(prometheusName).includes(name))),
    );
  });
});

describeWithServer('KAFKA_BROKERS', 'in the distributed profile', () => {
  describeWithServer('MONGODB_URL', 'every process', () => {
    it('shows its part of the catalogue; together they show all of it', async () => {
      const distributed = await startDistributed({ CLOCK: 'simulated', CLOCK_START: clockStart });
      try {
        const [url = ''] = distributed.urls;
        const as = async (account: string) => createApi(url, await distributed.mint(idOf(account)));
        const [his, hers] = [await as('kenji'), await as('anna')];
        const of = async (service: ServiceName) =>
          scrape(`http://127.0.0.1:${distributed.of(service)[0]?.metricsPort}`);
        const slot = { startsAt: '2026-12-01T10:00:00Z', endsAt: '2026-12-01T11:00:00Z' };
        const accepted = await his.request(idOf('anna'), slot);
        await hers.act('accept', accepted);
        const left = await his.request(idOf('anna'), slot);
        const to = String(left.proposal?.respondBy);
        expect((await his.post('/clock/advance', { to })).status).toBe(200);

        const gateway = await of('gateway');
        expect(gateway.total(http, { http_route: '/api/v1/session-requests' })).toBe(2);
        expect((await fetch(`${url}/metrics`)).status).toBe(404);
        const requests = await of('requests');
        expect(requests.total(duration, { outcome: 'recorded' })).toBe(4);
        expect(requests.total(duration, { command: 'ExpireSessionRequest', outcome: 'recorded' })).toBe(1);
        const appends = 'db_client_operation_duration_seconds_count';
        expect(requests.total(appends, { db_system_name: 'eventstoredb' })).toBe(4);
        const expiry = await of('expiry');
        expect(expiry.values('session_requests_expiry_fired_total', { outcome: 'cancelled' })).toEqual([1]);
        expect(expiry.values('session_requests_expiry_pending')).toEqual([0]);

        for (const [service, follower] of [
          ['requests', 'relay'],
          ['expiry', 'expiry'],
          ['notifications', 'notifications'],
        ] as const) {
          const lag = async (): Promise<(number | undefined)[]> => {
            const now = await of(service);
            return ['lag_events', 'lag_seconds', 'stalled_seconds'].flatMap((name) =>
              now.values(`session_requests_follower_${name}`, { follower }),
            );
          };
          while ((await lag()).some((value) => value !== 0)) await delay(100);
          expect(await lag()).toEqual([0, 0, 0]);
        }
        const shown = new Set<string>();
        for (const { service } of distributed.instances)
          for (const name of (await of(service)).types.keys()) shown.add(name);
        shown.delete('target_info');
        expect([...shown].sort()).toEqual([...everyName].sort());
      } finally {
        await distributed.stop();
      }
    }, 120_000);
  });
});

describe('with a port of its own', () => {
  it('metrics are there, and not where people come in', async () => {
    const port = await freePort();
    const apart = await startEmbeddedSystem({ METRICS_PORT: String(port) });
    try {
      expect((await scrape(`http://127.0.0.1:${port}`)).values('process_uptime_seconds')).toHaveLength(1);
      expect((await fetch(`${apart.url}/metrics`)).status).toBe(404);
    } finally {
      await apart.stop();
    }
  });
});

describe('the reader of these tests', () => {
  it('refuses what Prometheus would refuse', () => {
    const gauge = '# HELP a b\n# TYPE a gauge\n';
    expect(parseMetrics(`${gauge}a{b="c\\"d"} 1.5e-3\n`).values('a')).toEqual([0.0015]);
    for (const malformed of [
      'a 1\n',
      `${gauge}a 1`,
      `${gauge}a 1\na 1\n`,
      `${gauge}a{b=c} 1\n`,
      `${gauge}a one\n`,
      '# HELP a b\n# TYPE a counter\na 1\n',
      '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_count 1\na_sum 1\n',
      '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 1\na_bucket{le="+Inf"} 1\na_count 2\na_sum 1\n',
    ])
      expect(() => parseMetrics(malformed)).toThrow('/metrics is malformed');
  });
});
