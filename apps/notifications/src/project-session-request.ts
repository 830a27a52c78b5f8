import type { SessionRequestRecord } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import { evolve, type SessionRequestEvent } from '@hse/session-requests';

/** An event came whose predecessor has not been seen; what follows from it cannot be known. */
export class RevisionGap extends Error {
  readonly stream: string;
  readonly expected: number;
  readonly found: number;
  constructor(stream: string, expected: number, found: number) {
    super(`${stream}: revision ${expected} has to come next, but ${found} came`);
    this.name = 'RevisionGap';
    this.stream = stream;
    this.expected = expected;
    this.found = found;
  }
}

/**
 * The record after one more event; the record itself where it reflects the event already.
 *
 * @throws RevisionGap when an event before this one is missing.
 */
export const projectSessionRequest = (
  before: SessionRequestRecord | undefined,
  event: RecordedEvent<SessionRequestEvent>,
): SessionRequestRecord => {
  const expected = before ? before.state.revision + 1 : 0;
  if (before && event.revision < expected) return before;
  const state = event.revision === expected ? evolve(before?.state, event) : undefined;
  if (!state) throw new RevisionGap(event.stream, expected, event.revision);
  return { state, recordedAt: event.metadata.recordedAt, position: event.position };
};
