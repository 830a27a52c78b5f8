import { ratioText, type Figure } from './figures.ts';

const verdict = ({ met }: Figure): string => {
  if (met === undefined) return '';
  return met ? 'met' : 'not met';
};

const ratioOf = ({ ratio, ratios = [] }: Figure): string => {
  if (ratio === undefined) return '';
  if (ratios.length < 2) return ratioText(ratio);
  return `${ratioText(ratio)} (${ratioText(Math.min(...ratios))}–${ratioText(Math.max(...ratios))})`;
};

/** Prints a table for people, as Markdown. */
export const printFigures = (figures: readonly Figure[]): void => {
  const head = ['measure', 'figure', 'against, in the same run', 'ratio (of the rounds)', 'aim', ''];
  const rows = figures.map((figure) => [
    figure.measure,
    figure.figure,
    figure.against ?? '',
    ratioOf(figure),
    figure.aim ?? '',
    verdict(figure),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  console.log(line(head));
  console.log(line(widths.map((width) => '-'.repeat(width))));
  for (const row of rows) console.log(line(row));
};
