import { toEpochMs, type ExpiryPolicy, type Instant, type Proposal, type Role } from '@hse/session-requests';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * Why a proposal has to be answered by its deadline, as a sentence. Undefined when it cannot be told: the policy that it
 * was computed with is no longer in force.
 * @param proposedAt when the proposal was recorded.
 */
export const respondByRule = (
  policy: ExpiryPolicy,
  { slot, respondBy, awaiting, policyId }: Proposal,
  requestedBy: Role,
  proposedAt: Instant,
): string | undefined => {
  if (policyId !== policy.id) return undefined;
  const startsAtMs = toEpochMs(slot.startsAt);
  const leadMs = startsAtMs - toEpochMs(proposedAt);
  const rule = policy.rules.find(({ fromMs, toMs }) => leadMs >= fromMs && leadMs < toMs);
  const column = policy.deadlineRole === 'awaited' ? awaiting : requestedBy;
  // The recorded deadline is the fact; a rule that does not lead to it does not explain it.
  if (!rule || startsAtMs - rule.cutOffMs[column](leadMs) !== toEpochMs(respondBy)) return undefined;
  const said = sentences.get(rule) ?? {
    coach: sentence(policy, rule, 'coach'),
    client: sentence(policy, rule, 'client'),
  };
  sentences.set(rule, said);
  return said[column];
};

type Rule = ExpiryPolicy['rules'][number];

/** There are few rules and many proposals. */
const sentences = new WeakMap<Rule, Readonly<Record<Role, string>>>();

const sentence = ({ deadlineRole }: ExpiryPolicy, rule: Rule, column: Role): string => {
  const who =
    deadlineRole === 'awaited'
      ? `a ${column} has to answer`
      : `what a ${column} asked for has to be answered`;
  return `Proposed ${leadOf(rule)}: ${who} ${cutOffOf(rule.cutOffMs[column])}.`;
};

const leadOf = ({ fromMs, toMs }: { fromMs: number; toMs: number }): string => {
  if (toMs === Infinity) return `${duration(fromMs)} or more ahead`;
  return fromMs === 0
    ? `less than ${duration(toMs)} ahead`
    : `between ${duration(fromMs)} and ${duration(toMs)} ahead`;
};

/** A compiled cut-off is a function of the lead, either constant or proportional: two samples tell which, and how much. */
const cutOffOf = (cutOffMs: (leadMs: number) => number): string => {
  const sampleMs = 1e12;
  const once = cutOffMs(sampleMs);
  if (cutOffMs(2 * sampleMs) === once) return `at least ${duration(once)} before the start`;
  return `while at least ${share(once / sampleMs)} of the time to the start is left`;
};

const largestDenominator = 1_000;

const share = (ratio: number): string => {
  for (let denominator = 2; denominator <= largestDenominator; denominator += 1) {
    const numerator = Math.round(ratio * denominator);
    if (Math.abs(numerator / denominator - ratio) > 1e-9) continue;
    if (denominator === 2) return 'half';
    if (denominator === 3) return numerator === 1 ? 'one third' : 'two thirds';
    return `${numerator}/${denominator}`;
  }
  return `${(ratio * 100).toFixed(1)} %`;
};

const duration = (ms: number): string => {
  if (ms >= 3 * dayMs && ms % dayMs === 0) return count(ms / dayMs, 'day');
  if (ms % hourMs === 0) return count(ms / hourMs, 'hour');
  return ms % minuteMs === 0 ? count(ms / minuteMs, 'minute') : count(ms / 1_000, 'second');
};

const count = (amount: number, unit: string): string => `${amount} ${unit}${amount === 1 ? '' : 's'}`;
