import type { Clock, Scheduled, Timers } from '@hse/event-sourcing';
import { createSimulatedClock, type Logger } from '@hse/service-kit';
import type { ChangeStream, Db } from 'mongodb';
import { provideCollection } from './provide-collection.ts';

interface ClockDocument {
  readonly _id: 'clock';
  readonly instant: number;
}

const schema = {
  bsonType: 'object',
  required: ['_id', 'instant'],
  properties: { _id: { enum: ['clock'] }, instant: { bsonType: 'number' } },
  additionalProperties: false,
};

const firstPauseMs = 50;
const longestPauseMs = 2_000;

/** A simulated clock that several processes share. It stands still, and is advanced by any of them. */
export interface SharedClock extends Clock {
  /** Always 0: it stands still by itself. */
  readonly speed: 0;
  /**
   * Moves the clock of all processes forward to `instant` (whole milliseconds since 1970-01-01T00:00:00Z); an instant that
   * has passed changes nothing. When it resolves, this process shows the instant, or a later one that another process has
   * set, and what fell due here has been called back; the others follow within milliseconds, later if they are cut off.
   * @throws RangeError for what is no instant.
   */
  advanceTo(instant: number): Promise<void>;
  /** Follows the others no more. */
  close(): Promise<void>;
}

/**
 * A clock for demonstrations and tests of systems of several processes, in the collection `clock`. Shows `start` when it is the
 * first of all that open it, else what the others have come to. Follows by change stream; a stream that breaks is opened
 * again, and what was missed meanwhile is read. What a callback throws is logged.
 *
 * Does not close `db`.
 * @throws RangeError for a start that is no instant.
 */
export const openMongoSharedClock = async ({
  db,
  start,
  timers,
  logger,
}: {
  db: Db;
  start: number;
  timers: Timers;
  logger: Logger;
}): Promise<SharedClock> => {
  const createLocal = (from: number) =>
    // Real time does not move it.
    createSimulatedClock({ start: from, speed: 0, wall: { now: () => 0, timers } });
  createLocal(start); // refuses what is no instant before anybody else is told
  const clocks = await provideCollection<ClockDocument>(db, 'clock', { schema });
  const first = await clocks.findOneAndUpdate(
    { _id: 'clock' },
    { $setOnInsert: { instant: start } },
    { upsert: true, returnDocument: 'after' },
  );
  const local = createLocal(first?.instant ?? start);

  const follow = (instant: number): void => {
    while (instant > local.now()) {
      try {
        local.advanceTo(instant);
      } catch (error) {
        logger.error({ err: error }, 'a callback of the shared clock failed');
      }
    }
  };

  let closed = false;
  const isOpen = (): boolean => !closed;
  let pauseMs = firstPauseMs;
  let stream: ChangeStream<ClockDocument> | undefined;
  let pause: { readonly scheduled: Scheduled; readonly end: () => void } | undefined;

  /** What it shows, and when by the server's clock of operations. */
  const read = () =>
    db.client.withSession(async (session) => {
      const current = await clocks.findOne({ _id: 'clock' }, { session });
      const { operationTime } = session;
      return { instant: current?.instant ?? start, ...(operationTime && { operationTime }) };
    });

  /** Shows what the others show until the stream breaks. */
  const followOnce = async (): Promise<void> => {
    const { instant, operationTime } = await read();
    follow(instant);
    // From there on, however long it takes to open.
    stream = clocks.watch([], {
      fullDocument: 'updateLookup',
      ...(operationTime && { startAtOperationTime: operationTime }),
    });
    try {
      while (isOpen()) {
        const change = (await stream.next()) as { fullDocument?: ClockDocument | null };
        pauseMs = firstPauseMs;
        if (change.fullDocument) follow(change.fullDocument.instant); // none when it was deleted
      }
    } finally {
      await stream.close().catch(() => undefined);
    }
  };

  const followAlways = async (): Promise<void> => {
    while (isOpen()) {
      try {
        await followOnce();
      } catch (error) {
        if (!isOpen()) return;
        logger.warn({ err: error, pauseMs }, 'the shared clock cannot be followed at present');
      }
      await new Promise<void>((resolve) => {
        pause = { scheduled: timers.after(pauseMs, resolve), end: resolve };
      });
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  };
  const following = followAlways();

  return {
    speed: 0,
    now: () => local.now(),
    wakeAt: (at, callback) => local.wakeAt(at, callback),

    async advanceTo(instant) {
      if (!Number.isSafeInteger(instant))
        throw new RangeError(`${instant} is no instant in whole milliseconds`);
      const moved = await clocks.findOneAndUpdate(
        { _id: 'clock' },
        { $max: { instant } },
        { upsert: true, returnDocument: 'after' },
      );
      follow(moved?.instant ?? instant);
    },

    async close() {
      closed = true;
      pause?.scheduled.cancel();
      pause?.end();
      await stream?.close().catch(() => undefined);
      await following;
    },
  };
};
