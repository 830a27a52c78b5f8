import { readFileSync, writeFileSync } from 'node:fs';
import { parseExpiryPolicy, toInstant, type ExpiryPolicy } from '@hse/session-requests';
import { createBacktest, type Difference } from '../backtest/backtest.ts';
import { backtestLines } from '../backtest/lines.ts';
import { backtestPage } from '../backtest/page.ts';
import { summaryOf } from '../backtest/summary.ts';
import { defineCommand, Failure, WrongUse } from '../command.ts';
import { pathFrom } from '../io.ts';
import type { Identities } from '../rows/identities.ts';
import { walk } from '../walk.ts';
import { historyOptions, openHistory } from './open-history.ts';
import { identityOptions, readIdentities } from './row-options.ts';
import { policyInForce } from './policy-in-force.ts';

/** `replay backtest`: the history under other cut-offs. */
export const backtest = defineCommand({
  summary: 'the history under other cut-offs: what would have been cancelled, what could have been saved',
  usage: '--policy <file> [--policy <file> …] [options]',
  examples: [
    ['backtest --policy a.json --policy b.json', 'two policies side by side'],
    ['backtest --policy a.json --list', 'the proposals for which it would have made a difference'],
    ['backtest --policy a.json --html backtest.html', 'with charts, to be read in a browser'],
  ],
  options: {
    policy: {
      type: 'string',
      value: '<file>',
      multiple: true,
      meaning: 'an expiry policy (docs/domain.md), with an id of its own',
    },
    list: { type: 'boolean', meaning: 'instead of figures, each difference as a line of JSON' },
    json: { type: 'boolean', meaning: 'the figures as JSON' },
    html: { type: 'string', value: '<file>', meaning: 'writes a page with charts as well' },
    ...identityOptions,
    ...historyOptions,
  },
  run: async ({ values }, io) => {
    if (values.policy.length === 0) throw new WrongUse('--policy says under which policy: --policy a.json');
    if (values.policy.length > 30) throw new WrongUse('30 policies at most.');
    const policies = values.policy.map((path) => readPolicy(pathFrom(io, path)));
    const ids = policies.map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) throw new WrongUse(`Two policies have the id ${twice}: give each its own.`);
    const { identities } = values.list ? readIdentities(values, io) : { identities: undefined };
    const { history, name } = await openHistory(values, io);
    try {
      const test = createBacktest({
        policies,
        tiersOf: policyInForce(io),
        ...(identities && { onDifference: (difference) => io.print(lineOf(difference, identities)) }),
      });
      await walk(history, io, 'replayed', (event) => test.next(event));
      const summary = summaryOf(test.end());
      if (values.html !== undefined) {
        writeFileSync(pathFrom(io, values.html), backtestPage(summary));
        io.say(`Written: ${pathFrom(io, values.html)}`);
      }
      if (values.list) return 0;
      if (values.json) io.print(JSON.stringify({ history: name, ...summary }, undefined, 2));
      else for (const line of backtestLines(summary)) io.print(line);
      return 0;
    } finally {
      await history.close();
    }
  },
});

const readPolicy = (path: string): ExpiryPolicy => {
  try {
    return parseExpiryPolicy(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Failure(`${path}: ${(error as Error).message}`, { cause: error });
  }
};

const lineOf = (difference: Difference, identities: Identities): string => {
  const { requestId, proposedMs, startsMs, respondByMs, otherRespondByMs, endedMs, ...rest } = difference;
  return JSON.stringify({
    ...rest,
    requestId: identities.request(requestId),
    proposedAt: toInstant(proposedMs),
    startsAt: toInstant(startsMs),
    respondBy: toInstant(respondByMs),
    otherRespondBy: otherRespondByMs === undefined ? null : toInstant(otherRespondByMs),
    endedAt: endedMs === undefined ? null : toInstant(endedMs),
  });
};
