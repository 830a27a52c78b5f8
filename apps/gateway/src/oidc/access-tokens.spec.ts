// cspell:ignore MIIB secevent dpop
import { deflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  CompactEncrypt,
  CompactSign,
  createLocalJWKSet,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type CryptoKey,
  type JWK,
} from 'jose';
import { AccessTokens, InvalidToken } from './access-tokens.ts';

const issuer = 'https://id.example.org';
const audience = 'urn:api';
const nowMs = Date.UTC(2026, 10, 23, 8);
const nowS = nowMs / 1_000;

let privateKey: CryptoKey;
let publicPem: string;
let jwk: JWK;
let otherKey: CryptoKey;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  privateKey = pair.privateKey;
  publicPem = await exportSPKI(pair.publicKey);
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  otherKey = (await generateKeyPair('RS256')).privateKey;
});

const verify = (token: string, options: { algorithms?: string[]; keys?: JWK[]; now?: number } = {}) =>
  new AccessTokens(
    {
      issuer,
      audience,
      keys: createLocalJWKSet({ keys: options.keys ?? [jwk] }),
      ...(options.algorithms && { algorithms: options.algorithms }),
    },
    { now: () => options.now ?? nowMs },
  ).verify(token);

const claimsOf = (changes: object = {}) => ({
  iss: issuer,
  aud: audience,
  sub: 'p-1',
  iat: nowS,
  exp: nowS + 600,
  ...changes,
});

const signed = (
  { header = {}, claims = {} }: { header?: object; claims?: object } = {},
  key: Parameters<SignJWT['sign']>[0] = privateKey,
): Promise<string> =>
  new SignJWT(claimsOf(claims))
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
    .sign(key, header && 'crit' in header ? { crit: { 'x-must': true } } : {});

const refused = async (token: string, reason: RegExp | string): Promise<void> => {
  const outcome: unknown = await verify(token).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(InvalidToken);
  expect((outcome as Error).message).toMatch(reason);
};

describe('an access token', () => {
  it('is taken as RFC 9068 has it, and without a type from issuers that know none', async () => {
    for (const typ of ['at+jwt', 'application/at+jwt', 'AT+JWT', 'JWT', undefined])
      expect((await verify(await signed({ header: { typ } }))).subject).toBe('p-1');
    // What Keycloak writes.
    const ofKeycloak = { typ: 'Bearer', azp: 'gateway', sid: 's', scope: 'openid profile' };
    expect((await verify(await signed({ header: { typ: 'JWT' }, claims: ofKeycloak }))).client).toBe(
      'gateway',
    );
  });
});

describe('the algorithm (RFC 8725, sections 3.1 and 3.2)', () => {
  it('is one of the list, whatever the token says', async () => {
    const sameKey = { ...jwk };
    delete sameKey.alg;
    const token = await signed();
    await expect(verify(token, { keys: [sameKey], algorithms: ['PS256'] })).rejects.toThrow(
      'the algorithm of the token is not taken',
    );
    await refused(new UnsecuredJWT(claimsOf()).encode(), /not taken|malformed/);
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', 'RS256 ']) {
      const header = Buffer.from(JSON.stringify({ alg, kid: 'k1' })).toString('base64url');
      const [, payload = '', signature = ''] = token.split('.');
      await refused(`${header}.${payload}.${signature}`, /not taken|malformed/);
      await refused(`${header}.${payload}.`, /not taken|malformed/);
    }
  });

  it('is never a symmetric one with the public key as its secret', async () => {
    const secret = new TextEncoder().encode(publicPem);
    for (const alg of ['HS256', 'HS384', 'HS512'])
      await refused(await signed({ header: { alg } }, secret), 'the algorithm of the token is not taken');
  });
});

describe('the key (RFC 8725, sections 3.3 and 3.10)', () => {
  it('is one of the issuer’s, by its id; what the token brings along or points to is not looked at', async () => {
    const own = await generateKeyPair('RS256', { extractable: true });
    for (const header of [
      { jwk: await exportJWK(own.publicKey) },
      { jku: 'https://evil.example/keys', kid: 'evil' },
      { x5u: 'https://evil.example/chain' },
      { x5c: ['MIIB'] },
      { kid: '../../dev/null' },
      { kid: "' OR 1=1 --" },
    ])
      await refused(await signed({ header }, own.privateKey), 'malformed or its signature is wrong');
    await refused(await signed({}, otherKey), 'malformed or its signature is wrong');
  });

  it('that is for encryption, or too short, signs nothing', async () => {
    const token = await signed();
    await expect(verify(token, { keys: [{ ...jwk, use: 'enc' }] })).rejects.toThrow(InvalidToken);
    await expect(verify(token, { keys: [] })).rejects.toThrow(InvalidToken);
  });
});

