import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { IssuerUnavailable } from './access-tokens.ts';

const timeoutMs = 5_000;

/** Where an issuer describes itself (OpenID Connect Discovery 1.0, section 4). */
export const discoveryUrlOf = (issuer: string): string =>
  `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

/**
 * The keys of an OpenID provider, found by its discovery document (OpenID Connect Discovery 1.0, section 4) when the
 * first token comes. Keys are kept for ten minutes; an unknown key id fetches them anew, every 30 s at most.
 * @param discoveryUrl of the document, for a server that reaches the issuer at another address than browsers do; what
 * the document names has to be `issuer` all the same. Default: where the standard puts it, under `issuer`.
 * @throws IssuerUnavailable when looking up a key, where the discovery document cannot be had or names another issuer.
 */
export const remoteKeys = (issuer: string, discoveryUrl = discoveryUrlOf(issuer)): JWTVerifyGetKey => {
  let discovered: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    discovered ??= discover(issuer, discoveryUrl).catch((error: unknown) => {
      discovered = undefined; // the next token tries again
      throw new IssuerUnavailable({ cause: error });
    });
    const keys = await discovered;
    return keys(header, token);
  };
};

const discover = async (issuer: string, discoveryUrl: string): Promise<JWTVerifyGetKey> => {
  const { jwks_uri: keysUrl } = await discoverIssuer(issuer, discoveryUrl);
  if (typeof keysUrl !== 'string') throw new Error('the discovery document names no jwks_uri');
  return createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: timeoutMs });
};

/** How a request gets to the issuer. */
type Reach = (
  url: string,
  options: {
    method: string;
    headers: Record<string, string>;
    body: null;
    redirect: 'manual';
    signal: AbortSignal;
  },
) => Promise<Response>;

/**
 * What an issuer says of itself.
 * @param reach default: over the network.
 * @throws Error when it cannot be had, or is of another issuer.
 */
export const discoverIssuer = async (
  issuer: string,
  discoveryUrl: string,
  reach: Reach = fetch,
): Promise<Readonly<Record<string, unknown>>> => {
  const response = await reach(discoveryUrl, {
    method: 'GET',
    headers: { accept: 'application/json' },
    body: null,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`the discovery document answered ${response.status}`);
  const document = (await response.json()) as Record<string, unknown>;
  if (document['issuer'] !== issuer)
    throw new Error(`the discovery document is of another issuer: ${String(document['issuer'])}`);
  return document;
};
