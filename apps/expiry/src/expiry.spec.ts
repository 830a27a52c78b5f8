import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable, type DeadlineStore, type EventBatch, type EventFeed } from '@hse/event-sourcing';
import type { SessionRequestEvent } from '@hse/session-requests';
import { createWorld, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, START } from './testing/world.ts';

const typesOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);

describe('A proposal that nobody answers', () => {
  it('is cancelled exactly at its deadline, and not a millisecond before', async () => {
    const world = createWorld();
    const process = world.startProcess();
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);

    world.clock.advanceTo(respondBy - 1);
    await world.settled(process);
    await world.turns();
    expect(process.sent).toEqual([]);

    world.clock.advanceTo(respondBy);
    await world.settled(process);
    expect(await world.expired()).toEqual([{ requestId: 'a', round: 1, at: respondBy, respondBy }]);
    expect(await world.deadlines.count()).toBe(0);
    await process.expiry.stop();
  });

  it('is cancelled by the wake-up alone, without anybody asking', async () => {
    const world = createWorld();
    const process = world.startProcess();
    const respondBy = await world.request('a', DAY_MS);
    await world.turns();
    expect(process.expiry.status().wakesAt).toBe(respondBy);
    world.clock.advanceTo(respondBy);
    await world.turns();
    expect(await world.expired()).toHaveLength(1);
    expect(process.expiry.status()).toEqual({
      state: 'running',
      held: 0,
      failing: 0,
      carriedOut: 1,
      wakesAt: expect.any(Number),
      storeFailures: 0,
    });
    await process.expiry.stop();
  });

  it.each([
    ['farther away than a timer holds (24.8 days)', 40 * DAY_MS],
    ['farther away than 2^32 ms (49.7 days)', 80 * DAY_MS],
    ['a year away', 365 * DAY_MS],
  ])('is cancelled at its deadline when that is %s', async (_, leadMs) => {
    const world = createWorld({ speed: 86_400 });
    const process = world.startProcess({ leaseMs: 10 * DAY_MS });
    const respondBy = await world.request('far', leadMs);
    expect(respondBy).toBeGreaterThan(START + 2 ** 31);
    await world.turns();
    await world.until(async () => (await world.expired()).length > 0, { turnMs: 50 });
    const [only] = await world.expired();
    expect(only?.at).toBeGreaterThanOrEqual(respondBy);
    expect((only?.at ?? Infinity) - respondBy).toBeLessThan(HOUR_MS * 3); // a tick of 50 ms is 72 minutes here
    expect(process.sent).toHaveLength(1);
    await process.expiry.stop();
  });

  it('is found by its own wake-up however many others there are in the near future', async () => {
    const world = createWorld();
    for (let i = 0; i < 9; i += 1) await world.request(`r-${i}`, DAY_MS + i * SECOND_MS);
    const process = world.startProcess({ lookAheadLimit: 2 });
    await world.turns();
    for (;;) {
      const next = await process.expiry.nextDueAt();
      if (next === undefined) break;
      expect(process.expiry.status().wakesAt).toBeLessThanOrEqual(next);
      world.clock.advanceTo(process.expiry.status().wakesAt ?? NaN);
      await world.turns();
    }
    const expired = await world.expired();
    expect(expired).toHaveLength(9);
    expect(expired.every(({ at, respondBy }) => at === respondBy)).toBe(true);
    await process.expiry.stop();
  });

  it('costs next to nothing while it waits', async () => {
    const world = createWorld({ speed: 1 });
    let asked = 0;
    const counted = <T extends (...parameters: never[]) => unknown>(operation: T): T =>
      ((...parameters: never[]) => ((asked += 1), operation(...parameters))) as T;
    const { claim, upcoming, nextAt } = world.deadlines;
    const deadlineStore: DeadlineStore = {
      ...world.deadlines,
      claim: counted(claim),
      upcoming: counted(upcoming),
      nextAt: counted(nextAt),
    };
    const process = world.startProcess({ deadlineStore });
    for (let i = 0; i < 5; i += 1) await world.request(`r-${i}`, DAY_MS + i * SECOND_MS);
    await world.turns();
    asked = 0;
    for (let seconds = 0; seconds < 3_600; seconds += 1) {
      world.timers.elapse(1_000);
      await world.turns(1);
    }
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(60 * 3); // once a minute, to see what other instances have scheduled
    await process.expiry.stop();
  });

  it('leaves an agreed slot standing when it was a change', async () => {
    const world = createWorld();
    const process = world.startProcess();
    await world.request('a', 10 * DAY_MS);
    await world.answer('a', 'accept');
    await world.answer('a', 'adjust', { leadMs: 20 * DAY_MS });
    await world.settled(process);
    const dueAt = await process.expiry.nextDueAt();
    world.clock.advanceTo(dueAt ?? NaN);
    await world.settled(process);
    expect(await world.expired()).toHaveLength(1);
    const state = await world.stateOf('a');
    expect(state?.agreed).toBeDefined();
    expect(state?.outcome).toBeUndefined();
    await process.expiry.stop();
  });
});

