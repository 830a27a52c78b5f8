import type { Role } from '@hse/session-requests';
import type { Ending } from '../rows/columns.ts';
import {
  answerHours,
  latenessMs,
  mostRounds,
  roles,
  type Collected,
  type FirstAnswer,
  type Result,
} from './collect.ts';
import { LogHistogram } from './log-histogram.ts';
import { wilson, type Share } from './wilson.ts';

/** Durations in milliseconds: what a tenth, a quarter, a half … of them do not exceed. Null where there are none. */
export interface Quantiles {
  readonly p10: number | null;
  readonly p25: number | null;
  readonly p50: number | null;
  readonly p75: number | null;
  readonly p90: number | null;
  readonly maximum: number | null;
}

/** How many durations lie below a bound, and not below the one before. */
export interface DurationClass {
  /** Exclusive, in milliseconds; null for what lies beyond the last one. */
  readonly belowMs: number | null;
  readonly count: number;
}

export interface TimeToAnswer extends Quantiles {
  readonly role: Role;
  /** The row of the policy that the lead falls into, or `all`. */
  readonly tier: string;
  readonly proposals: number;
  /** Accepted, rejected, or met with another slot. */
  readonly answered: number;
  readonly unanswered: number;
  readonly unansweredShare: Share;
  readonly classes: readonly DurationClass[];
}

/** What `replay stats` tells and `replay report` shows. */
export interface Statistics {
  readonly events: number;
  /** Events about requests of which the beginning is missing; they count nowhere else. */
  readonly incomplete: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly timeZone: string;
  readonly requests: Readonly<Record<Role, number>>;
  readonly requestsPerWeek: readonly ({ readonly week: string } & Readonly<Record<Role, number>>)[];
  readonly firstAnswer: Readonly<Record<Role, Readonly<Record<FirstAnswer, number>>>>;
  readonly result: Readonly<Record<Role, Readonly<Record<Result, number>>>>;
  /** Agreed sessions that were called off, by who had asked. */
  readonly calledOff: Readonly<Record<Role, number>>;
  readonly changes: Readonly<Record<Ending | 'open', number>>;
  readonly timeToAnswerOfAll: Quantiles;
  readonly timeToAnswer: readonly TimeToAnswer[];
  /** Of the agreements; the last row is that many rounds and more. */
  readonly roundsToAgreement: readonly { readonly rounds: number; readonly count: number }[];
  readonly automaticCancellations: {
    /** Of all proposals. */
    readonly share: Share;
    readonly lateness: Quantiles;
    readonly classes: readonly DurationClass[];
  };
  /** Monday to Sunday, each with 24 hours. */
  readonly deadlineHours: readonly (readonly number[])[];
}

/** The figures of what was collected. Quantiles are off by less than 0.8 % of a duration; everything else is exact. */
export const statisticsOf = (collected: Collected): Statistics => {
  const cells = collected.answerTimes;
  const rows = roles.flatMap((role) => {
    const mine = cells.filter((cell) => cell.role === role && cell.proposals > 0);
    const times = new LogHistogram();
    for (const cell of mine) times.merge(cell.times);
    const sum = (of: (cell: (typeof mine)[number]) => number): number =>
      mine.reduce((total, cell) => total + of(cell), 0);
    const all = {
      role,
      tier: 'all',
      proposals: sum(({ proposals }) => proposals),
      unanswered: sum(({ unanswered }) => unanswered),
      times,
      classes: Array.from({ length: answerHours.length + 1 }, (_, index) =>
        sum(({ classes }) => classes[index] ?? 0),
      ),
    };
    return mine.length === 0 ? [] : [...mine, all].map(timeToAnswer);
  });
  const times = new LogHistogram();
  for (const cell of cells) times.merge(cell.times);
  const proposals = cells.reduce((sum, cell) => sum + cell.proposals, 0);
  const unanswered = cells.reduce((sum, cell) => sum + cell.unanswered, 0);
  return {
    events: collected.events,
    incomplete: collected.incomplete,
    from: collected.from ?? null,
    to: collected.to ?? null,
    timeZone: collected.timeZone,
    requests: collected.asked,
    requestsPerWeek: everyWeek(collected.weeks),
    firstAnswer: collected.firstAnswer,
    result: collected.result,
    calledOff: collected.calledOff,
    changes: collected.changes,
    timeToAnswerOfAll: quantiles(times),
    timeToAnswer: rows,
    roundsToAgreement: collected.rounds.map((count, index) => ({ rounds: index + 1, count })),
    automaticCancellations: {
      share: wilson(unanswered, proposals),
      lateness: quantiles(collected.lateness),
      classes: classes(latenessMs, collected.latenessClasses),
    },
    deadlineHours: Array.from({ length: 7 }, (_, day) =>
      collected.deadlineHours.slice(day * 24, day * 24 + 24),
    ),
  };
};

/** What the last row of rounds to agreement stands for. */
export const lastRound = mostRounds;

const timeToAnswer = ({
  role,
  tier,
  proposals,
  unanswered,
  times,
  classes: counts,
}: Collected['answerTimes'][number]): TimeToAnswer => ({
  role,
  tier,
  proposals,
  answered: times.count,
  unanswered,
  unansweredShare: wilson(unanswered, proposals),
  ...quantiles(times),
  classes: classes(
    answerHours.map((hours) => hours * 3_600_000),
    counts,
  ),
});

const quantiles = (histogram: LogHistogram): Quantiles => {
  const at = (share: number): number | null =>
    histogram.count === 0 ? null : Math.round(histogram.quantile(share));
  return {
    p10: at(0.1),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
    maximum: histogram.count === 0 ? null : histogram.maximum,
  };
};

const classes = (bounds: readonly number[], counts: readonly number[]): DurationClass[] =>
  counts.map((count, index) => ({ belowMs: bounds[index] ?? null, count }));

const weekMs = 7 * 86_400_000;

/** Weeks without a request are weeks, too. */
const everyWeek = (weeks: Collected['weeks']): Statistics['requestsPerWeek'] => {
  const known = [...weeks.keys()].toSorted();
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return [];
  const list = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += weekMs) {
    const week = new Date(at).toISOString().slice(0, 10);
    list.push({ week, ...(weeks.get(week) ?? { coach: 0, client: 0 }) });
  }
  return list;
};
