import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@hse/event-sourcing';
import { problem, problemContentType } from '@hse/contracts/http';
import { createSystemClock } from '@hse/service-kit';
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose';
import Provider, { interactionPolicy, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { everyScope, scopes } from '../administration/scopes.ts';
import { callbackPath, type IssuerClientSettings } from '../browser-session/issuer-client.ts';
import { htmlHeaders } from '../html-page.ts';
import {
  issuerPage,
  loggedOutPage,
  logInPage,
  logOutAtOnceHeaders,
  logOutAtOncePage,
  logOutPage,
  oidcErrorPage,
  type LogInPageAccount,
} from './log-in-page.ts';
import { cliClientId, signingAlgorithm, tokenScope } from './mint-access-token.ts';
import { createProviderMemory } from './provider-memory.ts';

/** Somebody who can log in at the embedded issuer. */
export interface IssuerAccount extends LogInPageAccount {
  /** Becomes `sub`. */
  readonly id: string;
  readonly email: string;
  /** In clear text: for demonstrations only. Nobody can log in to an account without one. */
  readonly password?: string;
}

export interface EmbeddedIssuerOptions {
  /** Its own URL, ending in `/oidc`; `http` is fine on localhost. */
  readonly issuer: string;
  /** Who its access tokens are for. */
  readonly audience: string;
  /** Private signing keys (RS256), kept by the caller: tokens outlive a restart as long as these do. */
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly accounts: readonly IssuerAccount[];
  /** Sign the cookies; the first one signs, all are taken. Default: derived from the signing keys. */
  readonly cookieKeys?: readonly string[];
  /** Where the web app may ask to be sent back to, besides this origin's `/`, `/callback` and the API docs. */
  readonly webRedirectUris?: readonly string[];
  /** The secret of the client {@link operatorClientId}, which gets tokens of the administration by client credentials. Default: there is no such client. */
  readonly operatorSecret?: string;
  /** Shows the accounts on the log-in page, to log in with a click and without the password. Default true. */
  readonly offerAccounts?: boolean;
  /** Seconds for which an access token is good. Default 3600. */
  readonly accessTokenSeconds?: number;
  /** Default: the system's clock; the provider library itself knows no other. */
  readonly wallClock?: Pick<Clock, 'now'>;
}

/** An OpenID provider in this process. */
export interface EmbeddedIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** To verify its tokens with. */
  readonly keys: JWTVerifyGetKey;
  /** Mount it at the path of the issuer, `/oidc`. */
  readonly plugin: FastifyPluginCallback;
  /** The gateway as a client of it: confidential, and reaching it within the process, wherever browsers find it. */
  readonly gatewayClient: IssuerClientSettings & { readonly clientSecret: string };
}

/** The public clients: authorization code with PKCE, no secret. */
export const webClientId = 'web';
/** The client that logs browsers in; its secret is made anew at each start. */
export const gatewayClientId = 'gateway';

/** A program that gets tokens for itself, with the scopes of the administration that it asks for, and logs nobody in. */
export const operatorClientId = 'operator';

const mountPath = '/oidc';
const day = 24 * 3_600;
const mostFormBytes = 4_096;

/**
 * An OpenID provider over the `oidc-provider` library, for demonstrations and for running without another one: demo
 * accounts with passwords in clear text, first-party clients that need no consent, sessions in memory.
 * @throws Error for an issuer URL that does not end in `/oidc`, or keys that cannot sign.
 */
