import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noTelemetry } from '@hse/telemetry';
import { startHealthServer, type HealthServer } from './health-server.ts';
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
