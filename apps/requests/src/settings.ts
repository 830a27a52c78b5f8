import {
  allOrFaults,
  clockSettings,
  eventStoreSettings,
  healthSettings,
  kafkaSettings,
  logSettings,
  mongoSettings,
  needs,
  policySettings,
  processSettings,
  readPolicy,
  readSettings,
  wholeNumber,
  type Setting,
} from '@hse/service-kit';
import type { ExpiryPolicy } from '@hse/session-requests';

/** Everything that can be set for this service, as docs/distributed.md lists it. */
export const settingsTable = {
  GRPC_PORT: {
    meaning: 'TCP port that commands come in by; 0 takes a free one',
    form: 'a whole number from 0 to 65535',
    default: '50051',
    parse: wholeNumber(0, 65_535),
  },
  GRPC_HOST: {
    meaning: 'address that commands come in by',
    form: 'an IP address or a host name',
    default: '0.0.0.0',
    parse: (text) => (/^[\w.:-]+$/.test(text) ? text : undefined),
  },
  INSTANCE: {
    meaning:
      'name of this instance, the same after a restart and no other’s; default: a new one at each start',
    form: 'at most 100 letters, digits, dots, dashes or underscores',
    default: undefined,
    parse: (text) => (/^[\w.-]{1,100}$/.test(text) ? text : undefined),
  },
  ...eventStoreSettings,
  ...kafkaSettings,
  ...policySettings,
  ...clockSettings,
  ...mongoSettings,
  ...healthSettings,
  ...processSettings,
  ...logSettings,
  LOG_FORMAT: { ...logSettings.LOG_FORMAT, default: 'json' },
  MONGODB_URL: {
    ...mongoSettings.MONGODB_URL,
    meaning: `${mongoSettings.MONGODB_URL.meaning}; only used with CLOCK=simulated`,
  },
} as const satisfies Record<string, Setting<unknown>>;

/** The settings with everything read that they point to. */
export type RequestsSettings = ReturnType<typeof readSettings<typeof settingsTable>> & {
  readonly policy: ExpiryPolicy;
};

/** @throws InvalidSettings for anything that the process could not run on. */
export const readRequestsSettings = (
  environment: Readonly<Record<string, string | undefined>>,
): RequestsSettings => {
  const settings = readSettings(settingsTable, environment);
  const documents = allOrFaults(
    { policy: () => readPolicy(settings) },
    needs(environment, ['CLOCK_START'], settings.CLOCK === 'simulated', 'CLOCK=simulated'),
  );
  return { ...settings, ...documents };
};
