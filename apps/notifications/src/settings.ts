import {
  eventStoreSettings,
  healthSettings,
  kafkaSettings,
  logSettings,
  mongoSettings,
  processSettings,
  readSettings,
  type Setting,
} from '@hse/service-kit';
import { paritySettings } from './parity-watch.ts';

/** Everything that can be set for this service, as docs/distributed.md lists it. */
export const settingsTable = {
  ...mongoSettings,
  ...kafkaSettings,
  ...eventStoreSettings,
  ...paritySettings,
  ...healthSettings,
  ...processSettings,
  ...logSettings,
  LOG_FORMAT: { ...logSettings.LOG_FORMAT, default: 'json' },
} as const satisfies Record<string, Setting<unknown>>;

export type NotificationsSettings = ReturnType<typeof readSettings<typeof settingsTable>>;

/** @throws InvalidSettings for anything that the process could not run on. */
export const readNotificationsSettings = (
  environment: Readonly<Record<string, string | undefined>>,
): NotificationsSettings => readSettings(settingsTable, environment);
