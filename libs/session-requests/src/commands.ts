import type { Role, Slot } from './events.ts';

/** Somebody who asks for, or is asked for, a session. */
export interface Party {
  readonly id: string;
  readonly role: Role;
}

/** Asks the other party for a session. */
export interface RequestSession {
  readonly type: 'RequestSession';
  readonly requestId: string;
  readonly by: Party;
  readonly with: Party;
  readonly slot: Slot;
  readonly note?: string;
}

interface OnSeenState {
  readonly requestId: string;
  /** Id of the participant who acts. */
  readonly by: string;
  /** The revision of the state they decided on; any other is a conflict. */
  readonly expectedRevision: number;
}

/** Agrees to the slot on the table. */
export interface AcceptSession extends OnSeenState {
  readonly type: 'AcceptSession';
}

/** Declines the slot on the table. An agreed slot stands. */
export interface RejectSession extends OnSeenState {
  readonly type: 'RejectSession';
  readonly reason?: string;
}

/** Puts another slot on the table. */
export interface AdjustSession extends OnSeenState {
  readonly type: 'AdjustSession';
  readonly slot: Slot;
  readonly note?: string;
}

/** `session` ends the whole request; `change` takes back a change to an agreed slot, which then stands. */
export interface CancelSession extends OnSeenState {
  readonly type: 'CancelSession';
  readonly what: 'session' | 'change';
  readonly reason?: string;
}

/** Cancels the proposal of this round if nobody has answered it by its deadline. Sent by the system, as often as it likes. */
export interface ExpireSessionRequest {
  readonly type: 'ExpireSessionRequest';
  readonly requestId: string;
  readonly round: number;
}

export type SessionRequestCommand =
  RequestSession | AcceptSession | RejectSession | AdjustSession | CancelSession | ExpireSessionRequest;
