import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintOf, pseudonymousIdentities } from './identities.ts';
import { readPseudonymKey } from './pseudonym-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'identities-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('pseudonyms', () => {
  it('are the beginning of HMAC-SHA-256, with what they are about before the id', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.string({ unit: 'grapheme' }),
        (key, id) => {
          const expected = (kind: string) =>
            createHmac('sha256', key).update(`${kind}:${id}`).digest('hex').slice(0, 32);
          const identities = pseudonymousIdentities(key);
          expect(identities.participant(id)).toBe(expected('participant'));
          expect(identities.request(id)).toBe(expected('request'));
        },
      ),
    );
  });

  it('are others with another key, and the key cannot be seen in its fingerprint', () => {
    const [one, another] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const name = (key: Uint8Array) => pseudonymousIdentities(key).participant('p-1');
    expect(name(one)).not.toBe(name(another));
    expect(fingerprintOf(one)).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprintOf(one)).not.toBe(fingerprintOf(another));
    expect(fingerprintOf(one)).not.toContain('0101');
  });
});

describe('the key of pseudonyms', () => {
  it('is made once, for its owner only', () => {
    const path = join(folder, 'new', 'pseudonym.key');
    const made: string[] = [];
    const key = readPseudonymKey(path, (at) => made.push(at));
    expect(Buffer.from(readPseudonymKey(path, (at) => made.push(at))).equals(key)).toBe(true);
    expect(made).toStrictEqual([path]);
    expect(readFileSync(path, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is refused where others can read it, or it is none', () => {
    const path = join(folder, 'loose.key');
    writeFileSync(path, 'a'.repeat(64));
    chmodSync(path, 0o644);
    expect(() => readPseudonymKey(path)).toThrow('can be read by others');
    writeFileSync(path, 'short');
    expect(() => readPseudonymKey(path)).toThrow('holds no key');
  });
});
