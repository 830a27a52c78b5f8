/** Where a log-in leads that was not told otherwise. */
export const defaultReturnTo = '/sessions';

const longest = 2_048;

/**
 * The page of this origin to go to after the log-in. What is no plain path of this origin (another origin, `//host`, a backslash that
 * browsers take for a slash, a control character that they leave out) becomes `/sessions`; so does a path of the log-in itself.
 */
export const safeReturnTo = (asked: unknown): string => {
  if (typeof asked !== 'string' || asked.length > longest) return defaultReturnTo;
  // Browsers read `\` as `/` and drop tabs and line breaks.
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked)) return defaultReturnTo;
  const origin = 'http://this.invalid';
  const url = URL.parse(asked, origin);
  if (url?.origin !== origin) return defaultReturnTo;
  // As it was understood: dots in the path are resolved.
  const path = `${url.pathname}${url.search}${url.hash}`;
  return path.startsWith('//') || /^\/auth(\/|$)/.test(url.pathname) ? defaultReturnTo : path;
};
