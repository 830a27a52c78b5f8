import { defineCommand, WrongUse } from '../command.ts';
import { defaultPartRows, exportHistory } from '../export/export-history.ts';
import { exportToStream } from '../export/export-to-stream.ts';
import { pathFrom } from '../io.ts';
import { rowSchemaVersion } from '../rows/columns.ts';
import { historyOptions, openHistory } from './open-history.ts';
import {
  identityOptions,
  parseInstant,
  parseTypes,
  policyOptions,
  readIdentities,
  readPolicies,
} from './row-options.ts';

const formats = ['ndjson', 'csv', 'parquet'] as const;

export const exportCommand = defineCommand({
  summary: 'write the history to a file, one flat row per event',
  usage: '[--format ndjson|csv|parquet] [--out <file>] [options]',
  examples: [
    ['export --format parquet --out history.parquet', 'everything, as a folder of Parquet files'],
    ['export --format csv --from 2026-01-01 --to 2026-02-01 --out january.csv', 'a month, for a spreadsheet'],
    ['export --format parquet --out history.parquet --resume', 'finish what was interrupted'],
    ['export --type SessionCancelled | head -3', 'a look at it: without --out it goes to standard output'],
  ],
  options: {
    format: { type: 'string', value: formats.join('|'), meaning: 'of the rows', default: 'ndjson' },
    out: {
      type: 'string',
      value: '<file>',
      meaning: 'where to; of Parquet, the folder. Not there before it is whole. Default: standard output',
    },
    from: { type: 'string', value: '<instant>', meaning: 'recorded then or later' },
    to: { type: 'string', value: '<instant>', meaning: 'recorded before' },
    type: { type: 'string', value: '<type>', multiple: true, meaning: 'only events of this type' },
    participant: {
      type: 'string',
      value: '<id>',
      multiple: true,
      meaning: 'only requests of this coach or client, by id or pseudonym',
    },
    resume: { type: 'boolean', meaning: 'go on where an interrupted export to the same place stopped' },
    overwrite: { type: 'boolean', meaning: 'take the place of what is there' },
    'part-rows': {
      type: 'string',
      value: '<n>',
      meaning: 'rows after which the work done so far is made durable; of Parquet, the rows of one file',
      default: String(defaultPartRows),
    },
    ...identityOptions,
    ...policyOptions,
    ...historyOptions,
  },
  run: async ({ values, positionals }, io) => {
    if (positionals.length > 0)
      throw new WrongUse(`What is ${positionals.join(' ')}? A file is named with --out.`);
    const format = formats.find((known) => known === values.format);
    if (!format) throw new WrongUse(`There is no format ${values.format}. There are: ${formats.join(', ')}.`);
    const partRows = Number(values['part-rows']);
    if (!Number.isInteger(partRows) || partRows < 1 || partRows > 10_000_000)
      throw new WrongUse('--part-rows is a whole number from 1 to 10000000.');
    if (values.out === undefined && format === 'parquet') throw new WrongUse('Parquet needs --out <folder>.');
    if (values.resume && values.overwrite) throw new WrongUse('Either --resume or --overwrite.');
    const from = values.from === undefined ? null : parseInstant('--from', values.from);
    const to = values.to === undefined ? null : parseInstant('--to', values.to);
    const types = parseTypes(values.type);
    const { policies, named: namedPolicies } = readPolicies(values, io);
    const { named, ...rowOptions } = readIdentities(values, io);
    const { history, name } = await openHistory(values, io);
    await using opened = new AsyncDisposableStack();
    opened.defer(() => history.close());
    const plan = {
      format,
      schemaVersion: rowSchemaVersion,
      history: name,
      partRows,
      from,
      to,
      types,
      participants: values.participant,
      identities: named,
      withNotes: rowOptions.withNotes,
      policies: namedPolicies,
    };
    const { elapsedMs, signal } = io;
    const began = elapsedMs();
    const progress = io.progress('exported');
    const shared = { history, policies, plan, rowOptions, onProgress: progress.show, elapsedMs, signal };
    if (values.out === undefined) {
      await exportToStream({ ...shared, out: io.stdout });
      progress.end();
      return 0;
    }
    const out = pathFrom(io, values.out);
    const { resume, overwrite } = values;
    const written = await exportHistory({ ...shared, out, resume, overwrite });
    progress.end();
    const seconds = ((elapsedMs() - began) / 1000).toFixed(1);
    io.say(
      written
        ? `${written.rows} rows of the history up to position ${written.head}, ${(written.bytes / 1e6).toFixed(1)} MB in ${seconds} s: ${out}`
        : `${out} is whole already.`,
    );
    return 0;
  },
});
