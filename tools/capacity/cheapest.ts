import type { Measurement } from './measure.ts';

/**
 * Of several runs, the one that used the least CPU at the second size: what other programs do on the same machine can only make it more. Its
 * costs and comparisons belong together, so they are not mixed with those of other runs.
 * @throws RangeError where there are none.
 */
export const cheapest = (runs: readonly Measurement[]): Measurement => {
  const cpuOf = ({ comparisons }: Measurement): number =>
    comparisons.filter(({ what }) => what.startsWith('CPU')).reduce((sum, { measured }) => sum + measured, 0);
  const [best] = [...runs].sort((a, b) => cpuOf(a) - cpuOf(b));
  if (!best) throw new RangeError('there is no run');
  return {
    ...best,
    costs: { ...best.costs, measured: { ...best.costs.measured, runs: runs.length } },
  };
};
