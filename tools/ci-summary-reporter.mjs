import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes jest's totals as one line, `12 passed, 0 failed` (with `, 1 skipped` where some were), to the file that
 * `TEST_SUMMARY_FILE` names; does nothing without it. A file that could not be run at all counts as one failed test.
 */
export default class CiSummaryReporter {
  onRunComplete(
    _contexts,
    { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites },
  ) {
    const file = process.env.TEST_SUMMARY_FILE;
    if (!file) return;
    const skipped = numPendingTests + numTodoTests;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      `${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
    );
  }
}
