import { writeFileSync } from 'node:fs';
import { defineCommand } from '../command.ts';
import { pathFrom } from '../io.ts';
import { reportPage } from '../statistics/report.ts';
import { collectStatistics, statisticsOptions } from './collect-statistics.ts';

/** `replay report`: the history in charts. */
export const report = defineCommand({
  summary: 'the history in charts, with the tables behind them: one HTML file',
  usage: '[--out report.html] [options]',
  examples: [
    ['report --out report.html', 'a page that needs nothing else, to be read in any browser or printed'],
  ],
  options: {
    out: { type: 'string', value: '<file>', meaning: 'where to write it', default: 'report.html' },
    ...statisticsOptions,
  },
  run: async ({ values }, io) => {
    const { statistics } = await collectStatistics(values, io);
    const path = pathFrom(io, values.out);
    writeFileSync(path, reportPage(statistics));
    io.say(`Written: ${path}`);
    return 0;
  },
});
