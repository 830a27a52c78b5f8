import { median } from './figures.ts';

/** What two rivals did in the same run. */
export interface Comparison {
  /** Median of the rounds. */
  readonly ours: number;
  /** Median of the rounds. */
  readonly peer: number;
  /** Median of the ratios of the pairs, which is not the ratio of the medians. */
  readonly ratio: number;
  /** Of each pair, in the order they were measured. */
  readonly ratios: readonly number[];
}

/**
 * Measures two rivals in turn, A B A B …, after one turn of each that does not count. What the machine does besides
 * slows down both of a pair, so their ratio stays what it is.
 */
export const alternate = async (
  rounds: number,
  ours: () => Promise<number>,
  peer: () => Promise<number>,
  onRound: (round: number, ratio: number) => void = () => {},
): Promise<Comparison> => {
  await ours();
  await peer();
  const pairs: { ours: number; peer: number; ratio: number }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const pair = { ours: await ours(), peer: await peer() };
    const ratio = pair.ours / pair.peer;
    pairs.push({ ...pair, ratio });
    onRound(round, ratio);
  }
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    peer: median(pairs.map((pair) => pair.peer)),
    ratio: median(pairs.map((pair) => pair.ratio)),
    ratios: pairs.map((pair) => pair.ratio),
  };
};

/**
 * Operations per second of callers that each wait for one operation before they begin the next. What is under way when
 * the time is up is waited for and counted, with the time it takes.
 */
export const throughput = async (
  callers: readonly (() => Promise<unknown>)[],
  durationMs: number,
): Promise<number> => {
  const began = performance.now();
  const until = began + durationMs;
  let done = 0;
  await Promise.all(
    callers.map(async (call) => {
      while (performance.now() < until) {
        await call();
        done += 1;
      }
    }),
  );
  return (done / (performance.now() - began)) * 1000;
};
