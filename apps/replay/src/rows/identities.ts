import { createHash, createHmac } from 'node:crypto';

/** What participants and requests are called in what leaves the system. */
export interface Identities {
  /** Whether they are called what they are. */
  readonly plain: boolean;
  participant(id: string): string;
  request(id: string): string;
}

/** Everything under its own name. */
export const plainIdentities: Identities = { plain: true, participant: (id) => id, request: (id) => id };

const remembered = 50_000;

/**
 * Names that are the same wherever the key is, and tell nothing to whoever has not got it: the first 128 bits of
 * HMAC-SHA-256, as 32 hexadecimal digits. Requests have names of their own too: a party knows the ids of theirs, and
 * would find the other one's name by them.
 *
 * Who has the key and a list of ids can find out whose name is whose.
 */
export const pseudonymousIdentities = (key: Uint8Array): Identities => {
  const named = (kind: string) => {
    const names = new Map<string, string>();
    return (id: string): string => {
      const known = names.get(id);
      if (known !== undefined) return known;
      // What stands in front keeps the names of one kind apart from those of the other.
      const name = createHmac('sha256', key).update(`${kind}:${id}`).digest('hex').slice(0, 32);
      if (names.size >= remembered) names.clear();
      names.set(id, name);
      return name;
    };
  };
  return { plain: false, participant: named('participant'), request: named('request') };
};

/** Names a key without telling it. */
export const fingerprintOf = (key: Uint8Array): string =>
  createHash('sha256').update('pseudonym key:').update(key).digest('hex').slice(0, 16);
