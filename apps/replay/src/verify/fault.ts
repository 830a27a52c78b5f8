/** What can be wrong with a log, and what that means. */
export const faultKinds = {
  'position-not-ascending': 'an event stands at a position that is not after that of the one before it',
  'wrong-stream': 'an event stands in the stream of another request',
  'unknown-type': 'an event of a type that the domain does not know',
  'no-instant': 'recordedAt is not an instant in UTC with milliseconds',
  'time-goes-back': 'an event was recorded before the one before it in its stream',
  'wrong-deadline': 'the deadline is not the one that the recorded policy gives',
  'not-permitted': 'the rules would not have recorded this then and there',
  'revision-gap': 'the revisions of a stream are not 0, 1, 2, … without gaps',
  'revision-twice': 'two events have the same place in a stream',
  'event-after-the-end': 'something is recorded after the event that closed the request',
  'event-id-twice': 'two events have the same id',
} as const;

export type FaultKind = keyof typeof faultKinds;

/** Something that is not as it has to be. */
export interface Fault {
  readonly kind: FaultKind;
  /** Of the event where it was found. */
  readonly position: number;
  readonly stream: string;
  readonly detail: string;
}