describe('An answer and the timer', () => {
  it('in this order: what was accepted in the last millisecond stays accepted, though the timer fires', async () => {
    const world = createWorld();
    const held = gatedFeed();
    const process = world.startProcess({ makeFeed: held.makeFeed });
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    held.close();
    world.clock.advanceTo(respondBy - 1);
    expect((await world.answer('a', 'accept')).ok).toBe(true);
    world.clock.advanceTo(respondBy); // the timer knows nothing of the answer
    await world.turns();
    expect(process.sent).toHaveLength(1);
    held.open();
    await world.settled(process);
    expect(typesOf(await world.history('a'))).toEqual(['SessionRequested', 'SessionAccepted']);
    expect(await world.deadlines.count()).toBe(0);
    await process.expiry.stop();
  });

  it('in the other order: an answer after the cancellation is refused', async () => {
    const world = createWorld();
    const process = world.startProcess();
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    world.clock.advanceTo(respondBy);
    await world.settled(process);
    expect(await world.answer('a', 'accept')).toMatchObject({
      ok: false,
      rejection: { code: 'already-closed' },
    });
    expect(typesOf(await world.history('a'))).toEqual(['SessionRequested', 'SessionCancelled']);
    await process.expiry.stop();
  });

  it('at the same moment: the answer is decided first, recorded second, and exactly one of them counts', async () => {
    let release = (): void => {};
    const late = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
    let appends = 0;
    const world = createWorld({
      storageFault: ({ kind, moment }) => {
        if (kind !== 'append' || moment !== 'before') return undefined;
        appends += 1;
        return appends === 2 ? late : undefined; // the second is the acceptance
      },
    });
    const process = world.startProcess();
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    world.clock.advanceTo(respondBy - 1);
    const accepting = world.answer('a', 'accept');
    await world.turns();
    expect(appends).toBe(2);
    world.clock.advanceTo(respondBy);
    await world.settled(process);
    release();
    expect((await accepting).ok).toBe(false);
    expect(typesOf(await world.history('a'))).toEqual(['SessionRequested', 'SessionCancelled']);
    await process.expiry.stop();
  });

  it('a timer of round 1 that fires in round 2 does nothing, and round 2 has its own', async () => {
    const world = createWorld();
    const held = gatedFeed();
    const process = world.startProcess({ makeFeed: held.makeFeed });
    const firstDue = await world.request('a', 5 * DAY_MS);
    await world.settled(process);
    held.close();
    world.clock.advanceTo(firstDue - 1);
    await world.answer('a', 'adjust', { leadMs: 10 * DAY_MS });
    world.clock.advanceTo(firstDue);
    await world.turns();
    expect(process.sent.map(({ round }) => round)).toEqual([1]);
    held.open();
    await world.settled(process);
    expect(typesOf(await world.history('a'))).toEqual(['SessionRequested', 'SessionAdjusted']);
    const secondDue = await process.expiry.nextDueAt();
    expect(secondDue).toBeGreaterThan(firstDue);
    world.clock.advanceTo(secondDue ?? NaN);
    await world.settled(process);
    expect(process.sent.map(({ round }) => round)).toEqual([1, 2]);
    expect(await world.expired()).toEqual([
      { requestId: 'a', round: 2, at: secondDue, respondBy: secondDue },
    ]);
    await process.expiry.stop();
  });

  it.each(['accept', 'reject', 'cancel'] as const)('nothing is sent after a timely %s', async (what) => {
    const world = createWorld();
    const process = world.startProcess();
    const respondBy = await world.request('a', DAY_MS);
    expect((await world.answer('a', what)).ok).toBe(true);
    await world.settled(process);
    world.clock.advanceTo(respondBy + DAY_MS);
    await world.settled(process);
    await world.turns();
    expect(process.sent).toEqual([]);
    await process.expiry.stop();
  });
});

