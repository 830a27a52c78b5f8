import type { RecordedEvent } from '@hse/event-sourcing';
import {
  respondByFor,
  toEpochMs,
  toInstant,
  type ExpiryPolicy,
  type Role,
  type SessionRequestEvent,
} from '@hse/session-requests';
import { endingOf, type Ending } from '../rows/columns.ts';
import { createEntries, type Entry, type ProposalFacts } from '../rows/entries.ts';
import { leadTierOf, leadTiersOf } from '../rows/lead-tier.ts';
import { bucketOf, LogHistogram } from '../statistics/log-histogram.ts';

/** What another policy would have meant for a proposal. */
export type Effect =
  /** Its slot would have been refused. */
  | 'refused'
  /** The deadline is the same. */
  | 'same'
  /** Another deadline; what people did when they did it was in time by both, or ends the proposal either way. */
  | 'in-time'
  /** Answered or amended in time, and not by the other deadline. */
  | 'cancelled'
  /** Went unanswered, and would have had more time. */
  | 'more-time'
  /** Went unanswered, and would have been cancelled sooner. */
  | 'sooner'
  /** Still on the table where the history ends, and past the other deadline. */
  | 'cancelled-open'
  /** Still on the table where the history ends; what becomes of it is not known. */
  | 'undecided'
  /** After an earlier difference in the same request: what followed would have been another history. */
  | 'aside';

/** A proposal for which another policy would have made a difference. */
export interface Difference {
  readonly policyId: string;
  readonly effect: Effect;
  readonly requestId: string;
  readonly round: number;
  readonly role: Role;
  readonly tier: string;
  readonly isChange: boolean;
  readonly proposedMs: number;
  readonly startsMs: number;
  readonly respondByMs: number;
  /** By the other policy; undefined where it refuses the slot. */
  readonly otherRespondByMs: number | undefined;
  readonly ending: Ending | undefined;
  readonly endedMs: number | undefined;
}

/** Of the proposals that one role had to answer, made with a lead of one tier. */
export interface Facts {
  readonly role: Role;
  readonly tier: string;
  proposals: number;
  readonly endings: Record<Ending | 'open', number>;
  /** How much time there was to answer. */
  readonly windows: LogHistogram;
  /** From the proposal to the answer; of those that were accepted, rejected, or met with another slot. */
  readonly times: LogHistogram;
  /** From the proposal to when nobody was waiting for an answer any more; of the others. */
  readonly left: LogHistogram;
}

/** What another policy would have meant for them. */
export interface Effects {
  readonly role: Role;
  readonly tier: string;
  readonly effects: Record<Effect, number>;
  /** Of those that would have been cancelled: how they had ended. */
  readonly cancelled: Record<'accepted' | 'countered' | 'rejected' | 'amended', number>;
  readonly windows: LogHistogram;
  /** How much more time those that went unanswered would have had. */
  readonly added: LogHistogram;
  /** Of the same: how many had one time and would have had another, both as {@link bucketOf} has them, with a space between. */
  readonly extended: Map<string, number>;
}

/** A history under other cut-offs. */
export interface Backtest {
  readonly events: number;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Events about requests of which the beginning is missing; nothing can be said of them. */
  readonly incomplete: number;
  /** How many deadlines were recorded under which policy. */
  readonly recordedBy: ReadonlyMap<string, number>;
  readonly facts: readonly Facts[];
  readonly policies: readonly {
    readonly policy: ExpiryPolicy;
    /** Deadlines that were recorded under this very id and are not what the document says. */
    readonly contradicted: number;
    readonly effects: readonly Effects[];
  }[];
}

export const effects = [
  'refused',
  'same',
  'in-time',
  'cancelled',
  'more-time',
  'sooner',
  'cancelled-open',
  'undecided',
  'aside',
] as const satisfies readonly Effect[];

const noEndings = (): Facts['endings'] => ({
  accepted: 0,
  rejected: 0,
  countered: 0,
  amended: 0,
  withdrawn: 0,
  'called-off': 0,
  unanswered: 0,
  open: 0,
});

