import type { NotificationRecord, SessionRequestRecord } from '@hse/contracts';
import type { SessionRequest } from '@hse/session-requests';

export const slotOn = (day: number) => ({
  startsAt: `2026-11-${String(day).padStart(2, '0')}T09:00:00.000Z`,
  endsAt: `2026-11-${String(day).padStart(2, '0')}T10:00:00.000Z`,
});

/** A pending request by `client` to `coach`; `state` replaces parts of it. */
export const recordOf = (
  requestId: string,
  position: number,
  state: Partial<SessionRequest> = {},
): SessionRequestRecord => {
  const slot = state.slot ?? slotOn(10);
  return {
    position,
    recordedAt: '2026-11-01T08:00:00.000Z',
    state: {
      requestId,
      coachId: 'coach',
      clientId: 'client',
      requestedBy: 'client',
      revision: 0,
      round: 1,
      slot,
      proposal: {
        slot,
        proposedBy: 'client',
        awaiting: 'coach',
        respondBy: '2026-11-05T09:00:00.000Z',
        round: 1,
        policyId: 'p',
      },
      ...state,
    },
  };
};

/** What the coach is told of the event that made this record. */
export const notificationOf = (
  { state, position, recordedAt }: SessionRequestRecord,
  participantId = 'coach',
): NotificationRecord => {
  const { requestId, coachId, clientId, revision, slot } = state;
  return {
    participantId,
    position,
    requestId,
    revision,
    recordedAt,
    event: {
      type: 'SessionAccepted',
      data: { requestId, coachId, clientId, acceptedBy: 'client', slot, round: 1 },
    },
  };
};
