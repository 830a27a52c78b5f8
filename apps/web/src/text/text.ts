import { en } from './en.ts';

/** The texts of the app, in the reader's language; there is one so far. */
export const text = en;

/** What dates and numbers are written by: the reader's own form of the language that the texts are in. */
export const locale: string = navigator.languages.find((tag) => /^en\b/.test(tag)) ?? 'en-GB';
