import { join } from 'node:path';
import { openSqliteEventLog } from '@hse/event-store/sqlite';
import { createTimers, createUuids, silentLogger } from '@hse/service-kit/command-line';
import type { SessionRequestEvent } from '@hse/session-requests';
import { Failure, WrongUse, type Options } from '../command.ts';
import type { History } from '../history.ts';
import { openHistoryFile } from '../history-file.ts';
import { pathFrom, type Io } from '../io.ts';

/** Where the history comes from: part of the options of every command that reads it. */
export const historyOptions = {
  'data-dir': {
    type: 'string',
    value: '<dir>',
    meaning:
      'data directory of an embedded system; by default that of `npm start`, DATA_DIR or ./data of the workspace',
  },
  eventstoredb: {
    type: 'string',
    value: '<url>',
    meaning: 'EventStoreDB instead, such as esdb://localhost:2113?tls=false',
  },
  namespace: {
    type: 'string',
    value: '<name>',
    meaning: 'what its streams are prefixed with (EVENTSTOREDB_NAMESPACE)',
  },
  history: {
    type: 'string',
    value: '<file>',
    meaning: 'a file instead: an export to NDJSON with --identities plain, or a golden history',
  },
} as const satisfies Options;

/** What was given of {@link historyOptions}. */
export interface HistoryGiven {
  readonly 'data-dir': string | undefined;
  readonly eventstoredb: string | undefined;
  readonly namespace: string | undefined;
  readonly history: string | undefined;
}

/** The data directory of the embedded system that is meant, absolute. */
export const dataDirOf = (given: Pick<HistoryGiven, 'data-dir'>, io: Io): string =>
  given['data-dir'] === undefined
    ? pathFrom({ cwd: io.root }, io.env['DATA_DIR'] || 'data')
    : pathFrom(io, given['data-dir']);

/** The file of the event log in it. */
export const eventsFileIn = (dataDir: string): string => join(dataDir, 'events.sqlite');

/** The history that the options speak of, and what names it. The caller closes it. @throws WrongUse, Failure */
export const openHistory = async (
  given: HistoryGiven,
  io: Io,
): Promise<{ history: History; name: string }> => {
  const sources = [given['data-dir'], given.eventstoredb, given.history].filter((one) => one !== undefined);
  if (sources.length > 1)
    throw new WrongUse('Only one of --data-dir, --eventstoredb and --history can be given.');
  if (given.history !== undefined) {
    const path = pathFrom(io, given.history);
    return { history: await openHistoryFile(path), name: path };
  }
  if (given.eventstoredb !== undefined) {
    const namespace = given.namespace ?? io.env['EVENTSTOREDB_NAMESPACE'] ?? '';
    // Loaded where it is needed: it takes longer than most commands.
    const { openEventStoreDB } = await import('@hse/event-store/eventstoredb');
    const history = openEventStoreDB<SessionRequestEvent>({
      connectionString: given.eventstoredb,
      namespace,
      timers: createTimers(),
      ids: createUuids(),
      logger: silentLogger,
    });
    const address = given.eventstoredb.replace(/\/\/[^@/]*@/, '//'); // without the credentials
    return { history, name: `${address} ${namespace}`.trimEnd() };
  }
  const path = eventsFileIn(dataDirOf(given, io));
  try {
    return { history: openSqliteEventLog<SessionRequestEvent>({ path }), name: path };
  } catch (error) {
    throw new Failure(
      `${(error as Error).message}. Start the system once (npm start), name another (--data-dir, --eventstoredb, --history), ` +
        'or make one up: replay generate --data-dir <dir>',
      { cause: error },
    );
  }
};
