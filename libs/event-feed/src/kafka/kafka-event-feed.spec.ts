import { describeWithServer } from '@hse/engines';
import type { EventBatch, EventPublisher, EventStore, FeedConsumer, NewEvent } from '@hse/event-sourcing';
import {
  createInMemoryEventStore,
  createInMemoryParkedStreams,
  eventFeedContract,
} from '@hse/event-sourcing/testing';
import { createSystemClock, createTimers, createUuids, silentLogger } from '@hse/service-kit';
import { afterEach, expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { createKafka } from './create-kafka.ts';
import { createKafkaEventFeed, type KafkaEventFeed } from './kafka-event-feed.ts';
import { createKafkaEventPublisher } from './kafka-event-publisher.ts';
import { ensureTopics, type KafkaTopics } from './topics.ts';

const ids = createUuids();
const timers = createTimers();
const logger = silentLogger;

const event = (stream: string, n: number): NewEvent => ({
  type: 'Counted',
  data: { requestId: stream, n },
  id: ids.next(),
  metadata: {
    commandId: ids.next(),
    correlationId: ids.next(),
    recordedAt: '2026-11-22T12:00:00.000Z',
    schemaVersion: 1,
  },
});

/** Effects that the members of a group share, as a database would hold them. */
class Effects {
  readonly revisions = new Map<string, number>();
  /** Events handled, repeats not counted. */
  handled = 0;
  repeats = 0;
  outOfOrder = 0;
  position = 0;

  consumer(
    before: (batch: EventBatch) => Promise<void> | void = () => {},
  ): FeedConsumer & { handled: number } {
    const consumer = {
      handled: 0,
      checkpoint: async () => this.position,
      handle: async (batch: EventBatch) => {
        await before(batch);
        for (const { stream, revision } of batch.events) {
          const next = (this.revisions.get(stream) ?? -1) + 1;
          if (revision > next) this.outOfOrder += 1;
          if (revision !== next) this.repeats += 1;
          else {
            this.revisions.set(stream, revision);
            this.handled += 1;
            consumer.handled += 1;
          }
        }
        this.position = Math.max(this.position, batch.position);
      },
    };
    return consumer;
  }
}

describeWithServer('KAFKA_BROKERS', 'the Kafka feed', (brokers) => {
  const client = (): Kafka => createKafka({ brokers: brokers.split(','), clientId: 'test', logger });

  interface World {
    readonly kafka: Kafka;
    readonly topics: KafkaTopics;
    readonly store: EventStore;
    readonly publisher: EventPublisher;
    readonly parked: ReturnType<typeof createInMemoryParkedStreams>;
    /** Another process, as far as Kafka is concerned. */
    member(): KafkaEventFeed;
    close(): Promise<void>;
  }

  const makeWorld = async ({ times = 1, without = (_: string): boolean => false } = {}): Promise<World> => {
    const kafka = client();
    const run = ids.next();
    const topics: KafkaTopics = { events: `${run}.events`, progress: `${run}.progress`, partitions: 4 };
    await ensureTopics({ kafka, topics, logger });
    const store = createInMemoryEventStore();
    const publisher = createKafkaEventPublisher({
      kafka,
      topics,
      instance: 'one',
      ids,
      timers,
      logger,
      leaseMs: 2_000,
    });
    const parked = createInMemoryParkedStreams();
    const stopping = new AbortController();
    const feeds: KafkaEventFeed[] = [];
    const relay = async (): Promise<void> => {
      const publication = await publisher.lead(stopping.signal);
      for await (const batch of store.follow({ after: publication.after, signal: stopping.signal }))
        for (let time = 0; time < times; time += 1)
          await publication.publish({ ...batch, events: batch.events.filter(({ id }) => !without(id)) });
    };
    const relaying = relay();
    return {
      kafka,
      topics,
      store,
      publisher,
      parked,
      member() {
        const feed = createKafkaEventFeed({
          kafka: client(),
          topics,
          store,
          parked,
          ids,
          clock: createSystemClock(),
          timers,
          logger,
          groupPrefix: `${run}.`,
          sessionTimeoutMs: 6_000,
          decisionsEveryMs: 100,
          maxBytesPerPartition: 16 * 1024,
        });
        feeds.push(feed);
        return feed;
      },
      async close() {
        stopping.abort();
        await relaying;
        await Promise.all([...feeds.map((feed) => feed.close()), publisher.close()]);
        const admin = kafka.admin();
        await admin.connect();
        await admin.deleteTopics({ topics: [topics.events, topics.progress] });
        await admin.disconnect();
      },
    };
  };

  eventFeedContract('the Kafka feed', async () => {
    const world = await makeWorld();
    return { store: world.store, feed: world.member(), letPausesPass() {}, close: () => world.close() };
  });

  let world: World | undefined;
  afterEach(async () => {
    await world?.close();
    world = undefined;
  });

  const record = async (store: EventStore, streams: number, each: number): Promise<number> => {
    let head = 0;
    for (let n = 0; n < each; n += 1)
      for (let s = 0; s < streams; s += 1)
        ({ position: head } = await store.append(`sessionRequest-${s}`, [event(String(s), n)], {
          expected: 'any',
        }));
    return head;
  };

  const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await condition())) await new Promise((resolve) => timers.after(10, () => resolve(undefined)));
  };

  it('members share the work, also of one that leaves; each learns when the whole group is through', async () => {
    world = await makeWorld();
    const effects = new Effects();
    const [a, b] = [effects.consumer(), effects.consumer()];
    const one = world.member().consume('g', a);
    const other = world.member().consume('g', b);
    await Promise.all([one.reached(0), other.reached(0)]);
    const head = await record(world.store, 40, 25);
    await Promise.all([one.reached(head), other.reached(head)]);
    expect(effects.handled).toBe(1_000);
    expect(effects.outOfOrder).toBe(0);
    expect(effects.position).toBe(head);
    const shares = [a.handled, b.handled];
    expect(Math.min(...shares)).toBeGreaterThan(0);
    await one.stop();
    const later = await record(world.store, 40, 5);
    await other.reached(later);
    expect(effects.handled).toBe(1_200);
    console.log(`1 000 events: ${shares.join(' + ')}; ${effects.repeats} repeats in all`);
  });

  it('a rebalance in the middle of a batch loses nothing and keeps the order of each stream', async () => {
    world = await makeWorld();
    const effects = new Effects();
    let batches = 0;
    let inTheMiddle = (): void => {};
    const middle = new Promise<void>((resolve) => (inTheMiddle = resolve));
    const slow = async (batch: EventBatch): Promise<void> => {
      if (batch.events.length === 0) return;
      if ((batches += 1) === 2) inTheMiddle();
      if (batches < 4) await new Promise((resolve) => timers.after(1_500, () => resolve(undefined)));
    };
    const head = await record(world.store, 40, 25);
    const one = world.member().consume('g', effects.consumer(slow));
    await middle;
    const joining = effects.consumer();
    const other = world.member().consume('g', joining);
    await Promise.all([one.reached(head), other.reached(head)]);
    expect(effects.handled).toBe(1_000);
    expect(effects.outOfOrder).toBe(0);
    expect(effects.position).toBe(head);
    console.log(`1 000 events: ${joining.handled} by who joined, ${effects.repeats} repeats`);
  });

  it('the position moves while events never cease and members are always a little behind', async () => {
    world = await makeWorld();
    const effects = new Effects();
    const slow = async ({ events }: EventBatch): Promise<void> => {
      if (events.length > 0) await new Promise((resolve) => timers.after(50, () => resolve(undefined)));
    };
    const one = world.member().consume('g', effects.consumer(slow));
    const other = world.member().consume('g', effects.consumer(slow));
    await Promise.all([one.reached(0), other.reached(0)]);
    let head = 0;
    const seen = new Set<number>();
    let longestLag = 0;
    for (let n = 0; n < 200; n += 1) {
      for (let s = 0; s < 8; s += 1)
        ({ position: head } = await world.store.append(`sessionRequest-${s}`, [event(String(s), n)], {
          expected: 'any',
        }));
      await new Promise((resolve) => timers.after(15, () => resolve(undefined)));
      seen.add(effects.position);
      longestLag = Math.max(longestLag, head - effects.position);
    }
    console.log(`${head} events in a row: ${seen.size} positions seen, at most ${longestLag} events behind`);
    expect(seen.size).toBeGreaterThan(5);
    await Promise.all([one.reached(head), other.reached(head)]);
    expect([effects.handled, effects.outOfOrder]).toEqual([head, 0]);
  });

  it('messages that come ten times are handled once', async () => {
    world = await makeWorld({ times: 10 });
    const effects = new Effects();
    const member = world.member().consume('g', effects.consumer());
    const head = await record(world.store, 10, 20);
    await member.reached(head);
    await until(() => effects.handled === 200);
    expect([effects.handled, effects.repeats, effects.outOfOrder]).toEqual([200, 0, 0]);
  });

  it('events that are together larger than a message may be are published all the same', async () => {
    world = await makeWorld();
    const effects = new Effects();
    const member = world.member().consume('g', effects.consumer());
    const text = 'x'.repeat(100_000);
    const events = Array.from({ length: 40 }, (_, n) => {
      const next = event('large', n);
      return { ...next, data: { ...next.data, text } };
    });
    const { position } = await world.store.append('sessionRequest-large', events, { expected: 'no-stream' });
    await member.reached(position);
    expect([effects.handled, effects.repeats, effects.outOfOrder]).toEqual([40, 0, 0]);
  });

  it('a consumer that does not come back is seen to stall', async () => {
    world = await makeWorld();
    const goOn = Promise.withResolvers<undefined>();
    const feed = world.member();
    const effects = new Effects();
    const member = feed.consume(
      'g',
      effects.consumer(({ events }) => (events.length > 0 ? goOn.promise : undefined)),
    );
    await member.reached(0);
    const head = await record(world.store, 1, 1);
    await until(() => (feed.health()[0]?.stalledMs ?? 0) >= 2_000);
    goOn.resolve(undefined);
    await member.reached(head);
    await until(() => feed.health()[0]?.stalledMs === 0);
    expect(effects.handled).toBe(1);
  });

  it('an event that Kafka has lost is read from the store', async () => {
    const lost = new Set<string>();
    world = await makeWorld({ without: (id) => lost.has(id) });
    const effects = new Effects();
    const member = world.member().consume('g', effects.consumer());
    for (let n = 0; n < 5; n += 1) {
      const next = event('x', n);
      if (n === 2 || n === 3) lost.add(next.id);
      await world.store.append('sessionRequest-x', [next], { expected: 'any' });
    }
    await member.reached(5);
    expect([effects.handled, effects.outOfOrder]).toEqual([5, 0]);
    expect(effects.revisions.get('sessionRequest-x')).toBe(4);
  });

  it('a poison event is parked while all others proceed, and its stream goes on when it is tried again', async () => {
    world = await makeWorld();
    const effects = new Effects();
    let broken = true;
    const feed = world.member();
    const member = feed.consume(
      'g',
      effects.consumer(({ events }) => {
        if (broken && events.some(({ stream, revision }) => stream === 'sessionRequest-3' && revision === 4))
          throw new Error('poison');
      }),
    );
    const head = await record(world.store, 10, 10);
    await member.reached(head);
    expect(await world.parked.list()).toMatchObject([
      { group: 'g', stream: 'sessionRequest-3', fromRevision: 4, attempts: 5, state: 'parked' },
    ]);
    expect([effects.handled, effects.outOfOrder]).toEqual([94, 0]);
    expect(feed.health()).toMatchObject([{ group: 'g', position: head, failures: 0 }]);
    broken = false;
    await world.parked.decide('g', 'sessionRequest-3', 'retry');
    await until(() => effects.handled === 100);
    await member.reached(await record(world.store, 10, 1));
    expect(await world.parked.list()).toEqual([]);
    expect([effects.handled, effects.outOfOrder]).toEqual([110, 0]);
  });

  it('tells how many messages wait in the partitions of each member', async () => {
    world = await makeWorld();
    const effects = new Effects();
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<undefined>();
    let isHeld = false;
    const [feed, other] = [world.member(), world.member()];
    const members = [feed, other].map((each) =>
      each.consume(
        'g',
        effects.consumer(({ events }) => (isHeld && events.length > 0 ? mayGoOn : undefined)),
      ),
    );
    const begun = await record(world.store, 20, 1);
    await Promise.all(members.map((member) => member.reached(begun)));
    const waiting = async (): Promise<number> => {
      const counts = await Promise.all([feed, other].map((each) => each.unhandled()));
      return counts.reduce((sum, count) => sum + (count.get('g') ?? NaN), 0);
    };
    expect(await waiting()).toBe(0);
    isHeld = true;
    const head = await record(world.store, 20, 2);
    await until(async () => (await waiting()) === 40);
    goOn(undefined);
    await Promise.all(members.map((member) => member.reached(head)));
    expect(await waiting()).toBe(0);
  });

  it('when effects are deleted while others run, the whole group makes them again', async () => {
    world = await makeWorld();
    const effects = new Effects();
    const one = world.member().consume('g', effects.consumer());
    const other = world.member().consume('g', effects.consumer());
    const head = await record(world.store, 20, 10);
    await Promise.all([one.reached(head), other.reached(head)]);
    await one.stop();
    effects.revisions.clear();
    effects.handled = 0;
    effects.position = 0;
    const again = world.member().consume('g', effects.consumer());
    await again.reached(head);
    expect(effects.handled).toBe(200);
    expect(effects.outOfOrder).toBe(0);
    expect(effects.position).toBe(head);
  });

  /** It finds the checkpoint at 0 when it joins, and is held up before it can do anything about it. */
  const joiningAt0 = (effects: Effects, heldUp: Promise<unknown>): FeedConsumer & { hasJoined: boolean } => ({
    ...effects.consumer(),
    hasJoined: false,
    async checkpoint() {
      if (this.hasJoined) return effects.position;
      this.hasJoined = true;
      await heldUp;
      return 0;
    },
  });

  it('who takes back the commits of one that is through learns that it is', async () => {
    world = await makeWorld();
    const effects = new Effects();
    const head = await record(world.store, 20, 10);
    const one = world.member().consume('g', effects.consumer());
    await one.reached(head);
    const late = world.member().consume('g', joiningAt0(effects, Promise.resolve()));
    await late.reached(head);
    expect([effects.handled, effects.outOfOrder]).toEqual([200, 0]);
  });

  it('commits that have been taken back while everyone waits for everyone are made again', async () => {
    world = await makeWorld();
    const { store } = world;
    const effects = new Effects();
    const feeds = [world.member(), world.member()];
    const members = feeds.map((feed) => feed.consume('g', effects.consumer()));
    await Promise.all(members.map((member) => member.reached(0)));
    const { promise: othersAreDone, resolve: goOn } = Promise.withResolvers<undefined>();
    const consumer = joiningAt0(effects, othersAreDone);
    const late = world.member().consume('g', consumer);
    await until(() => consumer.hasJoined);
    const head = await record(store, 20, 10);
    const admin = world.kafka.admin();
    await admin.connect();
    const left = async (): Promise<number> => {
      const offsets = await admin.fetchTopicOffsets(world!.topics.events);
      const published = offsets.reduce((sum, { high }) => sum + Number(high), 0);
      const unhandled = await Promise.all(feeds.map((feed) => feed.unhandled()));
      return unhandled.reduce((sum, counts) => sum + (counts.get('g') ?? NaN), 200 - published);
    };
    await until(async () => (await left()) === 0);
    await admin.disconnect();
    const byOthers = effects.handled;
    goOn(undefined);
    await Promise.all([late, ...members].map((member) => member.reached(head)));
    expect([effects.handled, effects.outOfOrder]).toEqual([200, 0]);
    expect(byOthers).toBeLessThan(200);
  });
});
