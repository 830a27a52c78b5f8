import { describe, expect, it } from '@jest/globals';
import type { EventBatch, EventPublisher, NewEvent } from '@hse/event-sourcing';
import { createInMemoryEventStore, createManualTimers } from '@hse/event-sourcing/testing';
import { alive, createUnderWay, silentLogger } from '@hse/service-kit';
import { createRelay } from './relay.ts';

const event = (n: number): NewEvent => ({
  type: 'Counted',
  data: { n },
  id: String(n),
  metadata: { commandId: 'c', correlationId: 'c', recordedAt: '2026-11-22T12:00:00.000Z', schemaVersion: 1 },
});

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A log that batches are published to, by whoever holds the lead; fails as it is told. */
const createTopic = () => {
  const published: string[] = [];
  const waiting: (() => void)[] = [];
  let position = 0;
  let takeLead: (() => void) | undefined;
  const topic = {
    published,
    /** Called before a batch is published. */
    before: async (_: EventBatch): Promise<void> => {},
    released: 0,
    /** Takes the lead away from whoever has it. */
    takeOver: (): void => takeLead?.(),
    /** Lets the next one in. */
    free: (): void => waiting.shift()?.(),
    publisher: {
      async lead(signal) {
        if (takeLead) {
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
            signal.addEventListener('abort', () => resolve());
          });
          if (signal.aborted) throw new Error('given up');
        }
        const lost = new AbortController();
        takeLead = () => lost.abort();
        return {
          after: position,
          lost: lost.signal,
          async publish(batch) {
            await topic.before(batch);
            published.push(...batch.events.map(({ id }) => id));
            position = batch.position;
          },
          async release() {
            topic.released += 1;
            takeLead = undefined;
            topic.free();
          },
        };
      },
      async close() {},
    } satisfies EventPublisher,
  };
  return topic;
};

const makeWorld = () => {
  const store = createInMemoryEventStore();
  const timers = createManualTimers();
  const topic = createTopic();
  const relay = () =>
    createRelay({ store, publisher: topic.publisher, timers, logger: silentLogger, batchSize: 2 });
  const record = async (from: number, to: number): Promise<void> => {
    for (let n = from; n <= to; n += 1) await store.append(`s-${n % 2}`, [event(n)], { expected: 'any' });
  };
  return { store, timers, topic, relay, record };
};

