import type { Participant, ParticipantDirectory } from '@hse/contracts';
import type { PartyView, ProposalView, SessionRequestView } from '@hse/contracts/http';
import {
  allowedActions,
  roleOf,
  statusOf,
  type Action,
  type ExpiryPolicy,
  type Instant,
  type Outcome,
  type SessionRequest,
  type SessionRequestCommand,
} from '@hse/session-requests';
import { takesPart } from './participants.ts';
import { respondByRule } from './respond-by-rule.ts';

/** A state with the instant at which its latest event was recorded. */
export interface Dated {
  readonly state: SessionRequest;
  readonly recordedAt: Instant;
}

export interface ViewContext {
  readonly participants: ParticipantDirectory;
  readonly policy: ExpiryPolicy;
  readonly now: Instant;
}

/** What leads to a session, or to a question, as it is offered and as it is sent: nobody comes, or answers, who takes part no more. */
export const needsTheOther: ReadonlySet<string> = new Set<Action | SessionRequestCommand['type']>([
  'accept',
  'AcceptSession',
  'adjust',
  'AdjustSession',
]);

/** What a party sees of a session request; undefined for anybody else. */
export const viewOf = async (
  { state, recordedAt }: Dated,
  viewer: Participant,
  { participants, policy, now }: ViewContext,
): Promise<SessionRequestView | undefined> => {
  const role = roleOf(state, viewer.id);
  if (!role) return undefined;
  const otherId = role === 'coach' ? state.clientId : state.coachId;
  const found = await participants.find(otherId);
  const other = partyOf(found, otherId);
  const self = partyOf(viewer, viewer.id);
  return {
    id: state.requestId,
    status: statusOf(state),
    revision: state.revision,
    coach: role === 'coach' ? self : other,
    client: role === 'client' ? self : other,
    requestedBy: state.requestedBy,
    slot: { startsAt: state.slot.startsAt, endsAt: state.slot.endsAt },
    agreed: state.agreed ? { startsAt: state.agreed.startsAt, endsAt: state.agreed.endsAt } : null,
    // A proposal on the table is what the latest event recorded: every other event ends it.
    proposal: state.proposal ? proposalOf(state, policy, recordedAt) : null,
    outcome: state.outcome ? outcomeOf(state.outcome, recordedAt) : null,
    allowedActions: allowedActions(state, role, now).filter(
      (action) => takesPart(found) || !needsTheOther.has(action),
    ),
  };
};

/** Who left the directory keeps their past sessions, without a name. */
export const partyOf = (participant: Participant | undefined, id: string): PartyView => ({
  id,
  name: participant?.name ?? 'Former participant',
  timeZone: participant?.timeZone ?? 'UTC',
  ...(participant?.picture !== undefined && { picture: participant.picture }),
});

const proposalOf = (
  state: SessionRequest,
  policy: ExpiryPolicy,
  recordedAt: Instant,
): ProposalView | null => {
  const { proposal } = state;
  if (!proposal) return null;
  const rule = respondByRule(policy, proposal, state.requestedBy, recordedAt);
  return {
    startsAt: proposal.slot.startsAt,
    endsAt: proposal.slot.endsAt,
    ...(proposal.note !== undefined && { note: proposal.note }),
    proposedBy: proposal.proposedBy,
    awaiting: proposal.awaiting,
    respondBy: proposal.respondBy,
    round: proposal.round,
    policyId: proposal.policyId,
    ...(rule !== undefined && { respondByRule: rule }),
  };
};

const outcomeOf = ({ by, cause, reason }: Outcome, at: Instant): SessionRequestView['outcome'] => ({
  by,
  ...(cause !== undefined && { cause }),
  ...(reason !== undefined && { reason }),
  at,
});
