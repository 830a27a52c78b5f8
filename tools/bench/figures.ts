/** One row of what the bench prints. Nothing is asserted: a figure says what was seen on this machine, in this run. */
export interface Figure {
  /** What was measured, with the sizes it was measured at. */
  readonly measure: string;
  /** What came out, with its unit. */
  readonly figure: string;
  /** What it is held against, measured in the same run: the peer's figure, or a limit. */
  readonly against?: string;
  /** The figure divided by the peer's: the median of the rounds, each round a pair of neighbours in time. */
  readonly ratio?: number;
  /** The ratios of the rounds. How far they lie apart says how far the median can be trusted. */
  readonly ratios?: readonly number[];
  /** What the project wants of it. Absent where the row is for information only. */
  readonly aim?: string;
  /** Absent where the row is for information only. */
  readonly met?: boolean;
}

/** What a part of the bench is told. */
export interface BenchOptions {
  /** The sizes that the aims are stated for, instead of those that are done in about five minutes. */
  readonly full: boolean;
  /** An empty directory on a real disk, for this part alone; removed afterwards. */
  readonly directory: string;
  /** Shows that something goes on, on a line of its own. */
  readonly progress: (text: string) => void;
}

export type BenchPart = (options: BenchOptions) => Promise<readonly Figure[]>;

/** The middle one; of an even number, the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
};

/** The smallest value that at least this share (0 to 1) of the values do not exceed. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
};

/** Thousands apart: `12 345`. */
export const count = (value: number): string =>
  Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');

/** Two significant digits, or two places after the point. */
export const ratioText = (ratio: number): string => (ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2));
