import { describe, expect, it } from '@jest/globals';
import {
  RevisionGap,
  Setbacks,
  type EventBatch,
  type EventStore,
  type ParkedStreams,
  type RecordedEvent,
} from '@hse/event-sourcing';
import {
  createInMemoryEventStore,
  createInMemoryParkedStreams,
  createManualTimers,
} from '@hse/event-sourcing/testing';
import { createSimulatedClock, silentLogger } from '@hse/service-kit';
import { Delivery, DeliveryEnded, type Arrival } from './delivery.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

interface World {
  readonly store: EventStore;
  readonly parked: ParkedStreams;
  readonly delivery: Delivery<RecordedEvent>;
  /** What has been handled, by its name `<stream><revision>`. */
  readonly handled: string[];
  /** Throws to fail. */
  fails: (batch: EventBatch) => void;
  /** What the consumer has asked for, beside batches with events. */
  asks: number;
  arrivals(...names: string[]): Promise<Arrival<RecordedEvent>[]>;
  /** Waits, letting pauses pass. */
  finished<T>(work: Promise<T>): Promise<T>;
  stop(): void;
  readonly setbacks: Setbacks;
}

const nameOf = ({ stream, revision }: RecordedEvent): string => `${stream}${revision}`;

/** Streams a, b and c with five events each. */
const makeWorld = async (): Promise<World> => {
  const store = createInMemoryEventStore();
  let n = 0;
  for (let revision = 0; revision < 5; revision += 1)
    for (const stream of ['a', 'b', 'c'])
      await store.append(
        stream,
        [
          {
            type: 'Counted',
            data: {},
            id: String((n += 1)),
            metadata: {
              commandId: 'c',
              correlationId: 'c',
              recordedAt: '2026-11-22T12:00:00.000Z',
              schemaVersion: 1,
            },
          },
        ],
        { expected: 'any' },
      );
  const timers = createManualTimers();
  const parked = createInMemoryParkedStreams();
  const stopping = new AbortController();
  const setbacks = new Setbacks({ timers });
  const handled: string[] = [];
  const fail = (batch: EventBatch): void => world.fails(batch);
  const delivery = new Delivery<RecordedEvent>({
    group: 'g',
    store,
    parked,
    setbacks,
    logger: silentLogger,
    signal: stopping.signal,
    clock: createSimulatedClock({ start: Date.parse('2026-11-22T13:00:00.000Z'), speed: 0 }),
    consumer: {
      async checkpoint() {
        world.asks += 1;
        return 0;
      },
      async handle(batch) {
        fail(batch);
        handled.push(...batch.events.map(nameOf));
      },
    },
  });
  const world: World = {
    store,
    parked,
    delivery,
    handled,
    setbacks,
    fails: () => {},
    asks: 0,
    async arrivals(...names) {
      return Promise.all(
        names.map(async (name) => {
          const [event] = await store.readStream(name.slice(0, 1), { from: Number(name.slice(1)), limit: 1 });
          return { event: event!, partition: 0 };
        }),
      );
    },
    async finished(work) {
      let done = false;
      void work.catch(() => {}).finally(() => (done = true));
      while (!done) {
        await settled();
        timers.elapse();
      }
      return work;
    },
    stop: () => stopping.abort(),
  };
  await delivery.begin(0);
  return world;
};

