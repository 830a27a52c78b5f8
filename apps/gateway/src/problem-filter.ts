import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { StoreUnavailable, TooManyConflicts } from '@hse/event-sourcing';
import { httpLimits, type ProblemCode } from '@hse/contracts/http';
import type { Logger } from '@hse/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem, sendProblem } from './http-problem.ts';
import { CommandsOverloaded } from './protection/overload.ts';
import type { RouteTable } from './route-table.ts';

const retrySoon = { 'retry-after': '1' };

/** By what is known of the request's effect. */
const unavailable: Readonly<Record<StoreUnavailable['outcome'], string>> = {
  'not-written':
    'Something that this needs cannot be reached at present. Nothing has been done; repeat the request.',
  unknown:
    'What records changes cannot be reached at present, and whether the request has been carried out is not known. ' +
    'Repeat it with the same Idempotency-Key: it is carried out once. Without a key, look before you repeat it.',
};

/** Makes every error that leaves a route or Fastify itself an `application/problem+json` answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #routes: RouteTable;
  readonly #logger: Logger;
  constructor(routes: RouteTable, logger: Logger) {
    this.#routes = routes;
    this.#logger = logger;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    // Fastify hands (error, request, reply) to its error handler, a route (request, reply).
    const args = host.getArgs<unknown[]>();
    const [request, reply] = (args[0] instanceof Error ? args.slice(1) : args) as [
      FastifyRequest,
      FastifyReply,
    ];
    const answer = this.#answer(error, request);
    // Of what is too much, a line for each would be too much as well.
    if (answer.problem.status >= 500 && !(error instanceof CommandsOverloaded)) {
      const fields = {
        // The name under which loggers write out message, stack and cause.
        err: error,
        method: request.method,
        route: request.routeOptions.url,
        code: answer.problem.code,
        httpRequestId: request.id,
      };
      if (answer.problem.code === 'internal-error') this.#logger.error(fields, 'a request failed');
      else this.#logger.warn(fields, 'a request could not be served');
    }
    if (reply.raw.headersSent) reply.raw.destroy();
    else {
      const { problem, headers } = answer;
      const isOurs = problem.status >= 500;
      sendProblem(reply, { headers, problem: isOurs ? { ...problem, httpRequestId: request.id } : problem });
    }
  }

  #answer(error: unknown, request: FastifyRequest): HttpProblem {
    if (error instanceof HttpProblem) return error;
    if (error instanceof CommandsOverloaded)
      return new HttpProblem(
        'overloaded',
        'More is being changed at present than can be. Nothing has been done; repeat the request.',
        { headers: retrySoon },
      );
    if (error instanceof StoreUnavailable) {
      return error.reason === 'full'
        ? new HttpProblem('storage-full', 'Nothing can be recorded at present: the storage is full.')
        : new HttpProblem('unavailable', unavailable[error.outcome], { headers: retrySoon });
    }
    if (error instanceof TooManyConflicts)
      return new HttpProblem('unavailable', 'Too many changes at once. Repeat the request.', {
        headers: retrySoon,
      });
    if (error instanceof HttpException) {
      if (request.is404) return this.#nothingHere(request);
      return fastifyProblem(error.cause ?? error, error.getStatus());
    }
    return fastifyProblem(error, undefined);
  }

  #nothingHere({ method, raw }: FastifyRequest): HttpProblem {
    const methods = this.#routes.methodsAt(raw.url ?? '');
    if (methods.length === 0 || methods.includes(method)) return new HttpProblem('not-found');
    const allow = methods.join(', ');
    return new HttpProblem('method-not-allowed', `Here only ${allow} can be done.`, { headers: { allow } });
  }
}

const codes: Readonly<Record<string, readonly [ProblemCode, string?]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed-json'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed-json'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'malformed-request',
    'The body is not as long as Content-Length says.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', `A body can have ${httpLimits.bodyBytes} bytes at most.`],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type'],
  FST_ERR_BAD_URL: ['malformed-request', 'The path is not well-formed.'],
  FST_ERR_ASYNC_CONSTRAINT: ['not-found'],
  FST_ERR_MAX_PARAM_LENGTH: ['not-found'],
};

/** For errors of Fastify itself; anything that is not known to be the caller's fault is ours. */
export const fastifyProblem = (error: unknown, status: number | undefined): HttpProblem => {
  const { code, statusCode } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    statusCode?: unknown;
  };
  const known = typeof code === 'string' ? codes[code] : undefined;
  if (known) return new HttpProblem(known[0], known[1]);
  const effective = status ?? statusCode;
  if (typeof effective === 'number' && effective >= 400 && effective < 500)
    return effective === 404 ? new HttpProblem('not-found') : new HttpProblem('malformed-request');
  return effective === 503
    ? new HttpProblem('unavailable', undefined, { headers: retrySoon })
    : new HttpProblem('internal-error', 'Something went wrong here. It has been logged.');
};
