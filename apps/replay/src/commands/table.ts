import type { Command } from '../command.ts';

/** Everything that `replay` can do, in the order of its help. */
export const commands: Readonly<Record<string, Command>> = {};
