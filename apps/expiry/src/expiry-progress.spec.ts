import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createUnderWay, startHealthServer, type HealthServer } from '@hse/service-kit';
import { createWorld, DAY_MS, SECOND_MS } from './testing/world.ts';

const limitMs = 120 * SECOND_MS;

let world: ReturnType<typeof createWorld>;
let underWay: ReturnType<typeof createUnderWay>;
let server: HealthServer;
beforeEach(async () => {
  world = createWorld();
  underWay = createUnderWay({ limitMs, now: () => world.timers.elapsedMs });
  server = await startHealthServer({ port: 0, host: '127.0.0.1', checks: async () => [], underWay });
});
afterEach(() => server.close());

const livez = async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/livez`);
  return [response.status, ((await response.json()) as { detail?: string }).detail];
};

describe('the liveness of expiry', () => {
  it('ends when the deadline store neither answers nor fails, and comes back with the answer', async () => {
    const answer = Promise.withResolvers<undefined>();
    const process = world.startProcess({
      underWay,
      deadlineStore: {
        ...world.deadlines,
        claim: async (options) => {
          await answer.promise;
          return world.deadlines.claim(options);
        },
      },
    });
    await world.turns();
    world.timers.elapse(limitMs - 1);
    expect(await livez()).toEqual([200, undefined]);
    world.timers.elapse(1);
    expect(await livez()).toEqual([503, 'deadlines has made no progress for 120 s.']);
    answer.resolve(undefined);
    await world.turns();
    expect(await livez()).toEqual([200, undefined]);
    await process.expiry.stop();
  });

  it('outlasts a deadline store that is away for an hour', async () => {
    let isAway = true;
    const respondBy = await world.request('a', DAY_MS);
    const process = world.startProcess({
      underWay,
      deadlineStore: {
        ...world.deadlines,
        claim: async (options) => {
          if (!isAway) return world.deadlines.claim(options);
          // As long as a driver looks for a server.
          await new Promise<void>((resolve) => world.timers.after(5 * SECOND_MS, resolve));
          throw new Error('no primary');
        },
      },
    });
    world.clock.advanceTo(respondBy);
    for (let second = 0; second < 3_600; second += 1) {
      world.timers.elapse(SECOND_MS);
      await world.turns(2);
      expect(underWay.stalled()).toBeUndefined();
    }
    isAway = false;
    await world.settled(process);
    expect(await world.expired()).toHaveLength(1);
    await process.expiry.stop();
  });

  it('outlasts a backlog that takes longer than the limit to carry out', async () => {
    const count = 300;
    for (let i = 0; i < count; i += 1) await world.request(`r-${i}`, DAY_MS);
    let longestMs = 0;
    const process = world.startProcess({
      claimBatch: 4,
      leaseMs: 30 * DAY_MS,
      underWay: {
        during: async (_name, work) => {
          const began = world.timers.elapsedMs;
          try {
            return await work;
          } finally {
            longestMs = Math.max(longestMs, world.timers.elapsedMs - began);
          }
        },
      },
      deadlineStore: {
        ...world.deadlines,
        claim: async (options) => {
          await new Promise<void>((resolve) => world.timers.after(SECOND_MS, resolve));
          return world.deadlines.claim(options);
        },
      },
    });
    world.clock.advanceTo(world.clock.now() + 2 * DAY_MS);
    await world.until(async () => (await world.expired()).length === count, { turnMs: 100 });
    await world.during(process.expiry.stop());
    expect(world.timers.elapsedMs).toBeGreaterThan(60 * SECOND_MS);
    expect(longestMs).toBeLessThan(5 * SECOND_MS);
  });
});
