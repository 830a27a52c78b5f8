import type { Role } from './events.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, toEpochMs, toInstant, type Instant } from './instant.ts';

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
 * seconds of elapsed time (`P3D`, `PT16H`); years, months and weeks have no place, their length would vary.
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
  /** Without gap or overlap, in any order. */
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

/** A validated policy, its durations in milliseconds. Made by {@link parseExpiryPolicy} only. */
export interface ExpiryPolicy {
  readonly id: string;
  readonly deadlineRole: 'awaited' | 'requester';
  readonly minimumNoticeMs: number;
  readonly maximumLeadMs: number;
  readonly minimumDurationMs: number;
  readonly maximumDurationMs: number;
  readonly rules: readonly CompiledRule[];
}

interface CompiledRule {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cutOffMs: Readonly<Record<Role, (leadMs: number) => number>>;
}

/** Thrown for a policy document that cannot be kept; lists every fault with the path of its place. */
export class InvalidExpiryPolicy extends Error {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The expiry policy is invalid:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'InvalidExpiryPolicy';
    this.faults = faults;
  }
}

/**
 * Checks a policy document and compiles it.
 * @throws InvalidExpiryPolicy for a wrong shape, a gap or an overlap between rules between the minimum notice and the
 *   maximum lead, or a rule that could put a deadline at or before the proposal, or at or after the start.
 */
export const parseExpiryPolicy = (document: unknown): ExpiryPolicy => {
  const faults: string[] = [];
  const root = fields(document, '', ['id', 'deadlineRole', 'minimumNotice', 'maximumLead', 'duration', 'rules'], faults);
  const id = root['id'];
  if (typeof id !== 'string' || !/^[\w.-]{1,64}$/.test(id))
    faults.push('id: 1 to 64 letters, digits, dots, dashes or underscores');
  const deadlineRole = root['deadlineRole'];
  if (deadlineRole !== 'awaited' && deadlineRole !== 'requester')
    faults.push('deadlineRole: either "awaited" or "requester"');
  const minimumNoticeMs = duration(root['minimumNotice'], 'minimumNotice', faults);
  const maximumLeadMs = duration(root['maximumLead'], 'maximumLead', faults);
  if (minimumNoticeMs <= 0) faults.push('minimumNotice: has to be longer than zero');
  if (minimumNoticeMs > maximumLeadMs) faults.push('maximumLead: shorter than minimumNotice');
  const bounds = fields(root['duration'], 'duration', ['minimum', 'maximum'], faults);
  const minimumDurationMs = duration(bounds['minimum'], 'duration.minimum', faults);
  const maximumDurationMs = duration(bounds['maximum'], 'duration.maximum', faults);
  if (minimumDurationMs <= 0) faults.push('duration.minimum: has to be longer than zero');
  if (minimumDurationMs > maximumDurationMs) faults.push('duration.maximum: shorter than duration.minimum');
  if (!Array.isArray(root['rules']) || root['rules'].length === 0) faults.push('rules: at least one');
  const rules = (Array.isArray(root['rules']) ? (root['rules'] as unknown[]) : []).map((rule, i) =>
    compileRule(rule, `rules[${i}]`, minimumNoticeMs, maximumLeadMs, faults),
  );
  if (faults.length === 0) coverage(rules, minimumNoticeMs, maximumLeadMs, faults);
  if (faults.length > 0) throw new InvalidExpiryPolicy(faults);
  return {
    id: id as string,
    deadlineRole: deadlineRole as 'awaited' | 'requester',
    minimumNoticeMs,
    maximumLeadMs,
    minimumDurationMs,
    maximumDurationMs,
    rules: rules.sort((a, b) => a.fromMs - b.fromMs),
  };
};

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

