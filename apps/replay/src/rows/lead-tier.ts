import type { ExpiryPolicy } from '@hse/session-requests';

const HOUR_MS = 3_600_000;

/** Policies by their id: those that deadlines may have been recorded under. */
export type Policies = ReadonlyMap<string, ExpiryPolicy>;

/**
 * The row of a policy that a lead falls into, named by its bounds in hours: `0-24h` (inclusive-exclusive), `72h+`.
 * Undefined where the policy has none for it.
 */
export const leadTierOf = (policy: ExpiryPolicy, leadMs: number): string | undefined => {
  const rule = policy.rules.find(({ fromMs, toMs }) => leadMs >= fromMs && leadMs < toMs);
  return rule && tierName(rule);
};

/** The names of all rows of a policy, shortest lead first. */
export const leadTiersOf = ({ rules }: ExpiryPolicy): string[] => rules.map(tierName);

const tierName = ({ fromMs, toMs }: { fromMs: number; toMs: number }): string =>
  toMs === Infinity ? `${fromMs / HOUR_MS}h+` : `${fromMs / HOUR_MS}-${toMs / HOUR_MS}h`;
