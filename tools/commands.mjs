// What `npm run <name>` does, once everything it needs is installed and built. Plain JavaScript for Node 20, because
// bootstrap.mjs reads it before anything is installed.

const standalone = 'apps/standalone';
const notifications = 'apps/notifications';

/** jest runs ES modules in a VM, which Node calls experimental. */
const testEnv = {
  NODE_OPTIONS: [
    process.env.NODE_OPTIONS,
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=DEP0040',
  ]
    .filter(Boolean)
    .join(' '),
};

const bin = (path, ...args) => ({ run: [`node_modules/${path}`, ...args] });
const jest = (...args) => ({ ...bin('jest/bin/jest.js', ...args), env: testEnv });
const nx = (...args) => ({
  ...bin('nx/dist/bin/nx.js', ...args),
  env: { NX_DAEMON: 'false', NX_TUI: 'false' },
});
const prettier = (...args) => bin('prettier/bin/prettier.cjs', '--log-level=warn', ...args, '.');
const script = (path, ...args) => ({ run: ['--disable-warning=ExperimentalWarning', path, ...args] });

/** Of the profile that the environment speaks of: where MongoDB is named, the read models are there. */
const readModelsCommand = (name) => {
  const [project, path] = process.env.MONGODB_URL
    ? [notifications, `apps/notifications/dist/commands/${name}.js`]
    : [standalone, `apps/standalone/dist/${name}.js`];
  return { build: project, steps: (args) => [script(path, ...args)] };
};

/**
 * By name: `withDev`, whether it needs the development dependencies; `build`, the TypeScript project that has to be
 * up to date with all it references; `site`, whether the web app has to be, too; `steps`, the Node processes to run one after the other, until one fails or, with
 * `runsAllSteps`, to the end.
 */
export const commands = {
  start: {
    build: standalone,
    site: true,
    steps: (args) => [script('apps/standalone/dist/main.js', ...args)],
  },
  demo: { build: standalone, steps: (args) => [script('apps/standalone/dist/demo.js', ...args)] },
  token: { build: standalone, steps: (args) => [script('apps/standalone/dist/token.js', ...args)] },
  rebuild: readModelsCommand('rebuild'),
  parity: readModelsCommand('parity'),
  engines: {
    withDev: true,
    build: 'libs/engines',
    // kafkajs 2.2.4 computes a negative delay, which Node 24 warns of.
    steps: (args) => [
      script('--disable-warning=TimeoutNegativeWarning', 'libs/engines/dist/main.js', ...args),
    ],
  },
  parked: {
    build: 'apps/notifications',
    steps: (args) => [script('apps/notifications/dist/commands/parked.js', ...args)],
  },
  replay: {
    build: 'apps/replay',
    // Whatever goes along a history leaves much garbage and little that stays. By itself V8 takes several times as much memory before it
    // looks. What makes histories up keeps more, and looking costs it a third of its time.
    steps: (args) => [
      script(
        ...(args[0] === 'generate' ? [] : ['--max-semi-space-size=8', '--heap-growing-percent=50']),
        'apps/replay/dist/main.js',
        ...args,
      ),
    ],
  },
  bench: {
    withDev: true,
    build: '.',
    site: true,
    steps: (args) => [script('tools/bench/main.ts', ...args)],
  },
  capacity: {
    withDev: true,
    build: '.',
    // kafkajs 2.2.4 computes a negative delay, which Node 24 warns of.
    steps: (args) => [script('--disable-warning=TimeoutNegativeWarning', 'tools/capacity/main.ts', ...args)],
  },
  test: { withDev: true, build: '.', site: true, steps: (args) => [jest(...args)] },
  'test:long': {
    withDev: true,
    build: '.',
    site: true,
    steps: (args) => [jest('--config=jest.long.config.js', ...args)],
  },
  generate: { withDev: true, build: 'apps/e2e', steps: () => [script('tools/generate.ts')] },
  install: { withDev: true, steps: () => [] },
  build: { withDev: true, site: true, steps: (args) => [bin('typescript/bin/tsc', '-b', ...args)] },
  typecheck: { withDev: true, steps: (args) => [bin('typescript/bin/tsc', '-b', ...args)] },
  lint: {
    withDev: true,
    runsAllSteps: true,
    steps: () => [
      prettier('--check'),
      bin('cspell/bin.mjs', 'lint', '--no-progress', '--no-summary', '--gitignore', '**'),
      { run: ['tools/check-workspace.mjs'] },
      nx('run', 'session-requests-workspace:eslint', '--output-style=stream'),
    ],
  },
  format: { withDev: true, steps: () => [prettier('--write')] },
};
