import { expect, test } from '@jest/globals';
import { createUnderWay } from './under-way.ts';

test('work that has been under way for too long is a stall, until it has ended', async () => {
  let now = 0;
  const underWay = createUnderWay({ limitMs: 1_000, now: () => now });
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const working = underWay.during('first', first.promise);
  now = 600;
  const failing = underWay.during('second', second.promise);
  now = 999;
  expect(underWay.stalled()).toBeUndefined();
  now = 1_000;
  expect(underWay.stalled()).toEqual({ name: 'first', ms: 1_000 });
  first.resolve('done');
  expect(await working).toBe('done');
  expect(underWay.stalled()).toBeUndefined();
  now = 1_600;
  expect(underWay.stalled()).toEqual({ name: 'second', ms: 1_000 });
  second.reject(new Error('away'));
  await expect(failing).rejects.toThrow('away');
  expect(underWay.stalled()).toBeUndefined();
});