describe('When the bus fails', () => {
  it('the same command is sent again until it is answered, and records one cancellation', async () => {
    const world = createWorld();
    let failures = 0;
    const process = world.startProcess({
      busFault: (_, execute) => {
        failures += 1;
        return failures <= 6 ? Promise.reject(new Error('no route')) : execute();
      },
    });
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    world.clock.advanceTo(respondBy);
    await world.settled(process);
    expect(process.sent).toHaveLength(7);
    expect(new Set(process.sent.map(({ commandId }) => commandId)).size).toBe(1);
    expect(await world.expired()).toHaveLength(1);
    await process.expiry.stop();
  });

  it('the pauses grow up to their bound', async () => {
    const world = createWorld();
    const at: number[] = [];
    const process = world.startProcess({
      firstPauseMs: 100,
      longestPauseMs: 1_000,
      busFault: () => {
        at.push(world.timers.elapsedMs);
        return Promise.reject(new Error('no route'));
      },
    });
    world.clock.advanceTo(await world.request('a', DAY_MS));
    await world.turns();
    for (let ms = 0; ms < 4_000; ms += 50) {
      world.timers.elapse(50);
      await world.turns(5);
    }
    const pauses = at.slice(1).map((instant, i) => instant - (at[i] ?? 0));
    expect(pauses.slice(0, 6)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    await process.expiry.stop();
  });

  it('an outcome that got lost on the way back is found, not made twice', async () => {
    const world = createWorld();
    let isFirst = true;
    const process = world.startProcess({
      busFault: async (_, execute) => {
        const result = await execute();
        if (!isFirst) return result;
        isFirst = false;
        throw new StoreUnavailable('the connection broke', 'unknown', 'unreachable');
      },
      makeFeed: delayedFeed(20), // the outcome is not seen before the command is repeated
    });
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    world.clock.advanceTo(respondBy);
    await world.settled(process);
    expect(typesOf(await world.history('a'))).toEqual(['SessionRequested', 'SessionCancelled']);
    await process.expiry.stop();
  });

  it('an answer that never comes is not waited for by the others, and a stop waits for it no longer than it lasts', async () => {
    const world = createWorld();
    let answer = (): void => {};
    const process = world.startProcess({
      concurrency: 2,
      busFault: async ({ requestId }, execute) => {
        if (requestId === 'hangs') await new Promise<void>((resolve) => (answer = resolve));
        return execute();
      },
    });
    await world.request('hangs', DAY_MS);
    for (const id of ['b', 'c', 'd']) await world.request(id, DAY_MS + 1_000);
    world.clock.advanceTo(START + DAY_MS);
    await world.turns();
    expect((await world.expired()).map(({ requestId }) => requestId).sort()).toEqual(['b', 'c', 'd']);
    let isStopped = false;
    const stopping = process.expiry.stop().then(() => (isStopped = true));
    await world.turns();
    expect(isStopped).toBe(false);
    answer();
    await stopping;
    expect(await world.expired()).toHaveLength(4);
  });

  it('one that always fails holds up nobody, and is tried again whenever its claim has run out', async () => {
    const world = createWorld({ speed: 1 });
    const process = world.startProcess({
      claimBatch: 2,
      leaseMs: 10 * SECOND_MS,
      busFault: ({ requestId }, execute) =>
        requestId.startsWith('bad') ? Promise.reject(new Error('poison')) : execute(),
    });
    for (let i = 0; i < 6; i += 1) await world.request(`bad-${i}`, HOUR_MS + i);
    const good = Array.from({ length: 20 }, (_, i) => `good-${String(i).padStart(2, '0')}`);
    for (const [i, id] of good.entries()) await world.request(id, HOUR_MS + 100 + i);
    world.clock.advanceTo(START + HOUR_MS);
    await world.until(async () => (await world.expired()).length === good.length, { turnMs: 25 });
    expect((await world.expired()).map(({ requestId }) => requestId).sort()).toEqual(good);
    const tries = () => process.sent.filter(({ requestId }) => requestId === 'bad-0').length;
    const before = tries();
    await world.until(() => tries() > before, { turnMs: 25 });
    await process.expiry.stop();
  });

  it('after a long outage everything goes at once, also what was left alone meanwhile', async () => {
    const world = createWorld();
    for (let i = 0; i < 60; i += 1) await world.request(`r-${i}`, DAY_MS + i);
    let isDown = true;
    const process = world.startProcess({
      claimBatch: 5,
      busFault: (_, execute) => (isDown ? Promise.reject(new Error('down')) : execute()),
    });
    world.clock.advanceTo(START + DAY_MS);
    await world.until(() => new Set(process.sent.map(({ requestId }) => requestId)).size > 30);
    isDown = false;
    await world.settled(process); // though no claim runs out: the clock stands still
    expect(await world.expired()).toHaveLength(60);
    await process.expiry.stop();
  });

  it('holds no more than twice a batch, however much is overdue and however long it lasts', async () => {
    const world = createWorld();
    for (let i = 0; i < 60; i += 1) await world.request(`r-${i}`, DAY_MS + i);
    let isDown = true;
    const process = world.startProcess({
      claimBatch: 5,
      concurrency: 3,
      busFault: (_, execute) => (isDown ? Promise.reject(new Error('down')) : execute()),
    });
    world.clock.advanceTo(START + DAY_MS);
    for (let i = 0; i < 100; i += 1) {
      await world.turns(2);
      world.timers.elapse(50);
      expect(process.expiry.status().held).toBeLessThanOrEqual(10);
    }
    expect(process.expiry.status().held).toBeGreaterThan(0);
    isDown = false;
    await world.settled(process);
    expect(await world.expired()).toHaveLength(60);
    await process.expiry.stop();
  });

  it('a bus whose clock is behind refuses, and is asked again until it agrees', async () => {
    const world = createWorld({ speed: 1 });
    const process = world.startProcess();
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    world.setBusAhead(-3_000);
    world.clock.advanceTo(respondBy);
    await world.settled(process);
    const [only] = await world.expired();
    expect(only?.at).toBeGreaterThanOrEqual(respondBy);
    expect(only?.at).toBeLessThan(respondBy + 3 * SECOND_MS); // by its clock: soon after it agreed
    expect(process.sent.length).toBeGreaterThan(1);
    await process.expiry.stop();
  });

  it('a bus whose clock is ahead changes nothing: this process does not send early', async () => {
    const world = createWorld();
    const process = world.startProcess();
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    world.setBusAhead(HOUR_MS);
    world.clock.advanceTo(respondBy - 1);
    await world.turns();
    expect(process.sent).toEqual([]);
    await process.expiry.stop();
  });
});

describe('When the deadline store fails', () => {
  it('goes on as soon as it works again', async () => {
    const world = createWorld();
    let failures = 0;
    const failing = <T>(times: number, operation: T): T => {
      let left = times;
      const broken = (...parameters: unknown[]): unknown => {
        if (left === 0) return (operation as (...same: unknown[]) => unknown)(...parameters);
        left -= 1;
        failures += 1;
        return Promise.reject(new Error('disk'));
      };
      return broken as T;
    };
    const deadlineStore: DeadlineStore = {
      ...world.deadlines,
      checkpoint: failing(2, world.deadlines.checkpoint),
      apply: failing(2, world.deadlines.apply),
      release: failing(2, world.deadlines.release),
      claim: failing(3, world.deadlines.claim),
      upcoming: failing(3, world.deadlines.upcoming),
      nextAt: failing(2, world.deadlines.nextAt),
    };
    const process = world.startProcess({ deadlineStore, instance: 'one' });
    const respondBy = await world.request('a', DAY_MS);
    world.clock.advanceTo(respondBy);
    await world.until(() => failures === 14);
    await world.settled(process);
    expect(await world.expired()).toHaveLength(1);
    expect(process.sent).toHaveLength(1);
    await world.until(() => process.expiry.status().storeFailures === 0);
    await process.expiry.stop();
  });
});

describe('Over restarts', () => {
  it('a stop in the middle of failures gives the claims back, and the next instance goes on at once', async () => {
    const world = createWorld();
    const first = world.startProcess({ busFault: () => Promise.reject(new Error('down')) });
    for (const id of ['a', 'b', 'c']) await world.request(id, DAY_MS);
    await world.settled(first);
    world.clock.advanceTo(START + DAY_MS);
    await world.turns();
    expect(first.sent.length).toBeGreaterThan(0);
    await world.during(first.expiry.stop());
    const second = world.startProcess();
    await world.settled(second);
    expect(await world.expired()).toHaveLength(3);
    await second.expiry.stop();
  });

  it('sends nothing after a stop, whatever falls due', async () => {
    const world = createWorld();
    const process = world.startProcess();
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    await process.expiry.stop();
    world.clock.advanceTo(respondBy);
    world.timers.elapse(DAY_MS);
    await world.turns();
    expect(process.sent).toEqual([]);
    expect(process.expiry.status().state).toBe('stopped');
    await expect(process.expiry.settled()).rejects.toThrow('stopped');
    await expect(process.expiry.reached(1)).rejects.toThrow('stopped');
    expect(world.timers.waiting).toBe(0);
  });

  it('after a kill, an instance of the same name takes up at once what was claimed, though time stands still', async () => {
    const world = createWorld();
    const first = world.startProcess({ instance: 'one', busFault: () => new Promise(() => {}) });
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(first);
    world.clock.advanceTo(respondBy);
    await world.turns();
    expect(first.sent).toHaveLength(1);
    first.kill();
    const second = world.startProcess({ instance: 'one' });
    await world.settled(second);
    expect(await world.expired()).toEqual([{ requestId: 'a', round: 1, at: respondBy, respondBy }]);
    await second.expiry.stop();
  });

  it('after a kill, an instance of another name takes it up when the claim has run out', async () => {
    const world = createWorld();
    const first = world.startProcess({ leaseMs: 30 * SECOND_MS, busFault: () => new Promise(() => {}) });
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(first);
    world.clock.advanceTo(respondBy);
    await world.turns();
    first.kill();
    const second = world.startProcess();
    await world.turns();
    expect(second.sent).toEqual([]);
    expect(second.expiry.status().wakesAt).toBe(respondBy + 30 * SECOND_MS);
    world.clock.advanceTo(respondBy + 30 * SECOND_MS);
    await world.settled(second);
    expect(await world.expired()).toHaveLength(1);
    await second.expiry.stop();
  });

  it('after downtime everything overdue is carried out in due order, also what was proposed meanwhile', async () => {
    const world = createWorld();
    const first = world.startProcess();
    const due = new Map<string, number>();
    for (let i = 0; i < 40; i += 1)
      due.set(`before-${i}`, await world.request(`before-${i}`, 4 * DAY_MS + ((i * 17) % 40) * MINUTE_MS));
    await world.settled(first);
    await first.expiry.stop();
    for (let i = 0; i < 40; i += 1)
      due.set(
        `down-${i}`,
        await world.request(`down-${i}`, 4 * DAY_MS + ((i * 23) % 40) * MINUTE_MS + 30_000),
      );
    await world.answer('down-7', 'accept');
    due.delete('down-7');
    world.clock.advanceTo(START + 20 * DAY_MS);
    const second = world.startProcess({ claimBatch: 16, concurrency: 4 });
    await world.settled(second);
    const sent = second.sent.map(({ requestId }) => due.get(requestId) ?? NaN);
    expect(sent).toHaveLength(79);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));
    expect((await world.expired()).map(({ requestId }) => requestId).sort()).toEqual([...due.keys()].sort());
    await second.expiry.stop();
  });

  it('does not wait for a feed that does not come forward', async () => {
    const world = createWorld();
    const first = world.startProcess();
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(first);
    await first.expiry.stop();
    await world.request('b', 5 * DAY_MS);
    const held = gatedFeed();
    held.close();
    const second = world.startProcess({ makeFeed: held.makeFeed, catchUpMs: 5_000 });
    world.clock.advanceTo(respondBy);
    await world.turns();
    expect(second.expiry.status().state).toBe('catching-up');
    world.timers.elapse(5_000);
    await world.turns();
    expect(second.expiry.status().state).toBe('running');
    expect((await world.expired()).map(({ requestId }) => requestId)).toEqual(['a']);
    held.open();
    await world.during(second.expiry.stop());
  });
});

