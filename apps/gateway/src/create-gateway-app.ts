import 'reflect-metadata';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DynamicModule, Type } from '@nestjs/common';
import { httpLimits, problem, problemContentType, type ProblemCode } from '@hse/contracts/http';
import type { Timers } from '@hse/event-sourcing';
import { createSystemClock, createUuids } from '@hse/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createOperatorAuthentication } from './administration/operators.ts';
import { createAuthentication } from './authentication.ts';
import { addBrowserSessions } from './browser-session/add-browser-sessions.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { addDocumentation } from './documentation.ts';
import { followRequests, requestIdFrom } from './follow-requests.ts';
import { addMetricsRoute, measureRequests } from './http-metrics.ts';
import { HttpProblem, sendProblem } from './http-problem.ts';
import { AccessTokens } from './oidc/access-tokens.ts';
import { fastifyProblem, ProblemFilter } from './problem-filter.ts';
import { allowOrigins, answerPreflights } from './protection/cors.ts';
import { protect } from './protection/protect.ts';
import { addSecurityHeaders, securityHeaders } from './protection/security-headers.ts';
import { createValidatorCompiler, invalidRequest, prototypePath } from './request-validation.ts';
import { RouteTable } from './route-table.ts';
import { addWebSite, siteDirectory } from './web-site.ts';

/** Milliseconds within which a request has to have arrived, head and body. */
const defaultRequestTimeoutMs = 30_000;
/** Looks for requests that take longer, within that time: a sixth of it can be added. By default Node looks twice a minute. */
const lateLooks = 6;
/** Characters of an id in a path, each of which may be written as three. */
const longestParameter = 3 * httpLimits.idLength;
/** Milliseconds that requests under way have for their end once the server closes. */
export const defaultCloseGraceMs = 5_000;

const apiPrefix = '/api/v1';

/**
 * The application over Fastify, initialised and not yet listening: bodies are validated, tokens checked and errors
 * answered by Fastify itself, before and beside Nest.
 * @param module contains `GatewayModule.register(dependencies)`, or is it.
 * @param options.servesMetrics whether `GET /metrics` is answered to everyone who reaches the server. Default false.
 * @param options.stopping once it is aborted, each connection is closed after its next answer, so that clients go elsewhere.
 * @param options.requestTimeoutMs real milliseconds that a request has to arrive, and up to a sixth more. Default 30 000.
 * @param options.closeGraceMs real milliseconds after which closing cuts off whatever is still under way. Default 5000.
 */
