/** A share with its Wilson score interval. All from 0 to 1; NaN where there was nothing to take a share of. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Of the normal distribution, for 95 %. */
const z = 1.959963984540054;

/**
 * A share and its Wilson score interval at 95 % (E. B. Wilson, 1927): how precisely so many cases tell the share in the long run, were
 * they drawn independently. It says nothing about what people would have done otherwise.
 */
export const wilson = (count: number, of: number): Share => {
  if (of === 0) return { count, of, share: NaN, low: NaN, high: NaN };
  const share = count / of;
  const shrink = 1 + z ** 2 / of;
  const middle = (share + z ** 2 / (2 * of)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return {
    count,
    of,
    share,
    low: count === 0 ? 0 : middle - half,
    high: count === of ? 1 : middle + half,
  };
};
