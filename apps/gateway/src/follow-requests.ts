import type { Participant } from '@hse/contracts';
import type { ProblemCode } from '@hse/contracts/http';
import type { Ids } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import type { SessionRequestCommand } from '@hse/session-requests';
import {
  contextOf,
  endSpan,
  noTelemetry,
  spanContextOf,
  SpanKind,
  traceIdOf,
  traceparentOf,
  type Span,
  type Telemetry,
} from '@hse/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';

/** A command that a request was turned into, and how it ended. */
export interface SentCommand {
  readonly type: SessionRequestCommand['type'];
  readonly requestId: string;
  readonly commandId: string;
  /** Undefined while it is under way, and where no answer to it came. */
  outcome?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Its place in a trace, for whatever it leads to (W3C Trace Context). */
    traceparent: string | undefined;
    /** How the span of this request is ended. */
    span: Span | undefined;
    command: SentCommand | undefined;
    /** Of the problem that it was answered with. */
    problemCode: ProblemCode | undefined;
  }
}

/** No e-mail address and no token fits it; ids that proxies make do. */
const requestIdForm = /^[\w-]{8,64}$/;

/** The id of a request, from `x-request-id`, where who sent it has given it one that can be used. For `genReqId` of Fastify. */
export const requestIdFrom =
  (ids: Ids) =>
  ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
    const given = headers['x-request-id'];
    return typeof given === 'string' && requestIdForm.test(given) ? given : ids.next();
  };

/** Routes of which requests are turned into commands. */
const commandRoute = /^\/api\/v1\/session-requests(\/|$)/;
/** Those that are no matter of a moment: their spans would end when people leave. */
const liveRoute = '/api/v1/live';

/**
 * Makes requests be found again: each gets an id, which the answer names (`x-request-id`), a line in the log, and a span where there is
 * a route of the API. What is logged and traced is chosen here, field by field: never a path, a query, a body or a header.
 *
 * To be set up before any hook that can refuse a request.
 */
export const followRequests = (
  fastify: FastifyInstance,
  { logger, telemetry: { tracer } = noTelemetry }: { logger: Logger; telemetry?: Telemetry | undefined },
): void => {
  for (const name of ['traceparent', 'span', 'command', 'problemCode']) fastify.decorateRequest(name);

  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    const { traceparent } = request.headers;
    if (typeof traceparent === 'string' && spanContextOf(traceparent)) request.traceparent = traceparent;
    const route = routeOf(request);
    if (route?.startsWith('/api/v1/') && route !== liveRoute) {
      const attributes = {
        'http.request.method': request.method,
        'http.route': route,
        'session_requests.http_request_id': request.id,
      };
      const span = tracer.startSpan(
        `${request.method} ${route}`,
        { kind: SpanKind.SERVER, attributes },
        contextOf(request.traceparent),
      );
      request.span = span;
      request.traceparent = traceparentOf(span) ?? request.traceparent;
    }
    done();
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, span, problemCode, command } = request;
    const { statusCode: status, elapsedTime } = reply;
    const route = routeOf(request);
    if (span) {
      span.setAttribute('http.response.status_code', status);
      endSpan(span, status >= 500 ? (problemCode ?? String(status)) : undefined);
    }
    const participant = (request.participant as Participant | undefined)?.id;
    const traceId = traceIdOf(request.traceparent);
    const fields = {
      ...(command && { command: command.type, outcome: command.outcome ?? problemCode }),
      method,
      route,
      status,
      ...(problemCode !== undefined && { code: problemCode }),
      ms: Math.round(elapsedTime * 10) / 10,
      ...(participant !== undefined && { participant }),
      httpRequestId: request.id,
      ...(command && {
        requestId: command.requestId,
        commandId: command.commandId,
        correlationId: request.id,
      }),
      ...(traceId !== undefined && { traceId }),
    };
    if (method === 'POST' && route !== undefined && commandRoute.test(route)) {
      const ended = status >= 500 ? 'failed' : 'refused';
      const how = problemCode === undefined ? (command?.outcome ?? 'answered') : `${ended}: ${problemCode}`;
      logger.info(fields, `${command?.type ?? `${method} ${route}`} ${how}`);
    } else logger.debug(fields, 'request');
    done();
  });
};

/** Also where a request has no route at all, although the types say it has. */
const routeOf = ({ routeOptions }: FastifyRequest): string | undefined =>
  (routeOptions as Partial<FastifyRequest['routeOptions']> | undefined)?.url;
