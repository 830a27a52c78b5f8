import { isDeepStrictEqual } from 'node:util';
import type {
  NotificationRecord,
  ReadModelsSnapshot,
  SessionRequestRecord,
  SessionRequestStore,
} from '@hse/contracts';
import { notificationsOf } from './notifications-of.ts';
import { createProgressReport, type Progress } from './progress.ts';
import { projectSessionRequest } from './project-session-request.ts';

/** One thing that is not as the log says. `missing` has no `found`, `unexpected` no `expected`. */
export type Difference = { readonly kind: 'missing' | 'unexpected' | 'different' } & (
  | {
      readonly of: 'record';
      readonly requestId: string;
      readonly expected?: SessionRequestRecord;
      readonly found?: SessionRequestRecord;
    }
  | {
      readonly of: 'notification';
      readonly position: number;
      readonly participantId: string;
      readonly expected?: NotificationRecord;
      readonly found?: NotificationRecord;
    }
);

export interface ParityResult {
  /** The position up to which log and read models were compared: their checkpoint. */
  readonly checkpoint: number;
  readonly events: number;
  readonly records: number;
  readonly notifications: number;
  /** How many there are; {@link onDifference} was told each. */
  readonly differences: number;
}

/**
 * Folds the log afresh up to the checkpoint of a snapshot and compares every record and every notification with it.
 * Can be done while the system is at work. Keeps one record per session request in memory, about 1 kB each.
 *
 * @throws RevisionGap when the log itself is not whole.
 */
export const checkParity = async (options: {
  store: Pick<SessionRequestStore, 'readAll'>;
  snapshot: ReadModelsSnapshot;
  onDifference: (difference: Difference) => void;
  onProgress?: (progress: Progress) => void;
  /** Events read at once. Default 5000. */
  batchSize?: number;
  /** A stopwatch, for the progress told; when it was started does not matter. */
  elapsedMs: () => number;
}): Promise<ParityResult> => {
  const { store, snapshot, onDifference, onProgress, batchSize = 5000, elapsedMs } = options;
  const { checkpoint } = snapshot;
  const progress = createProgressReport({ target: checkpoint, onProgress, elapsedMs });
  const counts = { events: 0, records: 0, notifications: 0, differences: 0 };
  const differs = (difference: Difference): void => {
    counts.differences += 1;
    onDifference(difference);
  };

  const records = new Map<string, SessionRequestRecord>();
  const compareNotification = notificationComparison(snapshot.notifications(), differs);
  for await (const batch of store.readAll({ batchSize })) {
    const within = batch.events.filter(({ position }) => position <= checkpoint);
    for (const event of within) {
      const { requestId } = event.data;
      records.set(requestId, projectSessionRequest(records.get(requestId), event));
      for (const notification of notificationsOf(event)) {
        counts.notifications += 1;
        compareNotification(notification);
      }
    }
    counts.events += within.length;
    progress.advance(within.length, Math.min(batch.position, checkpoint));
    if (batch.position >= checkpoint) break;
  }
  compareNotification(undefined);

  counts.records = records.size;
  for (const found of snapshot.records()) {
    const { requestId } = found.state;
    const expected = records.get(requestId);
    records.delete(requestId);
    if (!expected) differs({ kind: 'unexpected', of: 'record', requestId, found });
    else if (!isDeepStrictEqual(expected, found))
      differs({ kind: 'different', of: 'record', requestId, expected, found });
  }
  for (const [requestId, expected] of records)
    differs({ kind: 'missing', of: 'record', requestId, expected });
  progress.done();
  return { checkpoint, ...counts };
};

/** Walks along the notifications that are there; takes those that should be, in the same order, and undefined at the end. */
const notificationComparison = (
  there: Iterable<NotificationRecord>,
  differs: (difference: Difference) => void,
) => {
  const found = there[Symbol.iterator]();
  let next = found.next();
  const unexpected = (notification: NotificationRecord): void => {
    const { position, participantId } = notification;
    differs({ kind: 'unexpected', of: 'notification', position, participantId, found: notification });
    next = found.next();
  };
  return (expected: NotificationRecord | undefined): void => {
    while (!next.done && (!expected || isBefore(next.value, expected))) unexpected(next.value);
    if (!expected) return;
    const { position, participantId } = expected;
    const present = next.done ? undefined : next.value;
    if (!present || present.position !== position || present.participantId !== participantId) {
      differs({ kind: 'missing', of: 'notification', position, participantId, expected });
      return;
    }
    if (!isDeepStrictEqual(expected, present))
      differs({ kind: 'different', of: 'notification', position, participantId, expected, found: present });
    next = found.next();
  };
};

/** In the order of {@link ReadModelsSnapshot.notifications}. */
const isBefore = (a: NotificationRecord, b: NotificationRecord): boolean => {
  if (a.position !== b.position) return a.position < b.position;
  const forClient = ({ participantId, event }: NotificationRecord): boolean =>
    participantId === event.data.clientId;
  return !forClient(a) && forClient(b);
};
