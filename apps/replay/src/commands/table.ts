import type { Command } from '../command.ts';
import { exportCommand } from './export.ts';
import { generate } from './generate.ts';
import { state } from './state.ts';

/** Everything that `replay` can do, in the order of its help. */
export const commands: Readonly<Record<string, Command>> = {
  export: exportCommand,
  state,
  generate,
};
