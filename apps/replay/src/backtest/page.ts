import { bars } from '../charts/bars.ts';
import { pageOf, type Figure } from '../charts/page.ts';
import { ranges } from '../charts/ranges.ts';
import { linear, ticks } from '../charts/svg.ts';
import { tierName } from '../statistics/tables.ts';
import { count, duration, percent } from '../text-table.ts';
import { reading, sideBySide, tierHead, tierRows } from './lines.ts';
import type { BacktestSummary, PolicySummary, SummaryRow } from './summary.ts';

const roleNames = {
  coach: 'Coaches had to answer',
  client: 'Clients had to answer',
  all: 'Everybody',
} as const;

/** The page of `replay backtest --html`: one HTML document, complete in itself. */
export const backtestPage = (summary: BacktestSummary): string => {
  const { events, from, to, recordedBy, policies } = summary;
  return pageOf({
    title: `Under other cut-offs: ${policies.map(({ policyId }) => policyId).join(', ')}`,
    introduction: [
      `From ${count(events)} events${from === undefined || to === undefined ? '' : `, ${from.slice(0, 10)} to ${to.slice(0, 10)}`}. The deadlines were recorded under ${Object.entries(
        recordedBy,
      )
        .map(([id, times]) => `${id} (${count(times)})`)
        .join(', ')}.`,
      ...policies
        .filter(({ contradicted }) => contradicted > 0)
        .map(
          ({ policyId, contradicted }) =>
            `Careful: ${count(contradicted)} deadlines were recorded under the id ${policyId} and are not what this document says.`,
        ),
    ],
    numbers: [],
    figures: [
      sideBySideFigure(policies),
      ...policies
        .filter(({ changesNothing }) => !changesNothing)
        .flatMap((policy) => [lostFigure(policy), windowsFigure(policy)]),
    ],
    notes: [reading.join(' ')],
  });
};

/** From the least to the most that may have gone unanswered. */
const sideBySideFigure = (policies: readonly PolicySummary[]): Figure => {
  const [first] = policies;
  const total = first?.total;
  const rows = [
    ...(total
      ? [
          {
            label: 'as it was',
            colour: 'mute',
            middle: total.unansweredShare.share,
            outer: [total.unansweredShare.low, total.unansweredShare.high] as const,
            heading: 'Of all proposals',
          },
        ]
      : []),
    ...policies.map(({ policyId, total: row }) => ({
      label: policyId,
      colour: 'bad',
      middle: undefined,
      outer: [row.unansweredThen.low, row.unansweredThen.high] as const,
    })),
  ];
  const marks = ticks(Math.max(0.01, ...rows.map(({ outer }) => outer[1])) * 100, 5);
  const worst = policies.toSorted((a, b) => b.total.cancelled.atMost - a.total.cancelled.atMost)[0];
  return {
    id: 'side-by-side',
    title:
      !worst || worst.total.cancelled.atMost === 0
        ? 'No proposal that was answered in time would have been cancelled'
        : `Under ${worst.policyId}, up to ${count(worst.total.cancelled.atMost)} proposals that were answered in time would have been cancelled`,
    about:
      'Share of the proposals that are cancelled for want of an answer. The lines under other policies reach from the least to the most that it may have been: nobody knows what people would have done.',
    legend: [
      ['mute', 'as it was, with its interval of 95 %'],
      ['bad', 'between these, under another policy'],
    ],
    draw: ranges(
      rows.map(({ label, colour, middle, outer, ...rest }) => ({
        label,
        value: middle === undefined ? `${percent(outer[0])} to ${percent(outer[1])}` : percent(middle),
        marks: [{ colour, middle, inner: outer, outer }],
        ...rest,
      })),
      {
        scale: (left, right) => linear((marks.at(-1) ?? 1) / 100, left, right),
        ticks: marks.map((mark) => ({ at: mark / 100, label: `${mark} %` })),
      },
    ),
    table: {
      caption: 'the policies side by side',
      head: ['figure', 'as it was', ...policies.map(({ policyId }) => policyId)],
      rows: sideBySide(policies),
    },
  };
};

