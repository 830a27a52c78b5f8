import { expect } from '@jest/globals';
import type { SessionRequestCommand } from '../commands.ts';
import { decide, type Decision } from '../decide.ts';
import type { SessionRequestEvent } from '../events.ts';
import { defaultExpiryPolicy, type ExpiryPolicy } from '../expiry-policy.ts';
import type { Instant } from '../instant.ts';
import { parseExpiryPolicy } from '../parse-expiry-policy.ts';
import { rejectionCodes, type RejectionCode } from '../rejection.ts';
import { evolve, type SessionRequest } from '../session-request.ts';

/** What a command led to; each question fails the test where the answer is another one. */
export interface Consequence {
  /**
   * Exactly these events, all of them, in this order, with every field and every instant in them. A field that is there with
   * the value undefined is not the same as one that is missing.
   */
  thenRecorded(first: SessionRequestEvent, ...others: SessionRequestEvent[]): void;
  /** Nothing to record, and no rejection either. */
  thenNothing(): void;
  /** Refused for this reason, and no event. */
  thenRejected(code: RejectionCode): void;
}

/** A history and, in the end, a decision on it. */
export interface Given {
  /** Decides at `now`, by the default policy unless another one is given. */
  when(command: SessionRequestCommand, now: Instant, policy?: ExpiryPolicy): Consequence;
}

/** @example given(requested).when(accept, '2026-03-01T10:00:00.000Z').thenRecorded(accepted) */
export const given = (...history: readonly SessionRequestEvent[]): Given => ({
  when: (command, now, policy = parseExpiryPolicy(defaultExpiryPolicy)) =>
    consequenceOf(decide(command, stateAfter(...history), { now, policy })),
});

/** What can be asked of a decision. */
export const consequenceOf = (decision: Decision): Consequence => ({
  thenRecorded: (...events) => expect(decision).toStrictEqual({ events }),
  thenNothing: () => expect(decision).toStrictEqual({ events: [] }),
  thenRejected: (code) =>
    expect(decision).toStrictEqual({ rejection: { code, detail: rejectionCodes[code] } }),
});

/** The fold of a history. */
export const stateAfter = (...history: readonly SessionRequestEvent[]): SessionRequest | undefined =>
  history.reduce<SessionRequest | undefined>(evolve, undefined);
