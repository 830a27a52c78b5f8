import type { DeadlineChange, RecordedEvent } from '@hse/event-sourcing';
import { toEpochMs, type SessionRequest, type SessionRequestEvent } from '@hse/session-requests';

/** What an event means for the one deadline of its session request; undefined for a type that this release does not know. */
export const changeBy = ({
  type,
  data,
  revision,
}: Pick<RecordedEvent<SessionRequestEvent>, 'type' | 'data' | 'revision'>): DeadlineChange | undefined => {
  switch (type) {
    case 'SessionRequested':
    case 'SessionAdjusted': {
      const { requestId: subject, round, respondBy } = data as Proposed;
      return { type: 'schedule', subject, round, dueAt: toEpochMs(respondBy), revision };
    }
    // Each of them takes the proposal off the table, whatever becomes of an agreed slot.
    case 'SessionAccepted':
    case 'SessionRejected':
    case 'SessionCancelled':
      return { type: 'unschedule', subject: data.requestId, revision };
    default:
      return undefined;
  }
};

type Proposed = Extract<SessionRequestEvent, { type: 'SessionRequested' | 'SessionAdjusted' }>['data'];

/**
 * The change that led to this state. The same as {@link changeBy} makes of its latest event: only a proposal puts one on
 * the table, and everything else takes it off.
 */
export const changeTo = (state: SessionRequest, revision: number): DeadlineChange => {
  const { requestId: subject, proposal } = state;
  if (!proposal) return { type: 'unschedule', subject, revision };
  return { type: 'schedule', subject, round: proposal.round, dueAt: toEpochMs(proposal.respondBy), revision };
};
