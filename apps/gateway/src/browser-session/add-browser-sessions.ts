import type { FastifyInstance } from 'fastify';
import type { GatewayDependencies, WallClock } from '../dependencies.ts';
import type { AccessTokens } from '../oidc/access-tokens.ts';
import { BrowserSessions } from './browser-sessions.ts';
import { cookieJar, type CookieJar } from './cookies.ts';
import { createIssuerClient } from './issuer-client.ts';
import { createLogInRoutes } from './log-in-routes.ts';

/** As whom this server logs browsers in where nothing else is said. */
export const defaultClientId = 'gateway';

/**
 * Adds `/auth/*`, and what keeps track of who is logged in, until the server closes.
 * @returns what it takes to admit whoever has a session.
 */
export const addBrowserSessions = (
  fastify: FastifyInstance,
  dependencies: GatewayDependencies & { readonly tokens: AccessTokens; readonly wallClock: WallClock },
): { sessions: BrowserSessions; jar: CookieJar } => {
  const { oidc, publicUrl, gatewayStore: store, tokens, wallClock, timers, logger } = dependencies;
  const settings = oidc.client ?? oidc.embedded?.gatewayClient ?? { clientId: defaultClientId };
  const client = createIssuerClient(oidc.issuer, publicUrl, settings);
  const sessions = new BrowserSessions({ store, client, tokens, wallClock, timers, logger });
  const jar = cookieJar(publicUrl);
  void fastify.register(createLogInRoutes({ ...dependencies, sessions, client, jar }));
  fastify.addHook('onClose', () => sessions.close());
  return { sessions, jar };
};
