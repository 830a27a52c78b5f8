// Runs a command of this project on a machine that has Node 20 or later and npm, and nothing else: installs what is
// missing, builds what is stale, then runs the command on the Node that the project pins. Plain JavaScript for
// Node 20, without dependencies, because it runs before anything is installed. Progress goes to stderr, so that the
// stdout of a command stays its own.
import { spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { commands } from './commands.mjs';
import { siteBuild, siteIsBuilt, staleSite } from './site.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lowestNode = 24;
const lockFile = join(root, '.cache', 'bootstrap.lock');

const say = (text) => process.stderr.write(`${text}\n`);

/** Ends the run with a message instead of a stack trace. */
class Refusal extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch {
    return undefined;
  }
};

/** What package-lock.json asks for and node_modules, by npm's own record of it, does not have. */
const missingPackages = (withDev) => {
  const wanted = readJson('package-lock.json')?.packages ?? {};
  const installed = readJson('node_modules/.package-lock.json')?.packages ?? {};
  return Object.entries(wanted)
    .filter(([path, entry]) => {
      if (!path.includes('node_modules/')) return false;
      // Whether a local package is for development only is written where it lies, not on the link to it.
      const { dev } = (entry.link && wanted[entry.resolved]) || entry;
      if (dev && !withDev) return false;
      const found = installed[path];
      // What is optional is absent where it is made for another platform.
      if (!found) return !entry.optional && !entry.devOptional;
      return found.version !== entry.version || found.integrity !== entry.integrity;
    })
    .map(([path]) => path);
};

/** The Node that package.json pins for this platform, or the machine's own where there is none and it is new enough. */
const pinnedNode = () => {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const path = join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(path)) return path;
  return Number.parseInt(process.versions.node, 10) >= lowestNode ? process.execPath : undefined;
};

const refuseUnpinnedPlatform = () => {
  const pinned = Object.keys(readJson('package.json')?.optionalDependencies ?? {});
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  if (pinned.includes(`node-${platform}-${process.arch}`)) return;
  if (Number.parseInt(process.versions.node, 10) >= lowestNode) return;
  throw new Refusal(
    `This project runs on Node ${lowestNode} or later. For ${process.platform} on ${process.arch} it uses the machine's own, ` +
      `which is ${process.version}.\nInstall a newer one from https://nodejs.org/ and try again.`,
  );
};

const environment = (extra = {}) => ({
  ...process.env,
  // What was compiled once need not be compiled at the next start: that is most of the time a start takes.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'compiled'),
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  ...extra,
});

/**
 * Runs a process to its end and passes on the signals that ask this one to stop. From a terminal, Ctrl-C reaches the
 * child directly as well, and npm adds a signal of its own: children have to take the second for the first.
 */
const run = (file, args, { env = environment(), stdio = 'inherit' } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: root, env, stdio });
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const settle = () => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      settle();
      resolve(signal ? 128 + constants.signals[signal] : code);
    });
  });

const toStderr = ['ignore', 2, 2];

const npm = (args) => {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli?.endsWith('.js')) return run(node ?? process.execPath, [cli, ...args], { stdio: toStderr });
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { stdio: toStderr });
};

const install = async (withDev) => {
  const missing = missingPackages(withDev);
  if (missing.length === 0) return;
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  say(
    `Installing ${missing.length} packages${withDev ? '' : ' (what it takes to run; `npm test` adds the rest)'} …`,
  );
  const heartbeat = setInterval(() => say(`  … still installing, ${seconds()} s`), 10_000);
  try {
    // Not `npm ci`: it would take the packages away from under a server that is running. What is installed follows
    // package-lock.json all the same, and is not written back to it.
    const code = await npm([
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--no-update-notifier',
      '--ignore-scripts',
      '--loglevel=error',
      withDev ? '--include=dev' : '--omit=dev',
    ]);
    if (code !== 0) throw new Refusal('npm could not install the packages; its reason stands above.', code);
  } finally {
    clearInterval(heartbeat);
  }
  say(`Installed in ${seconds()} s.`);
};

const build = async (node, project) => {
  const began = Date.now();
  // `tsc -b` knows by itself what is stale. It does not check types here (`npm run typecheck` does), only translates.
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const code = await run(node, [compiler, '-b', '--noCheck', project], { stdio: toStderr });
  if (code !== 0) throw new Refusal('The build failed; the reason stands above.', code);
  const seconds = (Date.now() - began) / 1000;
  if (seconds > 2) say(`Built in ${seconds.toFixed(1)} s.`);
};

const buildSite = async (node) => {
  const stamp = staleSite(root);
  if (stamp === undefined) return;
  const began = Date.now();
  say('Building the web app …');
  const code = await run(node, siteBuild, { stdio: toStderr });
  if (code !== 0) throw new Refusal('The web app could not be built; the reason stands above.', code);
  siteIsBuilt(root, stamp);
  say(`Built the web app in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Takes the lock, or says which process holds it; a lock whose process has died is taken away. */
const takeLock = (mine) => {
  for (;;) {
    try {
      linkSync(mine, lockFile);
      return undefined;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readJson('.cache/bootstrap.lock'));
    if (isAlive(holder)) return holder;
    rmSync(lockFile, { force: true });
  }
};

/** Two terminals may start at the same time; only one at a time installs and builds. */
const alone = async (work) => {
  mkdirSync(dirname(lockFile), { recursive: true });
  // A link is made whole or not at all, so nobody reads a lock that does not say yet whose it is.
  const mine = `${lockFile}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    for (let waited = false; ; waited = true) {
      const holder = takeLock(mine);
      if (holder === undefined) break;
      if (!waited)
        say(`Waiting for another command of this project, process ${holder}, that installs or builds …`);
      await pause(500);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
};

const main = async ([name, ...args]) => {
  const command = commands[name];
  if (!command)
    throw new Refusal(
      `There is no command ${name ?? '(none)'}. There are: ${Object.keys(commands).join(', ')}.`,
    );
  refuseUnpinnedPlatform();
  const node = await alone(async () => {
    await install(command.withDev ?? false);
    const path = pinnedNode();
    if (!path)
      throw new Refusal(
        `Node ${lowestNode} is not installed in node_modules. Delete node_modules and try again.`,
      );
    if (command.build) await build(path, command.build);
    if (command.site) await buildSite(path);
    return path;
  });
  let exitCode = 0;
  for (const step of command.steps(args)) {
    const code = await run(node, step.run, { env: environment(step.env) });
    // A check goes on to the end, so that one run shows everything that is wrong; nothing goes on after Ctrl-C.
    if (code !== 0) exitCode = code;
    if (code !== 0 && (!command.runsAllSteps || code > 128)) break;
  }
  return exitCode;
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  process.exitCode = error.exitCode;
}
