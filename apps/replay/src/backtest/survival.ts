import type { LogHistogram } from '../statistics/log-histogram.ts';

/** How likely something is, with an interval of 95 %. */
export interface Likelihood {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

const z = 1.959963984540054;

/**
 * The product-limit estimate of Kaplan and Meier (1958) over the buckets of histograms: which share has not answered after some time, where
 * some were not watched until they answered.
 *
 * `answered` are times to an answer; `left` the times after which others were no longer waiting for one: their deadline came, or the
 * proposal ended otherwise.
 */
export const survivalOf = (answered: LogHistogram, left: LogHistogram) => {
  const at = new Map<number, { answers: number; leaves: number }>();
  for (const [time, count] of answered.buckets()) at.set(time, { answers: count, leaves: 0 });
  for (const [time, count] of left.buckets())
    at.set(time, { answers: at.get(time)?.answers ?? 0, leaves: count });
  let waiting = answered.count + left.count;
  let share = 1;
  let variance = 0; // of the logarithm of the share, by Greenwood's formula
  const steps = [...at]
    .toSorted(([a], [b]) => a - b)
    .map(([time, { answers, leaves }]) => {
      share *= 1 - answers / waiting;
      variance += answers === waiting ? 0 : answers / (waiting * (waiting - answers));
      waiting -= answers + leaves;
      return { time, share, variance };
    });
  const last = steps.at(-1)?.time ?? 0;
  const until = (time: number): { share: number; variance: number } => {
    let [low, high] = [0, steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((steps[middle]?.time ?? Infinity) <= time) low = middle + 1;
      else high = middle;
    }
    return steps[low - 1] ?? { share: 1, variance: 0 };
  };

  return {
    /**
     * How likely who has not answered at `from` answers until `to`. Nobody was watched for longer than the longest time there is; what
     * would have come later is left out of the estimate, and the interval then reaches up to certainty.
     */
    answersBetween(from: number, to: number): Likelihood {
      const [a, b] = [until(from), until(to)];
      if (a.share === 0) return { estimate: 0, low: 0, high: 1 };
      const stays = b.share / a.share;
      const spread = Math.exp(z * Math.sqrt(Math.max(0, b.variance - a.variance)));
      return {
        estimate: 1 - stays,
        low: Math.max(0, 1 - stays * spread),
        high: to > last ? 1 : 1 - stays / spread,
      };
    },
  };
};
