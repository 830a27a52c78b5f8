import { isDeepStrictEqual } from 'node:util';
import {
  decide,
  toEpochMs,
  type ExpiryPolicy,
  type Instant,
  type Role,
  type SessionRequest,
  type SessionRequestCommand,
  type SessionRequestEvent,
} from '@hse/session-requests';
import type { Policies } from '../rows/lead-tier.ts';
import type { Fault } from './fault.ts';

/**
 * Whether the rules would have recorded this event on this state at this time, with the deadline that the policy recorded with it gives.
 * Where that policy is not known, the deadline that was recorded is believed, and so are the bounds of slots.
 */
export const faultOf = (
  event: SessionRequestEvent,
  state: SessionRequest | undefined,
  now: Instant,
  policies: Policies,
): Pick<Fault, 'kind' | 'detail'> | undefined => {
  const recorded = { type: event.type, data: event.data };
  const policyId = 'policyId' in event.data ? event.data.policyId : undefined;
  const believed = believing(event);
  const command = commandOf(event, state);
  const decided = decide(command, state, { now, policy: (policyId && policies.get(policyId)) || believed });
  const [first] = decided.events ?? [];
  if (isDeepStrictEqual(first, recorded)) return undefined;
  if (decided.rejection)
    return { kind: 'not-permitted', detail: `${event.type} is refused: ${decided.rejection.code}` };
  const [otherwise] = decide(command, state, { now, policy: believed }).events ?? [];
  if (
    first &&
    'respondBy' in first.data &&
    'respondBy' in event.data &&
    isDeepStrictEqual(otherwise, recorded)
  )
    return {
      kind: 'wrong-deadline',
      detail: `${event.data.respondBy} is recorded, ${String(policyId)} gives ${first.data.respondBy}`,
    };
  return {
    kind: 'not-permitted',
    detail: first
      ? `${event.type} would have been recorded with other data: ${differing(recorded.data, first.data).join(', ')}`
      : `there was nothing to cancel`,
  };
};

/** What somebody must have asked for. */
const commandOf = (event: SessionRequestEvent, state: SessionRequest | undefined): SessionRequestCommand => {
  const { requestId, coachId, clientId } = event.data;
  const seen = (by: Role) => ({
    requestId,
    by: by === 'coach' ? coachId : clientId,
    expectedRevision: state?.revision ?? 0,
  });
  switch (event.type) {
    case 'SessionRequested': {
      const { requestedBy, slot, note } = event.data;
      const [coach, client] = [
        { id: coachId, role: 'coach' },
        { id: clientId, role: 'client' },
      ] as const;
      const [by, other] = requestedBy === 'coach' ? [coach, client] : [client, coach];
      return {
        type: 'RequestSession',
        requestId,
        by,
        with: other,
        slot,
        ...(note !== undefined && { note }),
      };
    }
    case 'SessionAccepted':
      return { type: 'AcceptSession', ...seen(event.data.acceptedBy) };
    case 'SessionRejected': {
      const { rejectedBy, reason } = event.data;
      return { type: 'RejectSession', ...seen(rejectedBy), ...(reason !== undefined && { reason }) };
    }
    case 'SessionAdjusted': {
      const { adjustedBy, slot, note } = event.data;
      return { type: 'AdjustSession', ...seen(adjustedBy), slot, ...(note !== undefined && { note }) };
    }
    case 'SessionCancelled': {
      const { cancelledBy, round, reason, agreedSlotStands } = event.data;
      if (cancelledBy === 'system') return { type: 'ExpireSessionRequest', requestId, round };
      const what = agreedSlotStands ? 'change' : 'session';
      return { type: 'CancelSession', ...seen(cancelledBy), what, ...(reason !== undefined && { reason }) };
    }
  }
};

/** A policy that gives the deadline that was recorded, and allows any slot. */
const believing = ({ data }: SessionRequestEvent): ExpiryPolicy => {
  const cutOff = (): number =>
    'slot' in data && 'respondBy' in data ? toEpochMs(data.slot.startsAt) - toEpochMs(data.respondBy) : 0;
  return {
    id: 'policyId' in data ? data.policyId : '',
    deadlineRole: 'awaited',
    minimumNoticeMs: 1,
    maximumLeadMs: Infinity,
    minimumDurationMs: 1,
    maximumDurationMs: Infinity,
    rules: [{ fromMs: 0, toMs: Infinity, cutOffMs: { coach: cutOff, client: cutOff } }],
  };
};

const differing = (recorded: object, decided: object): string[] =>
  [...new Set([...Object.keys(recorded), ...Object.keys(decided)])].filter(
    (name) =>
      !isDeepStrictEqual(
        (recorded as Record<string, unknown>)[name],
        (decided as Record<string, unknown>)[name],
      ),
  );
