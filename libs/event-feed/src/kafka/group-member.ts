import {
  elapse,
  Setbacks,
  type DomainEvent,
  type FeedConsumer,
  type FeedHealth,
  type FeedSubscription,
  type Scheduled,
} from '@hse/event-sourcing';
import type { Admin, Consumer, EachBatchPayload, TopicOffsets, TopicPartitionOffset } from 'kafkajs';
import { decodeEvent } from './cloud-event.ts';
import { Delivery, DeliveryEnded, type Arrival } from './delivery.ts';
import type { KafkaEventFeedOptions } from './kafka-event-feed.ts';
import { noLeadership, type Leadership } from './leadership.ts';
import type { ProgressLog } from './progress-log.ts';
import { superviseConsumer } from './supervised-consumer.ts';

/** What was fetched from one partition, and waits to be handled. */
interface Fetched {
  readonly partition: number;
  readonly payload: EachBatchPayload;
  /** The assignment it was fetched under. */
  readonly generation: number;
  readonly settle: (error?: Error) => void;
}

/** How often it is asked how far the others are, while somebody waits for it. */
const REACHED_POLL_MS = 75;
const HEARTBEAT_MS = 1_000;
/** An attempt takes a few seconds itself, and the brokers do not mind it. */
const LONGEST_CONNECTION_PAUSE_MS = 2_000;

/**
 * One member of a consumer group. Whatever it does to its consumer happens one thing after another, in `#work`: beginning
 * anew after each assignment, handling batches, carrying out decisions about parked streams, moving the position.
 */
export class GroupMember<E extends DomainEvent> implements FeedSubscription {
  readonly ended: Promise<void>;
  readonly #group: string;
  readonly #groupId: string;
  readonly #consumer: FeedConsumer<E>;
  readonly #progress: ProgressLog;
  readonly #options: KafkaEventFeedOptions<E>;
  readonly #delivery: Delivery<E>;
  readonly #deliverySetbacks: Setbacks;
  readonly #connectionSetbacks: Setbacks;
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<{ position: number; resolve: () => void; reject: (error: Error) => void }>();

  #fetched: Fetched[] = [];
  #isHandling = false;
  #isIdle = false;
  /** How long one thing has been at hand. What never comes back fails nowhere, and is a stall all the same. */
  #busyMs = 0;
  #wakeUp: () => void = () => {};
  #decisionsAreDue = false;
  #positionMayMove = false;
  /** Where the position is to move to next, if the latest of the relay is out of reach. */
  #target = noLeadership;
  #poll: Scheduled | undefined;

  /** Counts assignments; what belongs to an earlier one is not committed any more. */
  #generation = 0;
  #begun = 0;
  #client: Consumer | undefined;
  #partitions: readonly number[] = [];
  /** Of the own partitions: the offset up to which everything has been handled. */
  readonly #handled = new Map<number, number>();
  #admin: Admin | undefined;
  #hasEnded = false;
  #knowsPosition = false;
  #isFirst = true;

