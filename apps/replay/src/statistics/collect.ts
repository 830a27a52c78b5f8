import type { RecordedEvent } from '@hse/event-sourcing';
import type { ExpiryPolicy, Role, SessionRequestEvent } from '@hse/session-requests';
import { endingOf, type Ending } from '../rows/columns.ts';
import { createEntries, type ProposalFacts } from '../rows/entries.ts';
import { leadTierOf, leadTiersOf } from '../rows/lead-tier.ts';
import { LogHistogram } from './log-histogram.ts';
import { createWeekTimes } from './zone.ts';

/** What was the first answer to a request, or what came instead. */
export const firstAnswers = ['accepted', 'countered', 'rejected', 'withdrawn', 'unanswered', 'open'] as const;
export type FirstAnswer = (typeof firstAnswers)[number];

/** What became of a request in the end. */
export const results = ['agreed', 'rejected', 'withdrawn', 'unanswered', 'open'] as const;
export type Result = (typeof results)[number];

export const roles = ['coach', 'client'] as const satisfies readonly Role[];

/** Upper bounds (exclusive) of how long answers took, in hours; what takes longer is in the last class. */
export const answerHours = [1, 4, 12, 24, 48, 96, 168] as const;

/** Upper bounds (exclusive) of how late automatic cancellations were recorded, in milliseconds; the rest is in the last class. */
export const latenessMs = [100, 1_000, 10_000, 60_000, 600_000] as const;

/** Rounds from this one on are counted together. */
export const mostRounds = 6;

/** Of proposals that one role had to answer, made with a lead of one tier. */
export interface AnswerTimes {
  readonly role: Role;
  readonly tier: string;
  proposals: number;
  unanswered: number;
  /** From the proposal to the answer; of those that were accepted, rejected, or met with another slot. */
  readonly times: LogHistogram;
  /** How many took less than each of {@link answerHours} (and not less than the one before), then how many took longer. */
  readonly classes: number[];
}

/** What a history comes to. Bounded: nothing but the list of weeks grows with it. */
export interface Collected {
  events: number;
  incomplete: number;
  from: string | undefined;
  to: string | undefined;
  readonly timeZone: string;
  /** By the Monday of the week in which they were made. */
  readonly weeks: Map<string, Record<Role, number>>;
  readonly asked: Record<Role, number>;
  /** By who asked. */
  readonly firstAnswer: Record<Role, Record<FirstAnswer, number>>;
  readonly result: Record<Role, Record<Result, number>>;
  /** Agreed sessions that one side called off. */
  readonly calledOff: Record<Role, number>;
  /** What became of proposals to change an agreed slot. */
  readonly changes: Record<Ending | 'open', number>;
  readonly answerTimes: readonly AnswerTimes[];
  /** How many agreements took one round, two, …; the last is {@link mostRounds} and more. */
  readonly rounds: number[];
  /** From the deadline to when its cancellation was recorded. */
  readonly lateness: LogHistogram;
  readonly latenessClasses: number[];
  /** How many deadlines fall into each hour of the week, Monday 0:00 first. */
  readonly deadlineHours: number[];
}

export interface CollectOptions {
  /** Names the tiers of leads. */
  readonly tiersOf: ExpiryPolicy;
  /** IANA name. Default UTC: where people live is not in the log. */
  readonly timeZone?: string;
}

const byRole = <T>(of: () => T): Record<Role, T> => ({ coach: of(), client: of() });

const zeros = <K extends string>(names: readonly K[]): Record<K, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;

const endingsAndOpen = [
  'accepted',
  'rejected',
  'countered',
  'amended',
  'withdrawn',
  'called-off',
  'unanswered',
  'open',
] as const;

/** The lead of no rule of the policy that names the tiers. */
export const otherTier = 'other';

/**
 * Takes a history together, event by event, in bounded memory: counts, and histograms that are off by less than 0.8 % of a duration.
 * Remembers what is on the table and, as {@link createEntries} does, the requests to which something can still happen.
 * @throws RangeError for a time zone that is not known.
 */
