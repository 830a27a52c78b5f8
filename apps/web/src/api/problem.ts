import { text } from '../text/text.ts';
import type { SessionRequest } from './client.ts';

/** The API refused: RFC 9457 problem details. */
export class ApiProblem extends Error {
  readonly status: number;
  /** Stable; the texts to show go by it. */
  readonly code: string;
  /** Which fields are at fault, as JSON pointers such as `/body/startsAt`. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  /** With `conflict`: the present state. */
  readonly current: SessionRequest | undefined;

  constructor(status: number, body: unknown) {
    const problem = (typeof body === 'object' ? body : undefined) as
      (Partial<ApiProblem> & { detail?: string }) | null | undefined;
    const code = problem?.code ?? 'unknown';
    super(problem?.detail ?? `The server answered ${status}.`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.errors = problem?.errors ?? [];
    this.current = problem?.current;
  }
}

/** No answer came: whether the request was carried out is not known. Repeat it with the same idempotency key. */
export class NetworkFailure extends Error {
  constructor(options?: ErrorOptions) {
    super('no answer came', options);
    this.name = 'NetworkFailure';
  }
}

/** What to tell somebody, and what they can do. */
export const adviceOn = (error: unknown): string => {
  if (error instanceof NetworkFailure) return text.problem.unreachable;
  if (!(error instanceof ApiProblem)) return text.problem.unknown;
  return text.problem.byCode[error.code] ?? (error.status >= 500 ? text.problem.unknown : error.message);
};

export const isLoggedOut = (error: unknown): boolean => error instanceof ApiProblem && error.status === 401;
