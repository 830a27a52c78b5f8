import shared from './jest.config.js';

/** The proofs that take minutes: only `*.long.spec.ts`, one file at a time, printing what they counted as they go. */
/** @type {import('jest').Config} */
export default {
  ...shared,
  testMatch: ['**/*.long.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 30 * 60_000,
  maxWorkers: 1,
  verbose: true,
};
