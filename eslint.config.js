import eslint from '@eslint/js';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier/flat';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// The boundary rule reads the project graph that Nx keeps on disk and, where there is none, lets everything pass. Nx has
// just written it for a task of its own; for anybody else (an editor, the ESLint command) it is made here.
if (!process.env.NX_TASK_TARGET_PROJECT) await createProjectGraphAsync();

const specs = [
  '**/*.spec.{ts,tsx}',
  '**/testing.ts',
  '**/testing/**/*.{ts,tsx}',
  '**/fixtures/**/*.ts',
  '**/*-contract.ts',
  'apps/e2e/**/*.ts',
];

/** The only files that may ask the machine for the time, wait for real, or draw at random: the adapters of those ports. */
const timeAndChance = [
  'libs/service-kit/src/{system-clock,simulated-clock,timers,ids}.ts',
  'libs/telemetry/src/stopwatch.ts',
];

/** The same in the web app: its clock, which follows the service's; its keys; and how long ago somebody left to log in. */
const timeAndChanceOfTheWeb = ['apps/web/src/{time/clock,api/client,log-in}.ts'];

/** Programs for people: they say how long something took, and wait the way people do. */
const commands = [
  'apps/standalone/src/{main,demo,rebuild,parity}.ts',
  'apps/*/src/{main,commands/*}.ts',
  'libs/engines/src/**/*.ts',
  'libs/service-kit/src/run-service.ts',
  'libs/service-kit/src/under-way.ts',
];

/** The only files that may name an adapter: where a process is put together. */
const compositionRoots = [
  'apps/*/src/main.ts',
  'apps/*/src/commands/*.ts',
  'apps/standalone/src/{standalone,rebuild,parity}.ts',
];

const adapters = ['event-store', 'event-feed', 'read-models', 'command-bus'];
const services = ['requests', 'expiry', 'notifications', 'gateway'];

const byName = (name) => `@hse/${name}`;

const determinism = {
  globals: ['setTimeout', 'setInterval'].map((name) => ({
    name,
    message: 'Waiting goes through the Timers or the Clock port.',
  })),
  properties: [
    { object: 'Date', property: 'now', message: 'The time comes from the Clock port, or as an argument.' },
    {
      object: 'performance',
      property: 'now',
      message: 'The time comes from the Clock port, or as an argument.',
    },
    { object: 'Math', property: 'random', message: 'Chance comes from a port.' },
    { object: 'crypto', property: 'randomUUID', message: 'Identifiers come from the Ids port.' },
  ],
  syntax: [
    {
      selector: 'NewExpression[callee.name="Date"][arguments.length=0], CallExpression[callee.name="Date"]',
      message: 'The time comes from the Clock port, or as an argument.',
    },
  ],
  imports: [
    { name: 'node:crypto', importNames: ['randomUUID'], message: 'Identifiers come from the Ids port.' },
    ...['node:timers', 'node:timers/promises'].map((name) => ({
      name,
      importNames: ['setTimeout', 'setInterval', 'scheduler'],
      message: 'Waiting goes through the Timers or the Clock port.',
    })),
  ],
};

const house = {
  syntax: [
    { selector: 'ExportAllDeclaration', message: 'Name what you export.' },
    { selector: 'ExportDefaultDeclaration', message: 'Export it by name.' },
    { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
  ],
};

/** ESLint replaces the options of a rule as a whole, so each block says all of what holds for its files. */
const restrictions = ({ imports = [], patterns = [], globals = [], properties = [], syntax = [] }) => ({
  'no-restricted-imports': ['error', { paths: imports, patterns }],
  // Without any option these two would keep those of the block before.
  'no-restricted-globals': globals.length > 0 ? ['error', ...globals] : 'off',
  'no-restricted-properties': properties.length > 0 ? ['error', ...properties] : 'off',
  'no-restricted-syntax': ['error', ...house.syntax, ...syntax],
});

const noAdapters = {
  group: adapters.flatMap((name) => [byName(name), `${byName(name)}/*`]),
  message: 'Only a composition root names an adapter; everything else takes the port.',
};

/** Which kinds of project a kind of project may depend on. */
const dependsOn = {
  'type:domain': [],
  'type:ports': [],
  'type:contracts': ['type:domain', 'type:ports'],
  'type:kit': ['type:ports', 'type:domain', 'type:kit'],
  'type:adapter': ['type:ports', 'type:contracts', 'type:domain', 'type:kit', 'type:engines'],
  'type:engines': [],
  'type:app': ['type:domain', 'type:ports', 'type:contracts', 'type:kit', 'type:adapter', 'type:engines'],
  // What the web app knows of the rest is the API, through types generated from its description.
  'type:web': [],
  'type:tools': ['type:domain', 'type:ports', 'type:contracts', 'type:kit', 'type:adapter', 'type:engines'],
};

const boundaries = ({ allow = [] } = {}) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      allow,
      depConstraints: Object.entries(dependsOn).map(([sourceTag, onlyDependOnLibsWithTags]) => ({
        sourceTag,
        onlyDependOnLibsWithTags,
      })),
    },
  ],
});

