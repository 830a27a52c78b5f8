/** An error as it is logged. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string | number;
  readonly cause?: LoggedError;
}

/**
 * What JSON.parse says quotes what it could not read; databases quote the keys and values that they refuse. What is quoted may have
 * quotes of its own, so all goes from the first to the last. An apostrophe within a word is none.
 */
const quoted = [/".*"/s, /`.*`/s, /(?<!\w)'.*'(?!\w)/s];

const unquoted = (text: string): string => quoted.reduce((left, quotes) => left.replace(quotes, '…'), text);

const mostCauses = 5;

/**
 * Of an error what says what went wrong, chosen field by field: what else libraries put on errors, such as the documents that could
 * not be written or the request that was refused, may be what people wrote. Whatever a message has in quotes is left out, for the same
 * reason.
 */
export const loggedError = (error: unknown, causes = mostCauses): LoggedError => {
  if (typeof error !== 'object' || error === null)
    return { type: typeof error, message: unquoted(String(error)) };
  const { name, message, stack, code, cause } = error as Partial<Error> & { code?: unknown };
  const frames = /(?:\n +at .*)+$/.exec(stack ?? '')?.[0];
  const shown = unquoted(String(message));
  return {
    type: String(name),
    message: shown,
    ...(frames !== undefined && { stack: `${String(name)}: ${shown}${frames}` }),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(cause !== undefined && causes > 0 && { cause: loggedError(cause, causes - 1) }),
  };
};
