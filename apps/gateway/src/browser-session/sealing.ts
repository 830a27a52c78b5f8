import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** 256 bits at random, in the 43 characters that a cookie, a URL and a header take as they are. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** Whether this can be one of {@link newSecret}; anything else need not be looked up. */
export const isSecret = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** Under which name a session is stored: from a name, nobody gets to the secret. */
export const storeKeyOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

const keyOf = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'session-requests browser session', 32));

/** Encrypts and authenticates under a key that only the secret leads to. */
export const seal = (secret: string, text: string): string => {
  const iv = randomBytes(ivBytes);
  const encryption = createCipheriv(cipher, keyOf(secret), iv, { authTagLength: tagBytes });
  const sealed = Buffer.concat([encryption.update(text, 'utf8'), encryption.final()]);
  return Buffer.concat([iv, encryption.getAuthTag(), sealed]).toString('base64url');
};

/** Undefined when it was not sealed with this secret, or is not what was sealed. */
export const unseal = (secret: string, sealed: string): string | undefined => {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < ivBytes + tagBytes) return undefined;
  const iv = bytes.subarray(0, ivBytes);
  const decryption = createDecipheriv(cipher, keyOf(secret), iv, { authTagLength: tagBytes });
  decryption.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  try {
    const text = Buffer.concat([decryption.update(bytes.subarray(ivBytes + tagBytes)), decryption.final()]);
    return text.toString('utf8');
  } catch {
    return undefined;
  }
};
