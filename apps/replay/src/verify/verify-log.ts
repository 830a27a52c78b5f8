import { streamOf } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import { createProgressReport, type Progress } from '@hse/service-kit/command-line';
import {
  evolve,
  isInstant,
  sessionRequestEventTypes,
  toEpochMs,
  type SessionRequest,
  type SessionRequestEvent,
} from '@hse/session-requests';
import type { DuckDBConnection } from '@duckdb/node-api';
import { Failure } from '../command.ts';
import { fillTable, sqlTypeOf } from '../duck/fill-table.ts';
import { vectorSize, type TableColumn } from '../duck/pack-rows.ts';
import { openDuckDB } from '../duck/open-duckdb.ts';
import type { History } from '../history.ts';
import type { Policies } from '../rows/lead-tier.ts';
import type { Fault, FaultKind } from './fault.ts';
import { faultOf } from './permitted.ts';

export interface VerifyOptions {
  readonly history: Pick<History, 'readAll' | 'head'>;
  readonly policies: Policies;
  readonly onFault: (fault: Fault) => void;
  /** A folder for what does not fit into memory. */
  readonly spillTo: string;
  readonly onProgress?: (progress: Progress) => void;
  readonly elapsedMs: () => number;
  readonly signal?: AbortSignal;
}

export interface Verified {
  readonly head: number;
  readonly events: number;
  readonly streams: number;
  readonly faults: number;
  /** Deadlines that could not be checked, by the policy recorded with them, which is not known. */
  readonly unknownPolicies: ReadonlyMap<string, number>;
}

interface Open {
  readonly state: SessionRequest;
  readonly recordedAt: string;
}

/** What is kept of every event, to look at all of them together in the end. */
interface Seen {
  readonly event: RecordedEvent<SessionRequestEvent>;
  /** Whether it closed its request. */
  readonly ends: boolean;
  /** Whether the state before it was known. */
  readonly folded: boolean;
}

const DAY_MS = 86_400_000;
const sweepEvery = 10_000;
const batchSize = 5_000;

/**
 * Goes through a log once and tells what is not as it has to be, as of the head at the beginning.
 *
 * Memory is bounded: each request is folded while something can still happen to it (about 1 kB each), and what has to be compared across the
 * whole log (ids, places, ends) is sorted by DuckDB, which has 512 MB and moves the rest to files.
 */
export const verifyLog = async (options: VerifyOptions): Promise<Verified> => {
  const { history, policies, spillTo, elapsedMs, onProgress, signal } = options;
  await using opened = new AsyncDisposableStack();
  const duck = await openDuckDB({ spillTo, memoryLimit: '512MB' });
  opened.defer(() => duck.close());
  const connection = await duck.connect();
  await connection.run(
    `CREATE TABLE seen (${seenColumns.map((c) => `${c.name} ${sqlTypeOf(c)}`).join(', ')})`,
  );
  const seen = await fillTable(connection, 'seen', seenColumns);

  let faults = 0;
  const tell = (kind: FaultKind, event: { position: number; stream: string }, detail: string): void => {
    faults += 1;
    options.onFault({ kind, position: event.position, stream: event.stream, detail });
  };
  const fold = createFold(policies, tell);
  const head = await history.head();
  const progress = createProgressReport({ target: head, onProgress, elapsedMs });
  let events = 0;
  let rows: Seen[] = [];
  try {
    for await (const batch of history.readAll({ batchSize, ...(signal && { signal }) })) {
      for (const event of batch.events) {
        if (event.position > head) break;
        events += 1;
        rows.push(fold.next(event));
        if (rows.length < vectorSize) continue;
        seen.add(rows);
        rows = [];
      }
      progress.advance(batch.events.length, Math.min(batch.position, head));
      if (batch.position >= head) break;
    }
    if (signal?.aborted) throw new Failure('Interrupted.');
    if (rows.length > 0) seen.add(rows);
  } finally {
    seen.done();
  }
  const streams = await compareAll(connection, tell);
  progress.done();
  return { head, events, streams, faults, unknownPolicies: fold.unknownPolicies };
};

const seenColumns: readonly TableColumn<Seen>[] = [
  { name: 'position', type: 'bigint', of: ({ event }) => event.position },
  { name: 'stream', type: 'text', of: ({ event }) => event.stream },
  { name: 'revision', type: 'integer', of: ({ event }) => event.revision },
  { name: 'id', type: 'text', of: ({ event }) => event.id },
  { name: 'ends', type: 'boolean', of: ({ ends }) => ends },
  { name: 'folded', type: 'boolean', of: ({ folded }) => folded },
];

type Tell = (kind: FaultKind, event: { position: number; stream: string }, detail: string) => void;

