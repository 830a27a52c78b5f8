import type { Clock } from '@hse/event-sourcing';
import { errors, jwtVerify, type JWTHeaderParameters, type JWTPayload, type JWTVerifyGetKey } from 'jose';

/** What makes an access token one of ours. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  /** Signature algorithms that are taken; never `none`, never a symmetric one. Default: RS256 only. */
  readonly algorithms?: readonly string[];
  readonly keys: JWTVerifyGetKey;
}

export interface VerifiedToken {
  readonly subject: string;
  /** The client that it was issued to, where it says so. */
  readonly client?: string;
  /** What it allows beyond what its subject may do anyway. */
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly expiresAtMs: number;
}

/** The token is not good; the message says why, and may be shown. */
export class InvalidToken extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvalidToken';
  }
}

/** The issuer's keys cannot be fetched: nothing can be said of the token. */
export class IssuerUnavailable extends Error {
  constructor(options?: ErrorOptions) {
    super('the keys of the token issuer cannot be fetched', options);
    this.name = 'IssuerUnavailable';
  }
}

/** Most tokens that are remembered as verified. */
const capacity = 10_000;
/** Clocks of issuers differ a little. */
const toleranceSeconds = 5;
const longestToken = 8_192;
const asymmetric = /^((RS|PS|ES)(256|384|512)|EdDSA)$/;

/**
 * Verifies access tokens (RFC 8725, RFC 9068): signature, algorithm, type, issuer, audience, `exp`, `nbf`. What was verified is remembered until it
 * expires, so that a token costs a signature check once.
 */
export class AccessTokens {
  readonly #rules: TokenRules;
  readonly #wallClock: Pick<Clock, 'now'>;
  readonly #verified = new Map<string, VerifiedToken>();

  /** @throws RangeError for an algorithm that must not be used. */
  constructor(rules: TokenRules, wallClock: Pick<Clock, 'now'>) {
    for (const algorithm of rules.algorithms ?? [])
      if (!asymmetric.test(algorithm))
        throw new RangeError(`${algorithm} is not an asymmetric signature algorithm`);
    this.#rules = rules;
    this.#wallClock = wallClock;
  }

  /** The token if it was verified before and has not expired. */
  known(token: string): VerifiedToken | undefined {
    const verified = this.#verified.get(token);
    if (verified && verified.expiresAtMs > this.#wallClock.now()) return verified;
    if (verified) this.#verified.delete(token);
    return undefined;
  }

  /** @throws InvalidToken, IssuerUnavailable */
  async verify(token: string): Promise<VerifiedToken> {
    const known = this.known(token);
    if (known) return known;
    if (token.length > longestToken) throw new InvalidToken('the token is too long');
    const { issuer, audience, algorithms = ['RS256'], keys } = this.#rules;
    const nowMs = this.#wallClock.now();
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: toleranceSeconds,
      requiredClaims: ['sub', 'exp'],
      currentDate: new Date(nowMs),
    }).catch((error: unknown) => {
      throw explained(error);
    });
    refuseOtherKinds(protectedHeader, payload);
    const { sub, exp } = payload;
    if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number')
      throw new InvalidToken('the token names nobody');
    const client = [payload['client_id'], payload['azp']].find((name) => typeof name === 'string');
    const verified = {
      subject: sub,
      ...(client !== undefined && { client }),
      scopes: scopesOf(payload['scope']),
      expiresAtMs: exp * 1_000,
    };
    // One that is good only by the tolerance is checked each time.
    if (verified.expiresAtMs > nowMs) this.#remember(token, verified);
    return verified;
  }

  #remember(token: string, verified: VerifiedToken): void {
    this.#verified.set(token, verified);
    if (this.#verified.size <= capacity) return;
    const [oldest] = this.#verified.keys();
    if (oldest !== undefined) this.#verified.delete(oldest);
  }
}

/** Types of access tokens (RFC 9068, section 2.1), and what issuers write that know no types of tokens. */
const types: ReadonlySet<string> = new Set(['at+jwt', 'application/at+jwt', 'jwt', 'application/jwt']);
/** Claims that only ID tokens (OpenID Connect Core 1.0, section 2) and events about somebody (RFC 8417) have. */
const claimsOfOthers = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'];
/** What Keycloak calls the kinds of its tokens that are no access tokens. */
const kindsOfKeycloak: ReadonlySet<unknown> = new Set(['ID', 'Refresh', 'Offline', 'Logout']);

/**
 * What an issuer signs for another purpose is no access token, even where it is made for the same audience (RFC 8725, sections 2.8 and 3.12).
 * @throws InvalidToken
 */
const refuseOtherKinds = ({ typ }: JWTHeaderParameters, payload: JWTPayload): void => {
  const type = typ?.toLowerCase();
  if (type !== undefined && !types.has(type)) throw new InvalidToken('the token is of another type');
  if (type?.endsWith('at+jwt')) return;
  if (claimsOfOthers.some((claim) => claim in payload) || kindsOfKeycloak.has(payload['typ']))
    throw new InvalidToken('the token is no access token');
};

const none: ReadonlySet<string> = new Set();

/** RFC 9068 section 2.2.3: one text, scopes with spaces between. */
const scopesOf = (claim: unknown): ReadonlySet<string> =>
  typeof claim === 'string' ? new Set(claim.split(' ')) : none;

const explained = (error: unknown): Error => {
  if (error instanceof IssuerUnavailable) return error;
  if (error instanceof errors.JWTExpired) return new InvalidToken('the token has expired', { cause: error });
  if (error instanceof errors.JWTClaimValidationFailed)
    return new InvalidToken(`the token is not valid here: claim ${error.claim}`, { cause: error });
  if (error instanceof errors.JOSEAlgNotAllowed)
    return new InvalidToken('the algorithm of the token is not taken', { cause: error });
  if (error instanceof errors.JWKSTimeout) return new IssuerUnavailable({ cause: error });
  if (error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC')
    return new InvalidToken('the token is malformed or its signature is wrong', { cause: error });
  // Fetching the keys: a network error, or an answer that is no key set.
  return new IssuerUnavailable({ cause: error });
};
