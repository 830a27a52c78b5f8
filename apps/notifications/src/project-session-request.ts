import type { SessionRequestRecord } from '@hse/contracts';
import { RevisionGap, type RecordedEvent } from '@hse/event-sourcing';
import { evolve, type SessionRequestEvent } from '@hse/session-requests';

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
  const { recordedAt, traceparent } = event.metadata;
  return { state, recordedAt, position: event.position, ...(traceparent !== undefined && { traceparent }) };
};