export const createCollector = ({ tiersOf, timeZone = 'UTC' }: CollectOptions) => {
  const weekTime = createWeekTimes(timeZone);
  const tiers = [...leadTiersOf(tiersOf), otherTier];
  const collected: Collected = {
    events: 0,
    incomplete: 0,
    from: undefined,
    to: undefined,
    timeZone,
    weeks: new Map(),
    asked: zeros(roles),
    firstAnswer: byRole(() => zeros(firstAnswers)),
    result: byRole(() => zeros(results)),
    calledOff: zeros(roles),
    changes: zeros(endingsAndOpen),
    answerTimes: roles.flatMap((role) =>
      tiers.map((tier) => ({
        role,
        tier,
        proposals: 0,
        unanswered: 0,
        times: new LogHistogram(),
        classes: Array.from({ length: answerHours.length + 1 }, () => 0),
      })),
    ),
    rounds: Array.from({ length: mostRounds }, () => 0),
    lateness: new LogHistogram(),
    latenessClasses: Array.from({ length: latenessMs.length + 1 }, () => 0),
    deadlineHours: Array.from({ length: 7 * 24 }, () => 0),
  };
  const entries = createEntries(new Map());
  /** By stream: what is on the table of requests that are not agreed, and whether they have had a first answer. */
  const asking = new Map<string, { readonly by: Role; answered: boolean }>();

  const made = ({ awaiting: role, leadMs, respondByMs }: ProposalFacts): void => {
    const tier = leadTierOf(tiersOf, leadMs) ?? otherTier;
    const cell = collected.answerTimes[roles.indexOf(role) * tiers.length + tiers.indexOf(tier)];
    if (cell) cell.proposals += 1;
    const { weekday, hour } = weekTime(respondByMs);
    bump(collected.deadlineHours, weekday * 24 + hour);
  };

  const ended = (proposal: ProposalFacts, ending: Ending, endedMs: number): void => {
    const { awaiting: role, leadMs, proposedMs, respondByMs, isChange } = proposal;
    const tier = leadTierOf(tiersOf, leadMs) ?? otherTier;
    const cell = collected.answerTimes[roles.indexOf(role) * tiers.length + tiers.indexOf(tier)];
    if (isChange) {
      collected.changes[ending] += 1;
      collected.changes.open -= 1;
    }
    if (ending === 'unanswered') {
      if (cell) cell.unanswered += 1;
      const lateMs = endedMs - respondByMs;
      collected.lateness.add(Math.max(0, lateMs));
      bump(collected.latenessClasses, classOf(latenessMs, lateMs));
    } else if (cell && (ending === 'accepted' || ending === 'rejected' || ending === 'countered')) {
      const tookMs = endedMs - proposedMs;
      cell.times.add(Math.max(0, tookMs));
      bump(cell.classes, classOf(answerHours, tookMs / 3_600_000));
    }
  };

  /** What an ending means for a request that is not agreed. */
  const answered = (stream: string, { round }: ProposalFacts, ending: Ending): void => {
    const request = asking.get(stream);
    if (!request) return;
    if (!request.answered && ending !== 'amended' && ending !== 'called-off') {
      request.answered = true;
      move(collected.firstAnswer[request.by], 'open', ending);
    }
    if (ending === 'countered' || ending === 'amended' || ending === 'called-off') return;
    move(collected.result[request.by], 'open', ending === 'accepted' ? 'agreed' : ending);
    if (ending === 'accepted') bump(collected.rounds, Math.min(round, mostRounds) - 1);
    asking.delete(stream);
  };

  return {
    /** Events have to come in the order of the log, from the first on. */
    next(event: RecordedEvent<SessionRequestEvent>): void {
      const entry = entries.next(event);
      const { stream, data, metadata } = event;
      collected.events += 1;
      collected.from ??= metadata.recordedAt;
      collected.to = metadata.recordedAt;
      if (!entry.after) {
        collected.incomplete += 1;
        return;
      }
      if (event.type === 'SessionRequested') {
        const by = event.data.requestedBy;
        const { week } = weekTime(entry.recordedMs);
        const inWeek = collected.weeks.get(week) ?? zeros(roles);
        inWeek[by] += 1;
        collected.weeks.set(week, inWeek);
        collected.asked[by] += 1;
        collected.firstAnswer[by].open += 1;
        collected.result[by].open += 1;
        asking.set(stream, { by, answered: false });
      }
      const ending = endingOf(entry);
      if (entry.ended && ending) {
        ended(entry.ended, ending, entry.recordedMs);
        if (!entry.ended.isChange) answered(stream, entry.ended, ending);
      }
      if (entry.made) {
        made(entry.made);
        if (entry.made.isChange) collected.changes.open += 1;
      }
      if (event.type === 'SessionCancelled' && 'cause' in data && data.cause === 'called-off')
        collected.calledOff[entry.after.requestedBy] += 1;
    },
    /** Everything so far. */
    collected,
  };
};

/** Counts one more in its place. */
const bump = (counts: number[], index: number): void => {
  counts[index] = (counts[index] ?? 0) + 1;
};

const classOf = (bounds: readonly number[], value: number): number => {
  const index = bounds.findIndex((bound) => value < bound);
  return index < 0 ? bounds.length : index;
};

const move = <K extends string>(counts: Record<K, number>, from: K, to: K): void => {
  counts[from] -= 1;
  counts[to] += 1;
};