const roles = ['coach', 'client'] as const;
const DAY_MS = 86_400_000;
const sweepEvery = 10_000;

/** The lead of no rule: shorter or longer than the policy that names the tiers allows. */
export const noTier = 'other';

/**
 * Replays a history under other policies: each proposal keeps the time at which it was made and the time at which it was answered; only
 * its deadline is computed anew. Of each request, only the first difference counts, because what followed would have been another history.
 *
 * Tiers are those of `tiersOf`, for all policies alike. Remembers what is on the table and, as {@link createEntries} does, the requests to
 * which something can still happen. At most 30 policies.
 */
export const createBacktest = (options: {
  readonly policies: readonly ExpiryPolicy[];
  readonly tiersOf: ExpiryPolicy;
  readonly onDifference?: (difference: Difference) => void;
}) => {
  const { policies, tiersOf, onDifference = () => {} } = options;
  if (policies.length > 30) throw new RangeError('30 policies at most');
  const tiers = [...leadTiersOf(tiersOf), noTier];
  const cells = roles.flatMap((role) => tiers.map((tier) => ({ role, tier })));
  const place = (role: Role, tier: string): number =>
    roles.indexOf(role) * tiers.length + tiers.indexOf(tier);
  const facts = cells.map((cell): Facts => ({
    ...cell,
    proposals: 0,
    endings: noEndings(),
    windows: new LogHistogram(),
    times: new LogHistogram(),
    left: new LogHistogram(),
  }));
  const found = policies.map((policy) => ({
    policy,
    contradicted: 0,
    effects: cells.map((cell): Effects => ({
      ...cell,
      effects: Object.fromEntries(effects.map((effect) => [effect, 0])) as Effects['effects'],
      cancelled: { accepted: 0, countered: 0, rejected: 0, amended: 0 },
      windows: new LogHistogram(),
      added: new LogHistogram(),
      extended: new Map(),
    })),
  }));
  const entries = createEntries(new Map());
  /** By stream. */
  const onTable = new Map<
    string,
    { readonly proposal: ProposalFacts; readonly requestedBy: Role; readonly requestId: string }
  >();
  /** By stream: under which policies (a bit each) it would have gone another way, and when it is over. */
  const parted = new Map<string, { bits: number; overMs: number }>();
  const recordedBy = new Map<string, number>();
  let events = 0;
  let incomplete = 0;
  let from: string | undefined;
  let to: string | undefined;

  /** `ending` is undefined where the history ends before the proposal does. */
  const judge = (
    stream: string,
    { proposal, requestedBy, requestId }: { proposal: ProposalFacts; requestedBy: Role; requestId: string },
    ending: Ending | undefined,
    endedMs: number,
  ): void => {
    const { awaiting: role, leadMs, respondByMs, proposedMs } = proposal;
    const tier = leadTierOf(tiersOf, leadMs) ?? noTier;
    const cell = place(role, tier);
    const fact = facts[cell];
    if (!fact) return;
    fact.proposals += 1;
    fact.endings[ending ?? 'open'] += 1;
    fact.windows.add(respondByMs - proposedMs);
    if (isAnswer(ending)) fact.times.add(endedMs - proposedMs);
    else fact.left.add(Math.min(endedMs, respondByMs) - proposedMs);
    recordedBy.set(proposal.policyId, (recordedBy.get(proposal.policyId) ?? 0) + 1);
    for (const [index, under] of found.entries()) {
      const tally = under.effects[cell];
      if (!tally) continue;
      const bit = 1 << index;
      const otherMs = respondByUnder(under.policy, proposal, requestedBy);
      if (under.policy.id === proposal.policyId && otherMs !== respondByMs) under.contradicted += 1;
      const past = parted.get(stream);
      const effect = past && (past.bits & bit) !== 0 ? 'aside' : effectOf(proposal, otherMs, ending, endedMs);
      tally.effects[effect] += 1;
      if (effect === 'aside') continue;
      if (otherMs !== undefined) tally.windows.add(otherMs - proposedMs);
      if (effect === 'cancelled' && isKept(ending)) tally.cancelled[ending] += 1;
      if (effect === 'more-time' && otherMs !== undefined) {
        tally.added.add(otherMs - respondByMs);
        const pair = `${bucketOf(respondByMs - proposedMs)} ${bucketOf(otherMs - proposedMs)}`;
        tally.extended.set(pair, (tally.extended.get(pair) ?? 0) + 1);
      }
      if (effect === 'same' || effect === 'in-time' || effect === 'undecided') continue;
      if (effect !== 'sooner') {
        if (past) past.bits |= bit;
        else parted.set(stream, { bits: bit, overMs: endedMs });
      }
      onDifference({
        policyId: under.policy.id,
        effect,
        requestId,
        round: proposal.round,
        role,
        tier,
        isChange: proposal.isChange,
        proposedMs,
        startsMs: proposal.startsMs,
        respondByMs,
        otherRespondByMs: otherMs,
        ending,
        endedMs: ending && endedMs,
      });
    }
  };

  return {
    /** Events have to come in the order of the log, from the first on. */
    next(event: RecordedEvent<SessionRequestEvent>): void {
      const entry: Entry = entries.next(event);
      const { stream } = event;
      const { after, made, ended, recordedMs } = entry;
      events += 1;
      from ??= event.metadata.recordedAt;
      to = event.metadata.recordedAt;
      if (!after) incomplete += 1;
      const before = onTable.get(stream);
      if (ended && before) judge(stream, before, endingOf(entry), recordedMs);
      if (ended) onTable.delete(stream);
      if (made && after)
        onTable.set(stream, { proposal: made, requestedBy: after.requestedBy, requestId: after.requestId });
      const past = parted.get(stream);
      if (past && after?.outcome) parted.delete(stream);
      else if (past && after) past.overMs = Math.max(toEpochMs(after.slot.startsAt), made?.respondByMs ?? 0);
      if (events % sweepEvery === 0)
        for (const [each, { overMs }] of parted) if (overMs + DAY_MS < recordedMs) parted.delete(each);
    },

    /** What there is to say; nothing can be added afterwards. */
    end(): Backtest {
      const endMs = to === undefined ? 0 : toEpochMs(to);
      for (const [stream, open] of onTable) judge(stream, open, undefined, endMs);
      onTable.clear();
      return { events, from, to, incomplete, recordedBy, facts, policies: found };
    },
  };
};

