import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, cached } from './cached.ts';
import type { Engine } from './engine.ts';
import { EngineUnavailable } from './engine-unavailable.ts';
import { freePorts } from './free-ports.ts';
import { serverProcess } from './server-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { runTool } from './tool.ts';

/** Programs of Prometheus, by their paths. */
export interface Prometheus {
  readonly server: string;
  /** Checks and tests rules and configurations. */
  readonly promtool: string;
}

export interface PrometheusEngine extends Engine {
  /** Without a slash at the end. */
  readonly url: string;
}

/** Whichever version the distribution has: rules and queries have to do with that, too. */
const name = 'prometheus-of-debian';
const within = (directory: string): Prometheus => ({
  server: join(directory, 'usr/bin/prometheus'),
  promtool: join(directory, 'usr/bin/promtool'),
});

/** The programs that have been fetched; undefined where that has not been done. */
export const fetchedPrometheus = (): Prometheus | undefined => {
  const directory = join(cacheDirectory, name);
  return existsSync(directory) ? within(directory) : undefined;
};

/** Takes the programs out of Debian's package, once, without installing it. @returns where. @throws EngineUnavailable */
export const fetchPrometheus = (): Promise<string> =>
  cached(name, async (unfinished) => {
    const options = {
      cwd: unfinished,
      remedy:
        'Debian or Ubuntu is needed to fetch Prometheus, and a network that reaches a mirror of theirs.',
    };
    // Lists and archives of our own: those of the machine may be missing, and belong to root.
    const [lists, archives] = [join(unfinished, 'lists'), join(unfinished, 'cache')];
    mkdirSync(join(lists, 'partial'), { recursive: true });
    mkdirSync(join(archives, 'archives/partial'), { recursive: true });
    const own = ['-q', '-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${archives}`];
    await runTool('apt-get', [...own, 'update'], options);
    await runTool('apt-get', [...own, 'download', 'prometheus'], options);
    const archive = readdirSync(unfinished).find((each) => each.endsWith('.deb')) ?? '';
    await runTool('dpkg-deb', ['--extract', archive, 'unpacked'], options);
    const { server, promtool } = within('unpacked');
    mkdirSync(join(unfinished, 'usr/bin'), { recursive: true });
    await runTool('cp', [server, promtool, 'usr/bin'], options);
    for (const each of ['lists', 'cache', 'unpacked', archive])
      rmSync(join(unfinished, each), { recursive: true, force: true });
    await runTool(within(unfinished).promtool, ['--version'], options);
  });

/**
 * A real Prometheus on 127.0.0.1, with data of its own in a temporary directory. It dies with this process.
 * @param configFile as Prometheus wants it; paths in it are relative to it.
 * @throws EngineUnavailable also where it has not been fetched.
 */
export const startPrometheus = async (configFile: string): Promise<PrometheusEngine> => {
  const programs = fetchedPrometheus();
  if (!programs)
    throw new EngineUnavailable('Prometheus has not been fetched: npm run engines -- fetch prometheus.');
  const [port = 0] = await freePorts(1);
  const temporary = temporaryDirectory();
  const url = `http://127.0.0.1:${port}`;
  const server = serverProcess({
    name: 'Prometheus',
    command: [
      programs.server,
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(temporary.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    cwd: temporary.path,
    logFile: join(temporary.path, 'prometheus.log'),
    ports: [port],
    answers: async () => {
      const response = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(5_000) });
      if (!response.ok) throw new Error(`it answers ${response.status}`);
    },
  });
  const remove = async (): Promise<void> => {
    await server.kill();
    temporary.remove();
  };
  try {
    await server.start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    url,
    logFiles: [server.logFile],
    start: server.start,
    stop: server.stop,
    kill: server.kill,
    remove,
  };
};
