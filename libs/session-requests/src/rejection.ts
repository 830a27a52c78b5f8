/** Why a command is refused. The list is closed; what each one means to a caller of the HTTP API is decided at the edge. */
export const rejectionCodes = {
  'not-a-party': 'There is no such session request for this participant.',
  'not-awaited':
    'Only the party whose answer is awaited may do this; the slot on the table is your own proposal.',
  'not-the-requester': 'What the other party proposed can be rejected, but only they can take it back.',
  'nothing-proposed': 'No slot is on the table.',
  'deadline-passed': 'The time to answer this proposal is over.',
  'session-started': 'The session has already started.',
  'already-closed': 'The session request is closed.',
  'slot-unchanged': 'This slot is the one that already stands.',
  'slot-in-past': 'The slot has to start in the future.',
  'notice-too-short': 'The slot starts too soon.',
  'too-far-ahead': 'The slot lies too far ahead.',
  'invalid-duration': 'A session can not be that short or that long.',
  'same-role': 'A session is between one coach and one client.',
  'not-due': 'The time to answer is not over yet.',
  conflict: 'The session request has changed since you last saw it.',
} as const;

export type RejectionCode = keyof typeof rejectionCodes;

/** A refusal: a code of the closed list and a sentence for people. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly detail: string;
}

export const rejection = (code: RejectionCode, detail: string = rejectionCodes[code]): Rejection => ({
  code,
  detail,
});