describe('When the clock is set', () => {
  it('forward: what became due is carried out at once, in due order', async () => {
    const world = createWorld();
    const process = world.startProcess({ concurrency: 1 });
    for (const [id, days] of [
      ['c', 5],
      ['a', 3],
      ['d', 9],
      ['b', 4],
    ] as const)
      await world.request(id, days * DAY_MS);
    await world.settled(process);
    world.clock.setTo(START + 8 * DAY_MS);
    await world.settled(process);
    expect((await world.expired()).map(({ requestId }) => requestId)).toEqual(['a', 'b', 'c', 'd']);
    await process.expiry.stop();
  });

  it('back before a deadline: it is neither early nor lost', async () => {
    const world = createWorld();
    const process = world.startProcess();
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    world.clock.advanceTo(respondBy - 10);
    await world.settled(process);
    world.clock.setTo(START - 5 * DAY_MS);
    await world.turns();
    world.clock.setTo(respondBy - 1);
    await world.turns();
    expect(process.sent).toEqual([]);
    world.clock.advanceTo(respondBy);
    await world.settled(process);
    expect(await world.expired()).toHaveLength(1);
    await process.expiry.stop();
  });

  it('back while a command is repeated: nothing is sent before the deadline has come again', async () => {
    const world = createWorld();
    let isDown = true;
    const process = world.startProcess({
      busFault: (_, execute) => (isDown ? Promise.reject(new Error('down')) : execute()),
    });
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    world.clock.advanceTo(respondBy + 500);
    await world.turns();
    const tries = process.sent.length;
    expect(tries).toBeGreaterThan(0);
    world.clock.setTo(respondBy - HOUR_MS);
    isDown = false;
    for (let i = 0; i < 100; i += 1) {
      world.timers.elapse(50);
      await world.turns(2);
    }
    expect(process.sent).toHaveLength(tries);
    expect(process.expiry.status()).toMatchObject({ held: 0, wakesAt: respondBy });
    world.clock.advanceTo(respondBy - 1);
    await world.turns();
    expect(process.sent).toHaveLength(tries);
    world.clock.advanceTo(respondBy);
    await world.settled(process);
    expect(await world.expired()).toEqual([{ requestId: 'a', round: 1, at: respondBy, respondBy }]);
    await process.expiry.stop();
  });

  it('back when there was more due than could be held: nothing is lost', async () => {
    const world = createWorld();
    for (let i = 0; i < 20; i += 1) await world.request(`r-${i}`, DAY_MS + i * SECOND_MS);
    let isDown = true;
    const process = world.startProcess({
      claimBatch: 2,
      busFault: (_, execute) => (isDown ? Promise.reject(new Error('down')) : execute()),
    });
    world.clock.advanceTo(START + DAY_MS);
    await world.turns();
    expect(process.expiry.status().held).toBe(4);
    world.clock.setTo(START);
    isDown = false;
    for (let i = 0; i < 60; i += 1) {
      world.timers.elapse(50);
      await world.turns(2);
    }
    expect(await world.expired()).toEqual([]);
    for (
      let dueAt = await process.expiry.nextDueAt();
      dueAt !== undefined;
      dueAt = await process.expiry.nextDueAt()
    ) {
      world.clock.advanceTo(dueAt);
      await world.turns(); // by its own wake-up, not because somebody asks
    }
    const expired = await world.expired();
    expect(expired).toHaveLength(20);
    expect(expired.every(({ at, respondBy }) => at === respondBy)).toBe(true);
    await process.expiry.stop();
  });
});

