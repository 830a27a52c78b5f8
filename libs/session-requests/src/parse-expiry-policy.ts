import type { Role } from './events.ts';
import type { CompiledRule, ExpiryPolicy } from './expiry-policy.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './instant.ts';

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
 * @throws InvalidExpiryPolicy for a wrong shape, an overlap of rules, a gap between the minimum notice and the maximum lead,
 *   or a rule that could put a deadline at or before the proposal, or at or after the start.
 */
export const parseExpiryPolicy = (document: unknown): ExpiryPolicy => {
  const faults: string[] = [];
  const root = fields(
    document ?? null,
    '',
    ['id', 'deadlineRole', 'minimumNotice', 'maximumLead', 'duration', 'rules'],
    faults,
  );
  const { id, deadlineRole } = root;
  if (id !== undefined && !isPolicyId(id))
    faults.push('id: 1 to 64 letters, digits, dots, dashes or underscores');
  if (deadlineRole !== undefined && !isDeadlineRole(deadlineRole))
    faults.push('deadlineRole: either "awaited" or "requester"');
  const lead = range(root, '', ['minimumNotice', 'maximumLead'], faults);
  const duration = range(
    fields(root['duration'], 'duration', ['minimum', 'maximum'], faults),
    'duration',
    ['minimum', 'maximum'],
    faults,
  );
  const rules = list(root['rules'], 'rules', faults).map((rule, i) =>
    compileRule(rule, `rules[${i}]`, lead, faults),
  );
  rules.sort((a, b) => a.fromMs - b.fromMs);
  if (faults.length === 0) faults.push(...coverage(rules, lead));
  if (faults.length > 0 || !isPolicyId(id) || !isDeadlineRole(deadlineRole))
    throw new InvalidExpiryPolicy(faults);
  return {
    id,
    deadlineRole,
    minimumNoticeMs: lead.minimumMs,
    maximumLeadMs: lead.maximumMs,
    minimumDurationMs: duration.minimumMs,
    maximumDurationMs: duration.maximumMs,
    rules,
  };
};

/** Inclusive at both ends. */
interface Range {
  readonly minimumMs: number;
  readonly maximumMs: number;
}

const compileRule = (rule: unknown, path: string, lead: Range, faults: string[]): CompiledRule => {
  const entries = fields(rule, path, ['from', 'to?', 'client', 'coach'], faults);
  const fromMs = milliseconds(entries['from'], `${path}.from`, faults);
  const toMs = entries['to'] === undefined ? Infinity : milliseconds(entries['to'], `${path}.to`, faults);
  if (toMs <= fromMs) faults.push(`${path}.to: has to be longer than from`);
  const shortestMs = Math.max(fromMs, lead.minimumMs);
  // Where no proposal can have such a lead, there is no deadline to get wrong.
  const applies = shortestMs < toMs && shortestMs <= lead.maximumMs;
  const cutOff = (role: Role): ((leadMs: number) => number) => {
    const cutOffMs = compileCutOff(entries[role], `${path}.${role}`, faults);
    // A cut-off never grows faster than the lead, so that the shortest lead is the one to look at.
    const beforeStartMs = cutOffMs(shortestMs);
    if (applies && beforeStartMs >= shortestMs)
      faults.push(
        `${path}.${role}: would put the deadline at or before the proposal for a lead of ${inHours(shortestMs)}`,
      );
    if (applies && beforeStartMs <= 0) faults.push(`${path}.${role}: would put the deadline at the start`);
    return cutOffMs;
  };
  return { fromMs, toMs, cutOffMs: { client: cutOff('client'), coach: cutOff('coach') } };
};

const compileCutOff = (value: unknown, path: string, faults: string[]): ((leadMs: number) => number) => {
  const unknown = (): number => NaN; // compares as neither too long nor too short: one fault is enough
  if (value === undefined) return unknown;
  const { beforeStart, shareOfLead } = fields(value, path, ['beforeStart?', 'shareOfLead?'], faults);
  if ((beforeStart === undefined) === (shareOfLead === undefined)) {
    faults.push(`${path}: either beforeStart or shareOfLead`);
    return unknown;
  }
  if (beforeStart !== undefined) {
    const beforeStartMs = milliseconds(beforeStart, `${path}.beforeStart`, faults);
    return () => beforeStartMs;
  }
  if (!isShare(shareOfLead)) {
    faults.push(`${path}.shareOfLead: two whole numbers [n, d] with 0 < n < d <= 1000`);
    return unknown;
  }
  const [numerator, denominator] = shareOfLead;
  return (leadMs) => Math.floor((leadMs * numerator) / denominator);
};

