/** `npm run -s token -- <account>` prints an access token, `--list` the accounts, one JSON object per line. */
import { InvalidSettings } from '@hse/service-kit';
import { prepareIssuerState, readIssuerState } from './issuer-state.ts';
import { embeddedIssuerUrl, readStandaloneSettings } from './settings.ts';
import { mintToken } from './token-minting.ts';

const fail = (message: string): never => {
  console.error(message);
  process.exit(2);
};

const [wanted] = process.argv.slice(2);
const usage = 'usage: npm run -s token -- <account>   or   npm run -s token -- --list';
if (wanted === undefined) fail(usage);

try {
  const { accounts, DATA_DIR, OIDC_AUDIENCE, OIDC_ISSUER, ...settings } = readStandaloneSettings(process.env);
  if (wanted === '--list') {
    for (const { account, id, role, name, timeZone } of accounts)
      console.log(JSON.stringify({ account, id, role, name, timeZone }));
  } else if (OIDC_ISSUER !== undefined) {
    fail(`The tokens come from ${OIDC_ISSUER}; this command knows only the embedded issuer.`);
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
