const subBuckets = 64;
const octaves = 42;

/**
 * Durations in milliseconds, counted in bounded memory (22 kB whatever is added): below 64 ms exactly, above in buckets that are a 64th of
 * an octave wide, so that a quantile is off by less than 0.8 % of its value. The smallest and the greatest value are kept exactly. Values
 * from 0 to 2^47; greater ones count as 2^47, negative ones as 0.
 */
export class LogHistogram {
  readonly #counts = new Float64Array(subBuckets * octaves);
  #count = 0;
  #minimum = Infinity;
  #maximum = -Infinity;

  get count(): number {
    return this.#count;
  }
  /** NaN when nothing was added. */
  get minimum(): number {
    return this.#count === 0 ? NaN : this.#minimum;
  }
  /** NaN when nothing was added. */
  get maximum(): number {
    return this.#count === 0 ? NaN : this.#maximum;
  }

  add(value: number, times = 1): void {
    const index = indexOf(value);
    this.#counts[index] = (this.#counts[index] ?? 0) + times;
    this.#count += times;
    if (value < this.#minimum) this.#minimum = value;
    if (value > this.#maximum) this.#maximum = value;
  }

  /** Adds all that is in another one. */
  merge(other: LogHistogram): void {
    for (const [index, count] of other.#counts.entries())
      if (count > 0) this.#counts[index] = (this.#counts[index] ?? 0) + count;
    this.#count += other.#count;
    this.#minimum = Math.min(this.#minimum, other.#minimum);
    this.#maximum = Math.max(this.#maximum, other.#maximum);
  }

  /** The value that a share of all (0 to 1) does not exceed: the nearest rank, in the middle of its bucket. NaN when nothing was added. */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (count > 0 && seen >= rank) {
        return Math.min(this.#maximum, Math.max(this.#minimum, middleOf(index)));
      }
    }
    return NaN;
  }

  /** What stands for each bucket that is not empty, ascending, and how many are in it. */
  *buckets(): Generator<readonly [middle: number, count: number]> {
    for (const [index, count] of this.#counts.entries()) if (count > 0) yield [middleOf(index), count];
  }
}

/** What stands for a value in a {@link LogHistogram}: the middle of its bucket. */
export const bucketOf = (value: number): number => middleOf(indexOf(value));

const middleOf = (index: number): number => {
  const [from, to] = boundsOf(index);
  return to - from <= 1 ? from : (from + to) / 2;
};

const largest = subBuckets * octaves - 1;

const indexOf = (value: number): number => {
  if (!(value >= 0)) return 0;
  if (value < subBuckets) return Math.floor(value);
  const octave = Math.floor(Math.log2(value));
  const index = subBuckets * (octave - 5) + Math.floor((value / 2 ** octave - 1) * subBuckets);
  return Math.min(largest, index);
};

/** From (inclusive) and to (exclusive). */
const boundsOf = (index: number): readonly [number, number] => {
  if (index < subBuckets) return [index, index + 1];
  const octave = Math.floor(index / subBuckets) + 5;
  const width = 2 ** octave / subBuckets;
  const from = 2 ** octave + (index % subBuckets) * width;
  return [from, from + width];
};
