import { defineCommand } from '../command.ts';
import { sourceLine, tablesOf } from '../statistics/tables.ts';
import { textTable } from '../text-table.ts';
import { collectStatistics, statisticsOptions } from './collect-statistics.ts';

/** `replay stats`: the history in figures. */
export const stats = defineCommand({
  summary: 'the history in figures: requests, answers, rounds, automatic cancellations, deadlines',
  usage: '[options]',
  examples: [
    ['stats', 'tables'],
    ['stats --json --time-zone Europe/Berlin', 'the same for programs, with the days and hours of Berlin'],
  ],
  options: { json: { type: 'boolean', meaning: 'JSON, durations in milliseconds' }, ...statisticsOptions },
  run: async ({ values }, io) => {
    const { statistics, name } = await collectStatistics(values, io);
    if (values.json) {
      io.print(JSON.stringify({ history: name, ...statistics }, undefined, 2));
      return 0;
    }
    io.print(sourceLine(statistics));
    for (const { caption, head, rows } of Object.values(tablesOf(statistics))) {
      io.print('');
      io.print(caption.charAt(0).toUpperCase() + caption.slice(1));
      for (const line of textTable(head, rows)) io.print(`  ${line}`);
    }
    return 0;
  },
});
