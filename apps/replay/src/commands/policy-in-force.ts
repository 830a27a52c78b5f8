import { readFileSync } from 'node:fs';
import { defaultExpiryPolicy, parseExpiryPolicy, type ExpiryPolicy } from '@hse/session-requests';
import { Failure } from '../command.ts';
import { pathFrom, type Io } from '../io.ts';

/** The policy that the service would use here (EXPIRY_POLICY, or the default): it names the tiers of leads. @throws Failure */
export const policyInForce = (io: Pick<Io, 'env' | 'root'>): ExpiryPolicy => {
  const given = io.env['EXPIRY_POLICY'];
  if (!given) return parseExpiryPolicy(defaultExpiryPolicy);
  const path = pathFrom({ cwd: io.root }, given);
  try {
    return parseExpiryPolicy(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Failure(`EXPIRY_POLICY, ${path}: ${(error as Error).message}`, { cause: error });
  }
};
