import { isDeepStrictEqual } from 'node:util';
import {
  streamOf,
  type ReadModels,
  type SessionRequestRecord,
  type SessionRequestStore,
} from '@hse/contracts';
import { elapse, type Timers } from '@hse/event-sourcing';
import { wholeNumber, type Logger, type Setting } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import type { Telemetry } from '@hse/telemetry';
import { projectSessionRequest } from './project-session-request.ts';

/** How much the watch looks at. */
export const paritySettings = {
  PARITY_PER_MINUTE: {
    meaning:
      'session requests of which the read model is compared with the log each minute, at work; 0: none',
    form: 'a whole number from 0 to 60000',
    default: '300',
    parse: wholeNumber(0, 60_000),
  },
} as const satisfies Record<string, Setting<unknown>>;

export interface ParityWatchOptions {
  readonly store: Pick<SessionRequestStore, 'readAll' | 'readStream'>;
  readonly readModels: Pick<ReadModels, 'find' | 'checkpoint'>;
  readonly telemetry: Pick<Telemetry, 'add'>;
  readonly timers: Timers;
  readonly logger: Pick<Logger, 'debug' | 'error'>;
  /** Session requests compared each minute, at most. */
  readonly perMinute: number;
}

/** Compares session requests with the log, a few at a time, for as long as it is not closed. */
export interface ParityWatch {
  /** Finishes the comparison at hand. */
  close(): Promise<void>;
}

/** The shortest time from one look to the next, in milliseconds. */
const everyMs = 10_000;

/**
 * Watches whether the read models are what the log says. Half of each look goes to what has changed since the one before, or a part of
 * that where it is too much; the rest goes through all session requests in the order in which they were asked for, again and again.
 * Adds to `session_requests.parity.checked` and `.different`, and names some that differ in the log.
 *
 * What the read models have not reached yet is no difference. Not noticed: a record of something that is not in the log, and
 * notifications; `checkParity` compares those, too.
 */
export const watchParity = (options: ParityWatchOptions): ParityWatch => {
  const { telemetry, timers, logger, perMinute } = options;
  const closing = new AbortController();
  telemetry.add('session_requests.parity.checked', 0, {});
  telemetry.add('session_requests.parity.different', 0, {});
  if (perMinute === 0) return { close: () => Promise.resolve() };

  const pauseMs = Math.max(everyMs, 60_000 / perMinute);
  const most = Math.round((perMinute * pauseMs) / 60_000);
  const round = createRound(options);
  const watch = async (): Promise<void> => {
    while (await elapse(timers, pauseMs, closing.signal)) {
      try {
        await look();
      } catch (error) {
        logger.debug({ err: error }, 'the read models could not be compared with the log; tries again');
      }
    }
  };
  const look = async (): Promise<void> => {
    const different: { requestId: string; difference: Difference }[] = [];
    for (const requestId of await round.next(most)) {
      if (closing.signal.aborted) return;
      // What is being rebuilt may change between two questions; what is wrong is wrong twice.
      const difference = (await differenceOf(requestId, options)) && (await differenceOf(requestId, options));
      telemetry.add('session_requests.parity.checked', 1, {});
      if (difference) different.push({ requestId, difference });
      await new Promise(setImmediate); // whoever else wants something comes first
    }
    telemetry.add('session_requests.parity.different', different.length, {});
    if (different.length > 0)
      logger.error(
        { different: different.length, some: different.slice(0, 5) },
        'Read models are not what the log says: npm run parity shows all of it, npm run rebuild -- notifications mends it.',
      );
  };
  const watching = watch();
  return {
    close: () => {
      closing.abort();
      return watching;
    },
  };
};

/** Which session requests are to be looked at, and when. */
const createRound = ({ store, readModels }: Pick<ParityWatchOptions, 'store' | 'readModels'>) => {
  let seen: number | undefined;
  let place = 0;

  const recentlyChanged = async (most: number): Promise<string[]> => {
    const checkpoint = await readModels.checkpoint();
    const after = seen ?? checkpoint;
    seen = checkpoint;
    if (most === 0 || after >= checkpoint) return [];
    for await (const { events } of store.readAll({ after, batchSize: most }))
      return events.filter(({ position }) => position <= checkpoint).map(({ data }) => data.requestId);
    return [];
  };
  const inTurn = async (most: number): Promise<string[]> => {
    const found: string[] = [];
    for await (const { events, position } of store.readAll({
      after: place,
      types: ['SessionRequested'] satisfies SessionRequestEvent['type'][],
      batchSize: most,
    })) {
      for (const event of events) {
        found.push(event.data.requestId);
        place = event.position;
        if (found.length === most) return found;
      }
      place = position;
    }
    place = 0;
    return found;
  };
  return {
    /** At most that many, each once. */
    next: async (most: number): Promise<ReadonlySet<string>> => {
      const recent = new Set(await recentlyChanged(Math.floor(most / 2)));
      return new Set([...recent, ...(await inTurn(most - recent.size))]);
    },
  };
};

type Difference = 'missing' | 'behind' | 'different';

/** How the record of a session request differs from the log at the record's own revision, and up to the checkpoint. */
const differenceOf = async (
  requestId: string,
  { store, readModels }: Pick<ParityWatchOptions, 'store' | 'readModels'>,
): Promise<Difference | undefined> => {
  // In this order: what the checkpoint has passed is in the record, and what is in the record is in the log.
  const checkpoint = await readModels.checkpoint();
  const found = await readModels.find(requestId);
  let expected: SessionRequestRecord | undefined;
  for (const event of await store.readStream(streamOf({ requestId }))) {
    if (found && event.revision <= found.state.revision) expected = projectSessionRequest(expected, event);
    else if (event.position <= checkpoint) return found ? 'behind' : 'missing';
  }
  return isDeepStrictEqual(shown(expected), shown(found)) ? undefined : 'different';
};

/** Of a record, what is made of events and shown to people. */
const shown = (record: SessionRequestRecord | undefined) =>
  record && { state: record.state, recordedAt: record.recordedAt, position: record.position };
