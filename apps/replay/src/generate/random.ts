import { createHash } from 'node:crypto';

/** Chance that repeats itself: the same seed draws the same, on every machine. Not for secrets. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** At least `least`, below `most`. */
  between(least: number, most: number): number;
  /** Whether something happens that has this probability. */
  happens(probability: number): boolean;
  /** One of these, each as likely as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T;
  pick<T>(choices: readonly T[]): T;
  /** With this median; `spread` is the standard deviation of its logarithm. */
  logNormal(median: number, spread: number): number;
  /** How many of something that happens this often on average. */
  poisson(mean: number): number;
  /** A time-ordered UUID (version 7) of this time, whole milliseconds. */
  uuid(epochMs: number): string;
  hex(digits: number): string;
}

/** 0000 to ffff. */
const fourDigits = Array.from({ length: 2 ** 16 }, (_, number) => number.toString(16).padStart(4, '0'));

/** @param seed any text. */
export const createRandom = (seed: string): Random => {
  // sfc32, a small generator that passes the usual batteries of tests.
  const state = createHash('sha256').update(seed).digest();
  let [a, b, c, counter] = [state.readInt32LE(0), state.readInt32LE(4), state.readInt32LE(8), 1];
  const draw = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let warming = 0; warming < 16; warming += 1) draw();

  const next = (): number => (draw() * 2 ** 21 + (draw() >>> 11)) / 2 ** 53;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const hex = (digits: number): string =>
    digits > 4 ? hex(4) + hex(digits - 4) : (fourDigits[draw() >>> 16] as string).slice(4 - digits); // 16 bits
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T; // of at least one

  let [uuidsOf, uuidsBegin] = [NaN, ''];

  return {
    next,
    between: (least, most) => least + next() * (most - least),
    happens: (probability) => next() < probability,
    weighted: (choices) => {
      let rest = next() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, choice] of choices) if ((rest -= weight) < 0) return choice;
      return (choices.at(-1) as (typeof choices)[0])[1]; // what rounding leaves
    },
    pick,
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
    poisson: (mean) => {
      if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count += 1;
      return count;
    },
    uuid: (epochMs) => {
      // Several are made of the same time, one after the other.
      if (epochMs !== uuidsOf) {
        const high = fourDigits[Math.floor(epochMs / 2 ** 32)] ?? hex(4);
        uuidsOf = epochMs;
        uuidsBegin = `${high}${fourDigits[(epochMs >>> 16) & 0xffff]}-${fourDigits[epochMs & 0xffff]}-`;
      }
      const first = draw();
      const second = draw();
      const third = draw();
      const version = fourDigits[0x7000 | (first >>> 20)];
      const variant = fourDigits[0x8000 | (first & 0x3fff)];
      return `${uuidsBegin}${version}-${variant}-${fourDigits[second >>> 16]}${fourDigits[second & 0xffff]}${fourDigits[third >>> 16]}`;
    },
    hex,
  };
};