export const createEmbeddedIssuer = (options: EmbeddedIssuerOptions): EmbeddedIssuer => {
  const { issuer, audience, jwks, accounts, offerAccounts = true, wallClock = createSystemClock() } = options;
  const { origin, pathname, protocol, host } = new URL(issuer);
  if (pathname !== mountPath)
    throw new Error(`the embedded issuer is mounted at ${mountPath}, and ${issuer} is elsewhere`);
  if (!jwks.keys.some(({ kty, d }) => kty === 'RSA' && d !== undefined))
    throw new Error('the issuer needs a private RSA key to sign with');

  const byId = new Map(accounts.map((account) => [account.id, account]));
  const byName = new Map(accounts.map((account) => [account.account, account]));
  const clientSecret = randomBytes(32).toString('base64url');
  const provider = new Provider(issuer, configuration(options, origin, byId, clientSecret));
  // It takes its own address from headers of proxies, which are set below.
  provider.proxy = true;
  provider.use(async (ctx, next) => {
    await next();
    // Errors of the provider have a body; without one, no route of it was there.
    if (ctx.status !== 404 || (ctx.body ?? undefined) !== undefined) return;
    ctx.status = 404;
    ctx.set('content-type', problemContentType);
    ctx.body = JSON.stringify(problem('not-found'));
  });
  const handle = provider.callback();
  const offered = offerAccounts ? accounts.filter(({ password }) => password !== undefined) : [];

  const showLogIn = (reply: FastifyReply, uid: string, failedAccount?: string): void => {
    const action = `${mountPath}/interaction/${encodeURIComponent(uid)}`;
    const html = logInPage({
      action,
      accounts: offered,
      ...(failedAccount !== undefined && { failedAccount }),
    });
    void reply
      .code(failedAccount === undefined ? 200 : 401)
      .headers(htmlHeaders)
      .send(html);
  };

  let mountedOn: FastifyInstance | undefined;
  const plugin: FastifyPluginCallback = (fastify, _options, done) => {
    mountedOn = fastify;
    // The provider reads its requests itself.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    const pass = (request: FastifyRequest, reply: FastifyReply): void => {
      // The provider has a page of its own that sends itself off by a script; pages of ours say what they need.
      reply.header('content-security-policy', "frame-ancestors 'none'; base-uri 'none'");
      reply.hijack();
      const raw: IncomingMessage & { originalUrl?: string } = request.raw;
      // The provider knows its paths without the one it is mounted at, and tells the difference by this property.
      raw.originalUrl = raw.url ?? '';
      raw.url = raw.originalUrl.slice(mountPath.length) || '/';
      // Its address is the one it was given, whatever a request says.
      raw.headers['x-forwarded-proto'] = protocol.slice(0, -1);
      raw.headers['x-forwarded-host'] = host;
      for (const [name, value] of Object.entries(reply.getHeaders()))
        reply.raw.setHeader(name, value as string);
      void handle(raw, reply.raw);
    };
    fastify.get('/', (_request, reply) => {
      void reply.headers(htmlHeaders).send(issuerPage(issuer, offered[0]?.account));
    });
    fastify.all('/*', pass);

    void fastify.register((pages, _pageOptions, registered) => {
      pages.removeAllContentTypeParsers();
      pages.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string', bodyLimit: mostFormBytes },
        (_request, body, parsed) => parsed(null, new URLSearchParams(body as string)),
      );
      const lost = (reply: FastifyReply): void => {
        void reply
          .code(400)
          .headers(htmlHeaders)
          .send(
            oidcErrorPage(
              'session-not-found',
              'This log-in was not begun in this browser, or it took too long.',
            ),
          );
      };
      pages.get<{ Params: { uid: string } }>('/interaction/:uid', async (request, reply) => {
        const details = await interactionOf(provider, request.raw, reply.raw);
        if (details?.uid !== request.params.uid) {
          lost(reply);
          return;
        }
        showLogIn(reply, details.uid);
      });
      pages.post<{ Params: { uid: string }; Body: URLSearchParams | undefined }>(
        '/interaction/:uid',
        async (request, reply) => {
          const details = await interactionOf(provider, request.raw, reply.raw);
          if (details?.uid !== request.params.uid) {
            lost(reply);
            return;
          }
          const form = request.body ?? new URLSearchParams();
          const name = form.get('account') ?? '';
          const picked = offered.find(({ account }) => account === form.get('pick'));
          const account = picked ?? withPassword(byName.get(name.trim()), form.get('password') ?? '');
          if (!account) {
            showLogIn(reply, details.uid, name.slice(0, 200));
            return;
          }
          const next = await provider.interactionResult(request.raw, reply.raw, {
            login: { accountId: account.id, ts: Math.floor(wallClock.now() / 1_000) },
          });
          void reply.header('cache-control', 'no-store').redirect(next, 303);
        },
      );
      registered();
    });
    done();
  };

  return {
    issuer,
    audience,
    keys: createLocalJWKSet({ keys: jwks.keys.filter(({ kty }) => kty === 'RSA').map(publicPart) }),
    plugin,
    gatewayClient: {
      clientId: gatewayClientId,
      clientSecret,
      fetch: async (url, { method, headers, body }) => {
        if (!mountedOn) throw new Error('the embedded issuer is not mounted');
        const { pathname: path, search } = new URL(url);
        const {
          statusCode,
          headers: answered,
          rawPayload,
        } = await mountedOn.inject({
          method: method as 'GET',
          url: `${path}${search}`,
          headers,
          ...(body instanceof URLSearchParams && { payload: body.toString() }),
        });
        return new Response(rawPayload.length === 0 ? null : new Uint8Array(rawPayload), {
          status: statusCode,
          headers: Object.entries(answered).map(([name, value]): [string, string] => [name, String(value)]),
        });
      },
    },
  };
};

const interactionOf = async (
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ uid: string } | undefined> => {
  try {
    return await provider.interactionDetails(request, response);
  } catch {
    return undefined; // no such cookie, or it has expired
  }
};

/** Takes as long for a wrong password as for a right one. */
const withPassword = (account: IssuerAccount | undefined, password: string): IssuerAccount | undefined => {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const isRight = timingSafeEqual(digest(account?.password ?? ''), digest(password));
  return isRight && account?.password !== undefined ? account : undefined;
};

/** Of an RSA key: the modulus and the exponent, nothing secret. */
const publicPart = ({ n = '', e = '', kid }: JWK): JWK => ({
  kty: 'RSA',
  n,
  e,
  alg: signingAlgorithm,
  use: 'sig',
  ...(kid !== undefined && { kid }),
});

