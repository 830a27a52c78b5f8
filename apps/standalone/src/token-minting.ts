import { mintAccessToken } from '@hse/gateway';
import { readIssuerState } from './issuer-state.ts';

/** As long as a working day, so that nobody has to fetch a new one between two attempts with curl. */
const ttlSeconds = 12 * 3600;

/**
 * An access token as the embedded issuer of this data directory would issue it.
 * @param account id of the participant, or whatever a program is called.
 * @throws Error where no server has been started on the data directory yet: then there is no key to sign with.
 */
export const mintToken = async ({
  dataDir,
  audience,
  account,
  ...more
}: {
  dataDir: string;
  audience: string;
  account: string;
  scope?: string;
  client?: string;
}): Promise<string> => {
  const state = readIssuerState(dataDir);
  if (!state) throw new Error(`no server has been started on ${dataDir} yet; start one with \`npm start\``);
  return mintAccessToken({ ...state, audience, account, ttlSeconds, ...more });
};
