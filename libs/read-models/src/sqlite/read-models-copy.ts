import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { NotificationRecord, ReadModelsCopy, SessionRequestRecord } from '@hse/contracts';
import type { FromCopyThread, PackedRows, ToCopyThread } from './copy-messages.ts';
import { takeOwnership } from './ownership.ts';
import { notificationNumbers, requestNumbers } from './read-models-schema.ts';
import {
  longestSlotMs,
  packNotification,
  packRequest,
  recordFromRow,
  type Numbered,
  type RequestRow,
} from './rows.ts';

/** The thread's file as it lies beside this one: a source while developing (Node strips its types), else the build's. */
const threadFile = new URL(`./copy-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** Messages that the thread may be behind before the writer of the copy has to wait. */
const mostUnderWay = 4;

/** Records in one message: one that has to take them all would need as much memory once more. */
const mostAtOnce = 2000;

/** A record that the thread may not have in its latest form. */
interface Kept extends Numbered {
  record: SessionRequestRecord;
  written: boolean;
}

/**
 * A copy of the read models at `path`, filled in `<path>.rebuilding` by a thread of its own. Reserves the read models: until
 * it is finished or abandoned nobody else can write to them. Records are written when they are closed, or nothing has
 * happened to them for a while, so that most are written once.
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

  const identifiers = new Map<string, number>();
  let newIdentifiers: string[] = [];
  let requests = 0;
  /** What was found or put last. */
  let latest: Kept | undefined;
  // Two generations: what was not touched while one filled up is written and forgotten when the next begins.
  let young = new Map<string, Kept>();
  let old = new Map<string, Kept>();
  let reached = 0;
  let longestMs = 0;

  const numberOf = (id: string): number => {
    const known = identifiers.get(id);
    if (known !== undefined) return known;
    identifiers.set(id, identifiers.size + 1);
    newIdentifiers.push(id);
    return identifiers.size;
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

  /** What has been put since the last message. */
  let settled: Kept[] = [];
  let told = 0;
  let toldNumbers = new Float64Array(mostAtOnce * notificationNumbers.length);
  let toldTexts: (string | null)[] = [];

  const tell = (about: Kept, notification: NotificationRecord): void => {
    const at = told * notificationNumbers.length;
    if (at === toldNumbers.length) {
      const larger = new Float64Array(2 * at);
      larger.set(toldNumbers);
      toldNumbers = larger;
    }
    toldTexts.push(packNotification(toldNumbers, at, about, notification, numberOf));
    told += 1;
  };

  const packRequests = (entries: readonly Kept[]): PackedRows => {
    const columns = requestNumbers.length;
    const numbers = new Float64Array(entries.length * columns);
    const texts: string[] = [];
    entries.forEach((entry, index) => {
      texts.push(packRequest(numbers, index * columns, entry, entry.record), entry.record.state.requestId);
      longestMs = Math.max(longestMs, longestSlotMs(numbers, index * columns));
      entry.written = true;
    });
    return { numbers, texts };
  };

  const packNotifications = (): PackedRows => {
    const packed = { numbers: toldNumbers.slice(0, told * notificationNumbers.length), texts: toldTexts };
    told = 0;
    toldTexts = [];
    return packed;
  };

  const write = async (entries: readonly Kept[]): Promise<void> => {
    for (let from = 0; from === 0 || from < entries.length; from += mostAtOnce) {
      const requests = packRequests(entries.slice(from, from + mostAtOnce));
      const notifications = packNotifications();
      const message: ToCopyThread = { kind: 'write', identifiers: newIdentifiers, requests, notifications };
      newIdentifiers = [];
      await thread.post(message, [requests.numbers.buffer, notifications.numbers.buffer]);
    }
  };

  const unwritten = (generation: ReadonlyMap<string, Kept>): Kept[] =>
    [...generation.values()].filter(({ written }) => !written);

  const load = async (requestId: string): Promise<SessionRequestRecord | undefined> => {
    const [row] = await thread.ask({ kind: 'load', ids: [requestId] });
    if (!row) return undefined;
    const { n, coach, client } = row;
    latest = { n, coach, client, record: recordFromRow(row), written: true };
    young.set(requestId, latest);
    return latest.record;
  };

  return {
    find(requestId) {
      latest = kept(requestId);
      return latest?.record ?? load(requestId);
    },

    put(record, notifications) {
      const { requestId, coachId, clientId, revision, outcome } = record.state;
      if (revision === 0) {
        const numbers = { n: (requests += 1), coach: numberOf(coachId), client: numberOf(clientId) };
        latest = { ...numbers, record, written: false };
        young.set(requestId, latest);
      } else {
        if (latest?.record.state.requestId !== requestId)
          throw new Error(`${requestId} has not been looked for before`);
        latest.record = record;
        latest.written = false;
      }
      if (outcome) settled.push(latest); // nothing follows
      for (const notification of notifications) tell(latest, notification);
    },

    async reached(position) {
      reached = position;
      const entries = settled;
      settled = [];
      if (young.size >= keptRecords) {
        entries.push(...unwritten(old));
        [old, young] = [young, new Map<string, Kept>()];
      }
      await write(entries);
    },

    async finish() {
      await write([...unwritten(old), ...unwritten(young)]);
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
  const waiting: { answered: (rows: readonly RequestRow[]) => void; failed: (error: Error) => void }[] = [];
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

  const ask = (message: ToCopyThread, transfer: ArrayBuffer[] = []): Promise<readonly RequestRow[]> =>
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
