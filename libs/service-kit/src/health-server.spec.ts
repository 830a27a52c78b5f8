import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noTelemetry } from '@hse/telemetry';
import { createHealthWatch } from './health.ts';
import { alive, startHealthServer, type HealthServer } from './health-server.ts';
import { createUnderWay } from './under-way.ts';
import { feedChecks, type ReadinessCheck } from './readiness.ts';

let checks: () => Promise<readonly ReadinessCheck[]>;
let server: HealthServer;
beforeEach(async () => {
  server = await startHealthServer({
    port: 0,
    host: '127.0.0.1',
    checks: () => checks(),
    telemetry: noTelemetry,
  });
});
afterEach(() => server.close());

const get = async (path: string, method = 'GET') => {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('the health of a process', () => {
  it('is ready when all checks are ok', async () => {
    checks = async () => [{ name: 'kafka', ok: true }];
    expect(await get('/readyz')).toEqual({
      status: 200,
      body: { status: 'ready', checks: [{ name: 'kafka', ok: true }] },
    });
  });

  it('names what is not, and is alive all the same', async () => {
    checks = async () => [
      { name: 'kafka', ok: false, detail: 'connection refused' },
      { name: 'mongo', ok: true },
    ];
    const { status, body } = await get('/readyz');
    expect([status, body['code'], body['detail']]).toEqual([503, 'not-ready', 'Not ready: kafka.']);
    expect(body['checks']).toContainEqual({ name: 'kafka', ok: false, detail: 'connection refused' });
    expect((await get('/livez')).status).toBe(200);
  });

  it('is ready while only something is away that is not needed, and names it', async () => {
    const away = { name: 'requests', ok: false, needed: false };
    checks = async () => [away];
    expect(await get('/readyz')).toMatchObject({ status: 200, body: { status: 'ready', checks: [away] } });
  });

  it('is not ready when a check fails to tell', async () => {
    checks = () => Promise.reject(new Error('lost'));
    expect(await get('/readyz')).toMatchObject({ status: 503, body: { detail: 'Error: lost' } });
  });

  it('is not alive once it has stalled by itself, and says in what', async () => {
    let now = 0;
    const underWay = createUnderWay({ limitMs: 60_000, now: () => now });
    const stuck = Promise.withResolvers<undefined>();
    const working = underWay.during('deadlines', stuck.promise);
    expect(alive(underWay)[0]).toBe(200);
    now = 61_000;
    expect(alive(underWay)).toMatchObject([503, { detail: 'deadlines has made no progress for 61 s.' }]);
    stuck.resolve(undefined);
    await working;
    expect(alive(underWay)[0]).toBe(200);
  });

  it('tells all that it knows at /health, where somebody has been asked to keep it in mind', async () => {
    expect((await get('/health')).body['status']).not.toBe('degraded');
    const away = { name: 'requests', ok: false, needed: false, means: 'Changes are refused.' };
    const own = await startHealthServer({
      port: 0,
      host: '127.0.0.1',
      checks: async () => [away],
      health: createHealthWatch(async () => [away], { now: () => 0 }),
    });
    const answer = await fetch(`http://127.0.0.1:${own.port}/health`);
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { status: 'degraded', dependencies: [{ name: 'requests', ok: false, means: away.means }] },
    ]);
    await own.close();
  });

  it('serves nothing else', async () => {
    checks = async () => [];
    expect((await get('/')).status).toBe(404);
    expect((await get('/readyz', 'POST')).status).toBe(404);
  });

  it('does not say that something is not there while it cannot know', async () => {
    checks = async () => [{ name: 'process', ok: false, detail: 'starting' }];
    expect(await get('/api/v1/session-requests', 'POST')).toMatchObject({
      status: 503,
      body: { code: 'not-ready' },
    });
  });

  it('counts a follower as ready until it has stalled for ten seconds', () => {
    const follower = { group: 'expiry', position: 7, failures: 3, lastError: new Error('away') };
    const at = (stalledMs: number) => feedChecks({ health: () => [{ ...follower, stalledMs }] })[0];
    expect(at(9_999)).toEqual({ name: 'expiry', ok: true, stalledMs: 9_999, detail: 'away' });
    expect(at(10_000)).toMatchObject({ ok: false });
  });
});
