import { anyText, InvalidSettings, readDocument, wholeNumber, type Setting } from '@hse/service-kit';
import type { IssuerClientSettings } from './browser-session/issuer-client.ts';
import { parseAccounts, type Account } from './accounts.ts';
import { demoAccounts } from './demo-accounts.ts';

const webAddress = (text: string): URL | undefined => {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) && !url.search && !url.hash ? url : undefined;
};

/** Kept to the letter: it is compared with what tokens and the discovery document say, with or without a slash at the end. */
const issuer = (text: string): string | undefined => webAddress(text) && text;

const origin = (text: string): string | undefined => {
  const url = webAddress(text);
  return url?.pathname === '/' ? url.origin : undefined;
};

const algorithms = (text: string): string[] | undefined => {
  const names = text.split(',').map((name) => name.trim());
  return names.every((name) => /^((RS|PS|ES)(256|384|512)|EdDSA)$/.test(name)) ? names : undefined;
};

/** Where the API is served. */
export const httpSettings = {
  PORT: {
    meaning: 'TCP port of the HTTP API; 0 takes a free one',
    form: 'a whole number from 0 to 65535',
    default: '3000',
    parse: wholeNumber(0, 65_535),
  },
  HOST: {
    meaning: 'address to listen on; the default is reachable from this machine only',
    form: 'an IP address or a host name',
    default: '127.0.0.1',
    parse: (text) => (/^[\w.:-]+$/.test(text) ? text : undefined),
  },
  PUBLIC_URL: {
    meaning: 'where browsers and API clients reach this server; default `http://localhost:<PORT>`',
    form: 'an http or https URL without a path',
    default: undefined,
    parse: origin,
  },
  METRICS_PORT: {
    meaning:
      'TCP port of /metrics, at the same address; 0 takes a free one; default: the port of the API serves it',
    form: 'a whole number from 0 to 65535',
    default: undefined,
    parse: wholeNumber(0, 65_535),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** Who there is. */
export const accountSettings = {
  ACCOUNTS: {
    meaning:
      'JSON list of the participants; default: the demo accounts, which it takes "demo" for with NODE_ENV=production',
    form: 'the path of a JSON file as the README shows it, or "demo"',
    default: undefined,
    parse: anyText,
  },
} as const satisfies Record<string, Setting<unknown>>;

/** Whose tokens are accepted. */
export const oidcSettings = {
  OIDC_ISSUER: {
    meaning:
      'issuer of the access tokens; default: the embedded one at `<PUBLIC_URL>/oidc`, which is off when this is set',
    form: 'an http or https URL without query',
    default: undefined,
    parse: issuer,
  },
  OIDC_AUDIENCE: {
    meaning: 'audience that an access token has to be made for',
    form: 'a text',
    default: 'urn:hse:session-requests',
    parse: anyText,
  },
  OIDC_ALGORITHMS: {
    meaning: 'signature algorithms that are accepted',
    form: 'a list of RS256, RS384, RS512, PS256, …, ES256, …, EdDSA with commas between',
    default: 'RS256',
    parse: algorithms,
  },
  OIDC_CLIENT_ID: {
    meaning:
      'as whom this server logs browsers in at that issuer, which has to send them back to `<PUBLIC_URL>/auth/callback`; the embedded issuer knows it anyway',
    form: 'a text',
    default: 'gateway',
    parse: anyText,
  },
  OIDC_CLIENT_SECRET: {
    meaning: 'the secret of this client; default: a public client, which PKCE alone protects',
    form: 'a text',
    default: undefined,
    parse: anyText,
  },
  OIDC_SCOPE: {
    meaning:
      'scopes to ask for when a browser logs in; default: `openid profile`, and `offline_access` where the issuer offers it',
    form: 'scopes with spaces between, `openid` among them',
    default: undefined,
    parse: (text) => (/^(.+ )?openid( .+)?$/.test(text) ? text : undefined),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** As whom this server logs browsers in at an issuer of its own choice. */
export const issuerClient = (settings: {
  OIDC_CLIENT_ID: string;
  OIDC_CLIENT_SECRET: string | undefined;
  OIDC_SCOPE: string | undefined;
  OIDC_DISCOVERY_URL?: string | undefined;
}): IssuerClientSettings => ({
  clientId: settings.OIDC_CLIENT_ID,
  ...(settings.OIDC_CLIENT_SECRET !== undefined && { clientSecret: settings.OIDC_CLIENT_SECRET }),
  ...(settings.OIDC_SCOPE !== undefined && { scope: settings.OIDC_SCOPE }),
  ...(settings.OIDC_DISCOVERY_URL !== undefined && { discoveryUrl: settings.OIDC_DISCOVERY_URL }),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether this is no place to try things out. */
export const isProduction = ({ NODE_ENV: mode }: Environment): boolean => mode === 'production';

/** The participants that `ACCOUNTS` points to. @throws InvalidSettings also where demo accounts would get into production unasked. */
export const readAccounts = (
  { ACCOUNTS: path }: { ACCOUNTS: string | undefined },
  environment: Environment,
): readonly Account[] => {
  if (path === 'demo') return demoAccounts;
  if (path === undefined && isProduction(environment))
    throw new InvalidSettings([
      'ACCOUNTS has to be set with NODE_ENV=production: the path of a JSON file with the participants, or "demo" where people ' +
        'who try things out are to find the demo accounts.',
    ]);
  return readDocument('ACCOUNTS', accountSettings.ACCOUNTS, path, demoAccounts, parseAccounts);
};

/** Where browsers and API clients reach the server: as told, or on this machine. */
export const publicUrl = ({ PUBLIC_URL, PORT }: { PUBLIC_URL: string | undefined; PORT: number }): string =>
  PUBLIC_URL ?? `http://localhost:${PORT}`;
