import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadModelsSnapshot } from '@hse/contracts';
import { checkParity } from '@hse/notifications/parity';
import { openSqliteReadModelsSnapshot } from '@hse/read-models/sqlite';
import { silentLogger } from '@hse/service-kit/command-line';
import { defineCommand, WrongUse } from '../command.ts';
import type { History } from '../history.ts';
import type { Io } from '../io.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { faultKinds, type Fault, type FaultKind } from '../verify/fault.ts';
import { verifyLog, type Verified } from '../verify/verify-log.ts';
import { dataDirOf, historyOptions, openHistory, type HistoryGiven } from './open-history.ts';
import { policyOptions, readPolicies } from './row-options.ts';

/** Faults of one kind that are shown; all are counted. */
const shownOfAKind = 5;

export const verify = defineCommand({
  summary: "check the log's own invariants, and that the read models are what it says",
  usage: '[options]',
  examples: [
    ['verify', 'the data of `npm start`, also while it runs'],
    ['verify --history sample.ndjson', 'a history in a file'],
    [
      'verify --eventstoredb esdb://localhost:2113?tls=false --mongodb mongodb://localhost:27017/session-requests',
      'a distributed system',
    ],
  ],
  options: {
    mongodb: { type: 'string', value: '<url>', meaning: 'read models in MongoDB to compare with the log' },
    'log-only': { type: 'boolean', meaning: 'leave the read models alone' },
    ...policyOptions,
    ...historyOptions,
  },
  run: async ({ values, positionals }, io) => {
    if (positionals.length > 0) throw new WrongUse(`What is ${positionals.join(' ')}?`);
    const { policies } = readPolicies(values, io);
    await using opened = new AsyncDisposableStack();
    const { history, name } = await openHistory(values, io);
    opened.defer(() => history.close());
    const spill = temporaryFolder('verify');
    opened.defer(() => spill.remove());
    const progress = io.progress('verified');
    const counted = new Map<FaultKind, number>();
    const onFault = (fault: Fault): void => {
      const times = (counted.get(fault.kind) ?? 0) + 1;
      counted.set(fault.kind, times);
      if (times <= shownOfAKind)
        io.print(`  ✗ ${fault.kind} at ${fault.position}, ${fault.stream}: ${fault.detail}`);
    };
    io.print(`Log: ${name}`);
    const { elapsedMs, signal } = io;
    const verified = await verifyLog({
      history,
      policies,
      onFault,
      spillTo: spill.path,
      onProgress: progress.show,
      elapsedMs,
      signal,
    });
    progress.end();
    tellOfLog(verified, counted, io);
    const differences = values['log-only'] ? 0 : await compareReadModels(values, history, io, opened);
    const isSound = verified.faults + differences === 0;
    io.print(
      isSound
        ? 'Everything is as it has to be.'
        : `${verified.faults + differences} fault${verified.faults + differences === 1 ? '' : 's'}.`,
    );
    return isSound ? 0 : 1;
  },
});

const tellOfLog = (
  { head, events, streams, faults, unknownPolicies }: Verified,
  counted: ReadonlyMap<FaultKind, number>,
  io: Io,
): void => {
  for (const [kind, times] of counted) io.print(`  ${kind}: ${times} × ${faultKinds[kind]}`);
  if (faults === 0)
    io.print(
      '  ✓ positions ascending, revisions without gaps, event ids unique, nothing after the end, time never going back, ' +
        'deadlines by the recorded policy, everything permitted by the rules',
    );
  for (const [id, times] of unknownPolicies)
    io.print(`  ? ${times} deadlines were not checked: their policy ${id} is not known (--policy <file>)`);
  io.print(`  ${events} events of ${streams} session requests up to position ${head}`);
};

/** @returns how many differences there are. */
const compareReadModels = async (
  given: HistoryGiven & { readonly mongodb: string | undefined },
  history: History,
  io: Io,
  opened: AsyncDisposableStack,
): Promise<number> => {
  const isEmbedded = given.history === undefined && given.eventstoredb === undefined;
  const path = join(dataDirOf(given, io), 'read-models.sqlite');
  let snapshot: ReadModelsSnapshot;
  if (given.mongodb !== undefined) {
    io.print(`Read models: ${new URL(given.mongodb).host}`);
    // Loaded where it is needed: it takes longer than most commands.
    const { connectMongo, openMongoReadModelsSnapshot } = await import('@hse/read-models/mongodb');
    const mongo = await connectMongo({ url: given.mongodb, logger: silentLogger, appName: 'replay' });
    opened.defer(() => mongo.close());
    snapshot = await openMongoReadModelsSnapshot({ db: mongo.db });
  } else if (isEmbedded && existsSync(path)) {
    io.print(`Read models: ${path}`);
    snapshot = openSqliteReadModelsSnapshot({ path });
  } else {
    io.print('Read models: none here to compare');
    return 0;
  }
  opened.defer(() => snapshot.close());
  const progress = io.progress('compared');
  let shown = 0;
  const { records, notifications, checkpoint, differences } = await checkParity({
    store: history,
    snapshot,
    onProgress: progress.show,
    elapsedMs: io.elapsedMs,
    onDifference: (difference) => {
      shown += 1;
      if (shown > shownOfAKind) return;
      const what =
        difference.of === 'record'
          ? `session request ${difference.requestId}`
          : `notification ${difference.position} of ${difference.participantId}`;
      io.print(`  ✗ ${difference.kind}: ${what}`);
    },
  });
  progress.end();
  io.print(
    `  ${differences === 0 ? '✓ ' : ''}${records} session requests and ${notifications} notifications up to position ${checkpoint}: ` +
      (differences === 0 ? 'as the log says' : `${differences} differ; npm run rebuild -- notifications`),
  );
  return differences;
};
