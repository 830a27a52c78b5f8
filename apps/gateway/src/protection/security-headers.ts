import type { FastifyInstance } from 'fastify';

const yearS = 365 * 24 * 3_600;

/** Of a page of ours, nobody may turn on what it does not use. */
export const permissionsPolicy = 'camera=(), geolocation=(), microphone=(), payment=(), usb=()';

/** Browsers that came by https once do not come by http again. */
export const transportSecurity = (publicUrl: string): Readonly<Record<string, string>> =>
  publicUrl.startsWith('https:') ? { 'strict-transport-security': `max-age=${yearS}` } : {};

/**
 * What every answer says: it is what it says it is, belongs to no page but ours, is no page, and is not to be kept. Routes that answer with
 * pages set a policy of their own.
 */
export const securityHeaders = (publicUrl: string): Readonly<Record<string, string>> => ({
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'permissions-policy': permissionsPolicy,
  'cross-origin-resource-policy': 'same-origin',
  ...transportSecurity(publicUrl),
});

/** Sets {@link securityHeaders} before anything else is done about a request. */
export const addSecurityHeaders = (fastify: FastifyInstance, publicUrl: string): void => {
  const headers = securityHeaders(publicUrl);
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
};
