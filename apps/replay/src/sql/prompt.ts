import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Io } from '../io.ts';
import { views } from './views.ts';

const help = [
  'End a statement with ; — it may go over several lines.',
  '.tables         what there is to ask',
  '.schema [view]  its columns, and what they mean',
  '.help           this text',
  '.quit           leave (also Ctrl-D)',
];

const remembered = 1_000;

const tables = (): string[] => {
  const width = Math.max(...views.map(({ name }) => name.length));
  return views.map(({ name, meaning }) => `${name.padEnd(width)}  ${meaning}`);
};

const schema = (wanted: string | undefined): string[] => {
  const found = views.filter(({ name }) => wanted === undefined || name === wanted);
  if (found.length === 0)
    return [`There is no view ${wanted}. There are: ${views.map(({ name }) => name).join(', ')}.`];
  return found.flatMap(({ name, meaning, columns }) => {
    const width = Math.max(...Object.keys(columns).map((column) => column.length));
    return [
      `${name}: ${meaning}`,
      ...Object.entries(columns).map(([column, text]) => `  ${column.padEnd(width)}  ${text}`),
    ];
  });
};

/** What a line that begins with a dot asks for; undefined to leave. */
export const dotCommand = (line: string): string[] | undefined => {
  const [command, argument] = line.trim().split(/\s+/);
  switch (command) {
    case '.quit':
    case '.exit':
      return undefined;
    case '.tables':
      return tables();
    case '.schema':
      return schema(argument?.replace(/;$/, ''));
    case '.help':
      return help;
    default:
      return [`There is no ${command}.`, ...help];
  }
};

/**
 * Asks for statements, one after the other, until there are no more. Ctrl-C stops the statement that runs, or throws away what was typed.
 * What was typed is there at the next time, in `historyFile`.
 */
export const prompt = async (options: {
  io: Io;
  historyFile: string;
  run: (sql: string) => Promise<void>;
  interrupt: () => void;
}): Promise<void> => {
  const { io, historyFile, run, interrupt } = options;
  const history = existsSync(historyFile)
    ? readFileSync(historyFile, 'utf8').split('\n').filter(Boolean)
    : [];
  const lines = createInterface({
    input: io.stdin,
    output: io.stdout,
    history: history.slice(0, remembered),
    historySize: remembered,
    removeHistoryDuplicates: true,
    completer: (line: string) => {
      const word = /[\w.]*$/.exec(line)?.[0] ?? '';
      const words = [
        ...views.flatMap(({ name, columns }) => [name, ...Object.keys(columns)]),
        '.tables',
        '.schema',
        '.quit',
      ];
      return [[...new Set(words)].filter((each) => each.startsWith(word)), word];
    },
  });
  let text = '';
  let running = false;
  const ask = (): void => {
    lines.setPrompt(text === '' ? 'replay> ' : '   ...> ');
    lines.prompt();
  };
  lines.on('history', (typed) => writeFileSync(historyFile, typed.join('\n'), { mode: 0o600 }));
  lines.on('SIGINT', () => {
    if (running) interrupt();
    else {
      text = '';
      io.stdout.write('\n');
      ask();
    }
  });
  io.say('Ask in SQL; .help tells more, .tables what there is.');
  ask();
  for await (const line of lines) {
    if (text === '' && line.trim().startsWith('.')) {
      const answer = dotCommand(line);
      if (!answer) break;
      io.print(answer.join('\n'));
    } else {
      text += `${line}\n`;
      if (/;\s*$/.test(text)) {
        const sql = text;
        text = '';
        running = true;
        await run(sql).catch((error: unknown) => io.say((error as Error).message));
        running = false;
      } else if (text.trim() === '') text = '';
    }
    ask();
  }
  lines.close();
};
