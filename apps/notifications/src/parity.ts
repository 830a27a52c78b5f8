import { isDeepStrictEqual } from 'node:util';
import type {
  NotificationRecord,
  ReadModelsDifference,
  ReadModelsSnapshot,
  SessionRequestRecord,
  SessionRequestStore,
} from '@hse/contracts';
import { createProgressReport, type Progress } from '@hse/service-kit/command-line';
import { notificationsOf } from './notifications-of.ts';
import { projectSessionRequest } from './project-session-request.ts';

export interface ParityResult {
  /** The position up to which log and read models were compared: their checkpoint. */
  readonly checkpoint: number;
  readonly events: number;
  readonly records: number;
  readonly notifications: number;
  /** How many there are; {@link onDifference} was told each. */
  readonly differences: number;
}

/** A record that reflects events after the checkpoint, and what those before it make of it. */
interface Ahead {
  readonly found: SessionRequestRecord;
  expected: SessionRequestRecord | undefined;
}

/**
 * Folds the log afresh and compares every record and every notification of a snapshot with it: up to the checkpoint
 * everything has to be there; what is there beyond it has to be as the log says up to the revision of the record.
 * Can be done while the system is at work. Keeps one record per session request in memory, about 1 kB each.
 *
 * @throws RevisionGap when the log itself is not whole.
 */
export const checkParity = async (options: {
  store: Pick<SessionRequestStore, 'readAll'>;
  snapshot: ReadModelsSnapshot;
  onDifference: (difference: ReadModelsDifference) => void;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Events read at once. Default 5000. */
  batchSize?: number;
  /** A stopwatch, for the progress told; when it was started does not matter. */
  elapsedMs: () => number;
}): Promise<ParityResult> => {
  const { store, snapshot, onDifference, onProgress, batchSize = 5000, elapsedMs } = options;
  const { checkpoint } = snapshot;
  const progress = createProgressReport({ target: checkpoint, onProgress, elapsedMs });
  const counts = { events: 0, records: 0, notifications: 0, differences: 0 };
  const differs = (difference: ReadModelsDifference): void => {
    counts.differences += 1;
    onDifference(difference);
  };
  const compareRecord = (
    requestId: string,
    expected: SessionRequestRecord | undefined,
    found: SessionRequestRecord | undefined,
  ): void => {
    if (!expected) differs({ kind: 'unexpected', of: 'record', requestId, ...(found && { found }) });
    else if (!found) differs({ kind: 'missing', of: 'record', requestId, expected });
    else if (!isDeepStrictEqual(expected, found))
      differs({ kind: 'different', of: 'record', requestId, expected, found });
  };

  /** As the log says, as long as they have not been compared. */
  const records = new Map<string, SessionRequestRecord>();
  const compareRecords = async (): Promise<Map<string, Ahead>> => {
    const ahead = new Map<string, Ahead>();
    counts.records = records.size;
    for await (const found of snapshot.records()) {
      const { requestId } = found.state;
      const expected = records.get(requestId);
      records.delete(requestId);
      if (found.position > checkpoint) ahead.set(requestId, { found, expected });
      else compareRecord(requestId, expected, found);
    }
    for (const [requestId, expected] of records) compareRecord(requestId, expected, undefined);
    return ahead;
  };

  const notifications = await compareNotifications(snapshot.notifications(), differs);
  let ahead: Map<string, Ahead> | undefined;
  for await (const batch of store.readAll({ batchSize })) {
    let within = 0;
    for (const event of batch.events) {
      const { requestId } = event.data;
      if (event.position <= checkpoint) {
        within += 1;
        records.set(requestId, projectSessionRequest(records.get(requestId), event));
        for (const notification of notificationsOf(event)) {
          counts.notifications += 1;
          await notifications.next(notification, 'required');
        }
        continue;
      }
      ahead ??= await compareRecords();
      const record = ahead.get(requestId);
      const isReflected = record !== undefined && event.revision <= record.found.state.revision;
      if (isReflected) record.expected = projectSessionRequest(record.expected, event);
      // Notifications are written before the record, so they can be there without it.
      for (const notification of notificationsOf(event))
        await notifications.next(notification, isReflected ? 'required' : 'optional');
      if (record && event.revision >= record.found.state.revision) {
        compareRecord(requestId, record.expected, record.found);
        ahead.delete(requestId);
      }
    }
    counts.events += within;
    progress.advance(within, Math.min(batch.position, checkpoint));
    if (batch.position < checkpoint) continue;
    ahead ??= await compareRecords();
    if (ahead.size === 0 && notifications.ended) break;
  }
  await notifications.end();
  ahead ??= await compareRecords();
  // They reflect more events than the log has.
  for (const [requestId, { found, expected }] of ahead) compareRecord(requestId, expected, found);
  progress.done();
  return { checkpoint, ...counts };
};

/** Walks along the notifications that are there, as those that should be are named in the same order. */
const compareNotifications = async (
  there: Iterable<NotificationRecord> | AsyncIterable<NotificationRecord>,
  differs: (difference: ReadModelsDifference) => void,
) => {
  const found = Symbol.asyncIterator in there ? there[Symbol.asyncIterator]() : there[Symbol.iterator]();
  let next = await found.next();
  const unexpectedWhile = async (is: (present: NotificationRecord) => boolean): Promise<void> => {
    while (!next.done && is(next.value)) {
      const { position, participantId } = next.value;
      differs({ kind: 'unexpected', of: 'notification', position, participantId, found: next.value });
      next = await found.next();
    }
  };
  return {
    get ended(): boolean {
      return next.done === true;
    },
    async next(expected: NotificationRecord, presence: 'required' | 'optional'): Promise<void> {
      await unexpectedWhile((present) => isBefore(present, expected));
      const { position, participantId } = expected;
      const present = next.done ? undefined : next.value;
      if (!present || present.position !== position || present.participantId !== participantId) {
        if (presence === 'required')
          differs({ kind: 'missing', of: 'notification', position, participantId, expected });
        return;
      }
      if (!isDeepStrictEqual(expected, present))
        differs({ kind: 'different', of: 'notification', position, participantId, expected, found: present });
      next = await found.next();
    },
    end: () => unexpectedWhile(() => true),
  };
};

/** In the order of {@link ReadModelsSnapshot.notifications}. */
const isBefore = (a: NotificationRecord, b: NotificationRecord): boolean => {
  if (a.position !== b.position) return a.position < b.position;
  const forClient = ({ participantId, event }: NotificationRecord): boolean =>
    participantId === event.data.clientId;
  return !forClient(a) && forClient(b);
};
