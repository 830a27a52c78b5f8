import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hashOf, pick } from './rendezvous.ts';

const nodes = (names: readonly string[]) => names.map((name) => ({ name, hash: hashOf(name) }));
const addresses = fc.uniqueArray(
  fc.ipV4().map((ip) => `${ip}:5000`),
  { minLength: 2, maxLength: 9 },
);

describe('the instance for a key', () => {
  it('is the same in whatever order the instances are known', () => {
    fc.assert(
      fc.property(addresses, fc.uuid(), (names, key) => {
        const forwards = pick(hashOf(key), nodes(names), () => true);
        expect(pick(hashOf(key), nodes(names.toReversed()), () => true)?.name).toBe(forwards?.name);
      }),
    );
  });

  it('changes only where the one it had is gone', () => {
    fc.assert(
      fc.property(addresses, fc.uuid(), (names, key) => {
        const [gone, ...rest] = names;
        const before = pick(hashOf(key), nodes(names), () => true);
        const after = pick(hashOf(key), nodes(rest), () => true);
        if (before?.name !== gone) expect(after?.name).toBe(before?.name);
      }),
    );
  });

  it('spreads over neighbouring addresses and neighbouring keys', () => {
    const five = nodes([7, 8, 9, 10, 11].map((n) => `10.0.0.${n}:5000`));
    const shares = new Map<string | undefined, number>();
    for (let n = 0; n < 10_000; n += 1) {
      const key = `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
      const name = pick(hashOf(key), five, () => true)?.name;
      shares.set(name, (shares.get(name) ?? 0) + 1);
    }
    expect(shares.size).toBe(5);
    for (const share of shares.values()) {
      expect(share).toBeGreaterThan(1_800);
      expect(share).toBeLessThan(2_200);
    }
  });

  it('is none where none is fit', () => {
    expect(pick(1, nodes(['a', 'b']), () => false)).toBeUndefined();
  });
});
