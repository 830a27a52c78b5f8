import { ErrorType, isCommandError } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';

/**
 * What an error says about the call that failed.
 *
 * - `not-sent`: the server has not acted on it; can be made again.
 * - `unknown`: it may have acted on it; can be made again.
 * - `refused`: it has not, and will not.
 */
export type Verdict = 'not-sent' | 'unknown' | 'refused' | 'wrong-revision' | 'stream-deleted' | 'no-stream';

const verdicts: Partial<Record<ErrorType, Verdict>> = {
  [ErrorType.WRONG_EXPECTED_VERSION]: 'wrong-revision',
  [ErrorType.STREAM_DELETED]: 'stream-deleted',
  [ErrorType.STREAM_NOT_FOUND]: 'no-stream',
  [ErrorType.NO_STREAM]: 'no-stream',
  [ErrorType.NOT_LEADER]: 'not-sent',
  [ErrorType.ACCESS_DENIED]: 'refused',
  [ErrorType.INVALID_ARGUMENT]: 'refused',
  [ErrorType.INVALID_TRANSACTION]: 'refused',
  [ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED]: 'refused',
  [ErrorType.MISSING_REQUIRED_METADATA_PROPERTY]: 'refused',
  [ErrorType.UNSUPPORTED]: 'refused',
};

const refusals: ReadonlySet<unknown> = new Set([
  status.INVALID_ARGUMENT,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.UNIMPLEMENTED,
]);

/** In grpc-js's words. Where they change, an outcome is called unknown that is not, which is safe. */
const neverSent =
  /No connection established|Channel closed before call started|Channel has been shut down|Failed to discover/;

export const verdictOn = (error: unknown): Verdict => {
  const verdict = isCommandError(error as Error) ? verdicts[(error as { type: ErrorType }).type] : undefined;
  if (verdict) return verdict;
  if (refusals.has((error as { code?: unknown }).code)) return 'refused';
  return neverSent.test((error as Error).message) ? 'not-sent' : 'unknown';
};

/** The server did not answer in time. */
export class NoAnswer extends Error {
  constructor(afterMs: number) {
    super(`no answer within ${afterMs} ms`);
    this.name = 'NoAnswer';
  }
}