export default defineConfig(
  globalIgnores(['**/dist/', '**/data/', '.nx/', '.cache/', 'coverage/']),

  eslint.configs.recommended,
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'setTimeout', 'setInterval', 'clearInterval'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },

  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: {
      parserOptions: {
        // The configuration of Vite is no part of what the browser gets, nor of any other project.
        projectService: { allowDefaultProject: ['apps/web/vite.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...boundaries(),
      ...restrictions(determinism),
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          caughtErrorsIgnorePattern: '^_',
          ignoreRestSiblings: true,
        },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // A class without members is a Nest module, or an HTTP shape that has no field.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true }],
      // A type argument may say what the default only happens to be.
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      // `get<T>(path)` is how a caller names the shape of an answer.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // The classes of HTTP shapes only say how an object has to look.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `[...text]` counts characters the way a reader does.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // A port's method is asynchronous whether or not this adapter has to wait.
      '@typescript-eslint/require-await': 'off',
      // An empty method is how a no-op is written: `cancel() {}`.
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  { files: ['apps/standalone/**/*.ts'], rules: boundaries({ allow: services.map(byName) }) },
  // What a record is made of is the business of the service that makes it.
  {
    files: ['apps/replay/**/*.ts'],
    rules: boundaries({ allow: [byName('notifications'), byName('notifications/parity')] }),
  },
  { files: ['apps/e2e/**/*.ts'], rules: boundaries({ allow: ['@hse/standalone', '@hse/gateway'] }) },
  { files: ['tools/**/*.ts'], rules: boundaries({ allow: ['@hse/**'] }) },

  { files: timeAndChance, rules: restrictions({}) },
  {
    files: ['apps/**/*.ts'],
    ignores: [...compositionRoots, ...specs],
    rules: restrictions({ ...determinism, patterns: [noAdapters] }),
  },
  {
    // The rules of session requests know nothing but each other: no package, no built-in, no clock, no chance.
    files: ['libs/session-requests/src/**/*.ts'],
    ignores: specs,
    rules: restrictions({
      ...determinism,
      globals: [
        'process',
        'crypto',
        'performance',
        'console',
        'fetch',
        'globalThis',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'queueMicrotask',
      ].map((name) => ({ name, message: 'The domain is pure: what it needs is an argument.' })),
      patterns: [{ regex: '^[^.]', message: 'The domain imports nothing but its own files.' }],
    }),
  },
  {
    // Accessibility is checked on the pages themselves, by axe: eslint-plugin-jsx-a11y does not work with ESLint 10.
    files: ['apps/web/src/**/*.{ts,tsx}'],
    ignores: [...timeAndChanceOfTheWeb, ...specs],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      // People wait for real: how long something stays on the screen is no matter of the service's clock.
      ...restrictions({ ...determinism, globals: [] }),
      // The others of this plugin say what the React Compiler could not handle, which is not used.
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      // A component takes its properties apart, and with them what it has to call.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: timeAndChanceOfTheWeb, rules: restrictions({}) },
  // Vite asks for its configuration by default.
  { files: ['apps/web/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: [...specs, ...commands, 'tools/**/*.ts'], rules: restrictions({}) },
  {
    files: specs,
    rules: {
      // Tests compare whole values, and reach into what they have just asserted.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // A test waits for what a callback sets, which the compiler cannot see.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },

  { files: ['tools/bench/**/*.ts'], rules: { '@typescript-eslint/no-base-to-string': 'off' } },
  prettier,
);