  constructor(
    group: string,
    consumer: FeedConsumer<E>,
    progress: ProgressLog,
    options: KafkaEventFeedOptions<E>,
  ) {
    this.#group = group;
    this.#groupId = `${options.groupPrefix ?? 'session-requests.'}${group}`;
    this.#consumer = consumer;
    this.#progress = progress;
    this.#options = options;
    this.#deliverySetbacks = new Setbacks(options);
    this.#connectionSetbacks = new Setbacks({
      ...options,
      longestPauseMs: Math.min(LONGEST_CONNECTION_PAUSE_MS, options.longestPauseMs ?? Infinity),
    });
    this.#delivery = new Delivery({
      ...options,
      group,
      consumer,
      setbacks: this.#deliverySetbacks,
      signal: this.#stopping.signal,
    });
    this.ended = this.#run();
  }

  reached(position: number): Promise<void> {
    if (this.#knowsPosition && this.#delivery.position >= position) return Promise.resolve();
    if (this.#hasEnded) return Promise.reject(this.#stopped());
    return new Promise((resolve, reject) => {
      this.#waiting.add({ position, resolve, reject });
      this.#pollWhileSomebodyWaits();
    });
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    this.#wakeUp();
    return this.ended;
  }

  health(): FeedHealth {
    const delivery = this.#deliverySetbacks;
    const connection = this.#connectionSetbacks;
    return {
      group: this.#group,
      position: this.#knowsPosition ? this.#delivery.position : undefined,
      failures: delivery.failures + connection.failures,
      stalledMs: Math.max(delivery.stalledMs, this.#busyMs) + connection.stalledMs,
      lastError: delivery.lastError ?? connection.lastError,
    };
  }

  /** How many messages of its partitions it has not handled; undefined before it knows where it is. `ends` is by partition. */
  unhandled(ends: ReadonlyMap<number, number>): number | undefined {
    if (!this.#knowsPosition) return undefined;
    let count = 0;
    for (const [partition, handled] of this.#handled)
      count += Math.max(0, (ends.get(partition) ?? 0) - handled);
    return count;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // whoever subscribes holds the subscription before anything happens
    const { kafka, topics, timers, logger, decisionsEveryMs = 2_000 } = this.#options;
    const { sessionTimeoutMs = 10_000, maxBytesPerPartition = 256 * 1024, silenceMs } = this.#options;
    const leave = superviseConsumer({
      kafka,
      topic: topics.events,
      config: () => ({
        groupId: this.#groupId,
        sessionTimeout: sessionTimeoutMs,
        heartbeatInterval: Math.min(3_000, sessionTimeoutMs / 3),
        maxWaitTimeInMs: 250, // also the longest that leaving takes
        maxBytesPerPartition,
        allowAutoTopicCreation: false,
      }),
      concurrency: topics.partitions,
      eachBatch: (payload) => this.#fetch(payload),
      onJoin: (partitions, client) => {
        this.#generation += 1;
        this.#partitions = partitions;
        this.#client = client;
        this.#wakeUp();
      },
      isBusy: () => this.#isHandling || this.#fetched.length > 0,
      setbacks: this.#connectionSetbacks,
      timers,
      logger,
      ...(silenceMs !== undefined && { silenceMs }),
    });
    const forget = this.#progress.onHeard(() => {
      this.#positionMayMove = true;
      this.#wakeUp();
    });
    const heartbeats = this.#keepAlive();
    const decisions = this.#every(decisionsEveryMs, () => (this.#decisionsAreDue = true));
    await this.#work();
    forget();
    this.#settleAll();
    await leave();
    await Promise.all([heartbeats, decisions]);
    await this.#dropAdmin();
    this.#poll?.cancel();
    this.#hasEnded = true;
    for (const { reject } of this.#waiting) reject(this.#stopped());
    this.#waiting.clear();
  }

  /** Ends when it has been told to stop. */
  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    const { logger } = this.#options;
    while (!signal.aborted) {
      const somethingToDo = new Promise<void>((resolve) => (this.#wakeUp = resolve));
      this.#busyMs = 0;
      this.#isIdle = false;
      try {
        if (this.#begun !== this.#generation) await this.#begin();
        else if (this.#fetched.length > 0) {
          await this.#handle();
          // Not only when there is nothing to handle: under load that is never.
          if (this.#begun === this.#generation) await this.#movePosition();
        } else if (this.#decisionsAreDue && this.#begun > 0) {
          this.#decisionsAreDue = false;
          await this.#delivery.carryOutDecisions((partition) => this.#partitions.includes(partition));
        } else if (this.#positionMayMove && this.#begun > 0) {
          await this.#movePosition();
        } else {
          this.#isIdle = true;
          await somethingToDo;
        }
      } catch (error) {
        this.#isHandling = false;
        if (error instanceof DeliveryEnded) continue;
        logger.warn({ err: error, group: this.#group }, 'the event feed failed; it goes on where it was');
        await this.#dropAdmin();
        await this.#deliverySetbacks.pauseAfter(error, signal);
      }
    }
  }

  // --- after each assignment ----------------------------------------------------------------------------------------------

  /** Finds out where to go on, before anything of this assignment is handled. */
  async #begin(): Promise<void> {
    const generation = this.#generation;
    const partitions = this.#partitions;
    const client = this.#client;
    if (!client) return;
    const checkpoint = await this.#consumer.checkpoint();
    const committed = await this.#committed();
    const begins = await this.#begins();
    if (generation !== this.#generation) return;
    const known = this.#delivery.position;
    // What this member has handled itself still holds, unless the effects have been deleted meanwhile.
    const own = checkpoint === 0 && known > 0 ? new Map<number, number>() : new Map(this.#handled);
    await this.#delivery.begin(checkpoint);
    this.#handled.clear();
    const corrections = new Map<number, number>();
    for (let partition = 0; partition < this.#options.topics.partitions; partition += 1) {
      const isOwn = partitions.includes(partition);
      const at = committed.get(partition) ?? 0;
      const begin = begins.get(partition) ?? 0;
      if (checkpoint > 0) {
        if (isOwn) this.#handled.set(partition, Math.max(begin, at));
        continue;
      }
      const from = isOwn ? Math.max(begin, own.get(partition) ?? 0) : begin;
      if (isOwn) this.#handled.set(partition, from);
      // Nobody may take for handled what the others had committed to before the effects were deleted.
      if (committed.has(partition) && at !== from && (isOwn || this.#isFirst))
        corrections.set(partition, from);
    }
    if (corrections.size > 0) {
      const places = await this.#commit(client, corrections);
      for (const place of places) if (partitions.includes(place.partition)) client.seek(place);
      this.#settleAll(); // fetched from elsewhere
      this.#options.logger.info(
        { group: this.#group, partitions: [...corrections.keys()] },
        'the checkpoint is 0: the group begins at the beginning',
      );
    }
    this.#isFirst = false;
    this.#knowsPosition = true;
    this.#begun = generation;
    this.#deliverySetbacks.recover();
    this.#positionMayMove = true;
    this.#resolveReached();
  }

  // --- batches ----------------------------------------------------------------------------------------------------------------

  /** Hands what was fetched from a partition to `#work`, and resolves when it has been handled and committed. */
  #fetch(payload: EachBatchPayload): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        if (error === undefined) resolve();
        else reject(error);
      };
      const { partition } = payload.batch;
      this.#fetched.push({ partition, payload, generation: this.#generation, settle });
      this.#wakeUp();
    });
  }

  /** Gives everything back unhandled; it is fetched again. */
  #settleAll(): void {
    for (const { settle } of this.#fetched.splice(0)) settle();
  }

  /** Everything that has been fetched by now, as one batch. */
  async #handle(): Promise<void> {
    await new Promise(setImmediate); // the partitions of one answer come one after another
    const fetched = this.#fetched;
    const generation = this.#begun;
    if (fetched.some((each) => each.generation !== generation)) {
      this.#settleAll();
      return;
    }
    this.#isHandling = true;
    const offsets = new Map<number, number>();
    const arrivals: Arrival<E>[] = [];
    const batches = fetched.slice();
    for (const { partition, payload } of batches) {
      // fetched before it was decided to begin elsewhere, or before the partition was given to another
      if (payload.isStale() || !this.#partitions.includes(partition)) continue;
      arrivals.push(...this.#decode(payload));
      offsets.set(partition, Number(payload.batch.lastOffset()) + 1);
    }
    let failure: Error | undefined;
    try {
      await this.#delivery.deliver(arrivals);
      if (generation === this.#generation && offsets.size > 0) {
        await batches[0]?.payload.commitOffsetsIfNecessary({ topics: [this.#commitOf(offsets)] });
        for (const [partition, offset] of offsets) this.#handled.set(partition, offset);
        for (const { partition, payload } of batches)
          if (offsets.has(partition)) payload.resolveOffset(payload.batch.lastOffset());
      }
    } catch (error) {
      failure = error as Error;
    }
    if (failure !== undefined && !(failure instanceof DeliveryEnded)) this.#connectionSetbacks.note(failure);
    this.#isHandling = false;
    this.#fetched = this.#fetched.slice(batches.length);
    // kafkajs joins the group again, or fetches again; what has been handled is passed over then
    for (const { settle } of batches) settle(failure instanceof DeliveryEnded ? undefined : failure);
  }

  #decode({ batch }: EachBatchPayload): Arrival<E>[] {
    const arrivals: Arrival<E>[] = [];
    for (const message of batch.messages) {
      try {
        arrivals.push({ event: decodeEvent<E>(message), partition: batch.partition });
      } catch (error) {
        const { partition, topic } = batch;
        this.#options.logger.error(
          { err: error, topic, partition, offset: message.offset },
          'a message in the events topic is none of ours and is passed over',
        );
      }
    }
    return arrivals;
  }

  /** Between batches. By the consumer of the assignment that the offsets are of: another one's would be taken for its own. */
  async #commit(
    client: Consumer,
    offsets: ReadonlyMap<number, number>,
  ): Promise<readonly TopicPartitionOffset[]> {
    const { topic, partitions } = this.#commitOf(offsets);
    const places = partitions.map((place) => ({ topic, ...place }));
    await client.commitOffsets(places);
    return places;
  }

  #commitOf(offsets: ReadonlyMap<number, number>): TopicOffsets {
    const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) }));
    return { topic: this.#options.topics.events, partitions };
  }

  /** The broker is to know that this member is there, however long a batch takes. */
  async #keepAlive(): Promise<void> {
    await this.#every(HEARTBEAT_MS, () => {
      if (!this.#isIdle) this.#busyMs += HEARTBEAT_MS;
      // When it fails, kafkajs finds out by itself as soon as the batch is done.
      void this.#fetched[0]?.payload.heartbeat().catch(() => {});
    });
  }

  async #every(ms: number, act: () => void): Promise<void> {
    while (await elapse(this.#options.timers, ms, this.#stopping.signal)) {
      act();
      this.#wakeUp();
    }
  }

  // --- the position of the whole group ------------------------------------------------------------------------------------

  /** To what the relay has said last or, while it is always a little ahead, to what it had said a while ago. */
  async #movePosition(): Promise<void> {
    this.#positionMayMove = false;
    const latest = this.#progress.leadership;
    if (this.#target.position <= this.#delivery.position || this.#target.position > latest.position)
      this.#target = latest;
    const further = [latest, this.#target].filter(({ position }) => position > this.#delivery.position);
    const reached = await this.#reachedOf(further);
    if (reached) {
      await this.#delivery.moveTo(reached.position);
      this.#resolveReached();
    }
    this.#pollWhileSomebodyWaits();
  }

  /** The first of these that the whole group has reached: everything before its offsets has been handled. */
  async #reachedOf(places: readonly Leadership[]): Promise<Leadership | undefined> {
    const handled = this.#handled;
    const client = this.#client;
    const isWithin = (by: ReadonlyMap<number, number>, { offsets }: Leadership): boolean =>
      offsets.every((offset, partition) => offset <= (by.get(partition) ?? 0));
    const byItself = places.filter(({ offsets }) =>
      this.#partitions.every((partition) => (offsets[partition] ?? 0) <= (handled.get(partition) ?? 0)),
    );
    if (byItself.length === 0) return undefined;
    if (byItself[0] && isWithin(handled, byItself[0])) return byItself[0];
    const committed = await this.#committed();
    if (client && this.#begun === this.#generation) {
      // Who joins while the checkpoint is 0 takes back what others have committed, also what they have just done.
      const takenBack = [...handled].filter(
        ([partition, offset]) => offset > (committed.get(partition) ?? 0),
      );
      if (takenBack.length > 0) await this.#commit(client, new Map(takenBack));
    }
    const byAll = new Map([...committed, ...handled]);
    const proved = byItself.find((place) => isWithin(byAll, place));
    if (proved) return proved;
    // What another member has proved is kept with the effects; its commits may have been taken back since.
    const checkpoint = await this.#consumer.checkpoint();
    return byItself.find(({ position }) => position <= checkpoint);
  }

  /** Of the whole group, by partition; those that nothing has been committed for are not there. */
  async #committed(): Promise<Map<number, number>> {
    const admin = await this.#connectedAdmin();
    const found = await admin.fetchOffsets({
      groupId: this.#groupId,
      topics: [this.#options.topics.events],
    });
    const partitions = found[0]?.partitions ?? [];
    const committed = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    for (const [partition, offset] of committed) if (offset < 0) committed.delete(partition);
    return committed;
  }

  /** Where each partition begins: what was before has been deleted. */
  async #begins(): Promise<Map<number, number>> {
    const admin = await this.#connectedAdmin();
    const found = await admin.fetchTopicOffsets(this.#options.topics.events);
    return new Map(found.map(({ partition, low }) => [partition, Number(low)]));
  }

  async #connectedAdmin(): Promise<Admin> {
    if (!this.#admin) {
      const admin = this.#options.kafka.admin();
      await admin.connect();
      this.#admin = admin;
    }
    return this.#admin;
  }

  async #dropAdmin(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.disconnect().catch(() => {});
  }

  #pollWhileSomebodyWaits(): void {
    if (this.#waiting.size === 0 || this.#poll || this.#stopping.signal.aborted) return;
    this.#poll = this.#options.timers.after(REACHED_POLL_MS, () => {
      this.#poll = undefined;
      this.#positionMayMove = true;
      this.#wakeUp();
    });
  }

  #resolveReached(): void {
    for (const waiter of this.#waiting) {
      if (waiter.position > this.#delivery.position) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }

  #stopped(): Error {
    const position = this.#knowsPosition ? this.#delivery.position : 'unknown';
    return new Error(`group ${this.#group} has stopped at position ${position}`);
  }
}
