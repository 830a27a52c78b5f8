// `npm run engines`: real servers for development and tests on a machine without Docker.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { say } from './cached.ts';
import { parseTask, type EngineName, type FetchedName } from './command-line.ts';
import { EngineUnavailable } from './engine-unavailable.ts';
import type { Engine } from './engine.ts';
import { fetchKafka, startKafka } from './kafka.ts';
import { fetchKeycloak, startKeycloak } from './keycloak.ts';
import { fetchKubernetesChecks } from './kubernetes-checks.ts';
import { fetchMongo, startMongo } from './mongo.ts';
import { fetchPrometheus } from './prometheus.ts';

/** The demo accounts, as the compose set-up has them. */
const realmFile = join(import.meta.dirname, '../../../docker/keycloak/realm.json');

const fetchers: Readonly<Record<FetchedName, () => Promise<string>>> = {
  kafka: fetchKafka,
  mongo: fetchMongo,
  keycloak: fetchKeycloak,
  kubernetes: fetchKubernetesChecks,
  prometheus: fetchPrometheus,
};

const starters: Readonly<
  Record<EngineName, () => Promise<{ variable: string; address: string; engine: Engine }>>
> = {
  kafka: async () => {
    const engine = await startKafka();
    return { variable: 'KAFKA_BROKERS', address: engine.brokers, engine };
  },
  mongo: async () => {
    const engine = await startMongo();
    return { variable: 'MONGODB_URL', address: engine.url, engine };
  },
  keycloak: async () => {
    const engine = await startKeycloak(existsSync(realmFile) ? { realmFile } : {});
    return { variable: 'KEYCLOAK_URL', address: engine.url, engine };
  },
};

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof signals)[number];
const exitCodeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** One Ctrl-C can arrive as several signals: from the terminal, npm and the bootstrap. */
const sameSignalMs = 1_000;

const startAll = async (engines: readonly EngineName[]) => {
  const began = performance.now();
  const started = await Promise.all(
    engines.map(async (name) => {
      const server = await starters[name]();
      say(`${name} answers after ${((performance.now() - began) / 1_000).toFixed(1)} s.`);
      return server;
    }),
  );
  return {
    addresses: Object.fromEntries(started.map(({ variable, address }) => [variable, address])),
    stop: async () => {
      await Promise.allSettled(
        started.map(async ({ engine }) => {
          await engine.stop();
          await engine.remove();
        }),
      );
    },
  };
};

const runCommand = (command: readonly string[], addresses: Readonly<Record<string, string>>) =>
  new Promise<number>((resolve, reject) => {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...addresses } });
    onSignal = (signal) => child.kill(signal);
    child.once('error', (error) => reject(new EngineUnavailable(`${file} cannot be run: ${error.message}`)));
    child.once('exit', (code, signal) => resolve(signal ? exitCodeOf(signal) : (code ?? 1)));
  });

const untilSignal = () =>
  new Promise<void>((resolve) => {
    let firstMs: number | undefined;
    onSignal = (signal) => {
      firstMs ??= performance.now();
      resolve();
      if (performance.now() - firstMs > sameSignalMs) process.exit(exitCodeOf(signal));
    };
  });

/** Until everything runs there is nothing to end in order: the servers die with this process. */
let onSignal = (signal: Signal): void => process.exit(exitCodeOf(signal));

const main = async (args: readonly string[]): Promise<number> => {
  const task = parseTask(args);
  if (task.kind === 'fetch') {
    // One after the other, so that the times printed are their own.
    for (const name of task.names) say(`${name}: ${await fetchers[name]()}`);
    return 0;
  }
  const { addresses, stop } = await startAll(task.engines);
  try {
    if (task.kind === 'run') return await runCommand(task.command, addresses);
    for (const [variable, address] of Object.entries(addresses))
      process.stdout.write(`export ${variable}='${address}'\n`);
    say('Ctrl-C stops them and deletes their data.');
    await untilSignal();
    say('Stopping …');
    return 0;
  } finally {
    await stop();
  }
};

for (const signal of signals) process.on(signal, (received) => onSignal(received as Signal));
try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof EngineUnavailable || error instanceof RangeError)) throw error;
  say(error.message);
  process.exit(1);
}
