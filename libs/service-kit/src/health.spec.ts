import { expect, test } from '@jest/globals';
import { createHealthWatch, publicHealth } from './health.ts';
import type { ReadinessCheck } from './readiness.ts';

const at = (second: number): number => Date.UTC(2026, 10, 23, 8, 0, second);
const iso = (second: number): string => new Date(at(second)).toISOString();

const requests: ReadinessCheck = {
  name: 'requests',
  ok: false,
  needed: false,
  takes: ['change'],
  means: 'Changes are refused; everything can be read.',
  detail: 'connection refused',
};

test('tells what is down, since when, what it means and what works all the same', async () => {
  let now = at(0);
  let checks: ReadinessCheck[] = [
    { name: 'mongodb', ok: true },
    { ...requests, ok: true },
  ];
  const watch = createHealthWatch(async () => checks, { now: () => now });
  expect(publicHealth(await watch.report())).toEqual({
    status: 'ok',
    since: iso(0),
    works: { read: true, change: true, 'live-updates': true, 'automatic-cancellations': true },
    summary: '',
  });

  checks = [{ name: 'mongodb', ok: true }, requests];
  now = at(0) + 999;
  expect((await watch.report()).status).toBe('ok');
  now = at(5);
  await watch.report();
  now = at(30);
  const degraded = await watch.report();
  expect(degraded).toMatchObject({ status: 'degraded', since: iso(5), summary: requests.means });
  expect(degraded.works).toEqual({
    read: true,
    change: false,
    'live-updates': true,
    'automatic-cancellations': true,
  });
  expect(degraded.dependencies).toEqual([
    { name: 'mongodb', ok: true, since: iso(0) },
    { name: 'requests', ok: false, since: iso(5), detail: requests.detail, means: requests.means },
  ]);
  expect(JSON.stringify(publicHealth(degraded))).not.toContain('refused"');

  checks = [{ name: 'mongodb', ok: false }, requests];
  now = at(40);
  const down = await watch.report();
  expect([down.status, down.since, Object.values(down.works)]).toEqual([
    'down',
    iso(40),
    [false, false, false, false],
  ]);

  checks = [{ name: 'mongodb', ok: true }];
  now = at(50);
  expect(await watch.report()).toMatchObject({ status: 'ok', since: iso(50) });
});

test('is down when the checks fail to tell', async () => {
  const watch = createHealthWatch(() => Promise.reject(new Error('lost')), { now: () => at(0) });
  expect(await watch.report()).toMatchObject({
    status: 'down',
    dependencies: [{ name: 'checks', ok: false, detail: 'lost' }],
  });
});