describe('delivery to a consumer', () => {
  it('each event once, in order of its stream, however often it arrives', async () => {
    const world = await makeWorld();
    const once = await world.arrivals('a0', 'b0', 'a1', 'b1', 'a2');
    for (let time = 0; time < 5; time += 1) await world.delivery.deliver([...once, ...once]);
    expect(world.handled).toEqual(['a0', 'b0', 'a1', 'b1', 'a2']);
  });

  it('a gap is held until the store has what is missing', async () => {
    const world = await makeWorld();
    await world.delivery.deliver(await world.arrivals('a0', 'b0'));
    const late = { ...(await world.arrivals('a4'))[0]!.event, revision: 6, position: 99 };
    let done = false;
    const delivering = world.delivery.deliver([{ event: late, partition: 0 }]).then(() => (done = true));
    for (let turn = 0; turn < 20; turn += 1) await settled();
    expect(done).toBe(false);
    expect(world.setbacks.lastError).toBeInstanceOf(RevisionGap);
    await world.store.append('a', [{ ...late, id: 'new' }], { expected: 4 });
    await world.finished(delivering);
    expect(world.handled).toEqual(['a0', 'b0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6']);
  });

  it('a gap that only the consumer knows of is healed from the store', async () => {
    const world = await makeWorld();
    const seen = new Map([['a', 1]]);
    world.fails = ({ events }) => {
      const next = new Map(seen);
      for (const { stream, revision } of events) {
        const expected = (next.get(stream) ?? -1) + 1;
        if (revision !== expected) throw new RevisionGap(stream, expected, revision);
        next.set(stream, revision);
      }
      for (const [stream, revision] of next) seen.set(stream, revision);
    };
    await world.delivery.deliver(await world.arrivals('b0', 'a4'));
    expect(world.handled.filter((name) => name.startsWith('a'))).toEqual(['a2', 'a3', 'a4']);
    expect(world.handled).toContain('b0');
  });

  it('an event that cannot be handled: its stream is parked there, everything else proceeds', async () => {
    const world = await makeWorld();
    let tried = 0;
    world.fails = ({ events }) => {
      if (!events.map(nameOf).includes('a1')) return;
      tried += 1;
      throw new Error('poison');
    };
    await world.finished(world.delivery.deliver(await world.arrivals('a0', 'b0', 'a1', 'b1', 'a2', 'c0')));
    expect(world.handled.toSorted()).toEqual(['a0', 'b0', 'b1', 'c0']);
    expect(await world.parked.list()).toEqual([
      {
        group: 'g',
        stream: 'a',
        partition: 0,
        fromRevision: 1,
        reason: 'Error: poison',
        attempts: 5,
        parkedAt: '2026-11-22T13:00:00.000Z',
        state: 'parked',
      },
    ]);
    expect(tried).toBe(6); // four times in company, once with its stream, once alone
    await world.delivery.deliver(await world.arrivals('a2', 'a3', 'b2'));
    expect(world.handled.toSorted()).toEqual(['a0', 'b0', 'b1', 'b2', 'c0']);
  });

  it('retried after the fix, a parked stream goes on without a gap; retried before, it stays parked', async () => {
    const world = await makeWorld();
    let broken = true;
    world.fails = ({ events }) => {
      if (broken && events.map(nameOf).includes('a1')) throw new Error('poison');
    };
    await world.finished(world.delivery.deliver(await world.arrivals('a0', 'a1', 'a2')));
    await world.parked.decide('g', 'a', 'retry');
    await world.finished(world.delivery.carryOutDecisions(() => true));
    expect(await world.parked.list()).toMatchObject([{ state: 'parked', fromRevision: 1, attempts: 6 }]);
    broken = false;
    await world.parked.decide('g', 'a', 'retry');
    await world.delivery.carryOutDecisions(() => false);
    expect(world.handled).toEqual(['a0']);
    await world.delivery.carryOutDecisions(() => true);
    expect(await world.parked.list()).toEqual([]);
    await world.delivery.deliver(await world.arrivals('a3', 'a4'));
    expect(world.handled).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
  });

  it('what was passed over while another member still took up the stream comes afterwards', async () => {
    const world = await makeWorld();
    await world.delivery.deliver(await world.arrivals('a0', 'b0'));
    const [group, stream, parkedAt] = ['g', 'a', '2026-11-22T13:00:00.000Z'];
    await world.parked.park({
      ...{ group, stream, parkedAt },
      ...{ partition: 0, fromRevision: 1, reason: 'poison', attempts: 5 },
    });
    await world.parked.decide(group, stream, 'retry');
    await world.delivery.begin(0); // with the other one's partition
    await world.delivery.deliver(await world.arrivals('a3', 'a4'));
    expect(world.handled).toEqual(['a0', 'b0']);
    await world.parked.unpark(group, stream); // by the other, which has read as far as a2
    await world.delivery.begin(0); // whatever else happens meanwhile
    await world.delivery.carryOutDecisions(() => true);
    expect(world.handled).toEqual(['a0', 'b0', 'a1', 'a2', 'a3', 'a4']);
    await world.delivery.carryOutDecisions(() => true);
    expect(world.handled).toHaveLength(6);
  });

  it('a discarded stream stays without effect from there on, also for whoever takes over', async () => {
    const world = await makeWorld();
    world.fails = ({ events }) => {
      if (events.map(nameOf).includes('a1')) throw new Error('poison');
    };
    await world.finished(world.delivery.deliver(await world.arrivals('a0', 'a1', 'a2')));
    await world.parked.decide('g', 'a', 'discarded');
    world.fails = () => {};
    await world.delivery.carryOutDecisions(() => true);
    await world.delivery.begin(0);
    await world.delivery.deliver(await world.arrivals('a0', 'a1', 'a2', 'b0'));
    expect(world.handled).toEqual(['a0', 'a0', 'b0']);
  });

  it('an outage of whatever length parks nothing', async () => {
    const world = await makeWorld();
    let failures = 0;
    world.fails = () => {
      if (failures >= 100) return;
      failures += 1;
      throw new Error('no database');
    };
    await world.finished(world.delivery.deliver(await world.arrivals('a0', 'b0', 'a1')));
    expect(failures).toBe(100);
    expect(world.handled).toEqual(['a0', 'b0', 'a1']);
    expect(await world.parked.list()).toEqual([]);
    expect(world.setbacks.failures).toBe(0);
  });

  it('the position is told again until it is kept, and never goes back', async () => {
    const world = await makeWorld();
    let failures = 0;
    const positions: number[] = [];
    world.fails = ({ position }) => {
      if ((failures += 1) <= 3) throw new Error('not now');
      positions.push(position);
    };
    await world.finished(world.delivery.moveTo(7));
    await world.delivery.moveTo(5);
    await world.delivery.deliver(await world.arrivals('a0'));
    expect(positions).toEqual([7, 7]);
  });

  it('ends in the middle of a pause when it is told to', async () => {
    const world = await makeWorld();
    world.fails = () => {
      throw new Error('never');
    };
    const delivering = world.delivery.deliver(await world.arrivals('a0'));
    while (world.setbacks.failures === 0) await settled();
    world.stop();
    await expect(delivering).rejects.toThrow(DeliveryEnded);
    expect(world.handled).toEqual([]);
  });
});
