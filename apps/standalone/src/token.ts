/**
 * `npm run -s token -- <account>` prints an access token, `--list` the accounts, one JSON object per line, and `--scope "<scopes>"` a token
 * of the administration, for a program that takes no part.
 */
import { operatorClientId, scopes } from '@hse/gateway';
import { InvalidSettings } from '@hse/service-kit';
import { prepareIssuerState, readIssuerState } from './issuer-state.ts';
import { embeddedIssuerUrl, readStandaloneSettings } from './settings.ts';
import { mintToken } from './token-minting.ts';

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

const [wanted, scope] = process.argv.slice(2);
const usage =
  'usage: npm run -s token -- <account>   or   npm run -s token -- --list   or   npm run -s token -- --scope "<scopes>"';
/** Those of these scopes that there are none of. */
const unknownAmong = (wantedScopes: string): string[] =>
  wantedScopes.split(' ').filter((each) => !Object.hasOwn(scopes, each));
if (wanted === undefined) fail(usage);

try {
  const { accounts, DATA_DIR, OIDC_AUDIENCE, OIDC_ISSUER, ...settings } = readStandaloneSettings(process.env);
  if (wanted === '--list') {
    for (const { account, id, role, name, timeZone } of accounts)
      console.log(JSON.stringify({ account, id, role, name, timeZone }));
  } else if (OIDC_ISSUER !== undefined) {
    fail(`The tokens come from ${OIDC_ISSUER}; this command knows only the embedded issuer.`);
  } else if (wanted === '--scope') {
    if (scope === undefined || unknownAmong(scope).length > 0)
      fail(`Scopes, with spaces between, are: ${Object.keys(scopes).join(', ')}.`);
    else {
      if (!readIssuerState(DATA_DIR)) await prepareIssuerState(DATA_DIR, embeddedIssuerUrl(settings));
      const operator = { account: operatorClientId, client: operatorClientId, scope };
      console.log(await mintToken({ dataDir: DATA_DIR, audience: OIDC_AUDIENCE, ...operator }));
    }
  } else {
    const account = accounts.find((each) => each.account === wanted);
    if (!account)
      fail(`There is no account ${wanted}. There are: ${accounts.map((each) => each.account).join(', ')}.`);
    else {
      if (!readIssuerState(DATA_DIR)) await prepareIssuerState(DATA_DIR, embeddedIssuerUrl(settings));
      console.log(await mintToken({ dataDir: DATA_DIR, audience: OIDC_AUDIENCE, account: account.id }));
    }
  }
} catch (error) {
  fail(error instanceof InvalidSettings ? error.message : String(error));
}
