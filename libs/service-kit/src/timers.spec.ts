import { describe, expect, it } from '@jest/globals';
import { createTimers } from './timers.ts';

describe('Timers of the runtime', () => {
  it('call back after the delay, and not when cancelled', async () => {
    const timers = createTimers();
    const calls: string[] = [];
    await new Promise<void>((resolve) => {
      const keepAlive = setTimeout(() => {}, 5_000);
      timers.after(5, () => calls.push('cancelled')).cancel();
      timers.after(20, () => {
        calls.push('called');
        clearTimeout(keepAlive);
        resolve();
      });
    });
    expect(calls).toEqual(['called']);
  });

  it.each([-1, 2 ** 31, NaN, Infinity])(
    'refuse a delay of %p ms, which the runtime would take for 1',
    (delayMs) => {
      expect(() => createTimers().after(delayMs, () => {})).toThrow(RangeError);
    },
  );
});
