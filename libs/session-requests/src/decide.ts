import type { SessionRequestCommand, RequestSession } from './commands.ts';
import { otherRole, type Role, type SessionRequestEvent, type Slot } from './events.ts';
import { respondByFor, type ExpiryPolicy } from './expiry-policy.ts';
import { toEpochMs, type Instant } from './instant.ts';
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
  if (state.outcome) return refuse('already-closed');
  if (hasStarted(state, context.now)) return refuse('session-started');

  const { agreed, proposal } = state;
  switch (command.type) {
    case 'AcceptSession': {
      const refusal = cannotAnswer(proposal, actor, context.now);
      if (refusal) return refuse(refusal);
      const { slot, round } = proposal as Proposal;
      return record({ type: 'SessionAccepted', data: { ...concerns(state), acceptedBy: actor, slot, round } });
    }
    case 'RejectSession': {
      const refusal = cannotAnswer(proposal, actor, context.now);
      if (refusal) return refuse(refusal);
      return record({
        type: 'SessionRejected',
        data: {
          ...concerns(state),
          rejectedBy: actor,
          ...(command.reason !== undefined && { reason: command.reason }),
          round: state.round,
          agreedSlotStands: agreed !== undefined,
        },
      });
    }
    case 'AdjustSession': {
      if (proposal && hasLapsed(proposal, context.now)) return refuse('deadline-passed');
      if ([proposal?.slot, agreed].some((slot) => slot && sameSlot(slot, command.slot))) return refuse('slot-unchanged');
      const refusal = impossibleSlot(command.slot, context);
      if (refusal) return refuse(refusal);
      const awaiting = otherRole(actor);
      return record({
        type: 'SessionAdjusted',
        data: {
          ...concerns(state),
          adjustedBy: actor,
          previousSlot: proposal?.slot ?? state.slot,
          ...promise(command.slot, command.note, awaiting, state.requestedBy, context),
          round: state.round + 1,
        },
      });
    }
    case 'CancelSession': {
      const refusal =
        command.what === 'change' ? cannotWithdrawChange(state, actor, context.now) : cannotCancel(state, actor, context.now);
      if (refusal) return refuse(refusal);
      return record({
        type: 'SessionCancelled',
        data: {
          ...concerns(state),
          cancelledBy: actor,
          cause: command.what === 'session' && agreed ? 'called-off' : 'withdrawn',
          ...(command.reason !== undefined && { reason: command.reason }),
          round: state.round,
          agreedSlotStands: command.what === 'change',
        },
      });
    }
  }
};

const request = (command: RequestSession, state: SessionRequest | undefined, context: DecisionContext): Decision => {
  const { requestId, by, with: other, slot, note } = command;
  if (state) return refuse('conflict');
  if (by.role === other.role) return refuse('same-role');
  const refusal = impossibleSlot(slot, context);
  if (refusal) return refuse(refusal);
  const [coach, client] = by.role === 'coach' ? [by, other] : [other, by];
  return record({
    type: 'SessionRequested',
    data: {
      requestId,
      coachId: coach.id,
      clientId: client.id,
      requestedBy: by.role,
      ...promise(slot, note, other.role, by.role, context),
      round: 1,
    },
  });
};

/** Already answered, or another proposal by now: nothing to do, and no error. */
const expire = (round: number, state: SessionRequest | undefined, { now }: DecisionContext): Decision => {
  const proposal = state?.proposal;
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

const cannotAnswer = (proposal: Proposal | undefined, actor: Role, now: Instant): RejectionCode | undefined => {
  if (!proposal) return 'nothing-proposed';
  if (proposal.awaiting !== actor) return 'not-awaited';
  if (hasLapsed(proposal, now)) return 'deadline-passed';
  return undefined;
};

const cannotWithdrawChange = (state: SessionRequest, actor: Role, now: Instant): RejectionCode | undefined => {
  if (!state.proposal || !state.agreed) return 'nothing-proposed';
  if (state.proposal.proposedBy !== actor) return 'not-the-requester';
  if (hasLapsed(state.proposal, now)) return 'deadline-passed';
  return undefined;
};

const cannotCancel = ({ agreed, proposal, requestedBy }: SessionRequest, actor: Role, now: Instant): RejectionCode | undefined => {
  // An agreed session can be called off by either side, whatever became of a change to it.
  if (agreed || !proposal) return undefined;
  if (actor !== requestedBy && actor !== proposal.proposedBy) return 'not-the-requester';
  if (hasLapsed(proposal, now)) return 'deadline-passed';
  return undefined;
};

const impossibleSlot = ({ startsAt, endsAt }: Slot, { now, policy }: DecisionContext): RejectionCode | undefined => {
  const leadMs = toEpochMs(startsAt) - toEpochMs(now);
  const durationMs = toEpochMs(endsAt) - toEpochMs(startsAt);
  // Written so that an instant which is none (NaN) is refused, too.
  if (!(durationMs >= policy.minimumDurationMs && durationMs <= policy.maximumDurationMs)) return 'invalid-duration';
  if (!(leadMs > 0)) return 'slot-in-past';
  if (leadMs < policy.minimumNoticeMs) return 'notice-too-short';
  if (leadMs > policy.maximumLeadMs) return 'too-far-ahead';
  return undefined;
};

/** What a new proposal promises: the slot, who answers, and until when. */
const promise = (
  slot: Slot,
  note: string | undefined,
  awaiting: Role,
  requestedBy: Role,
  { now, policy }: DecisionContext,
) => ({
  slot: { startsAt: slot.startsAt, endsAt: slot.endsAt },
  ...(note !== undefined && { note }),
  awaiting,
  respondBy: respondByFor(policy, { proposedAt: now, startsAt: slot.startsAt, awaiting, requestedBy }),
  policyId: policy.id,
});

/** The deadline has passed, whether or not a timer has noticed yet. */
export const hasLapsed = (proposal: Proposal, now: Instant): boolean => now >= proposal.respondBy;

/** Only what was agreed can start. */
export const hasStarted = ({ agreed }: SessionRequest, now: Instant): boolean => agreed !== undefined && now >= agreed.startsAt;

const sameSlot = (a: Slot, b: Slot): boolean => a.startsAt === b.startsAt && a.endsAt === b.endsAt;

const concerns = ({ requestId, coachId, clientId }: SessionRequest) => ({ requestId, coachId, clientId });

const record = (event: SessionRequestEvent): Decision => ({ events: [event] });

const refuse = (code: RejectionCode): Decision => ({ rejection: rejection(code) });
