import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { AccessTokens, InvalidToken, IssuerUnavailable } from './access-tokens.ts';
import { remoteKeys } from './remote-keys.ts';

/** Another OpenID provider: its discovery document and its keys. */
let server: Server;
let issuer: string;
let privateKey: CryptoKey;
let asked: string[];
let discovery: { status: number; body: (issuer: string) => object };
let jwksStatus: number;
let wallClock: { now: () => number };

beforeEach(async () => {
  const pair = await generateKeyPair('RS256');
  privateKey = pair.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' };
  asked = [];
  discovery = { status: 200, body: (name) => ({ issuer: name, jwks_uri: `${name}/keys` }) };
  jwksStatus = 200;
  wallClock = { now: () => Date.now() };
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const isDiscovery = request.url === '/realm/.well-known/openid-configuration';
    response.writeHead(isDiscovery ? discovery.status : jwksStatus, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isDiscovery ? discovery.body(issuer) : { keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realm`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const tokens = () => new AccessTokens({ issuer, audience: 'api', keys: remoteKeys(issuer) }, wallClock);
const token = (claims: object = {}, kid = 'k1') =>
  new SignJWT({ iss: issuer, aud: 'api', sub: 'p-1', exp: Math.floor(Date.now() / 1_000) + 600, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid })
    .sign(privateKey);

describe('an issuer elsewhere', () => {
  it('is asked for its keys when the first token comes, and then no more', async () => {
    const verifier = tokens();
    expect(asked).toEqual([]);
    const first = await verifier.verify(await token());
    expect(first.subject).toBe('p-1');
    await verifier.verify(await token({ sub: 'p-2' }));
    expect(asked).toEqual(['/realm/.well-known/openid-configuration', '/realm/keys']);
  });

  it('may have its discovery document at an address that only servers use, and is still known by its name', async () => {
    const inside = issuer;
    issuer = 'https://log-in.example.org/realm';
    discovery.body = (name) => ({ issuer: name, jwks_uri: `${inside}/keys` });
    const keys = remoteKeys(issuer, `${inside}/.well-known/openid-configuration`);
    const verifier = new AccessTokens({ issuer, audience: 'api', keys }, wallClock);
    expect((await verifier.verify(await token())).subject).toBe('p-1');
    await expect(verifier.verify(await token({ iss: inside }))).rejects.toThrow(InvalidToken);

    const other = remoteKeys('https://other.example.org', `${inside}/.well-known/openid-configuration`);
    await expect(
      new AccessTokens({ issuer, audience: 'api', keys: other }, wallClock).verify(await token()),
    ).rejects.toThrow(IssuerUnavailable);
  });

  it('is trusted for its own tokens only', async () => {
    const verifier = tokens();
    await expect(verifier.verify(await token({ iss: 'http://elsewhere' }))).rejects.toThrow(InvalidToken);
    await expect(verifier.verify(await token({ aud: 'other' }))).rejects.toThrow(InvalidToken);
    await expect(verifier.verify(await token({}, 'unknown'))).rejects.toThrow(InvalidToken);
  });

  it('that does not answer, or answers nonsense, is not the fault of the token, and is asked again', async () => {
    const verifier = tokens();
    const good = await token();
    const faults: (() => void)[] = [
      () => (discovery.status = 500),
      () =>
        (discovery.body = () => ({ issuer: 'http://evil.example', jwks_uri: 'http://evil.example/keys' })),
      () => (discovery.body = (name) => ({ issuer: name })),
      () => (jwksStatus = 503),
    ];
    for (const fail of faults) {
      const before = { ...discovery };
      fail();
      await expect(verifier.verify(good)).rejects.toThrow(IssuerUnavailable);
      discovery = before;
    }
    jwksStatus = 200;
    expect((await verifier.verify(good)).subject).toBe('p-1');
  });

  it('that is not there at all is unavailable', async () => {
    const keys = remoteKeys('http://127.0.0.1:1/realm');
    const verifier = new AccessTokens({ issuer, audience: 'api', keys }, wallClock);
    await expect(verifier.verify(await token())).rejects.toThrow(IssuerUnavailable);
  });
});

describe('what was verified', () => {
  it('is remembered until it expires, not a moment longer', async () => {
    const verifier = tokens();
    const exp = Math.floor(Date.now() / 1_000) + 60;
    const short = await token({ exp });
    await verifier.verify(short);
    expect(verifier.known(short)).toMatchObject({ subject: 'p-1', expiresAtMs: exp * 1_000 });
    wallClock.now = () => exp * 1_000 - 1;
    expect(verifier.known(short)).toBeDefined();
    wallClock.now = () => exp * 1_000;
    expect(verifier.known(short)).toBeUndefined();
    wallClock.now = () => (exp + 6) * 1_000;
    await expect(verifier.verify(short)).rejects.toThrow('the token has expired');
  });
});

describe('algorithms', () => {
  it('that are symmetric, or none, cannot be configured', () => {
    const keys = remoteKeys(issuer);
    for (const algorithm of ['none', 'HS256', 'dir', ''])
      expect(
        () => new AccessTokens({ issuer, audience: 'api', keys, algorithms: [algorithm] }, wallClock),
      ).toThrow(RangeError);
  });
});
