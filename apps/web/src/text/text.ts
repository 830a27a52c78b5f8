import { en } from './en.ts';

/** The texts of the app, in the reader's language; there is one so far. */
export const text = en;

/** Some browsers name a language in ways that `Intl` does not take, such as `en-US@posix`. */
const isKnown = (tag: string): boolean => {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
};

/** What dates and numbers are written by: the reader's own form of the language that the texts are in. */
export const locale: string = navigator.languages.find((tag) => /^en\b/.test(tag) && isKnown(tag)) ?? 'en-GB';
