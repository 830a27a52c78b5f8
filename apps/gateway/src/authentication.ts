import type { Participant, ParticipantDirectory } from '@hse/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from './http-problem.ts';
import {
  InvalidToken,
  IssuerUnavailable,
  type AccessTokens,
  type VerifiedToken,
} from './oidc/access-tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on every route that needs a token, before anything else happens. */
    participant: Participant;
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    tokenExpiresAtMs: number;
  }
}

const bearerForm = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void;

/** A Fastify hook that lets participants in and nobody else (RFC 6750). */
export const createAuthentication = (tokens: AccessTokens, participants: ParticipantDirectory): Hook => {
  const admit = async (request: FastifyRequest, { subject, expiresAtMs }: VerifiedToken): Promise<void> => {
    const participant = await participants.find(subject);
    if (!participant)
      throw new HttpProblem(
        'unknown-participant',
        'The token is valid, but its subject is neither a coach nor a client here.',
      );
    request.participant = participant;
    request.tokenExpiresAtMs = expiresAtMs;
  };

  return (request, _reply, done) => {
    const { authorization } = request.headers;
    const token = authorization === undefined ? undefined : bearerForm.exec(authorization)?.[1];
    if (token === undefined) {
      done(
        authorization === undefined
          ? unauthenticated('Send an access token as Authorization: Bearer.')
          : unauthenticated('The Authorization header has to be Bearer and a JWT.', 'invalid_request'),
      );
      return;
    }
    const known = tokens.known(token);
    const admitted = known
      ? admit(request, known)
      : tokens.verify(token).then((verified) => admit(request, verified));
    admitted.then(
      () => done(),
      (error: unknown) => done(refusal(error)),
    );
  };
};

const refusal = (error: unknown): Error => {
  if (error instanceof InvalidToken)
    return unauthenticated(`Not accepted: ${error.message}.`, 'invalid_token');
  if (error instanceof IssuerUnavailable)
    return new HttpProblem('unavailable', 'The token cannot be checked: its issuer does not answer.', {
      headers: { 'retry-after': '5' },
      cause: error,
    });
  return error as Error;
};

const unauthenticated = (detail: string, error?: string): HttpProblem =>
  new HttpProblem('unauthenticated', detail, {
    headers: {
      'www-authenticate': `Bearer realm="session-requests"${error === undefined ? '' : `, error="${error}"`}`,
    },
  });
