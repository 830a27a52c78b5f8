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

/** The character codes of 0 to f. */
const hexCodes = Buffer.from('0123456789abcdef', 'latin1');

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
    digits > 4
      ? hex(4) + hex(digits - 4)
      : (draw() >>> 16)
          .toString(16)
          .padStart(4, '0')
          .slice(4 - digits);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T; // of at least one

  // A UUID is put together digit by digit: of pieces of text, it would be copied piece by piece by whoever writes it.
  const letters = Buffer.from('00000000-0000-0000-0000-000000000000', 'latin1');
  const writeHex = (value: number, at: number, digits: number): void => {
    for (let digit = digits - 1, rest = value; digit >= 0; digit -= 1, rest >>>= 4)
      letters[at + digit] = hexCodes[rest & 0xf] as number; // one of sixteen
  };
  let uuidsOf = NaN;

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
        const high = Math.floor(epochMs / 2 ** 32);
        writeHex(high >= 0 && high < 2 ** 16 ? high : draw() >>> 16, 0, 4);
        writeHex(epochMs >>> 16, 4, 4);
        writeHex(epochMs, 9, 4);
        uuidsOf = epochMs;
      }
      const first = draw();
      const second = draw();
      const third = draw();
      writeHex(0x7000 | (first >>> 20), 14, 4); // version 7
      writeHex(0x8000 | (first & 0x3fff), 19, 4); // the variant of RFC 9562
      writeHex(second, 24, 8);
      writeHex(third >>> 16, 32, 4);
      return letters.toString('latin1');
    },
    hex,
  };
};
