import { openEventStoreDB } from '@hse/event-store/eventstoredb';
import {
  createPinoLogger,
  createTimers,
  createUuids,
  eventStoreAddress,
  eventStoreSettings,
  mongoSettings,
  readSettings,
} from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';

/** What a command on the read models works with: the log, and where the read models are. Closed with `opened`. */
export const openLog = (opened: AsyncDisposableStack) => {
  const settings = readSettings({ ...mongoSettings, ...eventStoreSettings }, process.env);
  const logger = createPinoLogger({ level: 'error', format: 'pretty', service: 'notifications' });
  const store = openEventStoreDB<SessionRequestEvent>({
    ...eventStoreAddress(settings),
    timers: createTimers(),
    ids: createUuids(),
    logger,
  });
  opened.defer(() => store.close());
  return { store, settings, logger };
};
