import { resolve } from 'node:path';
import {
  accountSettings,
  httpSettings,
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
    { policy: () => readPolicy(settings), accounts: () => readAccounts(settings) },
    [
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

/** URL of the embedded issuer. */
export const embeddedIssuerUrl = (settings: { PUBLIC_URL: string | undefined; PORT: number }): string =>
  `${publicUrl(settings)}/oidc`;
