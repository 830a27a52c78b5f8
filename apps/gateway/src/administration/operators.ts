import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerToken, refusal, unauthenticated, type AuthenticationOptions } from '../authentication.ts';
import { HttpProblem } from '../http-problem.ts';
import { InvalidToken } from '../oidc/access-tokens.ts';
import type { Scope } from './scopes.ts';

/** Whoever a token with a scope belongs to: a person, or a program for itself. Takes no part in sessions as such. */
export interface Operator {
  /** `sub` of the token. */
  readonly subject: string;
  /** The client that the token was issued to, where it says so. */
  readonly client?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on the routes of the administration, before anything else happens. */
    operator: Operator;
  }
}

type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void;

/**
 * Makes a Fastify hook that lets in whoever has an access token with this scope, and nobody else. The session of a browser never does:
 * a page that is made to ask, or a script in it, has none of these rights, whoever is logged in.
 */
export const createOperatorAuthentication =
  ({ tokens, attempts }: Pick<AuthenticationOptions, 'tokens' | 'attempts'>): ((scope: Scope) => Hook) =>
  (scope) => {
    const authenticate = async (request: FastifyRequest): Promise<void> => {
      const { authorization } = request.headers;
      if (authorization === undefined)
        throw unauthenticated('Send an access token as Authorization: Bearer; a session does not do here.');
      const token = bearerToken(authorization);
      const known = tokens.known(token);
      if (!known) attempts.mayTry(request);
      const { subject, client, scopes } = known ?? (await tokens.verify(token));
      if (!scopes.has(scope)) throw insufficientScope(scope);
      request.operator = { subject, ...(client !== undefined && { client }) };
    };
    return (request, _reply, done) => {
      authenticate(request).then(
        () => done(),
        (error: unknown) => {
          if (error instanceof InvalidToken) attempts.hasFailed(request);
          done(refusal(error));
        },
      );
    };
  };

/** RFC 6750 section 3.1. */
const insufficientScope = (scope: Scope): HttpProblem =>
  new HttpProblem('insufficient-scope', `This needs a token with the scope ${scope}.`, {
    headers: {
      'www-authenticate': `Bearer realm="session-requests", error="insufficient_scope", scope="${scope}"`,
    },
  });
