import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createManualTimers } from '@hse/event-sourcing/testing';
import type { ReadinessCheck, UnderWay } from '@hse/service-kit';
import { createReadModelLagCheck } from './read-model-lag.ts';
import { anna, forgedToken, startGateway, type GatewayUnderTest } from './testing/gateway-under-test.ts';

describe('the health of the gateway', () => {
  let gateway: GatewayUnderTest;
  let looks = 0;
  let stalled: ReturnType<UnderWay['stalled']>;
  const away: ReadinessCheck = {
    name: 'requests',
    ok: false,
    needed: false,
    takes: ['change'],
    means: 'Changes are refused at present; everything can be read.',
    detail: 'connect ECONNREFUSED 10.1.2.3:50051',
  };
  beforeAll(async () => {
    gateway = await startGateway({
      override: (dependencies) => ({
        ...dependencies,
        readiness: async () => {
          looks += 1;
          await new Promise((resolve) => setImmediate(resolve));
          return [{ name: 'mongodb', ok: true }, away];
        },
        underWay: { stalled: () => stalled },
      }),
    });
  });
  afterAll(() => gateway.close());
  const get = async (url: string, claims?: Record<string, unknown>) =>
    gateway.fastify.inject({
      url,
      headers: claims ? { authorization: `Bearer ${await forgedToken({ claims })}` } : {},
    });

  it('tells everybody what works, and nothing of the inside', async () => {
    const answer = await get('/health');
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        status: 'degraded',
        since: expect.any(String) as unknown,
        works: { read: true, change: false, 'live-updates': true, 'automatic-cancellations': true },
        summary: away.means,
      },
    ]);
    expect(answer.payload).not.toMatch(/ECONNREFUSED|mongodb|requests/);
  });

  it('tells whoever sends requests here whether it is ready, and no more of the inside than names', async () => {
    const answer = await get('/readyz');
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        status: 'ready',
        checks: [
          { name: 'mongodb', ok: true },
          { name: 'requests', ok: false },
        ],
      },
    ]);
  });

  it('looks once for all who ask at the same time', async () => {
    looks = 0;
    const answers = await Promise.all(Array.from({ length: 50 }, () => get('/readyz')));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(50).fill(200));
    expect(looks).toBeLessThan(50);
    const before = looks;
    await get('/readyz');
    expect(looks).toBe(before + 1);
  });

  it('tells operators everything', async () => {
    const answer = await get('/api/v1/admin/health', { sub: 'op-1', scope: 'operations:read' });
    expect(answer.json()).toMatchObject({
      status: 'degraded',
      dependencies: [
        { name: 'mongodb', ok: true },
        { name: 'requests', ok: false, detail: away.detail, means: away.means },
      ],
    });
    expect((await get('/api/v1/admin/health', { sub: anna.id })).statusCode).toBe(403);
  });

  it('is no longer alive once it has got stuck by itself', async () => {
    expect((await get('/livez')).statusCode).toBe(200);
    stalled = { name: 'deadlines', ms: 121_000 };
    const answer = await get('/livez');
    expect([answer.statusCode, answer.json()]).toMatchObject([
      503,
      { code: 'not-ready', detail: 'deadlines has made no progress for 121 s.' },
    ]);
  });
});

describe('whether the read models follow the log', () => {
  it('shows once what was recorded has not been reflected for ten seconds', async () => {
    let now = 0;
    let head = 5;
    let checkpoint = 5;
    const check = createReadModelLagCheck({
      head: async () => head,
      checkpoint: async () => checkpoint,
      now: () => now,
      timers: createManualTimers(),
    });
    const at = async (ms: number) => {
      now = ms;
      return (await check()).ok;
    };
    expect(await at(0)).toBe(true);
    head = 9;
    expect(await at(10_000)).toBe(true);
    // It comes along, and is never quite there: nothing is old.
    checkpoint = 9;
    head = 12;
    expect(await at(19_000)).toBe(true);
    expect(await at(28_999)).toBe(true);
    checkpoint = 11;
    expect(await at(31_000)).toBe(false);
    expect(await check()).toMatchObject({ needed: false, detail: 'behind for 12 s' });
    checkpoint = 12;
    expect(await at(33_000)).toBe(true);
  });

  it('is not known while one of them does not answer', async () => {
    const check = createReadModelLagCheck({
      head: () => Promise.reject(new Error('away')),
      checkpoint: async () => 0,
      now: () => 0,
      timers: createManualTimers(),
    });
    expect(await check()).toMatchObject({ ok: false, detail: 'away' });
  });

  it('is said within a second, however long the log tries to answer; it is asked once at a time', async () => {
    const timers = createManualTimers();
    let asked = 0;
    let answer = Promise.withResolvers<number>();
    const check = createReadModelLagCheck({
      head: () => {
        asked += 1;
        return answer.promise;
      },
      checkpoint: async () => 5,
      now: () => timers.elapsedMs,
      timers,
    });
    const first = check();
    timers.elapse(1_000);
    expect(await first).toMatchObject({ ok: false, needed: false, detail: 'no answer within 1000 ms' });
    timers.elapse(8_000);
    expect(await check()).toMatchObject({ ok: false });
    expect(asked).toBe(1);
    answer.resolve(5);
    await new Promise((resolve) => setImmediate(resolve));
    answer = Promise.withResolvers<number>();
    answer.resolve(5);
    expect(await check()).toMatchObject({ ok: true });
    expect([asked, timers.waiting]).toEqual([2, 0]);
  });
});
