import type { Table } from '../charts/page.ts';
import { count, duration, minute, percent, type Cell } from '../text-table.ts';
import { firstAnswers, results, type FirstAnswer, type Result } from './collect.ts';
import { lastRound, type DurationClass, type Quantiles, type Statistics } from './statistics.ts';

/** What first answers are called. */
export const firstAnswerNames: Readonly<Record<FirstAnswer, string>> = {
  accepted: 'accepted as asked',
  countered: 'met with another slot',
  rejected: 'rejected',
  withdrawn: 'withdrawn before an answer',
  unanswered: 'never answered',
  open: 'still open',
};

/** What results are called. */
export const resultNames: Readonly<Record<Result, string>> = {
  agreed: 'agreed',
  rejected: 'rejected',
  withdrawn: 'withdrawn',
  unanswered: 'cancelled unanswered',
  open: 'still open',
};

/** What lead tiers are called: `24-48h` becomes `24 to 48 h`. */
export const tierName = (tier: string): string => {
  if (tier === 'all' || tier === 'other') return tier === 'all' ? 'any lead' : 'another lead';
  const [, from = '', to] = /^([\d.]+)(?:-([\d.]+))?h/.exec(tier) ?? [];
  if (to === undefined)
    return Number(from) % 24 === 0 ? `${Number(from) / 24} days and more` : `${from} h and more`;
  return Number(from) === 0 ? `less than ${to} h` : `${from} to ${to} h`;
};

/** The days of the week, Monday first. */
export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Every table by the id of its chart: what a terminal shows, and what stands behind the charts. */
export const tablesOf = (statistics: Statistics) => {
  const {
    requests,
    requestsPerWeek,
    firstAnswer,
    result,
    calledOff,
    changes,
    timeToAnswer,
    roundsToAgreement,
  } = statistics;
  const { automaticCancellations, deadlineHours, timeZone } = statistics;
  const asked = requests.client + requests.coach;
  const byRequester = (name: string, counts: { client: number; coach: number }): Cell[] => {
    const both = counts.client + counts.coach;
    return [name, both, share(both, asked), counts.client, counts.coach];
  };
  const changed = Object.values(changes).reduce((sum, each) => sum + each, 0);
  const agreements = roundsToAgreement.reduce((sum, each) => sum + each.count, 0);
  return {
    weeks: table(
      'requests per week',
      ['week from', 'requests', 'by clients', 'by coaches'],
      requestsPerWeek.map(({ week, client, coach }) => [week, client + coach, client, coach]),
    ),
    funnel: table(
      'what became of requests',
      ['what became', 'requests', 'share', 'by clients', 'by coaches'],
      [
        byRequester('asked', requests),
        ...firstAnswers.map((name) =>
          byRequester(`first: ${firstAnswerNames[name]}`, {
            client: firstAnswer.client[name],
            coach: firstAnswer.coach[name],
          }),
        ),
        ...results.map((name) =>
          byRequester(`in the end: ${resultNames[name]}`, {
            client: result.client[name],
            coach: result.coach[name],
          }),
        ),
        byRequester('agreed, then called off', calledOff),
      ],
    ),
    changes: table(
      'changes to agreed sessions',
      ['what became', 'changes', 'share'],
      Object.entries(changes).map(([name, each]) => [name, each, share(each, changed)]),
    ),
    answers: table(
      'time to answer',
      [
        'awaited',
        'lead',
        'proposals',
        'answered',
        'a quarter within',
        'half within',
        'three quarters within',
        '90 % within',
        'unanswered',
        'share (95 %)',
      ],
      timeToAnswer.map((row) => [
        row.role,
        tierName(row.tier),
        row.proposals,
        row.answered,
        time(row.p25),
        time(row.p50),
        time(row.p75),
        time(row.p90),
        row.unanswered,
        interval(row.unansweredShare),
      ]),
    ),
    distribution: table(
      'answers by how long they took',
      ['awaited', 'lead', ...classNames(timeToAnswer[0]?.classes ?? [])],
      timeToAnswer.map((row) => [row.role, tierName(row.tier), ...row.classes.map((each) => each.count)]),
    ),
    rounds: table(
      'rounds to agreement',
      ['rounds', 'agreements', 'share'],
      roundsToAgreement.map((row) => [roundName(row.rounds), row.count, share(row.count, agreements)]),
    ),
    automatic: table(
      'automatic cancellations',
      ['figure', 'value'],
      [
        ['proposals', automaticCancellations.share.of],
        ['cancelled unanswered', automaticCancellations.share.count],
        ['share (95 %)', interval(automaticCancellations.share)],
        ...quantileRows('recorded after the deadline, ', automaticCancellations.lateness),
      ],
    ),
    lateness: table(
      'how late automatic cancellations were recorded',
      ['after the deadline', 'cancellations', 'share'],
      automaticCancellations.classes.map((each, index) => [
        classNames(automaticCancellations.classes)[index],
        each.count,
        share(each.count, automaticCancellations.share.count),
      ]),
    ),
    deadlines: table(
      `hours at which deadlines fall (${timeZone})`,
      ['day', ...Array.from({ length: 24 }, (_, hour) => String(hour))],
      deadlineHours.map((hours, day) => [weekdays[day], ...hours]),
    ),
  } satisfies Record<string, Table>;
};

const table = (caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Table => ({
  caption,
  head,
  rows,
});

const share = (part: number, of: number): string => (of === 0 ? '–' : percent(part / of));

/** A duration that may not be known. */
export const time = (ms: number | null): string => (ms === null ? '–' : duration(ms));

const interval = ({ share: middle, low, high, of }: Statistics['automaticCancellations']['share']): string =>
  of === 0 ? '–' : `${percent(middle)} (${percent(low)}–${percent(high)})`;

const quantileRows = (prefix: string, { p50, p90, maximum }: Quantiles): Cell[][] => [
  [`${prefix}half within`, time(p50)],
  [`${prefix}90 % within`, time(p90)],
  [`${prefix}all within`, time(maximum)],
];

/** `2`, and for the last one `6 or more`. */
export const roundName = (rounds: number): string =>
  rounds === lastRound ? `${rounds} or more` : String(rounds);

/** What classes of durations are called: `under 1 h`, `1 h to 4 h`, `10 min and more`. */
export const classNames = (classes: readonly DurationClass[]): string[] =>
  classes.map(({ belowMs }, index) => {
    const from = classes[index - 1]?.belowMs;
    if (belowMs === null) return `${duration(from ?? 0)} and more`;
    return from === undefined || from === null
      ? `under ${duration(belowMs)}`
      : `${duration(from)} to ${duration(belowMs)}`;
  });

/** One line on where the figures come from. */
export const sourceLine = ({ events, incomplete, from, to }: Statistics): string =>
  `${count(events)} events${from === null ? '' : `, ${minute(from)} to ${minute(to ?? from)} UTC`}` +
  (incomplete === 0
    ? ''
    : `; ${count(incomplete)} about requests of which the beginning is missing are left out`);
