import { parseArgs } from 'node:util';
import type { Io } from './io.ts';

/** One option of a command. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for its value in the help, such as `<file>`. */
  readonly value?: string;
  readonly meaning: string;
  /** May be given several times; its value is then a list. */
  readonly multiple?: boolean;
  readonly short?: string;
  /** Shown in the help and used where the option is not given. */
  readonly default?: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What was given, by the name of the option. */
export type Given<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { type: 'boolean' }
    ? boolean
    : O[K] extends { multiple: true }
      ? readonly string[]
      : O[K] extends { default: string }
        ? string
        : string | undefined;
};

/** Something that `replay` can do. */
export interface Command {
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What follows the name of the command, such as `[options] "<query>"`. */
  readonly usage: string;
  /** Whole command lines, with what they do. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  readonly options: Options;
  /** @returns the exit code: 0, or 1 where what was looked for is not as it should be. @throws WrongUse */
  run(args: readonly string[], io: Io): Promise<number>;
}

/** The command line makes no sense; its message says what would. Exit code 2. */
export class WrongUse extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongUse';
  }
}

/** What was asked for cannot be done; its message is for the person who asked. Exit code 1. */
export class Failure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
  }
}

/** A command of which the arguments are read by its table of options. */
export const defineCommand = <const O extends Options>(command: {
  readonly summary: string;
  readonly usage: string;
  readonly examples: Command['examples'];
  readonly options: O;
  readonly run: (given: { values: Given<O>; positionals: readonly string[] }, io: Io) => Promise<number>;
}): Command => ({
  ...command,
  run: async (args, io) => command.run(readArguments(args, command.options), io),
});

const readArguments = <O extends Options>(
  args: readonly string[],
  options: O,
): { values: Given<O>; positionals: readonly string[] } => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, { type, multiple, short }]) => [
          name,
          { type, ...(multiple && { multiple }), ...(short !== undefined && { short }) },
        ]),
      ),
    });
    const given: Record<string, unknown> = {};
    for (const [name, { type, multiple, default: otherwise }] of Object.entries(options))
      given[name] = values[name] ?? (type === 'boolean' ? false : multiple ? [] : otherwise);
    return { values: given as Given<O>, positionals };
  } catch (error) {
    const there = Object.keys(options).map((name) => `--${name}`);
    throw new WrongUse(`${(error as Error).message}\nThere are: ${[...there, '--help'].join(', ')}.`);
  }
};

/** Whether somebody asks for the help of a command. */
export const asksForHelp = (args: readonly string[]): boolean => {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
};

/** The help of one command. */
export const helpOf = (name: string, { summary, usage, examples, options }: Command): string => {
  const rows = Object.entries(options).map(
    ([option, { short, value, meaning, multiple, default: otherwise }]) => [
      `${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`,
      `${meaning}${multiple ? ' (may be given several times)' : ''}${otherwise === undefined ? '' : ` [${otherwise}]`}`,
    ],
  );
  return [
    `replay ${name}: ${summary}`,
    '',
    `Usage: replay ${name} ${usage}`.trimEnd(),
    '',
    'Options:',
    ...aligned([...rows, ['-h, --help', 'this text']]),
    ...(examples.length > 0 ? ['', 'Examples:'] : []),
    ...examples.flatMap(([line, meaning]) => [`  # ${meaning}`, `  npx replay ${line}`]),
  ].join('\n');
};

/** The help of all of them. */
export const overview = (commands: Readonly<Record<string, Command>>): string =>
  [
    'replay: the history of session requests as data',
    '',
    'Usage: replay <command> [options]',
    '',
    'Commands:',
    ...aligned(Object.entries(commands).map(([name, { summary }]) => [name, summary])),
    '',
    'replay <command> --help tells more, with examples. The history is that of `npm start`, unless --data-dir, --eventstoredb',
    'or --history name another; it is only ever read. docs/analysts.md shows what can be done with it.',
    'Exit codes: 0 done, 1 failed or differences found, 2 wrong use.',
  ].join('\n');

const aligned = (rows: readonly (readonly string[])[]): string[] => {
  const width = Math.max(...rows.map(([first = '']) => first.length));
  return rows.map(([first = '', second = '']) => `  ${first.padEnd(width)}  ${second}`);
};
