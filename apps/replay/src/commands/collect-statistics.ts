import type { Options } from '../command.ts';
import { WrongUse } from '../command.ts';
import type { Io } from '../io.ts';
import { createCollector } from '../statistics/collect.ts';
import { statisticsOf, type Statistics } from '../statistics/statistics.ts';
import { walk } from '../walk.ts';
import { historyOptions, openHistory, type HistoryGiven } from './open-history.ts';
import { policyInForce } from './policy-in-force.ts';

/** Of the commands that take a history together. */
export const statisticsOptions = {
  'time-zone': {
    type: 'string',
    value: '<zone>',
    meaning: 'IANA name of the zone whose days and hours count; where people live is not in the log',
    default: 'UTC',
  },
  ...historyOptions,
} as const satisfies Options;

/** Takes the history that is meant together. @throws WrongUse, Failure */
export const collectStatistics = async (
  given: HistoryGiven & { readonly 'time-zone': string },
  io: Io,
): Promise<{ statistics: Statistics; name: string }> => {
  let collector: ReturnType<typeof createCollector>;
  try {
    collector = createCollector({ tiersOf: policyInForce(io), timeZone: given['time-zone'] });
  } catch (error) {
    if ((error as Error).name !== 'RangeError') throw error;
    throw new WrongUse(`--time-zone takes an IANA name such as Europe/Berlin, not ${given['time-zone']}.`);
  }
  const { history, name } = await openHistory(given, io);
  try {
    await walk(history, io, 'read', (event) => collector.next(event));
    return { statistics: statisticsOf(collector.collected), name };
  } finally {
    await history.close();
  }
};