/** What can be said of an event by those before it. */
const createFold = (policies: Policies, tell: Tell) => {
  const open = new Map<string, Open>();
  const unknownPolicies = new Map<string, number>();
  let position = 0;
  let nowMs = -Infinity;
  let count = 0;

  const next = (event: RecordedEvent<SessionRequestEvent>): Seen => {
    const { stream, revision, data, type, metadata } = event;
    const { recordedAt } = metadata;
    if (event.position <= position)
      tell('position-not-ascending', event, `position ${event.position} comes after ${position}`);
    position = event.position;
    if (stream !== streamOf(data)) tell('wrong-stream', event, `it is about ${streamOf(data)}`);
    if (!isInstant(recordedAt)) tell('no-instant', event, `recordedAt is ${recordedAt}`);
    else nowMs = toEpochMs(recordedAt);
    if (!sessionRequestEventTypes.includes(type)) {
      tell('unknown-type', event, `${type} at revision ${revision}`);
    }
    const before = open.get(stream);
    // What was missed before it, or that all was over, is found when everything is compared.
    const folded = before ? revision === before.state.revision + 1 : revision === 0;
    if (before && recordedAt < before.recordedAt)
      tell('time-goes-back', event, `${recordedAt} comes after ${before.recordedAt}`);
    if (folded) {
      if ('policyId' in data && !policies.has(data.policyId))
        unknownPolicies.set(data.policyId, (unknownPolicies.get(data.policyId) ?? 0) + 1);
      const fault = sessionRequestEventTypes.includes(type)
        ? faultOf(event, before?.state, recordedAt, policies)
        : undefined;
      if (fault) tell(fault.kind, event, fault.detail);
    }
    const evolved = evolve(before?.state, event);
    const after = evolved && { ...evolved, revision };
    if (!after || after.outcome) open.delete(stream);
    else open.set(stream, { state: after, recordedAt });
    if ((count += 1) % sweepEvery === 0) sweep();
    return { event, ends: after?.outcome !== undefined, folded };
  };

  /** Nothing can be recorded of an agreed session that has begun, if no change to it is on the table. */
  const sweep = (): void => {
    for (const [stream, { state }] of open)
      if (!state.proposal && state.agreed && toEpochMs(state.agreed.startsAt) + DAY_MS <= nowMs)
        open.delete(stream);
  };
  return { next, unknownPolicies };
};

/** What can be said of all events together. @returns how many streams there are. */
const compareAll = async (connection: DuckDBConnection, tell: Tell): Promise<number> => {
  const each = async (sql: string, found: (row: Row) => void): Promise<void> => {
    const result = await connection.stream(sql);
    for await (const rows of result.yieldRowObjectJson())
      for (const row of rows) found(row as unknown as Row);
  };
  const at = ({ position, stream }: Row) => ({ position: Number(position), stream });
  await each(
    `SELECT max(position) AS position, max(stream) AS stream, id, count(*) AS times FROM seen GROUP BY id HAVING count(*) > 1 ORDER BY 1`,
    (row) => tell('event-id-twice', at(row), `${row.times} events have the id ${row.id}`),
  );
  await each(
    `SELECT max(position) AS position, stream, revision, count(*) AS times FROM seen GROUP BY stream, revision HAVING count(*) > 1 ORDER BY 1`,
    (row) => tell('revision-twice', at(row), `${row.times} events have revision ${row.revision}`),
  );
  await connection.run(`
    CREATE TABLE wrong AS
    SELECT stream, count(DISTINCT revision) AS present, max(revision) AS last, max(revision) FILTER (ends) AS ended, max(position) AS position
    FROM seen GROUP BY stream
    HAVING count(DISTINCT revision) <> max(revision) + 1 OR min(revision) <> 0 OR max(revision) FILTER (ends) < max(revision)`);
  await each('SELECT * FROM wrong WHERE present <> last + 1 ORDER BY position', (row) =>
    tell(
      'revision-gap',
      at(row),
      `of the revisions 0 to ${row.last}, ${row.last + 1 - Number(row.present)} are missing`,
    ),
  );
  await each('SELECT * FROM wrong WHERE ended < last ORDER BY position', (row) =>
    tell(
      'event-after-the-end',
      at(row),
      `revision ${row.ended} closed it, and revision ${row.last} is there`,
    ),
  );
  await each(
    'SELECT position, stream, revision FROM seen ANTI JOIN wrong USING (stream) WHERE NOT folded ORDER BY position',
    (row) =>
      tell('not-permitted', at(row), `revision ${row.revision} is out of its order, or the session was over`),
  );
  const streams = await connection.runAndReadAll('SELECT count(DISTINCT stream) FROM seen');
  return Number(streams.getRowsJson()[0]?.[0]);
};

/** Whatever a query of {@link compareAll} asks for; numbers of 64 bits come as texts. */
interface Row {
  readonly position: string;
  readonly stream: string;
  readonly id: string;
  readonly times: string;
  readonly revision: number;
  readonly present: string;
  readonly last: number;
  readonly ended: number;
}
