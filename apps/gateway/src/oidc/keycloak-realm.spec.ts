import { describeWithServer } from '@hse/engines';
import { composeEnvironment } from '@hse/service-kit/testing';
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { demoAccounts } from '../demo-accounts.ts';
import { everyScope, scopes } from '../administration/scopes.ts';
import { AccessTokens } from './access-tokens.ts';
import { gatewayClientId, operatorClientId, webClientId } from './embedded-issuer.ts';
import { cliClientId } from './mint-access-token.ts';
import { remoteKeys } from './remote-keys.ts';

const audience = 'urn:hse:session-requests';

interface Realm {
  readonly realm: string;
  readonly clients: readonly {
    readonly clientId: string;
    readonly publicClient: boolean;
    readonly secret?: string;
    readonly serviceAccountsEnabled: boolean;
    readonly standardFlowEnabled: boolean;
    readonly optionalClientScopes?: readonly string[];
    readonly attributes?: Readonly<Record<string, string>>;
    readonly protocolMappers: readonly { readonly config: Readonly<Record<string, string>> }[];
  }[];
  readonly clientScopes: readonly { readonly name: string }[];
  readonly defaultDefaultClientScopes: readonly string[];
  readonly defaultOptionalClientScopes: readonly string[];
  readonly users: readonly {
    readonly id: string;
    readonly username: string;
    readonly email: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly credentials: readonly { readonly value: string }[];
  }[];
}

const realm = JSON.parse(
  readFileSync(new URL('../../../../docker/keycloak/realm.json', import.meta.url), 'utf8'),
) as Realm;

test('the realm of Keycloak has the demo accounts of the embedded issuer, under the same ids', () => {
  expect(
    realm.users.map(({ id, username, email, firstName, lastName, credentials }) => ({
      id,
      account: username,
      name: `${firstName} ${lastName}`,
      email,
      password: credentials.map(({ value }) => value),
    })),
  ).toEqual(
    demoAccounts.map(({ id, account, name, email, password }) => ({
      id,
      account,
      name,
      email,
      password: [password],
    })),
  );
});

test('the clients that log people in use PKCE and get tokens for this API, without scopes of the administration; the gateway alone has a secret', () => {
  const logIn = realm.clients.filter(({ standardFlowEnabled }) => standardFlowEnabled);
  expect(logIn.filter(({ optionalClientScopes }) => optionalClientScopes !== undefined)).toEqual([]);
  expect(
    logIn.map(({ clientId, publicClient, secret, attributes, protocolMappers }) => ({
      clientId,
      publicClient,
      secret,
      pkce: attributes?.['pkce.code.challenge.method'],
      audience: protocolMappers.map(({ config }) => config['included.custom.audience']),
    })),
  ).toEqual(
    [webClientId, gatewayClientId, cliClientId].map((clientId) => ({
      clientId,
      publicClient: clientId !== gatewayClientId,
      secret: clientId === gatewayClientId ? composeEnvironment('gateway')['OIDC_CLIENT_SECRET'] : undefined,
      pkce: 'S256',
      audience: [audience],
    })),
  );
});

test('the client of operators logs nobody in, and may ask for each scope of the administration', () => {
  const operators = realm.clients.filter(({ standardFlowEnabled }) => !standardFlowEnabled);
  expect(
    operators.map(({ clientId, publicClient, serviceAccountsEnabled, optionalClientScopes }) => ({
      clientId,
      publicClient,
      serviceAccountsEnabled,
      optionalClientScopes,
    })),
  ).toEqual([
    {
      clientId: operatorClientId,
      publicClient: false,
      serviceAccountsEnabled: true,
      optionalClientScopes: Object.keys(scopes),
    },
  ]);
});

// Keycloak makes its own scopes only where a realm names none. Without "basic", tokens have no subject.
test('the realm has the scopes of Keycloak besides those of the administration', () => {
  const names = realm.clientScopes.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      ...Object.keys(scopes),
      ...realm.defaultDefaultClientScopes,
      ...realm.defaultOptionalClientScopes,
    ]),
  );
  expect(realm.defaultDefaultClientScopes).toEqual(expect.arrayContaining(['basic', 'profile', 'email']));
  expect(realm.defaultOptionalClientScopes).toContain('offline_access');
});

describeWithServer('KEYCLOAK_URL', 'Keycloak with this realm', (url) => {
  const issuer = `${url}/realms/${realm.realm}`;
  const tokens = new AccessTokens({ issuer, audience, keys: remoteKeys(issuer) }, { now: () => Date.now() });
  const tokenFor = async (
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<{ access_token?: string; error?: string }> => {
    const body = new URLSearchParams(fields);
    const response = await fetch(`${issuer}/protocol/openid-connect/token`, {
      method: 'POST',
      headers,
      body,
    });
    return (await response.json()) as { access_token?: string; error?: string };
  };

  test('makes access tokens that are taken here, under the id of the account', async () => {
    for (const { account, id, password } of demoAccounts) {
      const { access_token: token = '' } = await tokenFor({
        grant_type: 'password',
        client_id: cliClientId,
        username: account,
        password: password ?? '',
        scope: 'openid',
      });
      expect(await tokens.verify(token)).toMatchObject({ subject: id, client: cliClientId });
    }
  });

  test('gives operators the scopes that they ask for, and people who log in none', async () => {
    const { secret = '' } = realm.clients.find(({ clientId }) => clientId === operatorClientId) ?? {};
    const authorization = `Basic ${Buffer.from(`${operatorClientId}:${secret}`).toString('base64')}`;
    const scopesFor = async (scope: string): Promise<string[]> => {
      const asked = { grant_type: 'client_credentials', ...(scope !== '' && { scope }) };
      const { access_token: token = '' } = await tokenFor(asked, { authorization });
      const verified = await tokens.verify(token);
      expect(verified.client).toBe(operatorClientId);
      return Object.keys(scopes).filter((each) => verified.scopes.has(each));
    };
    for (const asked of ['', 'participants:write', everyScope])
      expect(await scopesFor(asked)).toEqual(asked.split(' ').filter(Boolean));

    const [anna] = demoAccounts;
    const refused = await tokenFor({
      grant_type: 'password',
      client_id: cliClientId,
      username: anna?.account ?? '',
      password: anna?.password ?? '',
      scope: 'openid participants:write',
    });
    expect(refused.error).toBe('invalid_scope');
  });
});