describe('Two instances on one store', () => {
  it('share the work: each deadline is claimed by one of them, each cancelled once', async () => {
    const world = createWorld();
    const one = world.startProcess({ claimBatch: 4 });
    const two = world.startProcess({ claimBatch: 4 });
    const requestIds = Array.from({ length: 60 }, (_, i) => `r-${i}`);
    for (const [i, id] of requestIds.entries())
      await world.request(id, DAY_MS + Math.floor(i / 10) * MINUTE_MS);
    await world.settled(one);
    await world.settled(two);
    world.clock.advanceTo(START + 2 * DAY_MS);
    await Promise.all([world.settled(one), world.settled(two)]);
    expect((await world.expired()).map(({ requestId }) => requestId).sort()).toEqual([...requestIds].sort());
    const sent = [...one.sent, ...two.sent].map(({ requestId }) => requestId);
    expect(new Set(sent).size).toBe(60);
    expect(sent).toHaveLength(60);
    expect(one.sent.length).toBeGreaterThan(0);
    expect(two.sent.length).toBeGreaterThan(0);
    await Promise.all([one.expiry.stop(), two.expiry.stop()]);
  });

  it('what one holds it sends no more when its claim has run out and the other has taken over', async () => {
    const world = createWorld();
    const one = world.startProcess({
      leaseMs: 30 * SECOND_MS,
      busFault: () => Promise.reject(new Error('down')),
    });
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(one);
    world.clock.advanceTo(respondBy);
    await world.turns();
    const tries = one.sent.length;
    const end = respondBy + 30 * SECOND_MS;
    await world.deadlines.claim({ now: end, limit: 1, claimant: 'other', leaseUntil: end + HOUR_MS });
    world.clock.advanceTo(end);
    await world.turns();
    world.timers.elapse(20_000);
    await world.turns();
    expect(one.sent).toHaveLength(tries);
    expect(one.expiry.status().held).toBe(0);
    await one.expiry.stop();
  });

  it("the end of a dead one's claim is waited for, though other deadlines are near", async () => {
    const world = createWorld();
    const dead = await world.request('a', DAY_MS);
    await world.request('b', DAY_MS + 3 * MINUTE_MS); // due three minutes later
    const process = world.startProcess({ lookAheadMs: HOUR_MS, head: () => Promise.resolve(2) });
    await world.settled(process);
    await world.deadlines.claim({ now: dead, limit: 1, claimant: 'dead', leaseUntil: dead + 30 * SECOND_MS });
    world.clock.advanceTo(dead - 10 * MINUTE_MS);
    world.timers.elapse(60_000); // it looks again, and sees both
    await world.turns();
    world.clock.advanceTo(dead);
    await world.turns();
    expect(process.sent).toEqual([]);
    expect(process.expiry.status().wakesAt).toBe(dead + 30 * SECOND_MS);
    world.clock.advanceTo(dead + 30 * SECOND_MS);
    await world.turns();
    expect((await world.expired()).map(({ requestId }) => requestId)).toEqual(['a']);
    await process.expiry.stop();
  });

  it('one finds out in time what only the other has been told', async () => {
    const world = createWorld();
    const lender = world.startProcess();
    const other = world.startProcess({ makeFeed: silentFeed, pollMs: 60_000, head: async () => 0 });
    await world.turns();
    expect(other.expiry.status().wakesAt).toBeUndefined();
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(lender);
    lender.kill();
    world.timers.elapse(60_000);
    await world.turns();
    expect(other.expiry.status().wakesAt).toBe(respondBy);
    world.clock.advanceTo(respondBy);
    await world.turns();
    expect(other.sent).toHaveLength(1);
    await other.expiry.stop();
  });

  it('one takes over what the other had claimed when it died, as soon as the claim has run out', async () => {
    const world = createWorld({ speed: 1 });
    const leaseMs = 30 * SECOND_MS;
    const respondBy = await world.request('a', HOUR_MS);
    const dying = world.startProcess({ leaseMs, busFault: () => new Promise(() => {}) });
    await world.turns();
    world.clock.advanceTo(respondBy);
    await world.turns();
    expect(dying.sent).toHaveLength(1);
    const heir = world.startProcess({ makeFeed: silentFeed, leaseMs, pollMs: 1_000, head: async () => 0 });
    await world.turns();
    dying.kill();
    await world.until(() => heir.sent.length > 0);
    const [taken] = heir.sent;
    expect(taken!.at).toBeGreaterThanOrEqual(respondBy + leaseMs);
    expect(taken!.at).toBeLessThanOrEqual(respondBy + leaseMs + 2 * SECOND_MS);
    expect(await world.expired()).toHaveLength(1);
    await heir.expiry.stop();
  });

  it('one that wakes too late for a deadline takes it over when the one that got it dies', async () => {
    const world = createWorld({ speed: 1 });
    const leaseMs = 5 * SECOND_MS;
    const respondBy = await world.request('a', HOUR_MS);
    const dying = world.startProcess({ leaseMs, busFault: () => new Promise(() => {}) });
    const heir = world.startProcess({ leaseMs, pollMs: 1_000 });
    await world.settled(dying);
    await world.settled(heir);
    world.clock.advanceTo(respondBy); // both wake; the first that was started claims it
    await world.turns();
    expect([dying.sent.length, heir.sent.length]).toEqual([1, 0]);
    dying.kill();
    await world.until(() => heir.sent.length > 0);
    expect(heir.sent[0]!.at).toBeGreaterThanOrEqual(respondBy + leaseMs);
    expect(heir.sent[0]!.at).toBeLessThanOrEqual(respondBy + leaseMs + 2 * SECOND_MS);
    await heir.expiry.stop();
  });
});

