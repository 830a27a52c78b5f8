import type { Role } from './events.ts';
import type { Instant } from './instant.ts';
import type { RejectionCode } from './rejection.ts';
import type { Proposal, SessionRequest } from './session-request.ts';

/** What a party may do. `cancel-session` ends the whole request, `cancel-change` takes back a change to an agreed slot. */
export type Action = (typeof actions)[number];

export const actions = ['accept', 'adjust', 'reject', 'cancel-session', 'cancel-change'] as const;

/**
 * Why this side may not do this now; undefined when they may. The whole permission table.
 *
 * Of several reasons the first counts: whether anything can still be done, whether this party may do it, whether it is
 * in time. Says nothing about the slot of an adjustment.
 */
export const refusalOf = (
  action: Action,
  { agreed, proposal, requestedBy, outcome }: SessionRequest,
  actor: Role,
  now: Instant,
): RejectionCode | undefined => {
  if (outcome) return 'already-closed';
  // Only what was agreed can start.
  if (agreed && now >= agreed.startsAt) return 'session-started';
  const tooLate = proposal && hasLapsed(proposal, now) ? 'deadline-passed' : undefined;
  switch (action) {
    case 'accept':
    case 'reject':
      if (!proposal) return 'nothing-proposed';
      return proposal.awaiting === actor ? tooLate : 'not-awaited';
    case 'adjust':
      return tooLate;
    case 'cancel-session':
      // An agreed session can be called off by either side, whatever became of a change to it.
      if (agreed) return undefined;
      return actor === requestedBy || actor === proposal?.proposedBy ? tooLate : 'not-the-requester';
    case 'cancel-change':
      if (!agreed || !proposal) return 'nothing-proposed';
      return proposal.proposedBy === actor ? tooLate : 'not-the-requester';
  }
};

/**
 * Exactly the actions that `decide` would not refuse to this side now (given a possible slot to adjust to), in the
 * order of {@link actions}.
 */
export const allowedActions = (request: SessionRequest, viewer: Role, now: Instant): Action[] =>
  actions.filter((action) => refusalOf(action, request, viewer, now) === undefined);

/** The deadline has passed, whether or not a timer has noticed yet. */
export const hasLapsed = ({ respondBy }: Proposal, now: Instant): boolean => now >= respondBy;
