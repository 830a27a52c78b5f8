import type { RecordedEvent } from '@hse/event-sourcing';
import { evolve, type Instant, type SessionRequest, type SessionRequestEvent } from '@hse/session-requests';

/** A state of a session request and when its latest event was recorded. */
export interface DatedState {
  readonly state: SessionRequest;
  readonly recordedAt: Instant;
}

/**
 * What was known of a session request at an instant, folded from its events, which are given in the order of their stream and from the
 * first one on. An event counts if it, or one after it, was recorded at that instant or before: whoever decided on a later one had seen it,
 * even where a clock was set back in between. Undefined where the request did not exist yet.
 */
export const knownAt = (
  events: readonly Pick<RecordedEvent<SessionRequestEvent>, 'type' | 'data' | 'metadata'>[],
  instant: Instant,
): DatedState | undefined => {
  const last = events.findLastIndex(({ metadata }) => metadata.recordedAt <= instant);
  const recordedAt = events[last]?.metadata.recordedAt;
  if (recordedAt === undefined) return undefined;
  let state: SessionRequest | undefined;
  for (const event of events.slice(0, last + 1)) state = evolve(state, event as SessionRequestEvent);
  return state && { state, recordedAt };
};
