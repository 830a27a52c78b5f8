import { bars } from '../charts/bars.ts';
import { columns } from '../charts/columns.ts';
import { heatMap } from '../charts/heat-map.ts';
import { pageOf, type Figure } from '../charts/page.ts';
import { ranges } from '../charts/ranges.ts';
import { logarithmic } from '../charts/svg.ts';
import { count, duration, percent } from '../text-table.ts';
import { firstAnswers, results } from './collect.ts';
import type { Statistics } from './statistics.ts';
import {
  classNames,
  firstAnswerNames,
  resultNames,
  roundName,
  sourceLine,
  tablesOf,
  tierName,
  time,
  weekdays,
} from './tables.ts';

const HOUR = 3_600_000;
const requesters = [
  ['client', 'asked by clients'],
  ['coach', 'asked by coaches'],
] as const;
const colours = ['client', 'coach'];

/** The page of `replay report`: one HTML document, complete in itself. */
export const reportPage = (statistics: Statistics): string => {
  const { requests, result, automaticCancellations, timeToAnswerOfAll, from, to, timeZone } = statistics;
  const asked = requests.client + requests.coach;
  const agreed = result.client.agreed + result.coach.agreed;
  const span = from === null || to === null ? '' : `, ${day(from)} to ${day(to)}`;
  return pageOf({
    title: `Session requests${span}`,
    introduction: [`From ${sourceLine(statistics)}. Days and hours are those of ${timeZone}.`],
    numbers:
      asked === 0
        ? []
        : [
            { value: count(asked), meaning: 'requests' },
            { value: percent(agreed / asked), meaning: 'ended in an agreed session' },
            { value: time(timeToAnswerOfAll.p50), meaning: 'half of the answers came within' },
            {
              value: percent(automaticCancellations.share.share),
              meaning: 'of the proposals were cancelled unanswered',
            },
          ],
    figures:
      asked === 0
        ? []
        : [
            weeks(statistics),
            funnel(statistics),
            answers(statistics),
            distribution(statistics),
            rounds(statistics),
            lateness(statistics),
            deadlines(statistics),
          ],
    notes: [
      ...(asked === 0 ? ['There are no requests in this history.'] : []),
      'A proposal is a slot on the table: the one that was asked for, or one that somebody put in its place. Its lead is the time from then to its start; the classes of leads are the rows of the expiry policy.',
      'Times to answer are those of proposals that were accepted, rejected or met with another slot. What went unanswered has none, so slow groups answer even later than their median says where many do not answer at all.',
      'Intervals are Wilson’s at 95 %. Quantiles are read from histograms and are off by less than 0.8 % of their value; all counts are exact.',
    ],
  });
};

const day = (instant: string): string => instant.slice(0, 10);

const weeks = (statistics: Statistics): Figure => {
  const { requestsPerWeek, requests } = statistics;
  const all = requests.client + requests.coach;
  const busiest = requestsPerWeek.reduce(
    (best, week) => (week.client + week.coach > best.client + best.coach ? week : best),
    {
      week: '',
      client: 0,
      coach: 0,
    },
  );
  return {
    id: 'weeks',
    title: `Clients make ${percent(requests.client / all)} of the requests; the busiest week, from ${busiest.week}, had ${count(busiest.client + busiest.coach)}`,
    about: 'Requests per week, Monday to Sunday. The first and the last week may be incomplete.',
    legend: requesters,
    draw: columns(
      requestsPerWeek.map(({ week, client, coach }) => ({ label: week.slice(2), parts: [client, coach] })),
      colours,
    ),
    table: tablesOf(statistics).weeks,
  };
};

const funnel = (statistics: Statistics): Figure => {
  const { firstAnswer, result, requests } = statistics;
  const all = requests.client + requests.coach;
  const bar = (label: string, client: number, coach: number, heading?: string) => ({
    label,
    parts: [client, coach],
    value: `${percent((client + coach) / all)}, ${count(client + coach)}`,
    ...(heading !== undefined && { heading }),
  });
  const agreed = result.client.agreed + result.coach.agreed;
  const asIs = firstAnswer.client.accepted + firstAnswer.coach.accepted;
  const unanswered = result.client.unanswered + result.coach.unanswered;
  return {
    id: 'funnel',
    title: `${percent(agreed / all)} of the requests are agreed in the end, ${percent(asIs / all)} at once; ${percent(unanswered / all)} end for want of an answer`,
    about: 'What the other side answered first, and what became of the request in the end.',
    legend: requesters,
    draw: bars(
      [
        ...firstAnswers.map((name, index) =>
          bar(
            firstAnswerNames[name],
            firstAnswer.client[name],
            firstAnswer.coach[name],
            index === 0 ? 'The first answer' : undefined,
          ),
        ),
        ...results.map((name, index) =>
          bar(
            resultNames[name],
            result.client[name],
            result.coach[name],
            index === 0 ? 'In the end' : undefined,
          ),
        ),
      ],
      colours,
    ),
    table: tablesOf(statistics).funnel,
  };
};