describe('The feed', () => {
  it('may deliver everything again, at any time: nothing is sent twice, nothing is lost', async () => {
    const world = createWorld();
    const again = repeatingFeed();
    const process = world.startProcess({ makeFeed: again.makeFeed });
    const firstDue = await world.request('a', 5 * DAY_MS);
    await world.answer('a', 'adjust', { leadMs: 10 * DAY_MS });
    const otherDue = await world.request('b', 6 * DAY_MS);
    await world.settled(process);
    await again.deliverAgain();
    expect(firstDue).toBeLessThan(otherDue);
    for (
      let dueAt = await process.expiry.nextDueAt();
      dueAt !== undefined;
      dueAt = await process.expiry.nextDueAt()
    ) {
      world.clock.advanceTo(dueAt);
      await again.deliverAgain();
      await world.settled(process);
    }
    await again.deliverAgain();
    await world.settled(process);
    expect((await world.expired()).map(({ requestId, round }) => [requestId, round])).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
    expect(process.sent).toHaveLength(2);
    await process.expiry.stop();
  });

  it('that delivers an old event again does not take a later round off', async () => {
    const world = createWorld();
    const again = repeatingFeed();
    let isDown = true;
    const process = world.startProcess({
      makeFeed: again.makeFeed,
      busFault: (_, execute) => (isDown ? Promise.reject(new Error('down')) : execute()),
    });
    await world.request('a', 5 * DAY_MS);
    await world.answer('a', 'adjust', { leadMs: 10 * DAY_MS });
    await world.settled(process);
    world.clock.advanceTo((await process.expiry.nextDueAt()) ?? NaN);
    await world.turns();
    expect(process.expiry.status().held).toBe(1);
    await again.deliverAgain();
    expect(process.expiry.status().held).toBe(1);
    isDown = false;
    await world.settled(process);
    expect(await world.expired()).toHaveLength(1);
    await process.expiry.stop();
  });

  it('is followed from the checkpoint that the deadlines are stored with', async () => {
    const world = createWorld();
    const first = world.startProcess();
    await world.request('a', DAY_MS);
    await world.settled(first);
    expect(await world.deadlines.checkpoint()).toBe(await world.store.head());
    await first.expiry.stop();
    const delivered: number[] = [];
    const second = world.startProcess({
      makeFeed: watchedFeed((batch) => void delivered.push(...batch.events.map(({ position }) => position))),
    });
    await world.request('b', DAY_MS);
    await world.settled(second);
    expect(delivered).toEqual([2]);
    await second.expiry.stop();
  });

  it('that carries a proposal without a valid deadline goes on with the others, and says so', async () => {
    const world = createWorld();
    const errors: string[] = [];
    const process = world.startProcess({
      logger: { debug() {}, info() {}, warn() {}, error: (_, message) => void errors.push(message) },
    });
    await world.request('good', DAY_MS);
    const [event] = await world.history('good');
    if (event?.type !== 'SessionRequested') throw new Error('there is one event');
    const { stream: _s, revision: _r, position: _p, ...like } = event;
    const data = { ...event.data, requestId: 'odd', respondBy: 'tomorrow' };
    await world.store.append('sessionRequest-odd', [{ ...like, id: 'odd', data }], { expected: 'no-stream' });
    await world.settled(process);
    expect(errors).toEqual([expect.stringContaining('no valid respond-by')]);
    expect(await world.deadlines.count()).toBe(1);
    await process.expiry.stop();
  });
});

