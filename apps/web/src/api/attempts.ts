import { ApiProblem } from './problem.ts';

/** Milliseconds for which an attempt without an answer is remembered; what is asked for after that is asked for anew. */
export const rememberedMs = 15 * 60_000;

type Unanswered = Readonly<Record<string, { readonly key: string; readonly at: number }>>;

export interface Attempts {
  /** The key to send this request with: that of the last attempt at the very same one, if it got no answer. */
  keyOf(request: object): string;
  /** The attempt at this request came to an end. @param error undefined when it succeeded. */
  ended(request: object, error: unknown): void;
}

/**
 * Whether an error leaves open what became of a request: no answer came; the server failed, perhaps after it had carried it
 * out; or it did not get as far as to look, because of who asks.
 */
const leavesOpen = (error: unknown): boolean =>
  error instanceof ApiProblem
    ? error.status >= 500 || error.status === 401
    : error !== undefined && error !== null;

/**
 * Idempotency keys. Who tries again what may have been carried out repeats the request with the same key, also after the page
 * was loaded anew, so that it happens once. After an answer, success or refusal, the same request is another attempt.
 */
export const createAttempts = ({
  newKey,
  now,
  read,
  write,
}: {
  readonly newKey: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What outlives the page. */
  readonly read: () => unknown;
  readonly write: (unanswered: Unanswered | undefined) => void;
}): Attempts => {
  let unanswered = (read() ?? {}) as Unanswered;
  const set = (next: readonly (readonly [string, Unanswered[string]])[]): void => {
    unanswered = Object.fromEntries(next);
    write(next.length > 0 ? unanswered : undefined);
  };
  const remembered = () =>
    Object.entries(unanswered).filter(([, { at }]) => Math.abs(now() - at) < rememberedMs);
  return {
    keyOf: (request) => {
      const name = JSON.stringify(request);
      const present = remembered();
      const found = present.find(([of]) => of === name);
      if (found) return found[1].key;
      const key = newKey();
      set([...present, [name, { key, at: now() }]]);
      return key;
    },
    ended: (request, error) => {
      if (leavesOpen(error)) return;
      const name = JSON.stringify(request);
      set(remembered().filter(([of]) => of !== name));
    },
  };
};
