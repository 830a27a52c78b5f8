import type { Instant } from './instant.ts';

/** The two sides of a session; there is exactly one of each. */
export type Role = 'coach' | 'client';

/** The other side. */
export const otherRole = (role: Role): Role => (role === 'coach' ? 'client' : 'coach');

/** When a session takes place: from `startsAt` (inclusive) to `endsAt` (exclusive). */
export interface Slot {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

/** On every event, so that no consumer needs an earlier one to know whom it concerns. */
interface Concerns {
  readonly requestId: string;
  readonly coachId: string;
  readonly clientId: string;
}

export interface SessionRequested {
  readonly type: 'SessionRequested';
  readonly data: Concerns & {
    readonly requestedBy: Role;
    readonly slot: Slot;
    readonly note?: string;
    readonly awaiting: Role;
    /** Fixed when the proposal was made; a policy that changes later does not move it. */
    readonly respondBy: Instant;
    readonly policyId: string;
    readonly round: 1;
  };
}

export interface SessionAccepted {
  readonly type: 'SessionAccepted';
  readonly data: Concerns & { readonly acceptedBy: Role; readonly slot: Slot; readonly round: number };
}

export interface SessionRejected {
  readonly type: 'SessionRejected';
  readonly data: Concerns & {
    readonly rejectedBy: Role;
    readonly reason?: string;
    readonly round: number;
    /** True when a change was rejected: the session both sides agreed on takes place. */
    readonly agreedSlotStands: boolean;
  };
}

export interface SessionAdjusted {
  readonly type: 'SessionAdjusted';
  readonly data: Concerns & {
    readonly adjustedBy: Role;
    /** What was on the table, or the agreed slot where nothing was. */
    readonly previousSlot: Slot;
    readonly slot: Slot;
    readonly note?: string;
    readonly awaiting: Role;
    readonly respondBy: Instant;
    readonly policyId: string;
    readonly round: number;
  };
}

/**
 * `withdrawn`: what was on the table was taken back. `called-off`: a session that was agreed will not take place.
 * `no-response`: nobody answered by the deadline.
 */
export type CancellationCause = 'withdrawn' | 'called-off' | 'no-response';

export interface SessionCancelled {
  readonly type: 'SessionCancelled';
  readonly data: Concerns & {
    readonly cancelledBy: Role | 'system';
    readonly cause: CancellationCause;
    readonly reason?: string;
    readonly round: number;
    /** Present iff the cause is `no-response`: the deadline that passed. */
    readonly respondBy?: Instant;
    /** True when only a change to an agreed slot ended; false when the request is closed. */
    readonly agreedSlotStands: boolean;
  };
}

/** Everything that can happen to a session request. */
export type SessionRequestEvent =
  SessionRequested | SessionAccepted | SessionRejected | SessionAdjusted | SessionCancelled;

export type SessionRequestEventType = SessionRequestEvent['type'];

export const sessionRequestEventTypes = [
  'SessionRequested',
  'SessionAccepted',
  'SessionRejected',
  'SessionAdjusted',
  'SessionCancelled',
] as const satisfies readonly SessionRequestEventType[];
