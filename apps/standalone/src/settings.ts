import { resolve } from 'node:path';
import {
  accountSettings,
  httpSettings,
  isProduction,
  oidcSettings,
  protectionSettings,
  publicUrl,
  readAccounts,
  type Account,
} from '@hse/gateway';
import { paritySettings } from '@hse/notifications';
import {
  allOrFaults,
  clockSettings,
  decimalNumber,
  logSettings,
  telemetrySettings,
  needs,
  policySettings,
  readPolicy,
  readSettings,
  type Setting,
} from '@hse/service-kit';
import type { ExpiryPolicy } from '@hse/session-requests';

/** Everything that can be set, as the README lists it. */
export const settingsTable = {
  ...httpSettings,
  DATA_DIR: {
    meaning: 'folder of the event log and everything derived from it; made when missing',
    form: 'a path',
    default: './data',
    parse: (text) => resolve(text),
  },
  ...clockSettings,
  CLOCK_SPEED: {
    meaning: 'simulated seconds per second; 0 stands still until it is advanced',
    form: 'a number from 0 to 1000000',
    default: '1',
    parse: decimalNumber(0, 1_000_000),
  },
  ...policySettings,
  ...paritySettings,
  ...accountSettings,
  ...protectionSettings,
  ...oidcSettings,
  ...logSettings,
  ...telemetrySettings,
} as const satisfies Record<string, Setting<unknown>>;

/** The settings with everything read that they point to. */
export type Settings = ReturnType<typeof readSettings<typeof settingsTable>> & {
  readonly policy: ExpiryPolicy;
  readonly accounts: readonly Account[];
};

/** @throws InvalidSettings for anything that the process could not run on. */
export const readStandaloneSettings = (
  environment: Readonly<Record<string, string | undefined>>,
): Settings => {
  const settings = readSettings(settingsTable, environment);
  const documents = allOrFaults(
    { policy: () => readPolicy(settings), accounts: () => readAccounts(settings, environment) },
    [
      ...refuseDemonstration(settings, environment),
      ...needs(
        environment,
        ['CLOCK_START', 'CLOCK_SPEED'],
        settings.CLOCK === 'simulated',
        'CLOCK=simulated',
      ),
      ...needs(
        environment,
        ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_SCOPE'],
        settings.OIDC_ISSUER !== undefined,
        'OIDC_ISSUER',
      ),
    ],
  );
  return { ...settings, ...documents };
};

/** The embedded issuer lets everybody in who knows it: that is for demonstrations on one's own machine. */
const refuseDemonstration = (
  {
    OIDC_ISSUER: issuer,
    PUBLIC_URL: url,
  }: { OIDC_ISSUER: string | undefined; PUBLIC_URL: string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): string[] => {
  const cause = isProduction(environment)
    ? 'with NODE_ENV=production'
    : url?.startsWith('https:')
      ? `with PUBLIC_URL=${url}, where others are`
      : undefined;
  if (issuer !== undefined || cause === undefined) return [];
  return [
    `OIDC_ISSUER has to be set ${cause}: the URL of your OpenID provider. The embedded issuer is for demonstrations and does not run ` +
      'there: its passwords are in clear text, and its demo accounts are open to everybody. To try things out, leave NODE_ENV and ' +
      'PUBLIC_URL alone.',
  ];
};

/** URL of the embedded issuer. */
export const embeddedIssuerUrl = (settings: { PUBLIC_URL: string | undefined; PORT: number }): string =>
  `${publicUrl(settings)}/oidc`;
