import {
  allOrFaults,
  clockSettings,
  eventStoreSettings,
  healthSettings,
  kafkaSettings,
  logSettings,
  mongoSettings,
  needs,
  processSettings,
  readSettings,
  requestsSettings,
  type Setting,
} from '@hse/service-kit';

/** Everything that can be set for this service, as docs/distributed.md lists it. */
export const settingsTable = {
  INSTANCE: {
    meaning:
      'name of this instance, the same after a restart and no other’s; default: a new one at each start',
    form: 'at most 100 letters, digits, dots, dashes or underscores',
    default: undefined,
    parse: (text) => (/^[\w.-]{1,100}$/.test(text) ? text : undefined),
  },
  ...requestsSettings,
  ...mongoSettings,
  ...kafkaSettings,
  ...eventStoreSettings,
  ...clockSettings,
  ...healthSettings,
  ...processSettings,
  ...logSettings,
  LOG_FORMAT: { ...logSettings.LOG_FORMAT, default: 'json' },
} as const satisfies Record<string, Setting<unknown>>;

export type ExpirySettings = ReturnType<typeof readSettings<typeof settingsTable>>;

/** @throws InvalidSettings for anything that the process could not run on. */
export const readExpirySettings = (
  environment: Readonly<Record<string, string | undefined>>,
): ExpirySettings => {
  const settings = readSettings(settingsTable, environment);
  allOrFaults({}, needs(environment, ['CLOCK_START'], settings.CLOCK === 'simulated', 'CLOCK=simulated'));
  return settings;
};
