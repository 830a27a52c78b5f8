import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  customFetch,
  enableNonRepudiationChecks,
  None,
  refreshTokenGrant,
  tokenRevocation,
  type CustomFetch,
  type ServerMetadata,
} from 'openid-client';
import { IssuerUnavailable } from '../oidc/access-tokens.ts';
import { discoverIssuer, discoveryUrlOf } from '../oidc/remote-keys.ts';
import type { LogInAttempt } from './log-in-attempt.ts';

/** How this server is known to the issuer, and how it gets there. */
export interface IssuerClientSettings {
  readonly clientId: string;
  /** Without one the client is public; PKCE protects it either way. */
  readonly clientSecret?: string;
  /** What to ask for. Default: `openid profile`, and `offline_access` where the issuer offers it. */
  readonly scope?: string;
  /** Where the discovery document is, for a server that reaches the issuer at another address than browsers do. */
  readonly discoveryUrl?: string;
  /** How requests reach the issuer. Default: over the network. */
  readonly fetch?: CustomFetch;
}

/** What an issuer gives out. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly idToken?: string;
}

/** The issuer does not let this log-in go on; the message says why, and may be shown. */
export class LogInRefused extends Error {
  /** The error code of OAuth, such as `access_denied`, where there is one. */
  readonly code: string | undefined;
  constructor(message: string, code: string | undefined, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogInRefused';
    this.code = code;
  }
}

/** The issuer as this server uses it to log somebody in; everything but the addresses may throw IssuerUnavailable. */
export interface IssuerClient {
  /** Where the browser goes to log in. */
  authorizationUrl(attempt: LogInAttempt, prompt?: string): Promise<string>;
  /**
   * Trades in what the issuer sent the browser back with.
   * @throws LogInRefused
   */
  exchange(attempt: LogInAttempt, callback: URLSearchParams): Promise<IssuedTokens>;
  /**
   * New tokens. A refresh token may be good once only.
   * @throws LogInRefused when the issuer does not take the refresh token any more.
   */
  renew(refreshToken: string): Promise<IssuedTokens>;
  /** Where the browser goes to end its session at the issuer, to come back to `/`; undefined when the issuer has no such place. */
  logOutUrl(idToken: string | undefined): Promise<string | undefined>;
  /** Makes a refresh token useless, where the issuer can do that. */
  revoke(refreshToken: string): Promise<void>;
}

/** Seconds for one request to the issuer. */
const timeoutSeconds = 5;

export const callbackPath = '/auth/callback';