export const createGatewayApp = async (
  module: DynamicModule | Type,
  dependencies: GatewayDependencies,
  {
    closeGraceMs = defaultCloseGraceMs,
    requestTimeoutMs = defaultRequestTimeoutMs,
    servesMetrics = false,
    stopping,
  }: {
    closeGraceMs?: number;
    requestTimeoutMs?: number;
    servesMetrics?: boolean;
    stopping?: AbortSignal;
  } = {},
): Promise<NestFastifyApplication> => {
  const { oidc, publicUrl, participants, logger, timers, telemetry } = dependencies;
  const { wallClock = createSystemClock(), protection = {} } = dependencies;
  const adapter = new FastifyAdapter({
    bodyLimit: httpLimits.bodyBytes,
    requestTimeout: requestTimeoutMs,
    // A body is given no less than the head is: by default a minute, whatever the time for all of it.
    http: {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs / lateLooks,
    },
    genReqId: requestIdFrom(createUuids()),
    routerOptions: { maxParamLength: longestParameter },
    ...(protection.trustedProxies && { trustProxy: [...protection.trustedProxies] }),
    // Nothing uses middleware, and running none costs every request.
    skipMiddie: true,
    // What comes in on an open connection while the server closes is answered as ever: nobody has to ask twice.
    return503OnClosing: false,
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply.headers(securityHeaders(publicUrl)), fastifyProblem(error, undefined)),
    clientErrorHandler: answerNoRequest(securityHeaders(publicUrl)),
  });
  const fastify: FastifyInstance = adapter.getInstance();
  const routes = new RouteTable();

  fastify.decorateRequest('participant');
  fastify.decorateRequest('operator');
  fastify.decorateRequest('tokenExpiresAtMs');
  fastify.decorateRequest('whenSessionOver');
  fastify.setValidatorCompiler(createValidatorCompiler() as never);
  readJsonOnly(fastify);
  followRequests(fastify, { logger, telemetry });
  if (telemetry) measureRequests(fastify, telemetry);
  closeInTime(fastify, timers, closeGraceMs);
  if (stopping) sendElsewhere(fastify, stopping);

  addSecurityHeaders(fastify, publicUrl);
  allowOrigins(fastify, protection.corsOrigins ?? []);
  const { limitParticipant, ...attempts } = protect(fastify, {
    protection,
    wallClock,
    timers,
    logger,
    telemetry,
  });
  answerPreflights(fastify);
  const tokens = new AccessTokens(oidc, wallClock);
  const sessions = addBrowserSessions(fastify, { ...dependencies, tokens, wallClock });
  const authenticate = createAuthentication({ tokens, participants, publicUrl, attempts, ...sessions });
  const authenticateOperator = createOperatorAuthentication({ tokens, attempts });
  fastify.addHook('onRoute', (route) => {
    const { operation } = route.config ?? {};
    // What is not described is not in the tests of who may do what either.
    if (!operation && route.url.startsWith(`${apiPrefix}/`)) throw new Error(`${route.url} is not described`);
    routes.add({ methods: [route.method].flat(), url: route.url, ...(operation && { operation }) });
    if (route.url.startsWith(`${apiPrefix}/`))
      route.onRequest = [
        operation?.scope ? authenticateOperator(operation.scope) : authenticate,
        limitParticipant,
      ];
  });
  if (telemetry && servesMetrics) addMetricsRoute(fastify, telemetry);
  addWebSite(fastify, { directory: dependencies.site ?? siteDirectory, publicUrl, logger });
  if (oidc.embedded) void fastify.register(oidc.embedded.plugin, { prefix: '/oidc' });

  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(routes, logger));
  addDocumentation(app, { routes, issuer: oidc.issuer, publicUrl });
  await app.init();
  await fastify.ready();
  return app;
};

/** The server closes when its last connection has; without a limit, one half-sent body would hold it up. */
const closeInTime = (fastify: FastifyInstance, timers: Timers, graceMs: number): void => {
  fastify.addHook('preClose', (done) => {
    const { server } = fastify;
    if (server.listening) {
      const cut = timers.after(graceMs, () => server.closeAllConnections());
      server.once('close', () => cut.cancel());
    }
    done();
  });
};

/** Whoever keeps a connection would stay with this process, although new connections lead to others already. */
const sendElsewhere = (fastify: FastifyInstance, stopping: AbortSignal): void => {
  fastify.addHook('onRequest', (_request, reply, done) => {
    if (stopping.aborted) reply.header('connection', 'close');
    done();
  });
};

/** Bodies are JSON objects; anything else is refused before it is looked at. */
const readJsonOnly = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    // Clients that always name a content type send it without a body, too; whether one is needed the route knows.
    if (body === '') {
      done(null, undefined);
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(body as string);
    } catch {
      done(new HttpProblem('malformed-json'));
      return;
    }
    if (value === null) done(invalidRequest([{ path: '/body', message: 'has to be of type object' }]));
    else {
      const forbidden = prototypePath(value);
      if (forbidden === undefined) done(null, value);
      else done(invalidRequest([{ path: `/body${forbidden}`, message: 'is unknown' }]));
    }
  });
};

const clientErrors: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** What comes in on a connection and is no HTTP request has no reply object to answer with. */
const answerNoRequest =
  (headers: Readonly<Record<string, string>>) =>
  (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const { status, ...rest } = problem(clientErrors[error.code ?? ''] ?? 'malformed-request');
    const body = JSON.stringify({ status, ...rest });
    if (socket.writable)
      socket.write(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${problemContentType}\r\n` +
          Object.entries(headers)
            .map(([name, value]) => `${name}: ${value}\r\n`)
            .join('') +
          `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    socket.destroySoon();
  };