describe('A deadline that is a relic', () => {
  it('of a round that is over is taken off, so that nothing loops for ever', async () => {
    const world = createWorld();
    await world.request('a', DAY_MS);
    await world.answer('a', 'accept');
    await world.deadlines.apply([{ type: 'schedule', subject: 'a', round: 1, dueAt: START, revision: 0 }], 2);
    const process = world.startProcess();
    await world.settled(process);
    expect(process.sent).toHaveLength(1);
    expect(await world.deadlines.count()).toBe(0);
    await process.expiry.stop();
  });

  it('of an earlier round gives way to the deadline that stands', async () => {
    const world = createWorld();
    await world.request('a', 5 * DAY_MS);
    const adjusted = await world.answer('a', 'adjust', { leadMs: 10 * DAY_MS });
    const respondBy = (adjusted.ok && adjusted.current?.state.proposal?.respondBy) || '';
    await world.deadlines.apply([{ type: 'schedule', subject: 'a', round: 1, dueAt: START, revision: 0 }], 2);
    const process = world.startProcess();
    await world.settled(process);
    expect(await process.expiry.nextDueAt()).toBe(Date.parse(respondBy));
    world.clock.advanceTo(Date.parse(respondBy));
    await world.turns();
    expect((await world.expired()).map(({ round }) => round)).toEqual([2]);
    await process.expiry.stop();
  });

  it('of a request that is not in the log is reported, sent no more often than its claim runs out, and holds up nobody', async () => {
    const world = createWorld();
    const errors: string[] = [];
    await world.deadlines.apply(
      [{ type: 'schedule', subject: 'gone', round: 1, dueAt: START, revision: 0 }],
      0,
    );
    const process = world.startProcess({
      leaseMs: 30 * SECOND_MS,
      logger: { debug() {}, info() {}, warn() {}, error: (_, message) => void errors.push(message) },
    });
    const respondBy = await world.request('a', DAY_MS);
    await world.turns();
    expect(process.sent.map(({ requestId }) => requestId)).toEqual(['gone']);
    expect(errors).toHaveLength(1);
    world.clock.advanceTo(respondBy);
    await world.turns();
    expect((await world.expired()).map(({ requestId }) => requestId)).toEqual(['a']);
    expect(process.sent.filter(({ requestId }) => requestId === 'gone')).toHaveLength(2);
    await process.expiry.stop();
  });
});

