import type { Role } from './events.ts';
import { toEpochMs, toInstant, type Instant } from './instant.ts';

/** How long before the start an answer is due: a fixed time, or a share (0 < n/d < 1) of the lead. */
export type CutOff = { readonly beforeStart: string } | { readonly shareOfLead: readonly [number, number] };

/** The cut-offs for proposals whose lead lies in `[from, to)`; without `to`, however long the lead. */
export interface ExpiryRule {
  readonly from: string;
  readonly to?: string;
  readonly client: CutOff;
  readonly coach: CutOff;
}

/**
 * The document that says until when a proposal can be answered. Durations are ISO-8601 in days, hours, minutes and
 * seconds of elapsed time, each with five digits at most (`P3D`, `PT16H`). Years and months have no place: their length
 * varies.
 */
export interface ExpiryPolicyDocument {
  /** Recorded with each deadline. Give a changed policy a new one. */
  readonly id: string;
  /** Whose column counts: the role that has to answer, or the role that made the first request. */
  readonly deadlineRole: 'awaited' | 'requester';
  /** Shortest lead of a proposal, inclusive. */
  readonly minimumNotice: string;
  /** Longest lead of a proposal, inclusive. */
  readonly maximumLead: string;
  /** Shortest and longest session, both inclusive. */
  readonly duration: { readonly minimum: string; readonly maximum: string };
  /** In any order; without overlap, and without gap from the minimum notice to the maximum lead. */
  readonly rules: readonly ExpiryRule[];
}

/** The rule that users are promised. */
export const defaultExpiryPolicy: ExpiryPolicyDocument = {
  id: 'hse-2026-1',
  deadlineRole: 'awaited',
  minimumNotice: 'PT1H',
  maximumLead: 'P365D',
  duration: { minimum: 'PT15M', maximum: 'PT8H' },
  rules: [
    { from: 'PT0S', to: 'PT24H', client: { shareOfLead: [1, 3] }, coach: { shareOfLead: [2, 3] } },
    { from: 'PT24H', to: 'PT48H', client: { beforeStart: 'PT8H' }, coach: { beforeStart: 'PT16H' } },
    { from: 'PT48H', to: 'P3D', client: { beforeStart: 'PT16H' }, coach: { beforeStart: 'PT32H' } },
    { from: 'P3D', client: { beforeStart: 'PT24H' }, coach: { beforeStart: 'PT48H' } },
  ],
};

/** A validated policy, its durations in milliseconds. Made by `parseExpiryPolicy` only. */
export interface ExpiryPolicy {
  readonly id: string;
  readonly deadlineRole: 'awaited' | 'requester';
  readonly minimumNoticeMs: number;
  readonly maximumLeadMs: number;
  readonly minimumDurationMs: number;
  readonly maximumDurationMs: number;
  readonly rules: readonly CompiledRule[];
}

/** The cut-offs for leads in `[fromMs, toMs)`. */
export interface CompiledRule {
  readonly fromMs: number;
  readonly toMs: number;
  /** How long before the start the deadline lies. */
  readonly cutOffMs: Readonly<Record<Role, (leadMs: number) => number>>;
}

/**
 * Until when (exclusive) a proposal made at `proposedAt` for a session at `startsAt` can be answered. Counts elapsed
 * hours, so daylight saving changes nothing. A share of the lead that is no whole millisecond is rounded in favour of who
 * has to answer.
 *
 * The lead has to be within the bounds of the policy; the deadline is then after the proposal and before the start.
 * @throws RangeError where no rule covers the lead.
 */
export const respondByFor = (
  policy: ExpiryPolicy,
  proposal: { proposedAt: Instant; startsAt: Instant; awaiting: Role; requestedBy: Role },
): Instant => {
  const startsAtMs = toEpochMs(proposal.startsAt);
  const leadMs = startsAtMs - toEpochMs(proposal.proposedAt);
  const rule = policy.rules.find(({ fromMs, toMs }) => leadMs >= fromMs && leadMs < toMs);
  if (!rule) throw new RangeError(`policy ${policy.id} has no rule for a lead of ${leadMs} ms`);
  const role = policy.deadlineRole === 'awaited' ? proposal.awaiting : proposal.requestedBy;
  return toInstant(startsAtMs - rule.cutOffMs[role](leadMs));
};
