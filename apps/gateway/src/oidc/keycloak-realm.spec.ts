import { describeWithServer } from '@hse/engines';
import { composeEnvironment } from '@hse/service-kit/testing';
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { demoAccounts } from '../demo-accounts.ts';
import { AccessTokens } from './access-tokens.ts';
import { gatewayClientId, webClientId } from './embedded-issuer.ts';
import { cliClientId } from './mint-access-token.ts';
import { remoteKeys } from './remote-keys.ts';

const audience = 'urn:hse:session-requests';

interface Realm {
  readonly realm: string;
  readonly clients: readonly {
    readonly clientId: string;
    readonly publicClient: boolean;
    readonly secret?: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly protocolMappers: readonly { readonly config: Readonly<Record<string, string>> }[];
  }[];
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

test('the clients of the realm use PKCE and get tokens for this API; the gateway alone has a secret', () => {
  expect(
    realm.clients.map(({ clientId, publicClient, secret, attributes, protocolMappers }) => ({
      clientId,
      publicClient,
      secret,
      pkce: attributes['pkce.code.challenge.method'],
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

describeWithServer('KEYCLOAK_URL', 'Keycloak with this realm', (url) => {
  test('makes access tokens that are taken here, under the id of the account', async () => {
    const issuer = `${url}/realms/${realm.realm}`;
    const tokens = new AccessTokens(
      { issuer, audience, keys: remoteKeys(issuer) },
      { now: () => Date.now() },
    );
    for (const { account, id, password } of demoAccounts) {
      const response = await fetch(`${issuer}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'password',
          client_id: cliClientId,
          username: account,
          password: password ?? '',
          scope: 'openid',
        }),
      });
      const { access_token: token } = (await response.json()) as { access_token: string };
      expect((await tokens.verify(token)).subject).toBe(id);
    }
  });
});
