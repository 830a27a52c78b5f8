import type { RequestSession, SessionRequestCommand } from './commands.ts';
import { otherRole, type Role, type SessionRequestEvent, type Slot } from './events.ts';
import { respondByFor, type ExpiryPolicy } from './expiry-policy.ts';
import { isInstant, toEpochMs, type Instant } from './instant.ts';
import { hasLapsed, refusalOf, type Action } from './permissions.ts';
import { rejection, type Rejection, type RejectionCode } from './rejection.ts';
import { roleOf, type Proposal, type SessionRequest } from './session-request.ts';

/** What a decision depends on besides the command and the state. */
export interface DecisionContext {
  readonly now: Instant;
  readonly policy: ExpiryPolicy;
}

/** Either the events to record (none: nothing to do, and no error), or why not. */
export type Decision =
  | { readonly events: readonly SessionRequestEvent[]; readonly rejection?: never }
  | { readonly rejection: Rejection; readonly events?: never };

/**
 * The rules. Pure: the same command on the same state at the same time decides the same.
 *
 * Of several reasons to refuse, the first counts, in this order: whether the request exists for who asks, whether they
 * have seen its present state, whether anything can still be done, whether this party may do it, whether it is in time,
 * and whether the slot is possible.
 */
export const decide = (
  command: SessionRequestCommand,
  state: SessionRequest | undefined,
  context: DecisionContext,
): Decision => {
  if (command.type === 'RequestSession') return request(command, state, context);
  if (command.type === 'ExpireSessionRequest') return expire(command.round, state, context);
  const actor = state && roleOf(state, command.by);
  if (!actor) return refuse('not-a-party');
  if (command.expectedRevision !== state.revision) return refuse('conflict');
  const refusal = refusalOf(actionOf(command), state, actor, context.now);
  if (refusal) return refuse(refusal);

  const { agreed, proposal, round } = state;
  switch (command.type) {
    case 'AcceptSession': {
      const { slot } = proposal as Proposal; // nobody may accept where there is none
      return record({
        type: 'SessionAccepted',
        data: { ...concerns(state), acceptedBy: actor, slot, round },
      });
    }
    case 'RejectSession':
      return record({
        type: 'SessionRejected',
        data: {
          ...concerns(state),
          rejectedBy: actor,
          round,
          agreedSlotStands: agreed !== undefined,
          ...(command.reason !== undefined && { reason: command.reason }),
        },
      });
    case 'AdjustSession': {
      const { slot, note } = command;
      const impossible = standsAlready(slot, state) ? 'slot-unchanged' : impossibleSlot(slot, context);
      if (impossible) return refuse(impossible);
      return record({
        type: 'SessionAdjusted',
        data: {
          ...concerns(state),
          adjustedBy: actor,
          previousSlot: proposal?.slot ?? state.slot,
          round: round + 1,
          ...promise(slot, note, { awaiting: otherRole(actor), requestedBy: state.requestedBy }, context),
        },
      });
    }
    case 'CancelSession': {
      const agreedSlotStands = command.what === 'change';
      return record({
        type: 'SessionCancelled',
        data: {
          ...concerns(state),
          cancelledBy: actor,
          cause: agreed && !agreedSlotStands ? 'called-off' : 'withdrawn',
          round,
          agreedSlotStands,
          ...(command.reason !== undefined && { reason: command.reason }),
        },
      });
    }
  }
};

const request = (
  command: RequestSession,
  state: SessionRequest | undefined,
  context: DecisionContext,
): Decision => {
  const { requestId, by, with: other, slot, note } = command;
  if (state) return refuse('conflict');
  // One id in both roles would be a session with oneself, which nobody else could answer.
  if (by.role === other.role || by.id === other.id) return refuse('same-role');
  const impossible = impossibleSlot(slot, context);
  if (impossible) return refuse(impossible);
  const [coach, client] = by.role === 'coach' ? [by, other] : [other, by];
  return record({
    type: 'SessionRequested',
    data: {
      requestId,
      coachId: coach.id,
      clientId: client.id,
      requestedBy: by.role,
      round: 1,
      ...promise(slot, note, { awaiting: other.role, requestedBy: by.role }, context),
    },
  });
};

const expire = (round: number, state: SessionRequest | undefined, { now }: DecisionContext): Decision => {
  const proposal = state?.proposal;
  // Already answered, or another proposal by now: nothing to do, and no error.
  if (!proposal || proposal.round !== round) return { events: [] };
  if (!hasLapsed(proposal, now)) return refuse('not-due');
  return record({
    type: 'SessionCancelled',
    data: {
      ...concerns(state),
      cancelledBy: 'system',
      cause: 'no-response',
      round,
      respondBy: proposal.respondBy,
      agreedSlotStands: state.agreed !== undefined,
    },
  });
};

type AnswerCommand = Exclude<SessionRequestCommand, { type: 'RequestSession' | 'ExpireSessionRequest' }>;

const actionOf = (command: AnswerCommand): Action => {
  switch (command.type) {
    case 'AcceptSession':
      return 'accept';
    case 'AdjustSession':
      return 'adjust';
    case 'RejectSession':
      return 'reject';
    case 'CancelSession':
      return command.what === 'change' ? 'cancel-change' : 'cancel-session';
  }
};

const standsAlready = (slot: Slot, { agreed, proposal }: SessionRequest): boolean =>
  [agreed, proposal?.slot].some((other) => other?.startsAt === slot.startsAt && other.endsAt === slot.endsAt);

const impossibleSlot = (
  { startsAt, endsAt }: Slot,
  { now, policy }: DecisionContext,
): RejectionCode | undefined => {
  if (!isInstant(startsAt) || !isInstant(endsAt)) return 'invalid-duration';
  const durationMs = toEpochMs(endsAt) - toEpochMs(startsAt);
  const leadMs = toEpochMs(startsAt) - toEpochMs(now);
  if (durationMs < policy.minimumDurationMs || durationMs > policy.maximumDurationMs)
    return 'invalid-duration';
  if (leadMs <= 0) return 'slot-in-past';
  if (leadMs < policy.minimumNoticeMs) return 'notice-too-short';
  if (leadMs > policy.maximumLeadMs) return 'too-far-ahead';
  return undefined;
};

/** What a new proposal promises: the slot, who answers, and until when. */
const promise = (
  { startsAt, endsAt }: Slot,
  note: string | undefined,
  roles: { awaiting: Role; requestedBy: Role },
  { now, policy }: DecisionContext,
) => ({
  slot: { startsAt, endsAt },
  awaiting: roles.awaiting,
  respondBy: respondByFor(policy, { proposedAt: now, startsAt, ...roles }),
  policyId: policy.id,
  ...(note !== undefined && { note }),
});

const concerns = ({ requestId, coachId, clientId }: SessionRequest) => ({ requestId, coachId, clientId });

const record = (event: SessionRequestEvent): Decision => ({ events: [event] });

const refuse = (code: RejectionCode): Decision => ({ rejection: rejection(code) });
