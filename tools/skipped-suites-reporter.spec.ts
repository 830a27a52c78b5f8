import { expect, it } from '@jest/globals';

interface Reporter {
  onRunComplete(
    contexts: unknown,
    results: { testResults: { testResults: { status: string; ancestorTitles: string[] }[] }[] },
  ): void;
}

const { default: SkippedSuitesReporter } = (await import(
  new URL('skipped-suites-reporter.mjs', import.meta.url).href
)) as { default: new (config: unknown, output: { write: (text: string) => void }) => Reporter };

it('names each suite that was skipped for want of a server once, with its reason', () => {
  const written: string[] = [];
  const reporter = new SkippedSuitesReporter({}, { write: (text) => written.push(text) });
  const pending = { status: 'pending', ancestorTitles: ['a store [skipped: URL is not set]', 'reads'] };
  reporter.onRunComplete(new Set(), {
    testResults: [
      { testResults: [pending, { ...pending, ancestorTitles: ['a store [skipped: URL is not set]'] }] },
      { testResults: [{ status: 'passed', ancestorTitles: ['another'] }] },
      { testResults: [{ status: 'pending', ancestorTitles: ['switched off by hand'] }] },
    ],
  });
  expect(written).toEqual(['○ a store [skipped: URL is not set] (2 tests)\n']);
});
