import type { Clock, Ids } from '@hse/event-sourcing';
import { importJWK, SignJWT, type JWK } from 'jose';
import { createSystemClock, createUuids } from '@hse/service-kit';

/** The scopes of a token of the embedded issuer. */
export const tokenScope = 'openid profile email';
export const signingAlgorithm = 'RS256';

/** The client that tokens are issued to which nobody logged in for. */
export const cliClientId = 'cli';

export interface MintOptions {
  /** The issuer's private keys; the first RS256 key signs. */
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly issuer: string;
  readonly audience: string;
  /** Id of the participant, or the name of a program; becomes `sub`. */
  readonly account: string;
  /** Default: what a participant's token has. */
  readonly scope?: string;
  /** The client that it is issued to. Default: the one of the command line. */
  readonly client?: string;
  /** Seconds for which the token is good. Default 3600. */
  readonly ttlSeconds?: number;
  /** Default: the system's clock. */
  readonly wallClock?: Pick<Clock, 'now'>;
  /** Names the token. Default: random. */
  readonly ids?: Ids;
}

/**
 * An access token as the embedded issuer makes them (RFC 9068), without a log-in.
 * @throws Error when there is no private key to sign with.
 */
export const mintAccessToken = async (options: MintOptions): Promise<string> => {
  const {
    jwks,
    issuer,
    audience,
    account,
    scope = tokenScope,
    client = cliClientId,
    ttlSeconds = 3_600,
    wallClock = createSystemClock(),
    ids = createUuids(),
  } = options;
  const key = jwks.keys.find(({ kty, d }) => kty === 'RSA' && d !== undefined);
  if (!key) throw new Error('the key set has no private RSA key');
  const issuedAt = Math.floor(wallClock.now() / 1_000);
  return new SignJWT({ client_id: client, scope })
    .setProtectedHeader({
      alg: signingAlgorithm,
      typ: 'at+jwt',
      ...(key.kid !== undefined && { kid: key.kid }),
    })
    .setJti(ids.next())
    .setSubject(account)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds)
    .sign(await importJWK(key, signingAlgorithm));
};
