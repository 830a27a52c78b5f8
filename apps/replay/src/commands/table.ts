import type { Command } from '../command.ts';
import { backtest } from './backtest.ts';
import { exportCommand } from './export.ts';
import { generate } from './generate.ts';
import { report } from './report.ts';
import { sql } from './sql.ts';
import { state } from './state.ts';
import { stats } from './stats.ts';
import { verify } from './verify.ts';

/** Everything that `replay` can do, in the order of its help. */
export const commands: Readonly<Record<string, Command>> = {
  export: exportCommand,
  sql,
  state,
  stats,
  report,
  backtest,
  generate,
  verify,
};
