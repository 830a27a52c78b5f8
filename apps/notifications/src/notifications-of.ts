import type { NotificationRecord } from '@hse/contracts';
import type { RecordedEvent } from '@hse/event-sourcing';
import { otherRole, type Role, type SessionRequestEvent } from '@hse/session-requests';

/** Who did it. */
const actorOf = (event: SessionRequestEvent): Role | 'system' => {
  switch (event.type) {
    case 'SessionRequested':
      return event.data.requestedBy;
    case 'SessionAccepted':
      return event.data.acceptedBy;
    case 'SessionRejected':
      return event.data.rejectedBy;
    case 'SessionAdjusted':
      return event.data.adjustedBy;
    case 'SessionCancelled':
      return event.data.cancelledBy;
  }
};

/**
 * Who is told of an event: the other party of whatever a person did, and both of what the system did, the coach first.
 * Nobody is told of their own acts.
 */
export const notificationsOf = (recorded: RecordedEvent<SessionRequestEvent>): NotificationRecord[] => {
  const { position, revision, type, data, metadata } = recorded;
  const { requestId, coachId, clientId } = data;
  const event = { type, data } as SessionRequestEvent; // a type and its own data, as they came
  const tell = (role: Role): NotificationRecord => ({
    participantId: role === 'coach' ? coachId : clientId,
    position,
    requestId,
    revision,
    recordedAt: metadata.recordedAt,
    event,
  });
  const actor = actorOf(recorded);
  return actor === 'system' ? [tell('coach'), tell('client')] : [tell(otherRole(actor))];
};