describe('the relay', () => {
  it('publishes what is recorded, in log order, in batches, and goes on after a restart', async () => {
    const { topic, relay, record } = makeWorld();
    await record(1, 5);
    const first = relay();
    expect(first.health()).toMatchObject({ state: 'new', position: undefined });
    first.start();
    await settled();
    await record(6, 7);
    await settled();
    expect(topic.published).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(first.health()).toEqual({
      state: 'leading',
      position: 7,
      failures: 0,
      stalledMs: 0,
      lastError: undefined,
    });
    await first.stop();
    expect([first.health().state, topic.released]).toEqual(['stopped', 1]);
    await record(8, 9);
    const second = relay();
    second.start();
    await settled();
    expect(topic.published.slice(7)).toEqual(['8', '9']);
    await second.stop();
  });

  it('publisher away for an hour: commands go on, then the backlog drains in order', async () => {
    const { topic, timers, relay, record } = makeWorld();
    let attempts = 0;
    topic.before = async () => {
      attempts += 1;
      if (timers.elapsedMs < 3_600_000) throw new Error('no Kafka');
    };
    const one = relay();
    one.start();
    await record(1, 50);
    await settled();
    while (timers.elapsedMs < 3_595_000) {
      timers.elapse(5_000);
      await settled();
    }
    expect(topic.published).toEqual([]);
    expect(one.health()).toMatchObject({ state: 'leading', position: 0, lastError: new Error('no Kafka') });
    expect(one.health().stalledMs).toBeGreaterThan(3_500_000);
    expect(attempts).toBeGreaterThan(700);
    await record(51, 60);
    timers.elapse(10_000);
    await settled();
    expect(topic.published).toEqual(Array.from({ length: 60 }, (_, n) => String(n + 1)));
    expect(one.health()).toMatchObject({ position: 60, failures: 0, stalledMs: 0 });
    await one.stop();
  });

  it('one publishes, the other stands by until the lead is free', async () => {
    const { topic, relay, record } = makeWorld();
    const [one, other] = [relay(), relay()];
    one.start();
    other.start();
    await record(1, 3);
    await settled();
    expect([one.health().state, other.health().state]).toEqual(['leading', 'standby']);
    await one.stop();
    await record(4, 5);
    await settled();
    expect(other.health()).toMatchObject({ state: 'leading', position: 5 });
    expect(topic.published).toEqual(['1', '2', '3', '4', '5']);
    await other.stop();
  });

  it('whoever has lost the lead publishes nothing more and stands by', async () => {
    const { topic, relay, record } = makeWorld();
    const one = relay();
    one.start();
    await record(1, 2);
    await settled();
    topic.takeOver();
    await settled();
    await record(3, 4);
    await settled();
    expect([topic.published, one.health().state, topic.released]).toEqual([['1', '2'], 'standby', 0]);
    topic.free();
    await settled();
    expect([topic.published, one.health().state]).toEqual([['1', '2', '3', '4'], 'leading']);
    await one.stop();
  });

  it('a store that cannot be read is read again from where it was', async () => {
    let fails = true;
    const store = createInMemoryEventStore({
      fault: ({ kind }) => (kind === 'read-all' && fails ? new Error('no disk') : undefined),
    });
    const timers = createManualTimers();
    const topic = createTopic();
    const one = createRelay({ store, publisher: topic.publisher, timers, logger: silentLogger });
    one.start();
    await store.append('s', [event(1)], { expected: 'any' });
    await settled();
    expect(one.health()).toMatchObject({ state: 'leading', failures: 1, lastError: new Error('no disk') });
    fails = false;
    timers.elapse();
    await settled();
    expect([topic.published, one.health().failures]).toEqual([['1'], 0]);
    await one.stop();
  });

  it('stops while it stands by, while it pauses, and when the store is closed', async () => {
    const { store, topic, relay, record } = makeWorld();
    const [one, other] = [relay(), relay()];
    one.start();
    await settled();
    other.start();
    await settled();
    await other.stop();
    topic.before = async () => {
      throw new Error('never');
    };
    await record(1, 1);
    await settled();
    expect(one.health().failures).toBe(1);
    await one.stop();
    const third = relay();
    topic.before = async () => {};
    third.start();
    await settled();
    await store.close();
    await settled();
    expect(third.health().state).toBe('stopped');
    expect([one.health().state, other.health().state, topic.published]).toEqual([
      'stopped',
      'stopped',
      ['1'],
    ]);
  });

  it('is no longer alive while publishing neither succeeds nor fails, and is so while it fails for an hour', async () => {
    const { store, timers, topic, record } = makeWorld();
    const underWay = createUnderWay({ limitMs: 120_000, now: () => timers.elapsedMs });
    const { publisher } = topic;
    const relay = createRelay({ store, publisher, timers, logger: silentLogger, underWay });
    topic.before = () => Promise.reject(new Error('no broker'));
    await record(1, 1);
    relay.start();
    for (let second = 0; second < 3_600; second += 1) {
      timers.elapse(1_000);
      await new Promise((resolve) => setImmediate(resolve));
      expect(alive(underWay)[0]).toBe(200);
    }
    expect(relay.health().failures).toBeGreaterThan(100);
    const stuck = Promise.withResolvers<undefined>();
    topic.before = async () => {
      await stuck.promise;
    };
    timers.elapse(5_000);
    await settled();
    timers.elapse(120_000);
    expect(alive(underWay)).toMatchObject([503, { detail: 'relay has made no progress for 120 s.' }]);
    stuck.resolve(undefined);
    await settled();
    expect(alive(underWay)[0]).toBe(200);
    expect(topic.published).toEqual(['1']);
    await relay.stop();
  });
});