const compileRule = (
  rule: unknown,
  path: string,
  minimumNoticeMs: number,
  maximumLeadMs: number,
  faults: string[],
): CompiledRule => {
  const entries = fields(rule, path, ['from', 'to?', 'client', 'coach'], faults);
  const fromMs = duration(entries['from'], `${path}.from`, faults);
  const toMs = entries['to'] === undefined ? Infinity : duration(entries['to'], `${path}.to`, faults);
  if (toMs <= fromMs) faults.push(`${path}.to: has to be longer than from`);
  const shortestLeadMs = Math.max(fromMs, minimumNoticeMs);
  // Where no proposal can have such a lead, there is no deadline to get wrong.
  const reachable = shortestLeadMs <= Math.min(toMs, maximumLeadMs);
  const cutOff = (role: Role): ((leadMs: number) => number) => {
    const compiled = compileCutOff(entries[role], `${path}.${role}`, faults);
    const beforeStartMs = compiled(shortestLeadMs);
    if (reachable && beforeStartMs >= shortestLeadMs)
      faults.push(`${path}.${role}: could put the deadline before the proposal (the lead can be as short as ${shortestLeadMs / HOUR_MS} h)`);
    if (beforeStartMs <= 0) faults.push(`${path}.${role}: would put the deadline at the start or after it`);
    return compiled;
  };
  return { fromMs, toMs, cutOffMs: { client: cutOff('client'), coach: cutOff('coach') } };
};

const compileCutOff = (value: unknown, path: string, faults: string[]): ((leadMs: number) => number) => {
  const entries = fields(value, path, ['beforeStart?', 'shareOfLead?'], faults);
  const { beforeStart, shareOfLead } = entries;
  if ((beforeStart === undefined) === (shareOfLead === undefined)) {
    faults.push(`${path}: either beforeStart or shareOfLead`);
    return () => NaN;
  }
  if (beforeStart !== undefined) {
    const beforeStartMs = duration(beforeStart, `${path}.beforeStart`, faults);
    return () => beforeStartMs;
  }
  const [numerator, denominator] = Array.isArray(shareOfLead) && shareOfLead.length === 2 ? (shareOfLead as unknown[]) : [];
  if (
    !Number.isSafeInteger(numerator) ||
    !Number.isSafeInteger(denominator) ||
    (numerator as number) <= 0 ||
    (numerator as number) >= (denominator as number) ||
    (denominator as number) > 1000
  ) {
    faults.push(`${path}.shareOfLead: two whole numbers [n, d] with 0 < n < d <= 1000`);
    return () => NaN;
  }
  return (leadMs) => Math.floor((leadMs * (numerator as number)) / (denominator as number));
};

const coverage = (rules: CompiledRule[], minimumNoticeMs: number, maximumLeadMs: number, faults: string[]): void => {
  const inOrder = [...rules].sort((a, b) => a.fromMs - b.fromMs);
  const hours = (ms: number): string => `${ms / HOUR_MS} h`;
  let coveredToMs = Math.min(minimumNoticeMs, inOrder[0]?.fromMs ?? Infinity);
  for (const { fromMs, toMs } of inOrder) {
    if (fromMs > coveredToMs) faults.push(`rules: gap, no rule covers leads from ${hours(coveredToMs)} to ${hours(fromMs)}`);
    if (fromMs < coveredToMs) faults.push(`rules: overlap, more than one rule covers a lead of ${hours(fromMs)}`);
    coveredToMs = Math.max(coveredToMs, toMs);
  }
  const first = inOrder[0];
  if (first && first.fromMs > minimumNoticeMs)
    faults.push(`rules: gap, no rule covers leads from ${hours(minimumNoticeMs)} to ${hours(first.fromMs)}`);
  // The longest lead is allowed itself, and `to` is exclusive.
  if (coveredToMs <= maximumLeadMs)
    faults.push(`rules: gap, no rule covers leads from ${hours(coveredToMs)} to ${hours(maximumLeadMs)}`);
};

const fields = (value: unknown, path: string, names: string[], faults: string[]): Record<string, unknown> => {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push(`${path === '' ? 'the document' : path}: has to be an object`);
    return {};
  }
  const known = new Set(names.map((name) => name.replace('?', '')));
  for (const name of Object.keys(value)) if (!known.has(name)) faults.push(`${at(name)}: unknown`);
  for (const name of names) if (!name.endsWith('?') && !(name in value)) faults.push(`${at(name)}: missing`);
  return value as Record<string, unknown>;
};

const durationForm = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

const duration = (value: unknown, path: string, faults: string[]): number => {
  if (value === undefined) return NaN; // reported as missing
  const match = typeof value === 'string' ? durationForm.exec(value) : null;
  if (!match) {
    faults.push(`${path}: an ISO-8601 duration in days, hours, minutes and seconds, such as "PT16H" or "P3D"`);
    return NaN;
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  return days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
};
