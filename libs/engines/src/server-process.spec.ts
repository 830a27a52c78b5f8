import { afterAll, afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from './free-ports.ts';
import { serverProcess, type ServerProcess } from './server-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'server-process-spec-'));
const servers: ServerProcess[] = [];
afterAll(() => rmSync(directory, { recursive: true, force: true }));
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

const listen = `require('node:http').createServer((_, answer) => answer.end(String(process.pid))).listen(Number(process.argv[1]), '127.0.0.1')`;

const httpServer = async (code = listen) => {
  const [port = 0] = await freePorts(1);
  const server = serverProcess({
    name: 'the server',
    command: [process.execPath, '-e', code, String(port)],
    cwd: tmpdir(),
    logFile: join(directory, `${port}.log`),
    ports: [port],
    answers: () => fetch(`http://127.0.0.1:${port}`),
  });
  servers.push(server);
  return { server, port, whoAnswers: async () => (await fetch(`http://127.0.0.1:${port}`)).text() };
};

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // Whom nobody has buried yet is dead all the same.
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await pause(20);
};

test('a server answers once it has started, dies by kill, and starts again at the same place', async () => {
  const { server, whoAnswers } = await httpServer();
  await server.start();
  const first = server.pid;
  expect(await whoAnswers()).toBe(String(first));
  await server.kill();
  expect(server.pid).toBeUndefined();
  expect(lives(first ?? 0)).toBe(false);
  await server.start();
  expect(await whoAnswers()).toBe(String(server.pid));
  expect(server.pid).not.toBe(first);
  await server.stop();
  await expect(whoAnswers()).rejects.toThrow();
});

test('one that ends while starting is refused with the end of its log', async () => {
  const { server } = await httpServer('console.error("the disk is on fire"); process.exit(3)');
  await expect(server.start()).rejects.toThrow(/ended while starting[^]*the disk is on fire/);
  expect(server.pid).toBeUndefined();
});

test('one whose port is taken is refused, though somebody answers there', async () => {
  const { server, port } = await httpServer();
  await server.start();
  const other = serverProcess({
    name: 'the other',
    command: [process.execPath, '-e', listen, String(port)],
    cwd: tmpdir(),
    logFile: `${server.logFile}-other`,
    ports: [port],
    answers: () => fetch(`http://127.0.0.1:${port}`),
  });
  await expect(other.start()).rejects.toThrow(`the other cannot listen on port ${port}`);
});

test('server and temporary directory are gone when the process that made them is killed with -9', async () => {
  const [port = 0] = await freePorts(1);
  const program = `
    import { serverProcess } from ${JSON.stringify(new URL('server-process.ts', import.meta.url).href)};
    import { temporaryDirectory } from ${JSON.stringify(new URL('temporary-directory.ts', import.meta.url).href)};
    const { path } = temporaryDirectory();
    const server = serverProcess({
      name: 'the server',
      command: [process.execPath, '-e', ${JSON.stringify(listen)}, '${port}'],
      cwd: path,
      logFile: path + '/log',
      ports: [${port}],
      answers: () => fetch('http://127.0.0.1:${port}'),
    });
    await server.start();
    console.log(server.pid + ' ' + path);
    setInterval(() => {}, 1000);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const [pid = '', path = ''] = line.toString().trim().split(' ');
  expect(lives(Number(pid))).toBe(true);
  expect(existsSync(path)).toBe(true);
  parent.kill('SIGKILL');
  await until(() => !lives(Number(pid)) && !existsSync(path));
});
