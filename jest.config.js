/** One run over all projects; `npm test -- libs/session-requests` narrows it to a folder. */
/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@hse/source', 'node', 'node-addons'] },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'],
  testMatch: ['**/*.spec.ts'],
  // Proofs that take minutes run by `npm run test:long`.
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.long\\.spec\\.ts$'],
  modulePathIgnorePatterns: ['/dist/'],
  // Room for a process to start and for a store to sync on a busy machine with two cores.
  testTimeout: 30_000,
  maxWorkers: '100%',
  // Real servers for the suites that need them, or the reason why there are none.
  globalSetup: '<rootDir>/tools/test-servers.mjs',
  globalTeardown: '<rootDir>/tools/test-servers-end.mjs',
  setupFiles: ['<rootDir>/tools/jest-plugin-names.mjs'],
  reporters: [
    'default',
    '<rootDir>/tools/skipped-suites-reporter.mjs',
    '<rootDir>/tools/ci-summary-reporter.mjs',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
