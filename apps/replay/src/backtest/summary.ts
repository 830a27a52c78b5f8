import type { Role } from '@hse/session-requests';
import { LogHistogram } from '../statistics/log-histogram.ts';
import { wilson, type Share } from '../statistics/wilson.ts';
import { survivalOf, type Likelihood } from './survival.ts';
import { effects, type Backtest, type Effect, type Effects, type Facts } from './backtest.ts';

/** A number of cases of which it cannot be known how many it would have been. */
export interface Bounds {
  readonly atLeast: number;
  readonly atMost: number;
}

/** A group of proposals under one policy. */
export interface SummaryRow {
  readonly role: Role | 'all';
  readonly tier: string;
  readonly proposals: number;
  /** Accepted, rejected, or met with another slot. */
  readonly answered: number;
  readonly unanswered: number;
  /** What was cancelled for want of an answer, of the proposals. */
  readonly unansweredShare: Share;
  readonly effects: Readonly<Record<Effect, number>>;
  /**
   * Answered (or amended) in time, and after the other deadline. At most all of them would have been cancelled: if everybody had answered
   * when they did. At least none: if everybody had answered after the same share of the time they had.
   */
  readonly cancelled: Bounds & Readonly<Effects['cancelled']>;
  /** Of the answered ones, those answered after the other deadline. */
  readonly cancelledShare: Share;
  /**
   * Went unanswered and would have had more time; what people would have done with it was never seen. The estimate takes it that they
   * would have gone on answering like those of the same role and tier who had that long.
   */
  readonly saved: Bounds & Likelihood;
  /** What would have been cancelled for want of an answer, of the proposals: between these, intervals of 95 % included. */
  readonly unansweredThen: { readonly low: number; readonly high: number };
  readonly medianWindowMs: number;
  readonly recordedMedianWindowMs: number;
  readonly medianAddedMs: number;
}

export interface PolicySummary {
  readonly policyId: string;
  readonly contradicted: number;
  /** Whether every deadline would have been the same. */
  readonly changesNothing: boolean;
  readonly total: SummaryRow;
  readonly byRole: readonly SummaryRow[];
  readonly byRoleAndTier: readonly SummaryRow[];
}

export interface BacktestSummary {
  readonly events: number;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly incomplete: number;
  readonly recordedBy: Readonly<Record<string, number>>;
  readonly policies: readonly PolicySummary[];
}

/** The figures of a backtest; groups without a proposal are left out. */
export const summaryOf = (backtest: Backtest): BacktestSummary => ({
  events: backtest.events,
  from: backtest.from,
  to: backtest.to,
  incomplete: backtest.incomplete,
  recordedBy: Object.fromEntries(backtest.recordedBy),
  policies: backtest.policies.map(({ policy, contradicted, effects: tallies }) => {
    const pairs = backtest.facts.flatMap((fact, index): Pair[] => {
      const tally = tallies[index];
      return tally && fact.proposals > 0 ? [[fact, tally]] : [];
    });
    const total = rowOf('all', 'all', pairs);
    return {
      policyId: policy.id,
      contradicted,
      changesNothing: total.effects.same === total.proposals,
      total,
      byRole: (['coach', 'client'] as const)
        .map((role) =>
          rowOf(
            role,
            'all',
            pairs.filter(([fact]) => fact.role === role),
          ),
        )
        .filter(({ proposals }) => proposals > 0),
      byRoleAndTier: pairs.map((pair) => rowOf(pair[0].role, pair[0].tier, [pair])),
    };
  }),
});

type Pair = readonly [Facts, Effects];

const sum = (pairs: readonly Pair[], of: (pair: Pair) => number): number =>
  pairs.reduce((total, pair) => total + of(pair), 0);

const merged = (histograms: readonly LogHistogram[]): LogHistogram => {
  const all = new LogHistogram();
  for (const histogram of histograms) all.merge(histogram);
  return all;
};

const rowOf = (role: SummaryRow['role'], tier: string, pairs: readonly Pair[]): SummaryRow => {
  const proposals = sum(pairs, ([{ proposals: each }]) => each);
  const answered = sum(pairs, ([{ endings }]) => endings.accepted + endings.countered + endings.rejected);
  const unanswered = sum(pairs, ([{ endings }]) => endings.unanswered);
  const counted = Object.fromEntries(
    effects.map((effect) => [effect, sum(pairs, ([, tally]) => tally.effects[effect])]),
  ) as Record<Effect, number>;
  const lost = (ending: keyof Effects['cancelled']): number =>
    sum(pairs, ([, { cancelled }]) => cancelled[ending]);
  const [accepted, countered, rejected, amended] = [
    lost('accepted'),
    lost('countered'),
    lost('rejected'),
    lost('amended'),
  ];
  const most = unanswered + counted.cancelled;
  const least = unanswered - counted['more-time'];
  return {
    role,
    tier,
    proposals,
    answered,
    unanswered,
    unansweredShare: wilson(unanswered, proposals),
    effects: counted,
    cancelled: { atLeast: 0, atMost: counted.cancelled, accepted, countered, rejected, amended },
    cancelledShare: wilson(accepted + countered + rejected, answered),
    saved: { atLeast: 0, atMost: counted['more-time'], ...estimateOf(pairs) },
    unansweredThen: { low: wilson(least, proposals).low, high: wilson(most, proposals).high },
    medianWindowMs: merged(pairs.map(([, { windows }]) => windows)).quantile(0.5),
    recordedMedianWindowMs: merged(pairs.map(([{ windows }]) => windows)).quantile(0.5),
    medianAddedMs: merged(pairs.map(([, { added }]) => added)).quantile(0.5),
  };
};

/** By those of the same role and tier who had that long to answer. */
const estimateOf = (pairs: readonly Pair[]): Likelihood => {
  const total = { estimate: 0, low: 0, high: 0 };
  for (const [{ times, left }, { extended }] of pairs) {
    if (extended.size === 0) continue;
    const survival = survivalOf(times, left);
    for (const [pair, count] of extended) {
      const [from = 0, to = 0] = pair.split(' ').map(Number);
      const { estimate, low, high } = survival.answersBetween(from, to);
      total.estimate += count * estimate;
      total.low += count * low;
      total.high += count * high;
    }
  }
  return total;
};
