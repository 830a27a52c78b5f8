import type { FastifyInstance } from 'fastify';

const minutesS = 600;

/** What pages elsewhere may read of an answer besides its body. */
const exposed = [
  'ETag',
  'Location',
  'Retry-After',
  'Allow',
  'WWW-Authenticate',
  'RateLimit',
  'RateLimit-Policy',
];
const sendable = ['Authorization', 'Content-Type', 'If-Match', 'Idempotency-Key', 'Last-Event-ID'];

/**
 * Lets pages of these origins use `/api/` with a token (Fetch, section 3.3). Never with cookies: no answer allows credentials, and the cookie
 * of a session is `SameSite=Strict`. Without origins nothing changes: browsers then let pages of this server in, and nobody else.
 */
export const allowOrigins = (fastify: FastifyInstance, origins: readonly string[]): void => {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.url.startsWith('/api/')) {
      done();
      return;
    }
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) {
      done();
      return;
    }
    reply
      .header('access-control-allow-origin', origin)
      .header('access-control-expose-headers', exposed.join(', '));
    done();
  });
};

/**
 * Answers what browsers ask before a page of such an origin may send something. To be set up after {@link allowOrigins}, and after what
 * refuses requests: also these cost something.
 */
export const answerPreflights = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    const isPreflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight || !reply.hasHeader('access-control-allow-origin')) {
      done();
      return;
    }
    void reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST, PUT, DELETE')
      .header('access-control-allow-headers', sendable.join(', '))
      .header('access-control-max-age', String(minutesS))
      .send();
  });
};
