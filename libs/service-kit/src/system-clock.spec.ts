import { describe, expect, it } from '@jest/globals';
import { clockContract, createManualTimers } from '@hse/event-sourcing/testing';
import { createSystemClock } from './system-clock.ts';

const START = Date.parse('2026-11-22T09:00:00.000Z');

const rig = () => {
  const timers = createManualTimers();
  let offset = START;
  const clock = createSystemClock({ now: () => offset + timers.elapsedMs, timers });
  return {
    clock,
    timers,
    elapse: (ms: number) => timers.elapse(ms),
    step: (ms: number) => {
      offset += ms;
    },
  };
};

clockContract('system clock', rig);

describe('The system clock', () => {
  it('uses no timer while nothing is scheduled', () => {
    const { clock, timers, elapse } = rig();
    expect(timers.waiting).toBe(0);
    const scheduled = [clock.wakeAt(START + 10_000, () => {}), clock.wakeAt(START + 20_000, () => {})];
    expect(timers.waiting).toBe(1);
    elapse(10_000);
    for (const wakeUp of scheduled) wakeUp.cancel();
    expect(timers.waiting).toBe(0);
  });

  it('looks at the time once a second while it waits, however far away the instant is', () => {
    const { clock, timers, elapse } = rig();
    let looks = 0;
    const counted = createSystemClock({
      now: () => clock.now(),
      timers: { after: (ms, f) => ((looks += 1), timers.after(ms, f)) },
    });
    counted.wakeAt(START + 3_600_000, () => {});
    elapse(60_000);
    expect(looks).toBe(61);
  });

  it('does not fire early when the timer does', () => {
    const { clock, timers } = rig();
    const hasty = createSystemClock({
      now: () => clock.now(),
      timers: { after: (ms, f) => timers.after(ms > 1 ? ms - 1 : ms, f) },
    });
    const firedAt: number[] = [];
    hasty.wakeAt(START + 500, () => firedAt.push(clock.now()));
    timers.elapse(499);
    expect(firedAt).toEqual([]);
    timers.elapse(1);
    expect(firedAt).toEqual([START + 500]);
  });

  it('runs on the real clock and the real timers by default', async () => {
    const clock = createSystemClock();
    const at = clock.now() + 20;
    const firedAt = await new Promise<number>((resolve) => {
      const keepAlive = setTimeout(() => {}, 5_000);
      clock.wakeAt(at, () => {
        clearTimeout(keepAlive);
        resolve(Date.now());
      });
    });
    expect(firedAt).toBeGreaterThanOrEqual(at);
  });
});
