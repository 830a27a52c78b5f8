import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A lint rule that lost its configuration, or its project graph, lets everything pass and says nothing. So each rule
// that guards the structure is shown a violation, and has to fail it.

const root = join(import.meta.dirname, '..');
const domain = 'libs/session-requests/src/decide.ts';
const page = 'apps/web/src/shell/shell.tsx';
const service = 'apps/requests/src/index.ts';

const plants: { what: string; file: string; code: string; rule: string }[] = [
  { what: 'the domain reads a file', file: domain, code: `import 'node:fs';`, rule: 'no-restricted-imports' },
  {
    what: 'the domain imports a package',
    file: domain,
    code: `import 'uuid';`,
    rule: 'no-restricted-imports',
  },
  {
    what: 'the domain asks for the time',
    file: domain,
    code: `Date.now();`,
    rule: 'no-restricted-properties',
  },
  {
    what: 'the domain makes a date of now',
    file: domain,
    code: `export const d = new Date();`,
    rule: 'no-restricted-syntax',
  },
  {
    what: 'the domain draws at random',
    file: domain,
    code: `Math.random();`,
    rule: 'no-restricted-properties',
  },
  { what: 'the domain waits', file: domain, code: `setTimeout(() => {}, 1);`, rule: 'no-restricted-globals' },
  {
    what: 'the domain looks at the process',
    file: domain,
    code: `process.exit();`,
    rule: 'no-restricted-globals',
  },
  {
    what: 'the domain depends on an adapter',
    file: domain,
    code: `import '@hse/event-store/sqlite';`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'the ports depend on the domain',
    file: 'libs/event-sourcing/src/event.ts',
    code: `import '@hse/session-requests';`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'the contracts depend on an adapter',
    file: 'libs/contracts/src/commands.ts',
    code: `import '@hse/read-models/sqlite';`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'a library depends on an app',
    file: 'libs/service-kit/src/logger.ts',
    code: `import '@hse/requests';`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'an app depends on another app',
    file: service,
    code: `import '@hse/gateway';`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'an app reaches into another app',
    file: service,
    code: `import '../../gateway/src/index.ts';`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'a service names an adapter',
    file: service,
    code: `import '@hse/event-store/sqlite';`,
    rule: 'no-restricted-imports',
  },
  {
    what: 'a service asks for the time',
    file: service,
    code: `Date.now();`,
    rule: 'no-restricted-properties',
  },
  { what: 'a service waits', file: service, code: `setTimeout(() => {}, 1);`, rule: 'no-restricted-globals' },
  {
    what: 'a service makes up an identifier',
    file: service,
    code: `import { randomUUID } from 'node:crypto';`,
    rule: 'no-restricted-imports',
  },
  {
    what: 'the web app reads the clock of the machine',
    file: page,
    code: `Date.now();`,
    rule: 'no-restricted-properties',
  },
  {
    what: 'the web app makes a date of now',
    file: page,
    code: `export const d = new Date();`,
    rule: 'no-restricted-syntax',
  },
  {
    what: 'the web app depends on a package of the server',
    file: page,
    code: `import '@hse/contracts/http';`,
    rule: '@nx/enforce-module-boundaries',
  },
  {
    what: 'a component uses a hook in some cases only',
    file: page,
    code: `import { useState as useAny } from 'react'; export const Odd = ({ a }: { a: boolean }) => (a ? useAny(1)[0] : 2);`,
    rule: 'react-hooks/rules-of-hooks',
  },
  {
    what: 'a promise is left floating',
    file: service,
    code: `Promise.reject(new Error('lost'));`,
    rule: '@typescript-eslint/no-floating-promises',
  },
];

let graphDirectory: string;

beforeAll(() => {
  graphDirectory = mkdtempSync(join(tmpdir(), 'lint-canary-'));
});

afterAll(() => rmSync(graphDirectory, { recursive: true, force: true }));

/** Runs ESLint the way an editor does: outside of Nx, with no project graph on disk. */
const lint = (texts: { file: string; text: string }[]): Promise<string[][]> => {
  const { NX_TASK_TARGET_PROJECT: _task, NODE_OPTIONS: _options, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [join(root, 'tools/lint-texts.mjs')],
      { cwd: root, env: { ...env, NX_DAEMON: 'false', NX_WORKSPACE_DATA_DIRECTORY: graphDirectory } },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
        else resolve(JSON.parse(stdout.slice(stdout.indexOf('[['))) as string[][]);
      },
    );
    child.stdin?.end(JSON.stringify(texts));
  });
};

test('every planted violation of the structure fails lint, and the same file without it passes', async () => {
  const originals = [...new Set(plants.map(({ file }) => file))].map((file) => ({
    file,
    text: readFileSync(join(root, file), 'utf8'),
  }));
  const planted = plants.map(({ file, code }) => ({
    file,
    text: `${code}\n${readFileSync(join(root, file), 'utf8')}`,
  }));
  const found = await lint([...originals, ...planted]);

  expect(originals.map(({ file }, i) => ({ file, broken: found[i] }))).toEqual(
    originals.map(({ file }) => ({ file, broken: [] })),
  );
  const unseen = plants.filter(({ rule }, i) => !found[originals.length + i]?.includes(rule));
  expect(unseen.map(({ what, rule }) => `${what}: ${rule} did not fail it`)).toEqual([]);
}, 120_000);