/** @param publicUrl where browsers reach this server; the issuer has to know `<publicUrl>/auth/callback`, and `<publicUrl>/` for after log-out. */
export const createIssuerClient = (
  issuer: string,
  publicUrl: string,
  {
    clientId,
    clientSecret,
    scope,
    discoveryUrl = discoveryUrlOf(issuer),
    fetch: reach,
  }: IssuerClientSettings,
): IssuerClient => {
  const redirectUri = `${publicUrl}${callbackPath}`;

  const configure = (metadata: ServerMetadata): Configuration => {
    const { token_endpoint_auth_methods_supported: methods } = metadata;
    const authentication =
      clientSecret === undefined
        ? None()
        : (methods && !methods.includes('client_secret_basic') ? ClientSecretPost : ClientSecretBasic)(
            clientSecret,
          );
    const configuration = new Configuration(metadata, clientId, undefined, authentication);
    configuration.timeout = timeoutSeconds;
    if (reach) configuration[customFetch] = reach;
    // Whoever runs this says with the issuer's address whether it is reached without TLS: on one machine, or within one network.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that nobody uses it without noticing
    if ([issuer, discoveryUrl].some((url) => url.startsWith('http:'))) allowInsecureRequests(configuration);
    return configuration;
  };

  const discover = async () => {
    const metadata = (await discoverIssuer(issuer, discoveryUrl, reach)) as unknown as ServerMetadata;
    const forLogIn = configure(metadata);
    // Signatures of ID tokens are checked, though they come straight from the issuer: the way there may have no TLS. Not so when a
    // token is renewed: that says nothing new of anybody, and must not fail after the refresh token was spent.
    enableNonRepudiationChecks(forLogIn);
    return { metadata, forLogIn, forRenewal: configure(metadata) };
  };

  let discovered: ReturnType<typeof discover> | undefined;
  const configured = async () => {
    discovered ??= discover();
    try {
      return await discovered;
    } catch (error) {
      discovered = undefined; // whoever comes next tries again
      throw new IssuerUnavailable({ cause: error });
    }
  };

  return {
    authorizationUrl: async ({ state, nonce, verifier }, prompt) => {
      const { metadata, forLogIn } = await configured();
      const { scopes_supported: offered } = metadata;
      return buildAuthorizationUrl(forLogIn, {
        redirect_uri: redirectUri,
        // Some issuers give a refresh token only to who asks for access while the user is away.
        scope: scope ?? `openid profile${offered?.includes('offline_access') ? ' offline_access' : ''}`,
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(prompt !== undefined && { prompt }),
      }).href;
    },
    exchange: async ({ state, nonce, verifier }, callback) => {
      const { forLogIn } = await configured();
      const url = new URL(`${redirectUri}?${callback.toString()}`);
      return issued(
        await authorizationCodeGrant(forLogIn, url, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        }).catch((error: unknown) => {
          throw explained(error);
        }),
      );
    },
    renew: async (refreshToken) => {
      const { forRenewal } = await configured();
      return issued(
        await refreshTokenGrant(forRenewal, refreshToken).catch((error: unknown) => {
          throw explained(error);
        }),
      );
    },
    logOutUrl: async (idToken) => {
      const { metadata, forLogIn } = await configured();
      if (metadata.end_session_endpoint === undefined) return undefined;
      return buildEndSessionUrl(forLogIn, {
        post_logout_redirect_uri: `${publicUrl}/`,
        ...(idToken !== undefined && { id_token_hint: idToken }),
      }).href;
    },
    revoke: async (refreshToken) => {
      const { metadata, forRenewal } = await configured();
      if (metadata.revocation_endpoint === undefined) return;
      await tokenRevocation(forRenewal, refreshToken, { token_type_hint: 'refresh_token' }).catch(
        (error: unknown) => {
          throw explained(error);
        },
      );
    },
  };
};

const issued = (answer: {
  access_token: string;
  refresh_token?: string;
  id_token?: string;
}): IssuedTokens => ({
  accessToken: answer.access_token,
  ...(answer.refresh_token !== undefined && { refreshToken: answer.refresh_token }),
  ...(answer.id_token !== undefined && { idToken: answer.id_token }),
});

/** What the issuer says no to, by its answer; whatever else goes wrong is a fault, of the way there or of how things are set up. */
const refusals: ReadonlySet<string> = new Set([
  'invalid_grant',
  'access_denied',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]);

const explained = (error: unknown): Error => {
  const {
    code,
    error: oauthError,
    error_description: description,
  } = error as {
    code?: unknown;
    error?: unknown;
    error_description?: unknown;
  };
  if (
    typeof oauthError === 'string' &&
    (refusals.has(oauthError) || code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR')
  ) {
    const message = typeof description === 'string' && description !== '' ? description : oauthError;
    return new LogInRefused(message, oauthError, { cause: error });
  }
  if (typeof code === 'string' && answersThatDoNotFit.has(code))
    return new LogInRefused('the answer of the issuer does not fit this log-in', undefined, { cause: error });
  return new IssuerUnavailable({ cause: error });
};

/** Of openid-client: state, issuer, nonce, signature, audience or time of what came back are wrong. */
const answersThatDoNotFit: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_INVALID_REQUEST',
  'OAUTH_KEY_SELECTION_FAILED',
]);
