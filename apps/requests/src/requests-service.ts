import {
  createPresent,
  eventSchemaVersion,
  streamOf,
  type SessionRequestBus,
  type SessionRequestStore,
} from '@hse/contracts';
import { createCommandHandler, type Clock } from '@hse/event-sourcing';
import { decide, evolve, type ExpiryPolicy } from '@hse/session-requests';

export interface RequestsDependencies {
  readonly store: SessionRequestStore;
  readonly clock: Clock;
  /** From which the deadlines of new proposals are computed. */
  readonly policy: ExpiryPolicy;
  /** Session requests kept in memory. Default: as the command handler's. */
  readonly cacheSize?: number;
}

/**
 * The only writer: whatever is recorded about a session request has been decided here.
 * Idempotent by command id; see `createCommandHandler`.
 */
export const createRequests = ({
  store,
  clock,
  policy,
  cacheSize,
}: RequestsDependencies): SessionRequestBus => {
  const present = createPresent(clock);
  return createCommandHandler({
    store,
    decider: { decide, evolve },
    streamOf,
    context: () => {
      const now = present();
      return { context: { now, policy }, recordedAt: now };
    },
    schemaVersion: eventSchemaVersion,
    ...(cacheSize !== undefined && { cacheSize }),
  });
};
