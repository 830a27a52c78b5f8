import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { helpOf } from './command.ts';
import { openHistory } from './commands/open-history.ts';
import { commands } from './commands/table.ts';
import type { Io } from './io.ts';
import { suiteFolder } from './testing/histories.ts';

const folder = suiteFolder('replay');
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const golden = fileURLToPath(
  new URL('../../../libs/session-requests/golden/0.1.0/counter-proposal-accepted.json', import.meta.url),
);
const env = { ...process.env, INIT_CWD: folder, XDG_CONFIG_HOME: join(folder, 'config'), NODE_OPTIONS: '' };

/** Of what a command asks the outside for: as much as it comes to before it fails, or opens a history. */
const io = { env: {}, cwd: folder, root: folder } as unknown as Io;

/** Runs it to its end, as a process, in the folder of this suite. */
const replay = (args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    env,
    input,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
};

beforeAll(() => {
  expect(replay(['generate', '--events', '8000', '--data-dir', 'data']).err).toContain('8000 events in');
});

describe('the command line', () => {
  it('says what there is, in general and of each command', () => {
    const { code, out } = replay(['--help']);
    expect(code).toBe(0);
    for (const [name, command] of Object.entries(commands)) {
      expect(out).toContain(`  ${name} `);
      const help = helpOf(name, command);
      expect(help).toContain(`Usage: replay ${name} `);
      expect(help).toContain(`npx replay ${name}`);
      for (const option of Object.keys(command.options)) expect(help).toContain(`--${option}`);
    }
    expect(replay(['verify', '--help'])).toStrictEqual({
      code: 0,
      out: `${helpOf('verify', commands['verify']!)}\n`,
      err: '',
    });
    expect(replay(['fly'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('no command fly'),
    });
  });

  it.each([
    ['export', ['--frm', '2026-01-01'], "Unknown option '--frm'"],
    ['export', ['--frm', '2026-01-01'], 'There are: --format, --out, --from, --to'],
    ['export', ['--from', '2026-02-30'], '--from is a day'],
    ['export', ['--type', 'SessionImagined'], 'There are: SessionRequested'],
    ['export', ['--format', 'xml'], 'There are: ndjson, csv, parquet'],
    ['export', ['--format', 'parquet'], 'Parquet needs --out'],
    ['generate', [], 'Either --data-dir or --out'],
    ['generate', ['--out', 'x', '--events', 'many'], '--events is a whole number'],
    ['verify', ['--data-dir', 'a', '--history', 'b'], 'Only one of'],
    ['sql', ['select', '1'], 'One query, in quotes.'],
  ])('says what is wrong with %s %j', async (name, args, said) => {
    await expect(commands[name]!.run(args, io)).rejects.toMatchObject({
      name: 'WrongUse',
      message: expect.stringContaining(said),
    });
  });

  it('says where no history is, and what can be done', () => {
    const { code, err } = replay(['verify', '--data-dir', 'nowhere']);
    expect(code).toBe(1);
    expect(err).toContain('there is no event log at');
    expect(err).toContain('replay generate');
  });
});

describe('generate', () => {
  it('makes the same bytes of the same seed, as a store and as a file, and others of another', () => {
    replay(['generate', '--events', '8000', '--data-dir', 'again']);
    const bytes = (path: string): Buffer => readFileSync(join(folder, path));
    expect(bytes('again/events.sqlite').equals(bytes('data/events.sqlite'))).toBe(true);
    expect(readdirSync(join(folder, 'again'))).toStrictEqual(['events.sqlite']);
    const file = (name: string, seed: string): Buffer => {
      replay(['generate', '--events', '500', '--seed', seed, '--out', name]);
      return bytes(name);
    };
    const one = file('one.ndjson', 'a');
    expect(file('two.ndjson', 'a').equals(one)).toBe(true);
    expect(file('other.ndjson', 'b').equals(one)).toBe(false);
    expect(one.toString().trim().split('\n')).toHaveLength(500);
  });

  it('never puts itself over a log', () => {
    const { code, err } = replay(['generate', '--data-dir', 'data']);
    expect(code).toBe(1);
    expect(err).toContain('There is an event log at');
  });
});

describe('verify', () => {
  it.each([
    ['a store', ['--data-dir', 'data'], '8000 events of '],
    ['rows in a file', ['--history', 'one.ndjson'], '500 events of '],
    ['a golden history', ['--history', golden], '3 events of 1 session requests'],
  ])('finds %s sound', (_, args, said) => {
    const { code, out } = replay(['verify', ...args]);
    expect(out).toContain(said);
    expect(out).toContain('Everything is as it has to be.');
    expect(code).toBe(0);
  });
});

describe('export', () => {
  const contentOf = (path: string): [string, string][] =>
    (statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path]).map(
      (file) => [file.slice(path.length), readFileSync(file).toString('latin1')],
    );
  const manifestOf = (out: string, format: string): string =>
    format === 'parquet' ? join(`${out}.partial`, '_manifest.json') : `${out}.partial.json`;

  it.each(['ndjson', 'csv', 'parquet'])(
    'to %s can be killed in the middle and resumed to the same bytes',
    async (format) => {
      const args = ['export', '--format', format, '--data-dir', 'data', '--part-rows', '400', '--out'];
      expect(replay([...args, `whole.${format}`]).code).toBe(0);
      const out = join(folder, `killed.${format}`);
      const rowsDone = (): number => {
        try {
          return (JSON.parse(readFileSync(manifestOf(out, format), 'utf8')) as { done: { rows: number } })
            .done.rows;
        } catch {
          return 0; // not there yet
        }
      };
      const child = spawn(process.execPath, [main, ...args, out], { env, stdio: 'ignore' });
      const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
      while (child.exitCode === null && rowsDone() < 1_200) await pause(1);
      child.kill('SIGKILL');
      expect(await ended).toBe('SIGKILL');
      expect(existsSync(out)).toBe(false);
      expect(rowsDone()).toBeGreaterThanOrEqual(1_200);
      expect(rowsDone()).toBeLessThan(8_000);
      const { code, err } = replay([...args, out, '--resume']);
      expect(err).toContain('8000 rows');
      expect(code).toBe(0);
      expect(contentOf(out)).toStrictEqual(contentOf(join(folder, `whole.${format}`)));
    },
  );

  it('goes to standard output where no file is named', () => {
    const { code, out } = replay([
      'export',
      '--history',
      golden,
      '--format',
      'csv',
      '--type',
      'SessionAccepted',
    ]);
    expect(code).toBe(0);
    const [head, row, ...rest] = out.split('\r\n');
    expect(head).toMatch(/^schema_version,position,recorded_at,type,/);
    expect(row).toMatch(/^1,3,2026-/);
    expect(rest).toStrictEqual(['']);
  });
});

