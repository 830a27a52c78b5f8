import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createCommandHandler, type CommandBus, type EventStore, type Ids } from '@hse/event-sourcing';
import { eventSchemaVersion, streamOf } from '@hse/contracts';
import { openSqliteEventStore } from '@hse/event-store/sqlite';
import { createUuids } from '@hse/service-kit';
import {
  decide,
  evolve,
  type Rejection,
  type SessionRequest,
  type SessionRequestCommand,
  type SessionRequestEvent,
} from '@hse/session-requests';
import { count, type BenchPart, type Figure } from './figures.ts';
import { openRawLog, type RawEvent } from './raw-log.ts';
import { alternate, throughput } from './rounds.ts';
import { commandsOf, decisionContext } from './workload.ts';

export type Bus = CommandBus<SessionRequestCommand, SessionRequest, Rejection>;

/** Command handling with the real rules. */
export const createBus = (store: EventStore<SessionRequestEvent>): Bus =>
  createCommandHandler({
    store,
    decider: { decide, evolve },
    streamOf,
    context: () => ({ context: decisionContext, recordedAt: decisionContext.now }),
    schemaVersion: eventSchemaVersion,
  });

/** The command side as it runs in production: command handling, the real rules, the SQLite event store; without telemetry. */
export const openCommandSide = async (path: string) => {
  const store = await openSqliteEventStore<SessionRequestEvent>({ path });
  return { bus: createBus(store), store };
};

/** Somebody who sends one command after another; each has to be carried out. */
export const createCaller = (bus: Bus, caller: number, ids: Ids): (() => Promise<void>) => {
  const commands = commandsOf(caller, ids);
  return async () => {
    const command = commands.next().value;
    const result = await bus.execute({ commandId: ids.next(), command });
    if (!result.ok) throw new Error(`${command.type} was refused: ${result.rejection.code}`);
  };
};

/** In-process durable commands against the raw appends that they cannot do without. */
export const benchCommands: BenchPart = async ({ full, directory, progress }) => {
  const ids = createUuids();
  const { bus, store } = await openCommandSide(join(directory, 'events.sqlite'));
  const event = await sampleEvent(bus, ids, store.path);
  const logs = {
    bare: openRawLog(join(directory, 'raw.sqlite')),
    indexed: openRawLog(join(directory, 'raw-indexed.sqlite'), { indexed: true }),
  };
  const data = JSON.parse(event.data) as object;
  const metadata = JSON.parse(event.metadata) as object;
  const roundMs = full ? 3_000 : 1_000;
  const rounds = full ? 9 : 5;

  const compare = async (callers: number, log: keyof typeof logs) => {
    const senders = Array.from({ length: callers }, (_, caller) => createCaller(bus, caller, ids));
    let revision = 0;
    // What no append of an event goes without: an id of its own, and its payload as text.
    const appenders = Array.from({ length: callers }, (_, caller) => () => {
      revision += 1;
      return logs[log].append({
        stream: `${event.stream}-${caller}`,
        revision,
        id: randomUUID(),
        type: event.type,
        data: JSON.stringify(data),
        metadata: JSON.stringify(metadata),
      });
    });
    return alternate(
      rounds,
      () => throughput(senders, roundMs),
      () => throughput(appenders, roundMs),
      (round, ratio) => progress(`${callers} callers, round ${round} of ${rounds}: ${ratio.toFixed(2)}`),
    );
  };

  try {
    const figures: Figure[] = [];
    for (const callers of [64, 16, 1]) {
      const { ours, peer, ratio, ratios } = await compare(callers, 'bare');
      figures.push({
        measure: `durable commands in process, ${callers} ${callers === 1 ? 'caller' : 'callers'}`,
        figure: `${count(ours)} commands/s`,
        against: `raw group-committed FULL appends of ${event.data.length + event.metadata.length} B: ${count(peer)}/s`,
        ratio,
        ratios,
        ...(callers === 64 && { aim: '≥ 0.7', met: ratio >= 0.7 }),
      });
    }
    const { ours, peer, ratio, ratios } = await compare(64, 'indexed');
    figures.push({
      measure: 'the same, 64 callers, against an indexed log',
      figure: `${count(ours)} commands/s`,
      against: `the same appends with an index by stream and revision: ${count(peer)}/s`,
      ratio,
      ratios,
    });
    return figures;
  } finally {
    await store.close();
    logs.bare.close();
    logs.indexed.close();
  }
};

/** What the commands of the workload record, on average: the event that comes closest in size to their mean. */
const sampleEvent = async (bus: Bus, ids: Ids, path: string): Promise<RawEvent> => {
  const call = createCaller(bus, 0, ids);
  for (let commands = 0; commands < 44; commands += 1) await call();
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const sql = `
      WITH sized AS (SELECT *, length(data) + length(metadata) AS size FROM events)
      SELECT stream, revision, id, type, data, metadata FROM sized
      ORDER BY abs(size - (SELECT avg(size) FROM sized)) LIMIT 1`;
    return db.prepare(sql).get() as unknown as RawEvent;
  } finally {
    db.close();
  }
};
