import { describe, expect, it } from '@jest/globals';
import { createManualTimers } from './manual-timers.ts';

describe('Manual timers', () => {
  it('call back at their time, in order, including what is set on the way', () => {
    const timers = createManualTimers();
    const calls: [string, number][] = [];
    const call = (name: string) => () => void calls.push([name, timers.elapsedMs]);
    timers.after(20, call('b'));
    timers.after(10, () => {
      call('a')();
      timers.after(5, call('on the way'));
    });
    timers.after(20, call('c'));
    timers.elapse(20);
    expect(calls).toEqual([
      ['a', 10],
      ['on the way', 15],
      ['b', 20],
      ['c', 20],
    ]);
    expect(timers.waiting).toBe(0);
  });

  it('stand still by themselves and do not go back', () => {
    const timers = createManualTimers();
    const scheduled = timers.after(1, () => {});
    expect(timers.waiting).toBe(1);
    scheduled.cancel();
    expect(timers.waiting).toBe(0);
    expect(() => timers.elapse(-1)).toThrow(RangeError);
    expect(timers.elapsedMs).toBe(0);
  });

  it.each([-1, 2 ** 31, NaN])('refuse a delay of %p ms, as no runtime keeps it', (delayMs) => {
    expect(() => createManualTimers().after(delayMs, () => {})).toThrow(RangeError);
  });
});
