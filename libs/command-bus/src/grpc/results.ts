import type { SessionRequestBus } from '@hse/contracts';
import { StoreUnavailable, TooManyConflicts, type CommandResult, type Versioned } from '@hse/event-sourcing';
import type { Rejection, SessionRequest } from '@hse/session-requests';
import type { WireCurrent, WireFailure, WireResult } from './wire.ts';

export type SessionRequestResult = Awaited<ReturnType<SessionRequestBus['execute']>>;

export const toWire = (sequence: number, result: SessionRequestResult): WireResult => {
  const current = result.current && {
    current: {
      state: JSON.stringify(result.current.state),
      revision: result.current.revision,
      recordedAt: result.current.recordedAt,
    },
  };
  return result.ok
    ? {
        sequence,
        done: { ...current, ...(result.position !== undefined && { position: result.position }) },
      }
    : { sequence, rejected: { rejection: JSON.stringify(result.rejection), ...current } };
};

/** @throws SyntaxError for what no server of this project writes. */
export const fromWire = ({ done, rejected }: WireResult): CommandResult<SessionRequest, Rejection> => {
  if (done) return { ok: true, current: currentFrom(done.current), position: done.position };
  return {
    ok: false,
    rejection: JSON.parse(rejected?.rejection ?? '') as Rejection,
    current: currentFrom(rejected?.current),
  };
};

const currentFrom = (current: WireCurrent | undefined): Versioned<SessionRequest> | undefined =>
  current && {
    state: JSON.parse(current.state ?? '') as SessionRequest,
    revision: current.revision ?? 0,
    recordedAt: current.recordedAt ?? '',
  };

export const failureToWire = (error: unknown): WireFailure => {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof StoreUnavailable)
    return {
      kind: error.outcome === 'not-written' ? 'NOT_WRITTEN' : 'UNKNOWN',
      reason: error.reason,
      message,
    };
  if (error instanceof TooManyConflicts)
    return { kind: 'TOO_MANY_CONFLICTS', message, attempts: error.attempts };
  return { kind: 'INTERNAL', message };
};

/** The error that the server met, as `execute` throws it where the rules are. Its stack is that of this process. */
export const failureFromWire = (
  { kind = 'INTERNAL', reason, message = '', attempts = 0 }: WireFailure,
  stream: string,
): Error => {
  switch (kind) {
    case 'NOT_WRITTEN':
    case 'UNKNOWN':
      return new StoreUnavailable(
        message,
        kind === 'UNKNOWN' ? 'unknown' : 'not-written',
        reason === 'full' || reason === 'closed' ? reason : 'unreachable',
      );
    case 'TOO_MANY_CONFLICTS':
      return new TooManyConflicts(stream, attempts);
    case 'INVALID':
      return new TypeError(message);
    case 'NOT_EXECUTED':
    case 'INTERNAL':
      return new Error(message);
  }
};
