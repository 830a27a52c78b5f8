import { describe, expect, it } from '@jest/globals';
import type { EventBatch, NewEvent } from '@hse/event-sourcing';
import { createInMemoryEventStore, createManualTimers, eventFeedContract } from '@hse/event-sourcing/testing';
import { createEmbeddedEventFeed } from './embedded-event-feed.ts';

const logger = { warn() {} };

eventFeedContract('the embedded feed', async () => {
  const store = createInMemoryEventStore();
  const timers = createManualTimers();
  return {
    store,
    feed: createEmbeddedEventFeed({ store, timers, logger, batchSize: 10 }),
    letPausesPass: () => timers.elapse(),
    close: () => store.close(),
  };
});

const event = (id: string, type = 'Counted'): NewEvent => ({
  type,
  data: {},
  id,
  metadata: { commandId: id, correlationId: id, recordedAt: '2026-11-22T12:00:00.000Z', schemaVersion: 1 },
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the embedded feed', () => {
  it('pauses longer after each failure, up to a bound, and says how it is doing', async () => {
    const store = createInMemoryEventStore();
    const timers = createManualTimers();
    const warnings: object[] = [];
    const feed = createEmbeddedEventFeed({
      store,
      timers,
      logger: { warn: (fields) => warnings.push(fields) },
      firstPauseMs: 100,
      longestPauseMs: 500,
    });
    const broken = new Error('no');
    let works = false;
    let attempts = 0;
    const subscription = feed.consume('g', {
      checkpoint: async () => 0,
      async handle() {
        attempts += 1;
        if (!works) throw broken;
      },
    });
    await store.append('a', [event('1')], { expected: 'any' });
    await settled();
    expect(attempts).toBe(1);
    for (const [index, pauseMs] of [100, 200, 400, 500, 500].entries()) {
      timers.elapse(pauseMs - 1);
      await settled();
      expect(attempts).toBe(index + 1);
      timers.elapse(1);
      await settled();
      expect(attempts).toBe(index + 2);
    }
    expect(feed.health()).toEqual([
      { group: 'g', position: 0, failures: 6, stalledMs: 1700, lastError: broken },
    ]);
    expect(warnings).toHaveLength(6);

    works = true;
    timers.elapse(500);
    await subscription.reached(1);
    expect(feed.health()).toEqual([
      { group: 'g', position: 1, failures: 0, stalledMs: 0, lastError: undefined },
    ]);
    await subscription.stop();
    expect(feed.health()).toEqual([]);
    await store.close();
  });

  it('a store that cannot be read and a checkpoint that cannot be asked are tried again', async () => {
    let storeFails = true;
    let checkpointFails = true;
    const store = createInMemoryEventStore({
      fault: ({ kind }) => (kind === 'read-all' && storeFails ? new Error('no disk') : undefined),
    });
    const timers = createManualTimers();
    const feed = createEmbeddedEventFeed({ store, timers, logger });
    const seen: string[] = [];
    const subscription = feed.consume('g', {
      async checkpoint() {
        if (checkpointFails) throw new Error('no table');
        return 0;
      },
      async handle({ events }) {
        seen.push(...events.map(({ id }) => id));
      },
    });
    await store.append('a', [event('1')], { expected: 'any' });
    await settled();
    expect(feed.health()).toMatchObject([
      { failures: 1, position: undefined, lastError: { message: 'no table' } },
    ]);
    checkpointFails = false;
    timers.elapse();
    await settled();
    expect(feed.health()).toMatchObject([{ failures: 2, position: 0, lastError: { message: 'no disk' } }]);
    timers.elapse(400);
    await settled();
    expect(feed.health()).toMatchObject([{ failures: 3, stalledMs: 300 }]);
    storeFails = false;
    timers.elapse();
    await subscription.reached(1);
    expect(seen).toEqual(['1']);
    await subscription.stop();
    await store.close();
  });

  it('events of other types only move the position', async () => {
    const store = createInMemoryEventStore();
    const feed = createEmbeddedEventFeed({ store, timers: createManualTimers(), logger, types: ['Rare'] });
    const batches: EventBatch[] = [];
    const subscription = feed.consume('g', {
      checkpoint: async () => 0,
      handle: async (batch) => void batches.push(batch),
    });
    await store.append('a', [event('1', 'Rare'), event('2'), event('3')], { expected: 'any' });
    await subscription.reached(3);
    expect(batches.flatMap(({ events }) => events.map(({ id }) => id))).toEqual(['1']);
    expect(batches.at(-1)?.position).toBe(3);
    await subscription.stop();
    await store.close();
  });

  it('a group has one member at a time', async () => {
    const store = createInMemoryEventStore();
    const feed = createEmbeddedEventFeed({ store, timers: createManualTimers(), logger });
    const consumer = { checkpoint: async () => 0, handle: async () => {} };
    const subscription = feed.consume('g', consumer);
    expect(() => feed.consume('g', consumer)).toThrow('group g is consumed already');
    await subscription.stop();
    await feed.consume('g', consumer).stop();
    await store.close();
  });

  it('ends when the store is closed', async () => {
    const store = createInMemoryEventStore();
    const feed = createEmbeddedEventFeed({ store, timers: createManualTimers(), logger });
    const subscription = feed.consume('g', { checkpoint: async () => 0, handle: async () => {} });
    const later = subscription.reached(7);
    await settled();
    await store.close();
    await expect(later).rejects.toThrow('group g has stopped at position 0');
    expect(feed.health()).toEqual([]);
  });
});