const answers = (statistics: Statistics): Figure => {
  const { timeToAnswer } = statistics;
  const known = timeToAnswer.filter(({ answered }) => answered > 0);
  const [coach, client] = (['coach', 'client'] as const).map((role) =>
    known.find((row) => row.role === role && row.tier === 'all'),
  );
  const title =
    typeof coach?.p50 === 'number' && typeof client?.p50 === 'number'
      ? `Half of the answers of clients come within ${duration(client.p50)}, of coaches within ${duration(coach.p50)}`
      : `How long people take to answer`;
  const tiers = [...new Set(known.map(({ tier }) => tier))];
  return {
    id: 'answers',
    title,
    about:
      'From a proposal to its answer, by who had to answer and the lead of the proposal; the scale is logarithmic. Thin: from the fastest tenth to the slowest. Thick: the middle half. Dot: the median.',
    legend: [
      ['client', 'answered by clients'],
      ['coach', 'answered by coaches'],
    ],
    draw: ranges(
      tiers.map((tier) => {
        const rows = (['client', 'coach'] as const).flatMap((role) =>
          known.filter((row) => row.role === role && row.tier === tier),
        );
        return {
          label: tierName(tier),
          value: rows.map(({ p50 }) => time(p50)).join(' · '),
          marks: rows.map(({ role, p10, p25, p50, p75, p90 }) => ({
            colour: role,
            middle: p50 ?? 0,
            inner: [p25 ?? 0, p75 ?? 0] as const,
            outer: [p10 ?? 0, p90 ?? 0] as const,
          })),
        };
      }),
      durations(
        known.map(({ p10 }) => p10 ?? HOUR),
        known.map(({ p90 }) => p90 ?? HOUR),
      ),
    ),
    table: tablesOf(statistics).answers,
  };
};

const marks: readonly (readonly [number, string])[] = [
  [1_000, '1 s'],
  [10_000, '10 s'],
  [60_000, '1 min'],
  [600_000, '10 min'],
  [HOUR, '1 h'],
  [4 * HOUR, '4 h'],
  [12 * HOUR, '12 h'],
  [24 * HOUR, '1 d'],
  [48 * HOUR, '2 d'],
  [168 * HOUR, '7 d'],
  [720 * HOUR, '30 d'],
  [8_760 * HOUR, '1 y'],
];

/** A logarithmic axis of durations around these. */
const durations = (least: readonly number[], most: readonly number[]) => {
  const from = Math.max(1_000, Math.min(...least));
  const to = Math.max(from * 2, ...most);
  return {
    scale: (left: number, right: number) => logarithmic(from * 0.9, to * 1.1, left, right),
    ticks: marks.filter(([at]) => at >= from * 0.9 && at <= to * 1.1).map(([at, label]) => ({ at, label })),
  };
};

const distribution = (statistics: Statistics): Figure => {
  const all = statistics.timeToAnswer.filter(({ tier }) => tier === 'all');
  const names = classNames(all[0]?.classes ?? []);
  const of = (role: string, index: number): number =>
    all.find((row) => row.role === role)?.classes[index]?.count ?? 0;
  const total = all.reduce((sum, { answered }) => sum + answered, 0);
  const withinDay = names.reduce((sum, _, index) => {
    const below = all[0]?.classes[index]?.belowMs;
    return typeof below === 'number' && below <= 24 * HOUR
      ? sum + of('client', index) + of('coach', index)
      : sum;
  }, 0);
  return {
    id: 'distribution',
    title: `${total === 0 ? 'None' : percent(withinDay / total)} of the answers come within a day`,
    about: 'Answers by how long they took, whatever the lead.',
    legend: [
      ['client', 'answered by clients'],
      ['coach', 'answered by coaches'],
    ],
    draw: bars(
      names.map((label, index) => ({
        label,
        parts: [of('client', index), of('coach', index)],
        value: count(of('client', index) + of('coach', index)),
      })),
      colours,
    ),
    table: tablesOf(statistics).distribution,
  };
};

const rounds = (statistics: Statistics): Figure => {
  const { roundsToAgreement } = statistics;
  const all = roundsToAgreement.reduce((sum, each) => sum + each.count, 0);
  return {
    id: 'rounds',
    title:
      all === 0
        ? 'Nothing was agreed'
        : `${percent((roundsToAgreement[0]?.count ?? 0) / all)} of the agreements take one round`,
    about: 'Proposals until both sides said yes for the first time: 1 is the slot that was asked for.',
    draw: columns(
      roundsToAgreement.map((row) => ({ label: roundName(row.rounds), parts: [row.count] })),
      ['good'],
      { labelled: true },
    ),
    table: tablesOf(statistics).rounds,
  };
};

const lateness = (statistics: Statistics): Figure => {
  const { share, lateness: late, classes } = statistics.automaticCancellations;
  return {
    id: 'automatic',
    title:
      share.count === 0
        ? 'No proposal was cancelled unanswered'
        : `${percent(share.share)} of the proposals are cancelled unanswered; half of that is recorded within ${time(late.p50)} of the deadline`,
    about: `How long after the deadline automatic cancellations were recorded. The share is ${percent(share.low)} to ${percent(share.high)} at 95 %.`,
    draw: bars(
      classNames(classes).map((label, index) => ({
        label,
        parts: [classes[index]?.count ?? 0],
        value: count(classes[index]?.count ?? 0),
      })),
      ['bad'],
    ),
    table: tablesOf(statistics).lateness,
  };
};

const deadlines = (statistics: Statistics): Figure => {
  const { deadlineHours, timeZone } = statistics;
  const most = deadlineHours
    .flatMap((hours, weekday) => hours.map((value, hour) => ({ value, weekday, hour })))
    .reduce((best, each) => (each.value > best.value ? each : best), { value: 0, weekday: 0, hour: 0 });
  return {
    id: 'deadlines',
    title: `Most deadlines fall on ${weekdays[most.weekday]}s between ${most.hour} and ${most.hour + 1} o’clock ${timeZone}`,
    about: `Deadlines by weekday and hour, in ${timeZone}: the stronger the colour, the more; the strongest hour had ${count(most.value)}. Where people live is not in the log.`,
    draw: heatMap(
      deadlineHours.map((cells, index) => ({ label: weekdays[index] ?? '', cells })),
      (hour) => `${hour}:00`,
      6,
    ),
    table: tablesOf(statistics).deadlines,
  };
};
