import {
  Setbacks,
  type DomainEvent,
  type EventBatch,
  type EventPublisher,
  type EventStore,
  type Publication,
  type Timers,
} from '@hse/event-sourcing';
import type { Logger, UnderWay } from '@hse/service-kit';

export interface RelayOptions<E extends DomainEvent> {
  readonly store: Pick<EventStore<E>, 'follow'>;
  readonly publisher: EventPublisher<E>;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Is told what is under way. */
  readonly underWay?: Pick<UnderWay, 'during'>;
  /** Most events published at a time. Default 1 000. */
  readonly batchSize?: number;
  /** Pause after the first failure in a row; doubled with each further one. Default 100 ms. */
  readonly firstPauseMs?: number;
  /** The longest pause. Default 5 000 ms. */
  readonly longestPauseMs?: number;
}

export interface RelayHealth {
  readonly state: 'new' | 'standby' | 'leading' | 'stopped';
  /** Everything up to here has been published; undefined before this instance has led. In standby another may be further. */
  readonly position: number | undefined;
  /** Failures since something last succeeded; 0 when all is well. */
  readonly failures: number;
  /** How long it has paused because of them. */
  readonly stalledMs: number;
  /** What went wrong last, while `failures` is above 0. */
  readonly lastError: unknown;
}

/** Carries what is recorded to those who follow it elsewhere. */
export interface Relay {
  /** Begins; a second call changes nothing. Returns at once. */
  start(): void;
  /** Finishes the batch at hand, gives up the lead and ends for good. The publisher stays open. */
  stop(): Promise<void>;
  health(): RelayHealth;
}

/**
 * Publishes everything that is recorded, in log order, at least once. Any number of instances may run: one publishes, the
 * others stand by. When the store or the publisher fails, it tries again for as long as it takes, without skipping anything;
 * commands do not wait for it.
 *
 * @throws never: what goes wrong is in {@link Relay.health} and in the log.
 */
export const createRelay = <E extends DomainEvent>(options: RelayOptions<E>): Relay => {
  const {
    store,
    publisher,
    timers,
    logger,
    underWay,
    batchSize = 1_000,
    firstPauseMs = 100,
    longestPauseMs = 5_000,
  } = options;
  const stopping = new AbortController();
  const setbacks = new Setbacks({ timers, firstPauseMs, longestPauseMs });
  let state: RelayHealth['state'] = 'new';
  let position: number | undefined;
  let running: Promise<void> | undefined;

  const pauseAfter = async (error: unknown, signal: AbortSignal, message: string): Promise<void> => {
    if (signal.aborted) return;
    logger.warn({ err: error, failures: setbacks.failures + 1, position }, message);
    await setbacks.pauseAfter(error, signal);
  };

  const publish = async (
    publication: Publication<E>,
    batch: EventBatch<E>,
    signal: AbortSignal,
  ): Promise<void> => {
    while (!signal.aborted) {
      try {
        const publishing = publication.publish(batch);
        await (underWay?.during('relay', publishing) ?? publishing);
        position = batch.position;
        setbacks.recover();
        return;
      } catch (error) {
        await pauseAfter(error, signal, 'events could not be published; they are sent again');
      }
    }
  };

  /** Ends when the lead is lost, when it is to stop, and when the store has been closed. */
  const relay = async (publication: Publication<E>, signal: AbortSignal): Promise<void> => {
    let after = publication.after;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      try {
        for await (const batch of store.follow({ after, batchSize, signal })) {
          await publish(publication, batch, signal);
          after = batch.position;
        }
        if (!isOver()) stopping.abort(); // the store has been closed
      } catch (error) {
        await pauseAfter(error, signal, 'the event store could not be read; reading goes on where it was');
      }
    }
  };

  const run = async (): Promise<void> => {
    const { signal } = stopping;
    while (!signal.aborted) {
      state = 'standby';
      try {
        const publication = await publisher.lead(signal);
        state = 'leading';
        position = publication.after;
        setbacks.recover();
        logger.info({ position }, 'relays events from now on');
        await relay(publication, AbortSignal.any([signal, publication.lost]));
        if (publication.lost.aborted) logger.info({ position }, 'another instance relays from now on');
        else await publication.release();
      } catch (error) {
        await pauseAfter(error, signal, 'the lead could not be taken or given up');
      }
    }
    state = 'stopped';
  };

  return {
    start() {
      if (!stopping.signal.aborted) running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
      state = 'stopped';
    },
    health: () => ({
      state,
      position,
      failures: setbacks.failures,
      stalledMs: setbacks.stalledMs,
      lastError: setbacks.lastError,
    }),
  };
};