describe('a history in EventStoreDB', () => {
  it('is named without its credentials, which nobody should find in an export', async () => {
    const { history, name } = await openHistory(
      {
        'data-dir': undefined,
        history: undefined,
        namespace: 'mine-',
        eventstoredb: 'esdb://admin:changeit@127.0.0.1:1?tls=false',
      },
      io,
    );
    await history.close();
    expect(name).toBe('esdb://127.0.0.1:1?tls=false mine-');
  });
});

describe('sql', () => {
  it('answers a question, and the next one from what it has kept', () => {
    const ask = (query: string, ...options: string[]) =>
      replay(['sql', query, '--data-dir', 'data', '--cache-dir', 'cache', ...options]);
    const { code, out, err } = ask('select count(*) as n from events', '--format', 'json');
    expect({ code, out: JSON.parse(out) as unknown }).toStrictEqual({ code: 0, out: [{ n: 8_000 }] });
    expect(err).not.toContain('Error');
    const [kept] = readdirSync(join(folder, 'cache'));
    expect(ask('select 1 as one').out).toBe('one\n───\n  1\n');
    expect(readdirSync(join(folder, 'cache'))).toStrictEqual([kept]);
    expect(ask('select * from nothing')).toMatchObject({ code: 1, out: '' });
  });

  it('takes its questions from standard input', () => {
    const { out } = replay(
      ['sql', '--history', golden, '--cache-dir', 'cache', '--format', 'csv'],
      'select status, rounds from requests; select answer, round from answers order by round;',
    );
    expect(out).toBe('status,rounds\r\naccepted,2\r\nanswer,round\r\ncountered,1\r\naccepted,2\r\n');
  });
});
