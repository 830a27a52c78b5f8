import { createHash, hash } from 'node:crypto';

/** What participants and requests are called in what leaves the system. */
export interface Identities {
  /** Whether they are called what they are. */
  readonly plain: boolean;
  participant(id: string): string;
  request(id: string): string;
}

/** Everything under its own name. */
export const plainIdentities: Identities = { plain: true, participant: (id) => id, request: (id) => id };

const remembered = 25_000;

/**
 * Names that are the same wherever the key is, and tell nothing to whoever has not got it: the first 128 bits of
 * HMAC-SHA-256, as 32 hexadecimal digits. Requests have names of their own too: a party knows the ids of theirs, and
 * would find the other one's name by them.
 *
 * Who has the key and a list of ids can find out whose name is whose.
 */
export const pseudonymousIdentities = (key: Uint8Array): Identities => {
  const mac = hmacSha256(key);
  const named = (kind: string) => {
    const names = new Map<string, string>();
    return (id: string): string => {
      const known = names.get(id);
      if (known !== undefined) return known;
      // What stands in front keeps the names of one kind apart from those of the other.
      const name = mac(`${kind}:${id}`).slice(0, 32);
      if (names.size >= remembered) names.clear();
      names.set(id, name);
      return name;
    };
  };
  return { plain: false, participant: named('participant'), request: named('request') };
};

const blockBytes = 64;

/**
 * HMAC-SHA-256 (RFC 2104) of a text, in hexadecimal digits, with a key of at most 64 bytes. Made of two hashes at one call each,
 * because setting up `createHmac` anew for each of millions of names takes most of the time of an export.
 */
const hmacSha256 = (key: Uint8Array): ((text: string) => string) => {
  const padded = (mask: number): Uint8Array =>
    Uint8Array.from({ length: blockBytes }, (_, index) => (key[index] ?? 0) ^ mask);
  const [inner, outer] = [padded(0x36), padded(0x5c)];
  return (text) =>
    hash(
      'sha256',
      Buffer.concat([outer, hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer')]),
      'hex',
    );
};

/** Names a key without telling it. */
export const fingerprintOf = (key: Uint8Array): string =>
  createHash('sha256').update('pseudonym key:').update(key).digest('hex').slice(0, 16);
