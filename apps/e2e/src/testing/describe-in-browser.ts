import { describe } from '@jest/globals';
import { browserAbsent } from '../browser.ts';

/** A suite that needs a browser: skipped, with the reason in its name, where there is none. */
export const describeInBrowser = (title: string, suite: () => void): void => {
  if (browserAbsent === undefined) describe(title, suite);
  else describe.skip(`${title} [skipped: ${browserAbsent}]`, suite);
};