const isAnswer = (ending: Ending | undefined): boolean =>
  ending === 'accepted' || ending === 'countered' || ending === 'rejected';

const isKept = (ending: Ending | undefined): ending is keyof Effects['cancelled'] =>
  isAnswer(ending) || ending === 'amended';

/** Undefined where the policy does not allow the slot. */
const respondByUnder = (
  policy: ExpiryPolicy,
  { proposedMs, startsMs, endsMs, leadMs, awaiting }: ProposalFacts,
  requestedBy: Role,
): number | undefined => {
  const durationMs = endsMs - startsMs;
  if (leadMs < policy.minimumNoticeMs || leadMs > policy.maximumLeadMs) return undefined;
  if (durationMs < policy.minimumDurationMs || durationMs > policy.maximumDurationMs) return undefined;
  const [proposedAt, startsAt] = [toInstant(proposedMs), toInstant(startsMs)];
  return toEpochMs(respondByFor(policy, { proposedAt, startsAt, awaiting, requestedBy }));
};

const effectOf = (
  { respondByMs }: ProposalFacts,
  otherMs: number | undefined,
  ending: Ending | undefined,
  endedMs: number,
): Effect => {
  if (otherMs === undefined) return 'refused';
  if (otherMs === respondByMs) return 'same';
  switch (ending) {
    case 'unanswered':
      return otherMs > respondByMs ? 'more-time' : 'sooner';
    case undefined:
      return otherMs <= endedMs && otherMs < respondByMs ? 'cancelled-open' : 'undecided';
    case 'withdrawn':
    case 'called-off':
      // Over by then or over by now: nothing stands that would not have stood.
      return 'in-time';
    default:
      return endedMs < otherMs ? 'in-time' : 'cancelled';
  }
};
