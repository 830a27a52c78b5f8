import { describe, expect, it } from '@jest/globals';
import type { EventFeed, FeedConsumer } from './event-feed.ts';
import type { EventBatch, EventStore } from './event-store.ts';
import type { NewEvent, RecordedEvent } from './event.ts';

/** A feed, and the store that its events are recorded in. */
export interface EventFeedFixture {
  /** Empty at first. */
  readonly store: EventStore;
  readonly feed: EventFeed;
  /** Lets the pauses pass that the feed makes after a failure. Called again and again while a test waits for something. */
  readonly letPausesPass: () => void;
  /** Subscriptions have stopped by then. */
  readonly close: () => Promise<void>;
}

const event = (n: number): NewEvent => ({
  type: 'Counted',
  data: { n },
  id: `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
  metadata: {
    commandId: '0190f5a2-0000-7000-8000-000000000001',
    correlationId: '0190f5a2-0000-7000-8000-000000000001',
    recordedAt: '2026-11-22T12:00:00.000Z',
    schemaVersion: 1,
  },
});

/** Remembers what it has handled, durably as far as a test is concerned. */
class Notebook implements FeedConsumer {
  readonly events: RecordedEvent[] = [];
  readonly batches: EventBatch[] = [];
  position = 0;
  /** Called before a batch is noted down. */
  before: (batch: EventBatch) => Promise<void> | void = () => {};

  async checkpoint(): Promise<number> {
    return this.position;
  }

  async handle(batch: EventBatch): Promise<void> {
    await this.before(batch);
    this.batches.push(batch);
    this.events.push(...batch.events);
    this.position = batch.position;
  }
}

const numbers = (events: readonly RecordedEvent[]): number[] =>
  events.map(({ data }) => (data as { n: number }).n);

/** Order is promised within a stream only. */
const byStream = (events: readonly RecordedEvent[]): RecordedEvent[] =>
  [...Map.groupBy(events, ({ stream }) => stream)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, ofStream]) => ofStream);

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * What every event feed has to do, as tests. Registers one suite; call it at the top level of a spec.
 *
 * @param make gives each test a feed of its own over an empty store; the suite closes it.
 */
export const eventFeedContract = (name: string, make: () => Promise<EventFeedFixture>): void => {
  const test = (title: string, body: (fixture: EventFeedFixture) => Promise<void>): void => {
    it(title, async () => {
      const fixture = await make();
      try {
        await body(fixture);
      } finally {
        await fixture.close();
      }
    });
  };

  const record = async (store: EventStore, from: number, count: number): Promise<number> => {
    let head = 0;
    for (let n = from; n < from + count; n += 1) {
      ({ position: head } = await store.append(`s-${n % 3}`, [event(n)], { expected: 'any' }));
    }
    return head;
  };

  describe(`${name} as an event feed`, () => {
    test('a new group gets everything from the beginning, and then what comes', async ({ store, feed }) => {
      await record(store, 0, 25);
      const notebook = new Notebook();
      const subscription = feed.consume('g', notebook);
      const head = await record(store, 25, 25);
      await subscription.reached(head);
      expect(numbers(notebook.events).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n));
      expect(notebook.position).toBeGreaterThanOrEqual(head);
      await subscription.stop();
    });

    test('the events of a stream come in order, with their place, as they were recorded', async ({
      store,
      feed,
    }) => {
      const head = await record(store, 0, 60);
      const notebook = new Notebook();
      const subscription = feed.consume('g', notebook);
      await subscription.reached(head);
      for (const stream of ['s-0', 's-1', 's-2']) {
        expect(notebook.events.filter((recorded) => recorded.stream === stream)).toEqual(
          await store.readStream(stream),
        );
      }
      await subscription.stop();
    });

    test('events come in batches, and the position never goes back', async ({ store, feed }) => {
      const head = await record(store, 0, 40);
      const notebook = new Notebook();
      const subscription = feed.consume('g', notebook);
      await subscription.reached(head);
      expect(notebook.batches.length).toBeLessThan(40);
      let last = 0;
      for (const { position } of notebook.batches) {
        expect(position).toBeGreaterThanOrEqual(last);
        last = position;
      }
      expect(last).toBeGreaterThanOrEqual(head);
      await subscription.stop();
    });

    test('one batch at a time: the next comes after the one before has been handled', async ({
      store,
      feed,
    }) => {
      const notebook = new Notebook();
      let handling = 0;
      let most = 0;
      notebook.before = async () => {
        handling += 1;
        most = Math.max(most, handling);
        await nextTurn();
        handling -= 1;
      };
      const subscription = feed.consume('g', notebook);
      await subscription.reached(await record(store, 0, 30));
      expect(most).toBe(1);
      await subscription.stop();
    });

    test('a batch that could not be handled comes again after a pause, and nothing overtakes it', async ({
      store,
      feed,
      letPausesPass,
    }) => {
      const notebook = new Notebook();
      const attempts: number[][] = [];
      notebook.before = ({ events }) => {
        if (!numbers(events).includes(5)) return;
        attempts.push(numbers(events));
        if (attempts.length <= 3) throw new Error('not now');
      };
      const subscription = feed.consume('g', notebook);
      const head = await record(store, 0, 10);
      let done = false;
      const reached = subscription.reached(head).then(() => (done = true));
      while (!done) {
        await nextTurn();
        letPausesPass();
      }
      await reached;
      expect(attempts).toHaveLength(4);
      for (const again of attempts.slice(1)) expect(again.slice(0, attempts[0]?.length)).toEqual(attempts[0]);
      expect(numbers(byStream(notebook.events))).toEqual([0, 3, 6, 9, 1, 4, 7, 2, 5, 8]);
      await subscription.stop();
    });

    test('after a restart it goes on from the checkpoint', async ({ store, feed }) => {
      const notebook = new Notebook();
      const first = feed.consume('g', notebook);
      await first.reached(await record(store, 0, 10));
      await first.stop();
      await record(store, 10, 10);
      const second = feed.consume('g', notebook);
      await second.reached(await store.head());
      expect(numbers(notebook.events).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
      await second.stop();
    });

    test('effects that were lost are made again: delivery goes by the checkpoint alone', async ({
      store,
      feed,
    }) => {
      const notebook = new Notebook();
      const first = feed.consume('g', notebook);
      await first.reached(await record(store, 0, 10));
      await first.stop();
      const rebuilt = new Notebook();
      const second = feed.consume('g', rebuilt);
      await second.reached(await store.head());
      expect(byStream(rebuilt.events)).toEqual(byStream(notebook.events));
      await second.stop();
    });

    test('reached resolves at once for what has been handled, and not before for what has not', async ({
      store,
      feed,
    }) => {
      const notebook = new Notebook();
      const gate = { open: (): void => {} };
      const opened = new Promise<void>((resolve) => (gate.open = resolve));
      notebook.before = () => opened;
      const head = await record(store, 0, 5);
      const subscription = feed.consume('g', notebook);
      let reached = false;
      const reaching = subscription.reached(head).then(() => (reached = true));
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      expect(reached).toBe(false);
      gate.open();
      await reaching;
      await subscription.reached(head);
      await subscription.reached(0);
      await subscription.stop();
    });

    test('stop finishes the batch at hand and delivers nothing after it', async ({ store, feed }) => {
      const notebook = new Notebook();
      const gate = { open: (): void => {}, reached: (): void => {} };
      const opened = new Promise<void>((resolve) => (gate.open = resolve));
      const atGate = new Promise<void>((resolve) => (gate.reached = resolve));
      notebook.before = () => {
        gate.reached();
        return opened;
      };
      const subscription = feed.consume('g', notebook);
      await record(store, 0, 3);
      await atGate;
      let stopped = false;
      const stopping = subscription.stop().then(() => (stopped = true));
      await record(store, 3, 3);
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      expect(stopped).toBe(false);
      expect(notebook.batches).toHaveLength(0);
      gate.open();
      await stopping;
      expect(notebook.batches).toHaveLength(1);
      await record(store, 6, 3);
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      expect(notebook.batches).toHaveLength(1);
      await expect(subscription.reached(await store.head())).rejects.toThrow('stopped');
    });

    test('stop ends a pause, and those who wait for a position are told', async ({ store, feed }) => {
      const notebook = new Notebook();
      let attempts = 0;
      notebook.before = () => {
        attempts += 1;
        throw new Error('never');
      };
      const subscription = feed.consume('g', notebook);
      const head = await record(store, 0, 1);
      const reaching = expect(subscription.reached(head)).rejects.toThrow('stopped');
      while (attempts === 0) await nextTurn();
      await subscription.stop();
      await reaching;
    });

    test('groups do not know of each other: one that fails holds up nobody', async ({
      store,
      feed,
      letPausesPass,
    }) => {
      const healthy = new Notebook();
      const failing = new Notebook();
      let broken = true;
      failing.before = () => {
        if (broken) throw new Error('broken');
      };
      const one = feed.consume('one', healthy);
      const other = feed.consume('other', failing);
      const head = await record(store, 0, 10);
      await one.reached(head);
      expect(healthy.events).toHaveLength(10);
      expect(failing.events).toHaveLength(0);
      broken = false;
      let done = false;
      const reached = other.reached(head).then(() => (done = true));
      while (!done) {
        await nextTurn();
        letPausesPass();
      }
      await reached;
      expect(byStream(failing.events)).toEqual(byStream(healthy.events));
      await Promise.all([one.stop(), other.stop()]);
    });
  });
};