/** Every lead that a proposal can have needs exactly one rule. `rules` are in the order of their `fromMs`. */
const coverage = (rules: readonly CompiledRule[], lead: Range): string[] => {
  const faults: string[] = [];
  const gap = (fromMs: number, toMs: number): void => {
    if (fromMs <= lead.maximumMs && toMs > lead.minimumMs)
      faults.push(
        `rules: gap, no rule for leads from ${inHours(Math.max(fromMs, lead.minimumMs))} to ${inHours(toMs)}`,
      );
  };
  let coveredToMs = 0;
  for (const { fromMs, toMs } of rules) {
    if (fromMs < coveredToMs)
      faults.push(`rules: overlap, more than one rule for a lead of ${inHours(fromMs)}`);
    if (fromMs > coveredToMs) gap(coveredToMs, fromMs);
    coveredToMs = Math.max(coveredToMs, toMs);
  }
  if (coveredToMs < Infinity) gap(coveredToMs, Infinity);
  return faults;
};

const inHours = (ms: number): string => (ms === Infinity ? 'any length' : `${ms / HOUR_MS} h`);

/**
 * Reads an object of these names, of which those with a question mark may be missing. What is undefined itself has been
 * reported as missing where it was looked up.
 */
const fields = (
  value: unknown,
  path: string,
  names: readonly string[],
  faults: string[],
): Record<string, unknown> => {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push(`${path === '' ? 'the document' : path}: has to be an object`);
    return {};
  }
  const found = value as Record<string, unknown>;
  const known = new Set(names.map((name) => name.replace('?', '')));
  for (const name of Object.keys(found)) if (!known.has(name)) faults.push(`${below(path, name)}: unknown`);
  for (const name of names)
    if (!name.endsWith('?') && found[name] === undefined) faults.push(`${below(path, name)}: missing`);
  return found;
};

const list = (value: unknown, path: string, faults: string[]): unknown[] => {
  if (Array.isArray(value) && value.length > 0)
    return Array.from(value as unknown[], (entry) => entry ?? null);
  if (value !== undefined) faults.push(`${path}: has to be a list of at least one`);
  return [];
};

const range = (
  found: Record<string, unknown>,
  path: string,
  [minimum, maximum]: readonly [string, string],
  faults: string[],
): Range => {
  const minimumMs = milliseconds(found[minimum], below(path, minimum), faults);
  const maximumMs = milliseconds(found[maximum], below(path, maximum), faults);
  if (minimumMs <= 0) faults.push(`${below(path, minimum)}: has to be longer than zero`);
  if (minimumMs > maximumMs)
    faults.push(`${below(path, maximum)}: has to be as long as ${minimum} or longer`);
  return { minimumMs, maximumMs };
};

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

const isPolicyId = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.-]{1,64}$/.test(value);

const isDeadlineRole = (value: unknown): value is ExpiryPolicy['deadlineRole'] =>
  value === 'awaited' || value === 'requester';

const isShare = (value: unknown): value is [number, number] => {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isSafeInteger)) return false;
  const [numerator, denominator] = value as [number, number];
  return 0 < numerator && numerator < denominator && denominator <= 1000;
};

const durationForm = /^P(?=.)(?:(\d{1,5})D)?(?:T(?=.)(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,5})S)?)?$/;

const milliseconds = (value: unknown, path: string, faults: string[]): number => {
  if (value === undefined) return NaN; // reported as missing
  const match = typeof value === 'string' ? durationForm.exec(value) : null;
  if (!match) {
    faults.push(
      `${path}: an ISO-8601 duration in days, hours, minutes and seconds, such as "PT16H" or "P3D"`,
    );
    return NaN;
  }
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match;
  return (
    Number(days) * DAY_MS +
    Number(hours) * HOUR_MS +
    Number(minutes) * MINUTE_MS +
    Number(seconds) * SECOND_MS
  );
};
