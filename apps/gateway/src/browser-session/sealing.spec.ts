import { describe, expect, it } from '@jest/globals';
import { isSecret, newSecret, seal, storeKeyOf, unseal } from './sealing.ts';

describe('what is sealed with a secret', () => {
  const secret = newSecret();

  it('is read with it, and looks different each time', () => {
    const text = '{"accessToken":"a.b.c","name":"Chloé 😀"}';
    const sealed = seal(secret, text);
    expect(unseal(secret, sealed)).toBe(text);
    expect(seal(secret, text)).not.toBe(sealed);
    expect(unseal(secret, seal(secret, ''))).toBe('');
  });

  it('is not read with another, nor with the name that it is stored under', () => {
    const sealed = seal(secret, 'text');
    expect(unseal(newSecret(), sealed)).toBeUndefined();
    expect(unseal(storeKeyOf(secret), sealed)).toBeUndefined();
  });

  it('is not read when any bit of it was changed, or a part is missing', () => {
    const sealed = Buffer.from(seal(secret, 'text'), 'base64url');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
      expect(unseal(secret, changed.toString('base64url'))).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(unseal(secret, sealed.subarray(0, length).toString('base64url'))).toBeUndefined();
  });
});

describe('a secret', () => {
  it('has 256 bits at random, and its name in the store says nothing of it', () => {
    const secrets = new Set(Array.from({ length: 1_000 }, newSecret));
    expect(secrets.size).toBe(1_000);
    for (const secret of secrets) {
      expect([isSecret(secret), Buffer.from(secret, 'base64url').length]).toEqual([true, 32]);
      expect(storeKeyOf(secret)).not.toContain(secret.slice(0, 8));
    }
    for (const text of ['', 'a', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)};`, `${'a'.repeat(42)}\n`])
      expect(isSecret(text)).toBe(false);
  });
});
