// `npm run bench [-- <part> …] [-- --full]`: prints the figures of this machine. Asserts nothing: exit code 0 unless a
// part could not run at all.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BenchPart, Figure } from './figures.ts';
import { parts } from './parts.ts';
import { printFigures } from './print.ts';

const usage = `usage: npm run bench [-- [--full] [${Object.keys(parts).join('|')}] …]`;

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

const readArguments = () => {
  try {
    return parseArgs({ allowPositionals: true, options: { full: { type: 'boolean', default: false } } });
  } catch (error) {
    return fail(`${(error as Error).message}\n${usage}`);
  }
};

const { values, positionals } = readArguments();
const wanted = positionals.length > 0 ? positionals : Object.keys(parts);
for (const name of wanted) if (!parts[name]) fail(`There is no part ${name}.\n${usage}`);

// Beside the sources, not in the system's temporary directory, which may be memory, where syncing costs nothing.
const cache = fileURLToPath(new URL('../../.cache', import.meta.url));
mkdirSync(cache, { recursive: true });
const directory = mkdtempSync(join(cache, 'bench-'));
process.env.TMPDIR = directory; // of this process and those it starts
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

// Another busy program falsifies most of all what needs two cores at a time, on our side and not on the peer's.
const [loadBefore = 0] = loadavg();
const began = performance.now();
const seconds = () => `${Math.round((performance.now() - began) / 1000)} s`.padStart(6);
const figures: Figure[] = [];
for (const name of wanted) {
  const part = parts[name] as BenchPart; // checked above
  const own = join(directory, name);
  mkdirSync(own);
  try {
    const progress = (text: string) => console.error(`${seconds()}  ${name}: ${text}`);
    progress('begins');
    figures.push(...(await part({ full: values.full, directory: own, progress })));
  } catch (error) {
    console.error(error);
    figures.push({ measure: name, figure: `did not run: ${String(error).split('\n', 1)[0] ?? ''}` });
    process.exitCode = 1;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

const [cpu] = cpus();
console.log(
  `\nNode ${process.version}, ${availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'}), ` +
    `${values.full ? 'full' : 'default'} sizes, ${seconds().trim()} in all, ` +
    `load average before ${loadBefore.toFixed(1)}\n`,
);
printFigures(figures);
