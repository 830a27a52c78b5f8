import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { NotificationRecord, ReadModelsCopy, SessionRequestRecord } from '@hse/contracts';
import {
  notificationNumbers,
  requestNumbers,
  type FromCopyThread,
  type LoadedRow,
  type PackedRows,
  type ToCopyThread,
} from './copy-messages.ts';
import { takeOwnership } from './ownership.ts';
import { notificationRow, recordFromRow, requestRow } from './rows.ts';

/** The thread's file as it lies beside this one: a source while developing (Node strips its types), else the build's. */
const threadFile = new URL(`./copy-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** Messages that the thread may be behind before the writer of the copy has to wait. */
const mostUnderWay = 4;

/** A record that the thread may not have in its latest form. */
interface Kept {
  readonly n: number;
  record: SessionRequestRecord;
  written: boolean;
}

/**
 * A copy of the read models at `path`, filled in `<path>.rebuilding` by a thread of its own. Reserves the read models: until
 * it is finished or abandoned nobody else can write to them. Records are written when nothing has happened to them for a
 * while, so that most are written once.
 *
 * Keeps in memory up to twice `keptRecords` (default 50 000) records, about 1 kB each, and the ids of all participants.
 *
 * @throws ReadModelsInUse when somebody writes to these read models, such as a running system.
 */
export const createSqliteReadModelsCopy = ({
  path,
  keptRecords = 50_000,
}: {
  path: string;
  keptRecords?: number;
}): ReadModelsCopy => {
  mkdirSync(dirname(path), { recursive: true });
  const giveUpOwnership = takeOwnership(path);
  const copyPath = `${path}.rebuilding`;
  rmSync(copyPath, { force: true });
  const thread = startThread(copyPath);

  const participants = new Map<string, number>();
  let newParticipants: string[] = [];
  let requests = 0;
  // Two generations: what was not touched while one filled up is written and forgotten when the next begins.
  let young = new Map<string, Kept>();
  let old = new Map<string, Kept>();
  let reached = 0;
  let longestMs = 0;

  const participant = (id: string): number => {
    const known = participants.get(id);
    if (known !== undefined) return known;
    participants.set(id, participants.size + 1);
    newParticipants.push(id);
    return participants.size;
  };

  const kept = (id: string): Kept | undefined => {
    const inYoung = young.get(id);
    if (inYoung) return inYoung;
    const inOld = old.get(id);
    if (inOld) {
      old.delete(id);
      young.set(id, inOld);
    }
    return inOld;
  };

  const packRequests = (entries: readonly Kept[]): PackedRows => {
    const numbers = new Float64Array(entries.length * requestNumbers);
    const texts: string[] = [];
    entries.forEach(({ n, record }, index) => {
      const row = requestRow(record);
      const { coachId, clientId, revision, position, recordedAt, status, startsAt, endsAt, awaitedId } = row;
      const { changeStartsAt, changeEndsAt, until } = row;
      numbers.set(
        [
          ...[
            n,
            participant(coachId),
            participant(clientId),
            revision,
            position,
            recordedAt,
            status,
            startsAt,
            endsAt,
          ],
          ...[changeStartsAt ?? NaN, changeEndsAt ?? NaN],
          ...[awaitedId === null ? NaN : participant(awaitedId), until ?? NaN],
        ],
        index * requestNumbers,
      );
      texts.push(row.id, row.rest);
      longestMs = Math.max(longestMs, endsAt - startsAt, (changeEndsAt ?? 0) - (changeStartsAt ?? 0));
    });
    return { count: entries.length, numbers, texts };
  };

  const packNotifications = (notifications: readonly NotificationRecord[]): PackedRows => {
    const numbers = new Float64Array(notifications.length * notificationNumbers);
    const texts: string[] = [];
    notifications.forEach((notification, index) => {
      const row = notificationRow(notification);
      const about = kept(row.requestId);
      if (!about)
        throw new Error(
          `a notification is about request ${row.requestId}, of which there is no record at hand`,
        );
      const { n, revision, recordedAt, type } = row;
      numbers.set(
        [n, participant(row.participantId), participant(row.otherId), about.n, revision, recordedAt, type],
        index * notificationNumbers,
      );
      texts.push(row.rest);
    });
    return { count: notifications.length, numbers, texts };
  };

  const write = async (
    entries: readonly Kept[],
    notifications: readonly NotificationRecord[],
  ): Promise<void> => {
    const rows = { requests: packRequests(entries), notifications: packNotifications(notifications) };
    for (const entry of entries) entry.written = true;
    const message: ToCopyThread = { kind: 'write', participants: newParticipants, ...rows };
    newParticipants = [];
    await thread.post(message, [rows.requests.numbers.buffer, rows.notifications.numbers.buffer]);
  };

  const unwritten = (generation: ReadonlyMap<string, Kept>): Kept[] =>
    [...generation.values()].filter(({ written }) => !written);

  return {
    async load(requestIds) {
      const found: SessionRequestRecord[] = [];
      const elsewhere: string[] = [];
      for (const id of requestIds) {
        const entry = kept(id);
        if (entry) found.push(entry.record);
        else elsewhere.push(id);
      }
      if (elsewhere.length > 0)
        for (const row of await thread.ask({ kind: 'load', ids: elsewhere })) {
          const record = recordFromRow(row);
          young.set(row.id, { n: row.n, record, written: true });
          found.push(record);
        }
      return found;
    },

    async apply({ records, notifications, checkpoint }) {
      for (const record of records) {
        const { requestId, revision } = record.state;
        const entry = kept(requestId);
        if (!entry) young.set(requestId, { n: (requests += 1), record, written: false });
        else if (revision > entry.record.state.revision) {
          entry.record = record;
          entry.written = false;
        }
      }
      reached = Math.max(reached, checkpoint);
      const settled = young.size >= keptRecords ? unwritten(old) : [];
      await write(settled, notifications);
      if (young.size >= keptRecords) [old, young] = [young, new Map<string, Kept>()];
    },

    async finish() {
      await write([...unwritten(old), ...unwritten(young)], []);
      await thread.ask({ kind: 'finish', checkpoint: reached, longestMs });
      await thread.end();
      sync(copyPath);
      settle(path);
      renameSync(copyPath, path);
      if (process.platform !== 'win32') sync(dirname(path)); // Windows cannot sync a folder, and has no need to
      giveUpOwnership();
    },

    async abandon() {
      await thread.end();
      rmSync(copyPath, { force: true });
      giveUpOwnership();
    },
  };
};

const sync = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Brings all of an SQLite file into that one file, so that nothing beside it can be taken for part of what replaces it. */
const settle = (path: string): void => {
  if (existsSync(path)) {
    const db = new DatabaseSync(path);
    try {
      db.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = DELETE');
    } catch (error) {
      // A file that is damaged is what a rebuild is for.
      if (!isUnreadable(error)) throw error;
    } finally {
      db.close();
    }
  }
  for (const beside of ['-wal', '-shm', '-journal']) rmSync(path + beside, { force: true });
};

const isUnreadable = (error: unknown): boolean => {
  const [corrupt, notADatabase] = [11, 26]; // SQLITE_CORRUPT, SQLITE_NOTADB
  const code = (error as { errcode?: number }).errcode;
  return code !== undefined && [corrupt, notADatabase].includes(code & 0xff);
};

const startThread = (path: string) => {
  const worker = new Worker(threadFile, { name: 'read-models-copy', workerData: { path } });
  const waiting: { answered: (rows: readonly LoadedRow[]) => void; failed: (error: Error) => void }[] = [];
  let broken: Error | undefined;

  const breakWith = (error: Error): void => {
    broken ??= error;
    for (const { failed } of waiting.splice(0)) failed(broken);
  };
  worker.on('message', (answer: FromCopyThread) => {
    if ('failed' in answer) breakWith(answer.failed);
    else waiting.shift()?.answered(answer.rows);
  });
  worker.on('error', (error) => breakWith(error as Error));
  worker.on('exit', () => breakWith(new Error('the thread that writes the copy has ended')));

  const ask = (message: ToCopyThread, transfer: ArrayBuffer[] = []): Promise<readonly LoadedRow[]> =>
    new Promise((answered, failed) => {
      if (broken) {
        failed(broken);
        return;
      }
      waiting.push({ answered, failed });
      worker.postMessage(message, transfer);
    });

  const underWay: Promise<unknown>[] = [];
  return {
    ask,
    /** Does not wait for the answer to this message, but for that to an earlier one when there are too many. */
    async post(message: ToCopyThread, transfer: ArrayBuffer[]): Promise<void> {
      const answered = ask(message, transfer);
      answered.catch(() => {}); // whoever waits for it below, or asks next, hears of it
      underWay.push(answered);
      if (underWay.length > mostUnderWay) await underWay.shift();
    },
    async end(): Promise<void> {
      await worker.terminate();
    },
  };
};
