import { describe, expect, it } from '@jest/globals';
import { clockContract, createManualTimers } from '@hse/event-sourcing/testing';
import { createSimulatedClock } from './simulated-clock.ts';

const START = Date.parse('2026-11-22T09:00:00.000Z');

const rig = (speed: number) => {
  const timers = createManualTimers();
  const clock = createSimulatedClock({ start: START, speed, wall: { now: () => timers.elapsedMs, timers } });
  return { clock, timers, step: (ms: number) => clock.setTo(clock.now() + ms) };
};

clockContract('simulated clock at the speed of time', () => {
  const { clock, timers, step } = rig(1);
  return { clock, step, elapse: (ms) => timers.elapse(ms) };
});

clockContract('simulated clock that stands still and is advanced', () => {
  const { clock, timers, step } = rig(0);
  return {
    clock,
    step,
    elapse: (ms) => {
      // Time that passes reaches every instant on the way; a jump would not.
      const until = clock.now() + ms;
      timers.elapse(0);
      for (let at = clock.nextWakeAt(); at !== undefined && at <= until; at = clock.nextWakeAt()) {
        clock.advanceTo(Math.max(at, clock.now()));
        timers.elapse(0);
      }
      clock.advanceTo(until);
    },
  };
});

describe('The simulated clock', () => {
  it('makes an hour of a second at a speed of 3600', () => {
    const { clock, timers } = rig(3_600);
    const firedAt: number[] = [];
    clock.wakeAt(START + 3_600_000, () => firedAt.push(clock.now()));
    timers.elapse(999);
    expect(firedAt).toEqual([]);
    timers.elapse(1);
    expect(firedAt).toEqual([START + 3_600_000]);
  });

  it('stops at the end of the year 9999, the last instant that can be written down', () => {
    const { clock, timers } = rig(1);
    clock.advanceTo(Date.parse('9999-12-31T23:59:59.000Z'));
    timers.elapse(5_000);
    expect(new Date(clock.now()).toISOString()).toBe('9999-12-31T23:59:59.999Z');
  });

  it('fires at the next tick of its timers, never before, where speed and instant do not fit', () => {
    const { clock, timers } = rig(7);
    const firedAt: number[] = [];
    clock.wakeAt(START + 100, () => firedAt.push(clock.now()));
    timers.elapse(14);
    expect(firedAt).toEqual([]);
    timers.elapse(1);
    expect(firedAt).toEqual([START + 105]);
  });

  it('waits longer than a timer of the runtime can', () => {
    const { clock, timers } = rig(1);
    const firedAt: number[] = [];
    clock.wakeAt(START + 2 ** 32, () => firedAt.push(clock.now()));
    timers.elapse(2 ** 32 - 1);
    expect(firedAt).toEqual([]);
    timers.elapse(1);
    expect(firedAt).toEqual([START + 2 ** 32]);
  });

  it('can run slower than time', () => {
    const { clock, timers } = rig(0.1);
    const firedAt: number[] = [];
    clock.wakeAt(START + 100, () => firedAt.push(clock.now()));
    timers.elapse(999);
    expect(firedAt).toEqual([]);
    timers.elapse(2);
    expect(firedAt).toEqual([START + 100]);
  });

  it('stands still at a speed of 0 until it is advanced, and calls back before the advance returns', () => {
    const { clock, timers } = rig(0);
    const seen: string[] = [];
    clock.wakeAt(START + 2_000, () => seen.push('second'));
    clock.wakeAt(START + 1_000, () => seen.push('first'));
    timers.elapse(86_400_000);
    expect(clock.now()).toBe(START);
    clock.advanceTo(START + 1_999);
    expect(seen).toEqual(['first']);
    clock.advanceTo(START + 1_999);
    clock.advanceTo(START + 2_000);
    expect(seen).toEqual(['first', 'second']);
  });

  it('goes on from where it was advanced to', () => {
    const { clock, timers } = rig(60);
    timers.elapse(1_000);
    clock.advanceTo(START + 3_600_000);
    timers.elapse(1_000);
    expect(clock.now()).toBe(START + 3_660_000);
  });

  it('is not turned back', () => {
    const { clock } = rig(0);
    clock.advanceTo(START + 1_000);
    expect(() => clock.advanceTo(START + 999)).toThrow(RangeError);
    expect(clock.now()).toBe(START + 1_000);
  });

  it.each([NaN, Infinity, START + 0.5])('refuses to go to %p, which is no instant', (instant) => {
    const { clock } = rig(0);
    expect(() => clock.advanceTo(instant)).toThrow(RangeError);
    expect(() => createSimulatedClock({ start: instant, speed: 1 })).toThrow(RangeError);
  });

  it.each([-1, NaN, Infinity])('refuses a speed of %p', (speed) => {
    expect(() => createSimulatedClock({ start: START, speed })).toThrow(RangeError);
  });
});
