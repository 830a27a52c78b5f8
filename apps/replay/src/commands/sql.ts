import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { defineCommand, Failure, WrongUse } from '../command.ts';
import { defaultPartRows } from '../export/export-history.ts';
import { pathFrom } from '../io.ts';
import { rowSchemaVersion } from '../rows/columns.ts';
import { printResult, resultFormats } from '../sql/print-result.ts';
import { prompt } from '../sql/prompt.ts';
import { cacheRows } from '../sql/row-cache.ts';
import { openSqlSession } from '../sql/sql-session.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { historyOptions, openHistory } from './open-history.ts';
import { identityOptions, policyOptions, readIdentities, readPolicies } from './row-options.ts';

export const sql = defineCommand({
  summary: 'ask the history in SQL: a prompt, or one question',
  usage: '["<query>"] [options]',
  examples: [
    ['sql', 'a prompt; .tables and .schema show what there is'],
    [
      'sql "select lead_tier, awaiting, avg((fate = \'missed\')::int) as missed from deadlines group by all order by all"',
      'one question',
    ],
    ['sql --format csv < weekly.sql > weekly.csv', 'a file of them'],
  ],
  options: {
    format: { type: 'string', value: resultFormats.join('|'), meaning: 'of results', default: 'table' },
    limit: { type: 'string', value: '<n>', meaning: 'rows of a table that are shown', default: '200' },
    memory: {
      type: 'string',
      value: '<size>',
      meaning: 'what a query may take before it goes to files',
      default: '1GB',
    },
    'cache-dir': {
      type: 'string',
      value: '<dir>',
      meaning:
        'where rows are kept as Parquet, so that the next question is answered at once [.cache/replay of the workspace]',
    },
    ...identityOptions,
    ...policyOptions,
    ...historyOptions,
  },
  run: async ({ values, positionals }, io) => {
    if (positionals.length > 1) throw new WrongUse('One query, in quotes.');
    const format = resultFormats.find((known) => known === values.format);
    if (!format)
      throw new WrongUse(`There is no format ${values.format}. There are: ${resultFormats.join(', ')}.`);
    const limit = Number(values.limit);
    if (!Number.isInteger(limit) || limit < 1) throw new WrongUse('--limit is a whole number of rows.');
    if (!/^\d+(\.\d+)?\s?[KMGT]i?B$/i.test(values.memory))
      throw new WrongUse('--memory is a size such as 512MB or 4GB.');
    const { policies, named: namedPolicies } = readPolicies(values, io);
    const { named, ...rowOptions } = readIdentities(values, io);
    await using opened = new AsyncDisposableStack();
    const { history, name } = await openHistory(values, io);
    opened.defer(() => history.close());
    const { elapsedMs, signal } = io;
    const folder =
      values['cache-dir'] === undefined
        ? join(io.root, '.cache', 'replay')
        : pathFrom(io, values['cache-dir']);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const progress = io.progress('loaded');
    const cache = await cacheRows({
      folder,
      history,
      policies,
      rowOptions,
      plan: {
        format: 'parquet',
        schemaVersion: rowSchemaVersion,
        history: values.history === undefined ? name : `${name} ${statSync(name).mtimeMs}`,
        partRows: defaultPartRows,
        from: null,
        to: null,
        types: [],
        participants: [],
        identities: named,
        withNotes: rowOptions.withNotes,
        policies: namedPolicies,
      },
      onProgress: progress.show,
      elapsedMs,
      signal,
    });
    progress.end();
    const spill = temporaryFolder('sql');
    opened.defer(() => spill.remove());
    const session = await openSqlSession(cache, { spillTo: spill.path, memoryLimit: values.memory });
    opened.defer(() => session.close());
    const stop = (): void => session.interrupt();
    signal.addEventListener('abort', stop);
    opened.defer(() => signal.removeEventListener('abort', stop));
    const write = async (part: string): Promise<void> => {
      if (!io.stdout.write(part)) await once(io.stdout, 'drain');
    };
    const run = async (query: string): Promise<void> => {
      for await (const result of session.results(query)) {
        if (result.columnCount === 0) continue;
        const { rows, leftOut } = await printResult(result, format, { write, limit });
        if (leftOut > 0)
          io.say(`${leftOut} of ${rows} rows are not shown (--limit, or --format csv for all).`);
      }
    };
    const [query] = positionals;
    if (query === undefined && io.stdin.isTTY) {
      await prompt({
        io,
        historyFile: join(folder, 'sql-history'),
        run,
        interrupt: () => session.interrupt(),
      });
      return 0;
    }
    try {
      await run(query ?? (await text(io.stdin)));
    } catch (error) {
      throw new Failure((error as Error).message, { cause: error });
    }
    return 0;
  },
});
