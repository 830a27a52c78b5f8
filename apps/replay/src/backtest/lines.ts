import { count, duration, percent, textTable, type Cell } from '../text-table.ts';
import type { BacktestSummary, PolicySummary, SummaryRow } from './summary.ts';

/** What a backtest says, for a terminal. */
export const backtestLines = (summary: BacktestSummary): string[] => {
  const { events, from, to, incomplete, recordedBy, policies } = summary;
  return [
    `${count(events)} events${from === undefined ? '' : `, ${from} to ${to}`}`,
    `Deadlines were recorded under: ${
      Object.entries(recordedBy)
        .map(([id, times]) => `${id} (${count(times)})`)
        .join(', ') || 'none'
    }`,
    ...(incomplete > 0
      ? [
          `${count(incomplete)} events are about requests of which the beginning is missing; they are left out.`,
        ]
      : []),
    ...policies.flatMap(contradiction),
    '',
    ...textTable(['figure', 'as it was', ...policies.map(({ policyId }) => policyId)], sideBySide(policies)),
    '',
    ...policies.flatMap((policy) => [
      `${policy.policyId}, by who had to answer and the lead of the proposal:`,
      '',
      ...byTier(policy),
      '',
    ]),
    'How to read this.',
    ...reading,
  ];
};

/** How the figures are to be read; part of everything that shows them. */
export const reading = [
  'Only deadlines are computed anew; everybody does what they did, when they did it. What they would have done under',
  'another deadline was never seen: "0 to 120" says that at most 120 would have been cancelled (if everybody had answered when they did)',
  'and perhaps none (had everybody answered after the same share of the time they had). Of those that went unanswered, with more time all',
  'or none might have been answered; "about" takes it that they would have gone on answering like those of the same role and lead who',
  'had that long (Kaplan and Meier; where nobody had, the interval is open to the top). Intervals are at 95 %, those of shares Wilson’s:',
  'they tell how precise a figure is with so many cases, nothing about what people would have done.',
  'Of each request only the first difference counts.',
];

const contradiction = ({ policyId, contradicted }: PolicySummary): string[] =>
  contradicted === 0
    ? []
    : [
        `Careful: ${count(contradicted)} deadlines were recorded under the id ${policyId} and are not what this document says.`,
      ];

const bounds = ({ atLeast, atMost }: { atLeast: number; atMost: number }): string =>
  atLeast === atMost ? count(atMost) : `${count(atLeast)} to ${count(atMost)}`;

/** A share with its interval. */
export const withInterval = ({ share, low, high }: SummaryRow['unansweredShare']): string =>
  Number.isNaN(share) ? '–' : `${percent(share)} (${percent(low)}–${percent(high)})`;

/** What could have been saved: bounds and estimate. */
export const savedText = ({ saved }: SummaryRow): string =>
  saved.atMost === 0
    ? '0'
    : `${bounds(saved)}, about ${count(Math.round(saved.estimate))} (${count(Math.round(saved.low))}–${count(Math.round(saved.high))})`;

/** The rows that compare policies: their name, as it was, and under each policy. */
export const sideBySide = (policies: readonly PolicySummary[]): Cell[][] => {
  const [first] = policies;
  if (!first) return [];
  const row = (name: string, was: Cell, of: (total: SummaryRow) => Cell): Cell[] => [
    name,
    was,
    ...policies.map(({ total }) => of(total)),
  ];
  const { total } = first;
  return [
    row('proposals', total.proposals, ({ effects }) =>
      effects.refused === 0 ? '' : `${count(effects.refused)} refused`,
    ),
    row('median time to answer in', duration(total.recordedMedianWindowMs), ({ medianWindowMs }) =>
      duration(medianWindowMs),
    ),
    row('the same deadline', '', ({ effects }) => effects.same),
    row('answered', total.answered, () => ''),
    row(
      '… after the other deadline',
      '',
      ({ cancelled }) => cancelled.accepted + cancelled.countered + cancelled.rejected,
    ),
    row('… of the answered', '', ({ cancelledShare }) => withInterval(cancelledShare)),
    row('would have been cancelled', '', ({ cancelled }) => bounds(cancelled)),
    row('… accepted', '', ({ cancelled }) => cancelled.accepted),
    row('… met with another slot', '', ({ cancelled }) => cancelled.countered),
    row('… rejected', '', ({ cancelled }) => cancelled.rejected),
    row('… amended by who proposed', '', ({ cancelled }) => cancelled.amended),
    row('cancelled unanswered', total.unanswered, () => ''),
    row(
      '… of all proposals',
      withInterval(total.unansweredShare),
      ({ unansweredThen: { low, high } }) => `${percent(low)} to ${percent(high)}`,
    ),
    row('could have been saved', '', savedText),
    row('would have been cancelled sooner', '', ({ effects }) => effects.sooner),
    row('open at the end, cancelled by then', '', ({ effects }) => effects['cancelled-open']),
    row('after an earlier difference', '', ({ effects }) => effects.aside),
  ];
};

/** The columns of {@link tierRows}. */
export const tierHead = [
  'awaited',
  'lead',
  'proposals',
  'time to answer, was',
  'then',
  'cancelled, at most',
  'of the answered',
  'unanswered',
  'saved',
];

/** The rows of one policy: by role, then by role and tier. */
export const tierRows = ({ total, byRole, byRoleAndTier }: PolicySummary): Cell[][] =>
  [...byRoleAndTier, ...byRole, total].map((row) => [
    row.role,
    row.tier,
    row.proposals,
    duration(row.recordedMedianWindowMs),
    duration(row.medianWindowMs),
    row.cancelled.atMost,
    withInterval(row.cancelledShare),
    row.unanswered,
    savedText(row),
  ]);

const byTier = (policy: PolicySummary): string[] =>
  policy.changesNothing ? ['Nothing would have been different.'] : textTable(tierHead, tierRows(policy));
