/** A cell of a table for people: text, or a number, which is aligned to the right. */
export type Cell = string | number | undefined;

/** Lines of a table with aligned columns; an undefined cell is left empty. Columns of which all cells are numbers or empty are aligned right. */
export const textTable = (head: readonly string[], rows: readonly (readonly Cell[])[]): string[] => {
  const text = rows.map((row) => head.map((_, column) => shown(row[column])));
  const isRight = head.map((_, column) =>
    rows.every((row) => typeof row[column] !== 'string' || isFigure(row[column])),
  );
  const widths = head.map((name, column) =>
    Math.max(name.length, ...text.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        isRight[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...text.map(line)];
};

/** `12`, `3 d 5 h`, `1.5 % (1.2 %–1.9 %)`, `–`; neither a day nor the name of somebody. */
const isFigure = (text: string): boolean => text === '' || /^(?:–|−?\d[\d,.]*(?: |$))/.test(text);

const shown = (cell: Cell): string =>
  cell === undefined ? '' : typeof cell === 'number' ? count(cell) : cell;

/** A whole number with its thousands apart. */
export const count = (value: number): string => value.toLocaleString('en');

/** A share (0 to 1) in percent; exact ends keep their meaning: what is shown as 0 % or 100 % is exactly that. */
export const percent = (share: number): string => {
  if (!Number.isFinite(share)) return '–';
  if (share === 0 || share === 1) return `${share * 100} %`;
  return `${Math.min(99.9, Math.max(0.1, share * 100)).toFixed(1)} %`;
};

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A duration in its two greatest units: `2 d 5 h`, `3 min 20 s`, `45 ms`. */
export const duration = (ms: number): string => {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 0) return `−${duration(-ms)}`;
  const [index, [unit, size]] = [...units.entries()].find(([, [, each]]) => ms >= each) ?? [-1, ['ms', 1]];
  if (index < 0) return `${Math.round(ms)} ms`;
  const whole = Math.floor(ms / size);
  const next = units[index + 1];
  if (!next) return ms < 10_000 ? `${Number((ms / 1_000).toFixed(1))} s` : `${whole} s`;
  const rest = Math.round((ms - whole * size) / next[1]);
  return rest * next[1] >= size
    ? `${whole + 1} ${unit}`
    : rest > 0
      ? `${whole} ${unit} ${rest} ${next[0]}`
      : `${whole} ${unit}`;
};

/** An instant to the minute, for people. */
export const minute = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 16)}`;
