/** jest leaves out of its report what was skipped as a whole; this says it, suite by suite, with the reason in its title. */
export default class SkippedSuitesReporter {
  constructor(_globalConfig, { write = (text) => process.stderr.write(text) } = {}) {
    this.write = write;
  }

  onRunComplete(_contexts, { testResults }) {
    const skipped = new Map();
    for (const { testResults: tests } of testResults)
      for (const { status, ancestorTitles } of tests) {
        const title = ancestorTitles.find((ancestor) => ancestor.includes('[skipped: '));
        if (status === 'pending' && title) skipped.set(title, (skipped.get(title) ?? 0) + 1);
      }
    for (const [title, count] of skipped) this.write(`○ ${title} (${count} tests)\n`);
  }
}
