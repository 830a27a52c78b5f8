import type { Participant, ParticipantDirectory } from '@hse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SessionEnded, type BrowserSessions } from './browser-session/browser-sessions.ts';
import { readCookies, type CookieJar } from './browser-session/cookies.ts';
import { refuseCrossSite } from './browser-session/cross-site.ts';
import { sessionCookie } from './browser-session/log-in-routes.ts';
import { HttpProblem } from './http-problem.ts';
import {
  InvalidToken,
  IssuerUnavailable,
  type AccessTokens,
  type VerifiedToken,
} from './oidc/access-tokens.ts';
import type { Protected } from './protection/protect.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on every route that needs a token, before anything else happens. */
    participant: Participant;
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    tokenExpiresAtMs: number;
    /** Where it came with a session: has the listener called once that is over, and returns what takes it away. */
    whenSessionOver: ((listener: () => void) => () => void) | undefined;
  }
}

const bearerForm = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void;

export interface AuthenticationOptions {
  readonly tokens: AccessTokens;
  readonly participants: ParticipantDirectory;
  readonly sessions: BrowserSessions;
  readonly jar: CookieJar;
  /** Where browsers reach this server. */
  readonly publicUrl: string;
  /** To know who tries too often. */
  readonly attempts: Pick<Protected, 'mayTry' | 'hasFailed'>;
}

/**
 * A Fastify hook that lets participants in and nobody else: by an access token (RFC 6750), which counts where there is one, or by the
 * cookie of a session.
 */
export const createAuthentication = ({
  tokens,
  participants,
  sessions,
  jar,
  publicUrl,
  attempts,
}: AuthenticationOptions): Hook => {
  const admit = async (request: FastifyRequest, { subject, expiresAtMs }: VerifiedToken): Promise<void> => {
    const participant = await participants.find(subject);
    if (!participant)
      throw new HttpProblem(
        'unknown-participant',
        'The token is valid, but its subject is neither a coach nor a client here.',
      );
    if (participant.active === false)
      throw new HttpProblem('unknown-participant', 'The subject of the token takes part no more.');
    request.participant = participant;
    request.tokenExpiresAtMs = expiresAtMs;
  };

  const byToken = (request: FastifyRequest, authorization: string): Promise<void> => {
    const token = bearerToken(authorization);
    const known = tokens.known(token);
    if (!known) attempts.mayTry(request);
    return known ? admit(request, known) : tokens.verify(token).then((verified) => admit(request, verified));
  };

  // The cookie of a session that is over stays: an answer that takes it away can come after the one that brings its successor, and take that.
  const bySession = async (request: FastifyRequest, secret: string): Promise<void> => {
    refuseCrossSite(request, publicUrl);
    attempts.mayTry(request);
    await admit(request, await sessions.admit(secret));
    request.whenSessionOver = (listener) => sessions.whenOver(secret, listener);
  };

  const authenticate = async (request: FastifyRequest): Promise<void> => {
    const { authorization, cookie } = request.headers;
    if (authorization !== undefined) return byToken(request, authorization);
    const secret = readCookies(cookie).get(jar.name(sessionCookie));
    if (secret !== undefined) return bySession(request, secret);
    throw unauthenticated('Log in, or send an access token as Authorization: Bearer.');
  };

  return (request, _reply, done) => {
    authenticate(request).then(
      () => done(),
      (error: unknown) => {
        if (error instanceof InvalidToken || error instanceof SessionEnded) attempts.hasFailed(request);
        done(refusal(error));
      },
    );
  };
};

/** @throws HttpProblem when it is none. */
export const bearerToken = (authorization: string): string => {
  const token = bearerForm.exec(authorization)?.[1];
  if (token === undefined)
    throw unauthenticated('The Authorization header has to be Bearer and a JWT.', 'invalid_request');
  return token;
};

/** What the outside is told of it. */
export const refusal = (error: unknown): Error => {
  if (error instanceof SessionEnded)
    return unauthenticated('The session is over. Log in again.', 'invalid_token');
  if (error instanceof InvalidToken)
    return unauthenticated(`Not accepted: ${error.message}.`, 'invalid_token');
  if (error instanceof IssuerUnavailable)
    return new HttpProblem(
      'unavailable',
      'Who asks cannot be checked at present: the issuer of the tokens does not answer.',
      {
        headers: { 'retry-after': '5' },
        cause: error,
      },
    );
  return error as Error;
};

export const unauthenticated = (detail: string, error?: string): HttpProblem =>
  new HttpProblem('unauthenticated', detail, {
    headers: {
      'www-authenticate': `Bearer realm="session-requests"${error === undefined ? '' : `, error="${error}"`}`,
    },
  });
