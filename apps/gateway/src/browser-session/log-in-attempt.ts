import { createHash } from 'node:crypto';
import type { CookieJar } from './cookies.ts';
import { safeReturnTo } from './return-to.ts';

/** Seconds that somebody has to log in at the issuer. */
export const attemptSeconds = 15 * 60;
/** Attempts that a browser holds at a time: one per tab, and not so many that requests grow too large. */
const mostAttempts = 6;

/** What has to be remembered between leaving for the issuer and coming back. */
export interface LogInAttempt {
  /** Comes back from the issuer; also what finds the attempt. */
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE. */
  readonly verifier: string;
  readonly returnTo: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly begunAtMs: number;
}

const prefix = 'log-in-';
const field = /^[\w-]{20,128}$/;

const plainName = (state: string): string =>
  `${prefix}${createHash('sha256').update(state).digest('base64url').slice(0, 16)}`;

/**
 * The cookie of an attempt. It is not sealed: what it holds is no secret from the browser that is logging in, and nobody else can set it
 * (`__Host-`, HttpOnly). Each attempt has its own, found by the state, so that log-ins in several tabs do not disturb each other. It is
 * SameSite=Lax, for the issuer sends the browser back from another site.
 */
export const attemptCookie = (jar: CookieJar, attempt: LogInAttempt): string => {
  const { state, nonce, verifier, returnTo, begunAtMs } = attempt;
  const value = [state, nonce, verifier, begunAtMs.toString(36), Buffer.from(returnTo).toString('base64url')];
  return jar.set(plainName(state), value.join('.'), { maxAgeSeconds: attemptSeconds, sameSite: 'Lax' });
};

const parse = (value: string): LogInAttempt | undefined => {
  const [state = '', nonce = '', verifier = '', begun = '', returnTo = '', ...rest] = value.split('.');
  if (rest.length > 0 || ![state, nonce, verifier].every((part) => field.test(part))) return undefined;
  const begunAtMs = Number.parseInt(begun, 36);
  if (!Number.isSafeInteger(begunAtMs)) return undefined;
  return {
    state,
    nonce,
    verifier,
    begunAtMs,
    returnTo: safeReturnTo(Buffer.from(returnTo, 'base64url').toString('utf8')),
  };
};

/** The attempt with this state that this browser has begun. */
export const attemptOf = (
  jar: CookieJar,
  cookies: ReadonlyMap<string, string>,
  state: string,
): LogInAttempt | undefined => {
  const attempt = parse(cookies.get(jar.name(plainName(state))) ?? '');
  return attempt?.state === state ? attempt : undefined;
};

const removal = { maxAgeSeconds: 0, sameSite: 'Lax' } as const;

/** Takes the cookie of this attempt away: it is good once. */
export const withoutAttempt = (jar: CookieJar, state: string): string =>
  jar.set(plainName(state), '', removal);

/** Takes the oldest away where one more would be too many. */
export const withoutOldAttempts = (jar: CookieJar, cookies: ReadonlyMap<string, string>): string[] =>
  [...cookies]
    .filter(([name]) => name.startsWith(jar.name(prefix)))
    .map(([name, value]) => ({
      plain: name.slice(name.indexOf(prefix)),
      begunAtMs: parse(value)?.begunAtMs ?? 0,
    }))
    .sort((a, b) => b.begunAtMs - a.begunAtMs)
    .slice(mostAttempts - 1)
    .map(({ plain }) => jar.set(plain, '', removal));