describe('Settled', () => {
  it('waits until the outcome has come through the feed', async () => {
    const world = createWorld();
    const held = gatedFeed();
    const process = world.startProcess({ makeFeed: held.makeFeed });
    const respondBy = await world.request('a', DAY_MS);
    await world.settled(process);
    held.close();
    world.clock.advanceTo(respondBy);
    let isSettled = false;
    const settling = process.expiry.settled().then(() => (isSettled = true));
    await world.turns();
    world.timers.elapse(1_000);
    await world.turns();
    expect(await world.expired()).toHaveLength(1);
    expect(isSettled).toBe(false);
    held.open();
    await world.during(settling);
    expect(await world.deadlines.count()).toBe(0);
    await process.expiry.stop();
  });

  it('is at once where nothing is due, and an error before the start and after the end', async () => {
    const world = createWorld();
    const process = world.startProcess();
    await world.request('a', DAY_MS);
    await process.expiry.settled();
    const respondBy = await process.expiry.nextDueAt();
    world.clock.setTo(respondBy ?? NaN);
    const waiting = expect(process.expiry.settled()).rejects.toThrow('stopped');
    process.kill();
    void process.expiry.stop();
    world.timers.elapse(1_000);
    await waiting;
  });

  it('lets an advance go from deadline to deadline, each at its own time', async () => {
    const world = createWorld();
    const process = world.startProcess();
    for (const [i, id] of ['a', 'b', 'c', 'd'].entries()) await world.request(id, (4 + i) * DAY_MS);
    await world.settled(process);
    const target = START + 30 * DAY_MS;
    for (;;) {
      const next = await process.expiry.nextDueAt();
      if (next === undefined || next > target) break;
      world.clock.advanceTo(next);
      await world.settled(process);
    }
    const expired = await world.expired();
    expect(expired).toHaveLength(4);
    expect(expired.every(({ at, respondBy }) => at === respondBy)).toBe(true);
    await process.expiry.stop();
  });
});

type Handle = (batch: EventBatch<SessionRequestEvent>) => Promise<void>;
type Feed = EventFeed<SessionRequestEvent>;

/** A feed of which each delivery passes through `around`. */
const feedThrough =
  (around: (batch: EventBatch<SessionRequestEvent>, handle: Handle) => Promise<void>) =>
  (feed: Feed): Feed => ({
    consume: (group, consumer) =>
      feed.consume(group, {
        checkpoint: () => consumer.checkpoint(),
        handle: (batch) => around(batch, (given) => consumer.handle(given)),
      }),
  });

/** A feed that can be held up. */
const gatedFeed = () => {
  let gate: Promise<void> = Promise.resolve();
  let open = (): void => {};
  return {
    close: () => {
      gate = new Promise((resolve) => (open = resolve));
    },
    open: () => open(),
    makeFeed: feedThrough(async (batch, handle) => {
      await gate;
      await handle(batch);
    }),
  };
};

/** A feed that is so many turns of the event loop behind. */
const delayedFeed = (turns: number) =>
  feedThrough(async (batch, handle) => {
    for (let turn = 0; turn < turns; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    await handle(batch);
  });

const watchedFeed = (watch: (batch: EventBatch<SessionRequestEvent>) => void) =>
  feedThrough(async (batch, handle) => {
    watch(batch);
    await handle(batch);
  });

/** A feed that delivers each batch twice, and all of them again whenever it is asked to. */
const repeatingFeed = () => {
  const batches: EventBatch<SessionRequestEvent>[] = [];
  let deliver: Handle = async () => {};
  return {
    makeFeed: feedThrough(async (batch, handle) => {
      deliver = handle;
      batches.push(batch);
      await handle(batch);
      await handle(batch);
    }),
    deliverAgain: async () => {
      for (const batch of [...batches]) await deliver(batch);
    },
  };
};

/** A feed whose share goes to others. */
const silentFeed = (): Feed => ({
  consume: () => ({ reached: async () => {}, stop: async () => {} }),
});
