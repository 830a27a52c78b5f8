import { metricsMediaType, type Telemetry } from '@hse/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** In place of a route where none matched: what was asked for may be anything. */
export const unmatchedRoute = 'unmatched';

/** Those of RFC 9110 and RFC 5789; whatever else a client calls a method is one and the same to OpenTelemetry. */
const knownMethods = new Set('GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT'.split(' '));

/**
 * How long requests take, by the templates of their routes, goes into `http.server.request.duration`. What was refused before it was a
 * request of HTTP is not measured.
 */
export const measureRequests = (fastify: FastifyInstance, telemetry: Pick<Telemetry, 'record'>): void => {
  fastify.addHook('onResponse', (request, reply, done) => {
    if (!isLiveStream(reply))
      telemetry.record('http.server.request.duration', reply.elapsedTime / 1_000, {
        'http.request.method': knownMethods.has(request.method) ? request.method : '_OTHER',
        'http.route': routeOf(request),
        'http.response.status_code': String(reply.statusCode),
      });
    done();
  });
};

/** Also where a request has no route at all, although the types say it has. */
const routeOf = ({ routeOptions }: FastifyRequest): string =>
  (routeOptions as Partial<FastifyRequest['routeOptions']> | undefined)?.url ?? unmatchedRoute;

const isLiveStream = ({ raw }: FastifyReply): boolean =>
  String(raw.getHeader('content-type')).startsWith('text/event-stream');

/** Serves `GET /metrics` for Prometheus to whoever can reach this server. */
export const addMetricsRoute = (fastify: FastifyInstance, telemetry: Pick<Telemetry, 'metrics'>): void => {
  fastify.get('/metrics', async (_request, reply) => {
    const metrics = await telemetry.metrics();
    return reply.header('content-type', metricsMediaType).send(metrics);
  });
};
