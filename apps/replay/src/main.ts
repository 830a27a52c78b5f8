/** The command line `replay`. */
import { fileURLToPath } from 'node:url';
import { progressLine } from '@hse/service-kit/command-line';
import { asksForHelp, helpOf, overview, type Command } from './command.ts';
import { commands } from './commands/table.ts';
import type { Io } from './io.ts';

const main = async (args: readonly string[]): Promise<number> => {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? console.error : console.log)(overview(commands));
    return name === undefined ? 2 : 0;
  }
  const command: Command | undefined = commands[name];
  if (!command) {
    console.error(`There is no command ${name}. There are: ${Object.keys(commands).join(', ')}.`);
    return 2;
  }
  if (asksForHelp(rest)) {
    console.log(helpOf(name, command));
    return 0;
  }
  const stopped = new AbortController();
  // The second time somebody asks, they do not want to wait for a tidy end.
  process.once('SIGINT', () => stopped.abort(new Error('Interrupted.')));
  process.once('SIGTERM', () => stopped.abort(new Error('Interrupted.')));
  const io: Io = {
    stdin: process.stdin,
    stdout: process.stdout,
    print: console.log,
    say: console.error,
    progress: (did) => progressLine(did, { quiet: true }),
    env: process.env,
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    elapsedMs: () => performance.now(),
    signal: stopped.signal,
  };
  try {
    return await command.run(rest, io);
  } catch (error) {
    const { name: kind, message } = error as Error;
    if (kind === 'WrongUse') {
      console.error(`${message}\nreplay ${name} --help tells more.`);
      return 2;
    }
    if (stopped.signal.aborted) {
      console.error((stopped.signal.reason as Error).message);
      return 1;
    }
    console.error(kind === 'Failure' || process.env['REPLAY_TRACE'] === undefined ? message : error);
    return 1;
  }
};

// `replay … | head` is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
process.exitCode = await main(process.argv.slice(2));
