import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Totals {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
}

const { default: CiSummaryReporter } = (await import(
  new URL('ci-summary-reporter.mjs', import.meta.url).href
)) as { default: new () => { onRunComplete(contexts: unknown, totals: Totals): void } };

const allPassed: Totals = {
  numPassedTests: 12,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

const before = process.env['TEST_SUMMARY_FILE'];
let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ci-summary-'));
  file = join(directory, 'not-there-yet', 'summary.txt');
  process.env['TEST_SUMMARY_FILE'] = file;
});

afterEach(() => {
  if (before === undefined) delete process.env['TEST_SUMMARY_FILE'];
  else process.env['TEST_SUMMARY_FILE'] = before;
  rmSync(directory, { recursive: true, force: true });
});

const summaryOf = (totals: Partial<Totals>): string => {
  new CiSummaryReporter().onRunComplete([], { ...allPassed, ...totals });
  return readFileSync(file, 'utf8');
};

test('the total is one plain line', () => {
  expect(summaryOf({})).toBe('12 passed, 0 failed\n');
});

test('what was skipped, or is still to be written, is told', () => {
  expect(summaryOf({ numPendingTests: 2, numTodoTests: 1 })).toBe('12 passed, 0 failed, 3 skipped\n');
});

test('a file that could not be run counts as a failure', () => {
  expect(summaryOf({ numFailedTests: 1, numRuntimeErrorTestSuites: 2 })).toBe('12 passed, 3 failed\n');
});

test('nothing is written where nobody asks for it', () => {
  delete process.env['TEST_SUMMARY_FILE'];
  new CiSummaryReporter().onRunComplete([], allPassed);
  expect(existsSync(file)).toBe(false);
});
