import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** What the embedded issuer keeps between starts, so that a token outlives the process that issued it. */
export interface IssuerState {
  /** URL of the issuer as it was last started; tokens name it. */
  readonly issuer: string;
  readonly jwks: { readonly keys: readonly JWK[] };
}

const pathIn = (dataDir: string): string => join(dataDir, 'oidc.json');

/** The state in this data directory; undefined when no server was started on it yet. */
export const readIssuerState = (dataDir: string): IssuerState | undefined => {
  try {
    return JSON.parse(readFileSync(pathIn(dataDir), 'utf8')) as IssuerState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(
      `${pathIn(dataDir)} cannot be read: ${(error as Error).message}. Bring it back from a backup, or delete it: then there ` +
        'is a new key, and tokens issued so far are void.',
      { cause: error },
    );
  }
};

/** Makes sure there is a signing key, and notes the issuer. The file holds the private key: only its owner may read it. */
export const prepareIssuerState = async (dataDir: string, issuer: string): Promise<IssuerState> => {
  const known = readIssuerState(dataDir);
  if (known?.issuer === issuer) return known;
  const state: IssuerState = { issuer, jwks: known?.jwks ?? { keys: [await newSigningKey()] } };
  mkdirSync(dataDir, { recursive: true });
  const next = `${pathIn(dataDir)}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(next, pathIn(dataDir));
  return state;
};

const newSigningKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: 'RS256' };
};