describe('what the token is about (RFC 8725, sections 3.8, 3.9, 3.11 and 3.12)', () => {
  it.each([
    ['another issuer', { iss: 'https://evil.example' }, 'claim iss'],
    ['an issuer that is almost the same', { iss: `${issuer}/` }, 'claim iss'],
    ['no issuer', { iss: undefined }, 'claim iss'],
    ['another audience', { aud: 'urn:other' }, 'claim aud'],
    ['no audience', { aud: undefined }, 'claim aud'],
    ['a list of others', { aud: ['a', 'b'] }, 'claim aud'],
    ['nobody', { sub: undefined }, 'claim sub'],
    ['an empty name', { sub: '' }, 'names nobody'],
    ['a subject that is no text', { sub: 7 }, /names nobody|claim sub/],
  ])('is not %s', async (_what, claims, reason) => {
    await refused(await signed({ claims }), reason);
  });

  it.each([
    ['an ID token', { typ: 'JWT' }, { nonce: 'n' }],
    ['an ID token that came with an access token', {}, { at_hash: 'h' }],
    ['an ID token that came with a code', {}, { c_hash: 'h' }],
    ['an ID token of Keycloak', { typ: 'JWT' }, { typ: 'ID' }],
    ['a refresh token of Keycloak', { typ: 'JWT' }, { typ: 'Refresh' }],
    ['a log-out token', { typ: 'logout+jwt' }, {}],
    ['a log-out token without a type', {}, { events: {} }],
    ['a security event', { typ: 'secevent+jwt' }, {}],
    ['a proof of possession', { typ: 'dpop+jwt' }, {}],
    ['an answer of introspection', { typ: 'token-introspection+jwt' }, {}],
    ['an authorization request', { typ: 'oauth-authz-req+jwt' }, {}],
  ])('is not %s, even for this audience', async (_what, header, claims) => {
    await refused(await signed({ header, claims }), /of another type|no access token/);
  });
});

describe('when it is good', () => {
  it.each([
    ['expired', { exp: nowS - 6 }, 'has expired'],
    ['not yet good', { nbf: nowS + 6 }, 'claim nbf'],
    ['without an end', { exp: undefined }, 'claim exp'],
    ['with an end that is a text', { exp: String(nowS + 600) }, 'claim exp'],
    ['with a beginning that is a text', { nbf: 'now' }, 'claim nbf'],
  ])('is said by it: refused when %s', async (_what, claims, reason) => {
    await refused(await signed({ claims }), reason);
  });

  it('may be off by five seconds, as clocks are, and not by more', async () => {
    for (const claims of [{ exp: nowS - 4 }, { nbf: nowS + 5 }])
      expect((await verify(await signed({ claims }))).subject).toBe('p-1');
    await refused(await signed({ claims: { exp: nowS - 5 } }), 'has expired');
  });
});

describe('the form', () => {
  it('is a signed token: not an encrypted, nested, compressed or detached one (RFC 8725, section 3.6)', async () => {
    const publicKey = (await generateKeyPair('RSA-OAEP-256')).publicKey;
    const text = new TextEncoder();
    const encrypted = await new CompactEncrypt(text.encode(JSON.stringify(claimsOf())))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
      .encrypt(publicKey);
    await refused(encrypted, 'malformed');
    const sign = (payload: Uint8Array, header: object) =>
      new CompactSign(payload).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(privateKey);
    await refused(await sign(text.encode(await signed()), { cty: 'JWT' }), 'malformed');
    await refused(await sign(deflateRawSync(JSON.stringify(claimsOf())), { zip: 'DEF' }), 'malformed');
    for (const payload of ['[]', '"p-1"', 'null', '7', ''])
      await refused(await sign(text.encode(payload), {}), 'malformed');
    const [header = '', , signature = ''] = (await signed()).split('.');
    await refused(`${header}..${signature}`, 'malformed');
  });

  it('has no extension that is critical and unknown here (RFC 7515, section 4.1.11)', async () => {
    await refused(await signed({ header: { crit: ['x-must'], 'x-must': 1 } }), 'malformed');
  });

  it('has so many characters at most, which is seen before anything is done with it', async () => {
    await refused(await signed({ claims: { padding: 'x'.repeat(8_192) } }), 'the token is too long');
  });

  it.each(['', '.', '..', 'a.b.c', 'not a token', '!!!.???.###', `e30.e30.e30`])(
    'is not %j',
    async (token) => {
      await refused(token, /not taken|malformed/);
    },
  );
});
