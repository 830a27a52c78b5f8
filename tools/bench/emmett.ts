import { join } from 'node:path';
import { CommandHandler } from '@event-driven-io/emmett';
import { getSQLiteEventStore, sqliteConnection, SQLiteConnectionPool } from '@event-driven-io/emmett-sqlite';
import { eventSchemaVersion, streamOf } from '@hse/contracts';
import type { EventMetadata, Ids } from '@hse/event-sourcing';
import { createUuids } from '@hse/service-kit';
import { decide, evolve, type SessionRequest, type SessionRequestEvent } from '@hse/session-requests';
import { createCaller, openCommandSide } from './commands.ts';
import { count, type BenchPart, type Figure } from './figures.ts';
import { alternate, throughput } from './rounds.ts';
import { commandsOf, decisionContext } from './workload.ts';

/** Our events in the shape that the peer's types ask for, which has an open payload. */
interface PeerEvent {
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly metadata: EventMetadata & Record<string, unknown>;
}

/** What went wrong on the peer's side. */
interface Faults {
  /** Statements that found the database locked for longer than the busy timeout. */
  busy: number;
  /** Commands that had used up their retries, and were sent again. */
  gaveUp: number;
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';

/** The peer answers a BEGIN that failed with a ROLLBACK that has to fail, too, and hides the first error. */
const isLocked = (error: unknown): boolean =>
  isBusy(error) || (error instanceof Error && error.message.includes('cannot rollback'));

/**
 * A lock that does not come free in time is no version conflict, which is all that the peer's default would retry; so
 * the same pauses for it.
 */
const retry = { retries: 3, minTimeout: 100, factor: 1.5, shouldRetryError: isLocked };

/** The same rules on the peer's own command handling and store. */
const createPeer = (store: ReturnType<typeof getSQLiteEventStore>, faults: Faults) => {
  const handle = CommandHandler<SessionRequest | undefined, PeerEvent>({
    evolve: (state, event) => evolve(state, event as unknown as SessionRequestEvent),
    initialState: () => undefined,
    retry,
  });
  return (caller: number, ids: Ids): (() => Promise<void>) => {
    const commands = commandsOf(caller, ids);
    return async () => {
      const command = commands.next().value;
      const commandId = ids.next();
      const decideOn = (state: SessionRequest | undefined): PeerEvent[] => {
        const { events, rejection } = decide(command, state, decisionContext);
        if (!events) throw new Error(`${command.type} was refused: ${rejection.code}`);
        const metadata = {
          commandId,
          correlationId: commandId,
          recordedAt: decisionContext.now,
          schemaVersion: eventSchemaVersion,
        };
        return events.map(({ type, data }) => ({ type, data: { ...data }, metadata }));
      };
      for (;;) {
        try {
          await handle(store, streamOf(command), decideOn);
          return;
        } catch (error) {
          if (!isLocked(error)) throw error;
          faults.gaveUp += 1;
        }
      }
    };
  };
};

/** The peer logs every error that passes a transaction to the console. They are counted instead. */
const countingErrors = async <T>(faults: Faults, run: () => Promise<T>): Promise<T> => {
  const { log } = console;
  console.log = (first: unknown, ...rest: unknown[]) => {
    if (isBusy(first)) faults.busy += 1;
    else if (!(first instanceof Error)) log(first, ...rest);
  };
  try {
    return await run();
  } finally {
    console.log = log;
  }
};

/** The same domain on `@event-driven-io/emmett-sqlite`. */
export const benchEmmett: BenchPart = async ({ full, directory, progress }) => {
  const ids = createUuids();
  const { bus, store } = await openCommandSide(join(directory, 'events.sqlite'));
  const fileName = join(directory, 'peer.sqlite');
  const peerStore = getSQLiteEventStore({ fileName });
  await peerStore.schema.migrate();
  const connection = sqliteConnection({ fileName });
  const pool = SQLiteConnectionPool({ fileName, connectionOptions: { singleton: true, connection } });
  const oneConnection = getSQLiteEventStore({ fileName, pool });
  const roundMs = full ? 5_000 : 1_500;
  const rounds = full ? 7 : 5;

  const compare = async (callers: number, opponent: typeof peerStore): Promise<Omit<Figure, 'measure'>> => {
    const faults: Faults = { busy: 0, gaveUp: 0 };
    const createPeerCaller = createPeer(opponent, faults);
    const numbers = Array.from({ length: callers }, (_, caller) => caller);
    const ours = numbers.map((caller) => createCaller(bus, caller, ids));
    const theirs = numbers.map((caller) => createPeerCaller(caller, ids));
    const comparison = await alternate(
      rounds,
      () => throughput(ours, roundMs),
      () => countingErrors(faults, () => throughput(theirs, roundMs)),
      (round, ratio) => progress(`${callers} callers, round ${round} of ${rounds}: ${ratio.toFixed(1)}`),
    );
    return {
      figure: `${count(comparison.ours)} commands/s`,
      against:
        `emmett-sqlite ${count(comparison.peer)}/s` +
        (faults.busy + faults.gaveUp > 0
          ? `; ${faults.busy} × SQLITE_BUSY, ${faults.gaveUp} commands sent again after ${retry.retries} retries`
          : ', no SQLITE_BUSY'),
      ratio: comparison.ratio,
      ratios: comparison.ratios,
    };
  };

  try {
    const one = await compare(1, peerStore);
    const sixteen = await compare(16, peerStore);
    const kept = await compare(1, oneConnection);
    const met = ({ ratio = 0 }, aim: number) => ({ aim: `≥ ${aim}`, met: ratio >= aim });
    return [
      { measure: 'the same domain on emmett-sqlite, 1 caller', ...one, ...met(one, 5) },
      { measure: 'the same domain on emmett-sqlite, 16 callers', ...sixteen, ...met(sixteen, 20) },
      { measure: 'the same, 1 caller, its connection kept open', ...kept },
    ];
  } finally {
    connection.close();
    await store.close();
  }
};