const configuration = (
  {
    audience,
    jwks,
    cookieKeys,
    webRedirectUris = [],
    operatorSecret,
    accessTokenSeconds = 3_600,
    wallClock = createSystemClock(),
  }: EmbeddedIssuerOptions,
  origin: string,
  accounts: ReadonlyMap<string, IssuerAccount>,
  gatewaySecret: string,
): Configuration => {
  const resource = `${origin}/api/v1`;
  const derivedKey = createHash('sha256')
    .update(`cookies ${JSON.stringify(jwks.keys)}`)
    .digest('base64url');
  return {
    adapter: createProviderMemory(wallClock),
    jwks: { keys: jwks.keys.map((key) => ({ ...key })) },
    clients: [
      {
        client_id: webClientId,
        token_endpoint_auth_method: 'none',
        application_type: 'web',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [
          `${origin}/`,
          `${origin}/callback`,
          `${origin}/api/docs/oauth2-redirect.html`,
          ...webRedirectUris,
        ],
        post_logout_redirect_uris: [`${origin}/`],
      },
      {
        client_id: gatewayClientId,
        client_secret: gatewaySecret,
        token_endpoint_auth_method: 'client_secret_basic',
        application_type: 'web',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [`${origin}${callbackPath}`],
        post_logout_redirect_uris: [`${origin}/`],
      },
      {
        client_id: cliClientId,
        token_endpoint_auth_method: 'none',
        // Any port of the loopback interface (RFC 8252, section 7.3).
        application_type: 'native',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
      },
      ...(operatorSecret === undefined
        ? []
        : [
            {
              client_id: operatorClientId,
              client_secret: operatorSecret,
              token_endpoint_auth_method: 'client_secret_basic' as const,
              grant_types: ['client_credentials'],
              response_types: [],
              redirect_uris: [],
              scope: everyScope,
            },
          ]),
    ],
    findAccount: (_ctx, id) => {
      const account = accounts.get(id);
      return (
        account && {
          accountId: id,
          claims: () => ({
            sub: id,
            name: account.name,
            preferred_username: account.account,
            zoneinfo: account.timeZone,
            email: account.email,
          }),
        }
      );
    },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'zoneinfo'], email: ['email'] },
    scopes: ['openid', 'profile', 'email', 'offline_access', ...Object.keys(scopes)],
    pkce: { required: () => true },
    // Pages of a client are where it may be sent back to.
    clientBasedCORS: (_ctx, from, { redirectUris = [] }) =>
      redirectUris.some((uri) => new URL(uri).origin === from),
    responseTypes: ['code'],
    enabledJWA: { idTokenSigningAlgValues: [signingAlgorithm], userinfoSigningAlgValues: [signingAlgorithm] },
    cookies: { keys: [...(cookieKeys ?? [derivedKey])] },
    interactions: { policy: withoutConsent(), url: (_ctx, { uid }) => `${mountPath}/interaction/${uid}` },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // There are no third-party clients: everything is granted.
    loadExistingGrant: async (ctx) => {
      const { oidc } = ctx;
      const accountId = oidc.session?.accountId;
      const clientId = oidc.client?.clientId;
      if (accountId === undefined || clientId === undefined) return undefined;
      // The same for every log-in of the session: another would make void what the one before has led to, in another tab say.
      const grantId = oidc.session?.grantIdFor(clientId);
      const known = grantId === undefined ? undefined : await oidc.provider.Grant.find(grantId);
      const grant = known ?? new oidc.provider.Grant({ accountId, clientId });
      grant.addOIDCScope(`${tokenScope} offline_access`);
      grant.addResourceScope(resource, tokenScope);
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: operatorSecret !== undefined },
      userinfo: { enabled: true },
      // A client may revoke its own tokens.
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        // Nobody who logs in gets a scope of the administration, whatever the client asks for.
        getResourceServerInfo: (_ctx, _indicator, client) => ({
          scope: client.clientId === operatorClientId ? everyScope : tokenScope,
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: accessTokenSeconds,
          jwt: { sign: { alg: signingAlgorithm } },
        }),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          // Only a client that has logged this account in has an ID token of it: there the user has said it already.
          const { IdTokenHint: hint } = ctx.oidc.entities;
          if (hint && hint.payload.sub === ctx.oidc.session?.accountId)
            show(ctx, logOutAtOncePage(form), logOutAtOnceHeaders);
          else show(ctx, logOutPage(form));
        },
        postLogoutSuccessSource: (ctx) => show(ctx, loggedOutPage()),
      },
    },
    renderError: (ctx, { error, error_description: description }) =>
      show(ctx, oidcErrorPage(error, description ?? '')),
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      ClientCredentials: accessTokenSeconds,
      Grant: 14 * day,
      IdToken: 3_600,
      Interaction: 3_600,
      RefreshToken: 14 * day,
      Session: 14 * day,
    },
  };
};

/** Who has logged in has agreed, also with a program of their own machine. */
const withoutConsent = (): interactionPolicy.DefaultPolicy => {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  return policy;
};

const show = (ctx: KoaContextWithOIDC, html: string, headers = htmlHeaders): void => {
  ctx.set({ ...headers });
  ctx.type = 'html';
  ctx.body = html;
};
