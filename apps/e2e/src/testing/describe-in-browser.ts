import { describeUnless } from '@hse/engines';
import { browserAbsent } from '../browser.ts';

/** A suite that needs a browser. */
export const describeInBrowser = (title: string, suite: () => void): void =>
  describeUnless(browserAbsent, title, suite);
