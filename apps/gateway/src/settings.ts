import {
  allOrFaults,
  clockSettings,
  eventStoreSettings,
  InvalidSettings,
  lingerSettings,
  logSettings,
  mongoSettings,
  needs,
  policySettings,
  processSettings,
  readPolicy,
  readSettings,
  requestsSettings,
  type Setting,
} from '@hse/service-kit';
import type { ExpiryPolicy } from '@hse/session-requests';
import type { Account } from './accounts.ts';
import { accountSettings, httpSettings, oidcSettings, readAccounts } from './http-settings.ts';
import { protectionSettings } from './protection/settings.ts';

/** Everything that can be set for this service as a process of its own, as docs/distributed.md lists it. */
export const settingsTable = {
  ...httpSettings,
  HOST: { ...httpSettings.HOST, meaning: 'address to listen on', default: '0.0.0.0' },
  ...requestsSettings,
  ...mongoSettings,
  ...eventStoreSettings,
  ...policySettings,
  ...accountSettings,
  ...protectionSettings,
  ...oidcSettings,
  OIDC_ISSUER: { ...oidcSettings.OIDC_ISSUER, meaning: 'issuer of the access tokens; has to be set' },
  OIDC_DISCOVERY_URL: {
    meaning:
      'where this service fetches the discovery document of the issuer, if not from below the issuer’s own URL',
    form: 'an http or https URL without query',
    default: undefined,
    parse: oidcSettings.OIDC_ISSUER.parse,
  },
  ...clockSettings,
  METRICS_PORT: {
    ...httpSettings.METRICS_PORT,
    meaning: 'TCP port of /metrics, which the port of the API never serves; 0 takes a free one',
    default: '9464',
  },
  ...processSettings,
  ...lingerSettings,
  ...logSettings,
  LOG_FORMAT: { ...logSettings.LOG_FORMAT, default: 'json' },
} as const satisfies Record<string, Setting<unknown>>;

/** The settings with everything read that they point to. */
export type GatewaySettings = ReturnType<typeof readSettings<typeof settingsTable>> & {
  readonly policy: ExpiryPolicy;
  readonly accounts: readonly Account[];
  readonly issuer: string;
};

/** @throws InvalidSettings for anything that the process could not run on. */
export const readGatewaySettings = (
  environment: Readonly<Record<string, string | undefined>>,
): GatewaySettings => {
  const settings = readSettings(settingsTable, environment);
  const documents = allOrFaults(
    {
      policy: () => readPolicy(settings),
      accounts: () => readAccounts(settings, environment),
      issuer: () => {
        if (settings.OIDC_ISSUER !== undefined) return settings.OIDC_ISSUER;
        throw new InvalidSettings([`OIDC_ISSUER has to be set: ${settingsTable.OIDC_ISSUER.form}.`]);
      },
    },
    needs(environment, ['CLOCK_START'], settings.CLOCK === 'simulated', 'CLOCK=simulated'),
  );
  return { ...settings, ...documents };
};
