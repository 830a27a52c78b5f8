import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cached.ts';
import type { Engine } from './engine.ts';
import { freePorts } from './free-ports.ts';
import { maven, requireJava, systemProperties } from './java.ts';
import { serverProcess } from './server-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { runTool } from './tool.ts';

export interface KeycloakOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** A realm to import at the first start. Default: none but Keycloak's own, `master`. */
  readonly realmFile?: string;
  /** Where its database is kept, to be found by a later start. Default: a temporary directory. */
  readonly dataDir?: string;
}

export interface KeycloakEngine extends Engine {
  /** Without a slash at the end. Its console is for `admin`, password `admin`. */
  readonly url: string;
  /** Of the imported realm, or of `master`. */
  readonly issuer: string;
  readonly pid: number | undefined;
}

const version = '26.4.0';

/** Fetches Keycloak and builds it for our use, once. @returns its directory. @throws EngineUnavailable */
export const fetchKeycloak = (): Promise<string> =>
  cached(`keycloak-${version}`, async (directory) => {
    await requireJava();
    const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:zip`;
    const unpacked = join(directory, 'unpacked');
    await maven(directory, 'dependency:unpack', { artifact, outputDirectory: unpacked });
    for (const name of ['bin', 'lib', 'conf', 'providers'])
      renameSync(join(unpacked, `keycloak-${version}`, name), join(directory, name));
    rmSync(unpacked, { recursive: true });
    // Built once here instead of at each start, which takes half as long then and leaves this directory as it is.
    await runTool('sh', [join(directory, 'bin/kc.sh'), 'build', '--db=dev-file', '--health-enabled=false'], {
      remedy: 'Delete .cache/engines and try again.',
    });
  });

/** A real Keycloak on 127.0.0.1, over plain HTTP, with a database of its own. It dies with this process. @throws EngineUnavailable */
export const startKeycloak = async (options: KeycloakOptions = {}): Promise<KeycloakEngine> => {
  const { realmFile } = options;
  const realm =
    realmFile === undefined
      ? 'master'
      : (JSON.parse(readFileSync(realmFile, 'utf8')) as { realm: string }).realm;
  const installed = await fetchKeycloak();
  const port = options.port ?? (await freePorts(1))[0] ?? 0;
  const temporary = options.dataDir === undefined ? temporaryDirectory() : undefined;
  const home = options.dataDir ?? temporary?.path ?? '';
  for (const path of ['data/import', 'conf', 'providers']) mkdirSync(join(home, path), { recursive: true });
  rmSync(join(home, 'lib'), { force: true });
  symlinkSync(join(installed, 'lib'), join(home, 'lib'));
  if (realmFile !== undefined) copyFileSync(realmFile, join(home, 'data/import/realm.json'));

  const url = `http://127.0.0.1:${port}`;
  const issuer = `${url}/realms/${realm}`;
  const server = serverProcess({
    name: 'Keycloak',
    // As bin/kc.sh does it, without the shell that would stay between us and the server.
    command: [
      'java',
      // It starts more than it works.
      '-XX:TieredStopAtLevel=1',
      '-Xms64m',
      '-Xmx384m',
      '-XX:+UseSerialGC',
      ...systemProperties({
        'file.encoding': 'UTF-8',
        'java.util.concurrent.ForkJoinPool.common.threadFactory':
          'io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory',
        'java.util.logging.manager': 'org.jboss.logmanager.LogManager',
        'picocli.disable.closures': 'true',
        'user.language': 'en',
        'user.country': 'US',
        'kc.home.dir': home,
        'jboss.server.config.dir': join(home, 'conf'),
      }),
      '-cp',
      join(installed, 'lib/quarkus-run.jar'),
      'io.quarkus.bootstrap.runner.QuarkusEntryPoint',
      'start',
      '--optimized',
      '--cache=local',
      '--http-enabled=true',
      '--http-host=127.0.0.1',
      `--http-port=${port}`,
      '--hostname-strict=false',
      '--import-realm',
    ],
    cwd: home,
    env: { ...process.env, KC_BOOTSTRAP_ADMIN_USERNAME: 'admin', KC_BOOTSTRAP_ADMIN_PASSWORD: 'admin' },
    logFile: join(home, 'keycloak.log'),
    ports: [port],
    answers: () => discovery(issuer),
    startTimeoutMs: 300_000,
  });
  const remove = async (): Promise<void> => {
    await server.kill();
    temporary?.remove();
  };
  try {
    await server.start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    url,
    issuer,
    get pid() {
      return server.pid;
    },
    logFiles: [server.logFile],
    start: server.start,
    stop: server.stop,
    kill: server.kill,
    remove,
  };
};

const discovery = async (issuer: string): Promise<void> => {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`the discovery document answers ${response.status}`);
  await response.body?.cancel();
};