const lostFigure = (policy: PolicySummary): Figure => {
  const { policyId, byRoleAndTier } = policy;
  return {
    id: `lost-${idOf(policyId)}`,
    title: lostTitle(policy),
    about:
      'Proposals by who had to answer and their lead: at most so many would have been cancelled although they were answered or amended in time, and at most so many of the unanswered ones could have been saved.',
    legend: [
      ['good', 'had been accepted'],
      ['other', 'met with another slot, rejected or amended'],
      ['client', 'unanswered, could have been saved'],
    ],
    draw: bars(
      byRoleAndTier.flatMap((row, index) => [
        {
          label: tierName(row.tier),
          parts: [row.cancelled.accepted, row.cancelled.atMost - row.cancelled.accepted, row.saved.atMost],
          value: lostValue(row),
          ...(isFirstOfRole(byRoleAndTier, index) && { heading: roleNames[row.role] }),
        },
      ]),
      ['good', 'other', 'client'],
    ),
    table: { caption: `${policyId} by role and lead`, head: tierHead, rows: tierRows(policy) },
  };
};

const lostTitle = ({ policyId, total }: PolicySummary): string => {
  const { cancelledShare, cancelled, saved } = total;
  const parts = [
    ...(cancelledShare.count > 0
      ? [`${percent(cancelledShare.share)} of the answers came after its deadline`]
      : []),
    ...(cancelledShare.count === 0 && cancelled.atMost > 0
      ? [`${count(cancelled.atMost)} amendments came after its deadline`]
      : []),
    ...(saved.atMost > 0
      ? [
          `with more time, about ${count(Math.round(saved.estimate))} of ${count(saved.atMost)} unanswered proposals might have been answered`,
        ]
      : []),
  ];
  return `${policyId}: ${parts.length === 0 ? 'other deadlines, and nobody would have noticed' : parts.join('; ')}`;
};

const lostValue = ({ cancelled, saved }: SummaryRow): string => {
  const parts = [
    ...(cancelled.atMost > 0 ? [`${count(cancelled.atMost)} cancelled`] : []),
    ...(saved.atMost > 0 ? [`${count(saved.atMost)} saved`] : []),
  ];
  return parts.length === 0 ? '0' : `up to ${parts.join(', ')}`;
};

const windowsFigure = ({ policyId, byRoleAndTier, total }: PolicySummary): Figure => {
  const hours = (ms: number): number => (Number.isNaN(ms) ? 0 : ms / 3_600_000);
  return {
    id: `windows-${idOf(policyId)}`,
    title: `${policyId}: half of the proposals leave ${duration(total.medianWindowMs)} or less to answer, instead of ${duration(total.recordedMedianWindowMs)}`,
    about: 'Median of the time to answer in, in hours.',
    legend: [
      ['mute', 'as it was'],
      ['client', policyId],
    ],
    draw: bars(
      byRoleAndTier.flatMap((row, index) => [
        {
          label: tierName(row.tier),
          parts: [hours(row.recordedMedianWindowMs), 0],
          value: duration(row.recordedMedianWindowMs),
          ...(isFirstOfRole(byRoleAndTier, index) && { heading: roleNames[row.role] }),
        },
        { label: '', parts: [0, hours(row.medianWindowMs)], value: duration(row.medianWindowMs) },
      ]),
      ['mute', 'client'],
    ),
    table: {
      caption: `${policyId}: median time to answer in`,
      head: ['awaited', 'lead', 'as it was', policyId],
      rows: byRoleAndTier.map((row) => [
        row.role,
        tierName(row.tier),
        duration(row.recordedMedianWindowMs),
        duration(row.medianWindowMs),
      ]),
    },
  };
};

const isFirstOfRole = (rows: readonly SummaryRow[], index: number): boolean =>
  rows[index]?.role !== rows[index - 1]?.role;

/** Policy ids may have dots. */
const idOf = (policyId: string): string => policyId.replaceAll('.', '-');
