import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mintAccessToken } from '@hse/gateway';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** As much of an OIDC issuer as a gateway needs that only checks tokens: discovery and keys. */
export interface OidcIssuer {
  readonly issuer: string;
  mint(participantId: string): Promise<string>;
  close(): Promise<void>;
}

const audience = 'urn:hse:session-requests';

export const startOidcIssuer = async (): Promise<OidcIssuer> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const { d, p, q, dp, dq, qi, ...publicKey } = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(publicKey);
  const jwk: JWK = { ...publicKey, kid, use: 'sig', alg: 'RS256' };
  const server = createServer((request, response) => {
    const documents: Record<string, object> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/jwks` },
      '/jwks': { keys: [jwk] },
    };
    const found = documents[request.url ?? ''];
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signing = { ...jwk, d, p, q, dp, dq, qi } as JWK;
  return {
    issuer,
    mint: (account) =>
      mintAccessToken({ jwks: { keys: [signing] }, issuer, audience, account, ttlSeconds: 12 * 3600 }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
