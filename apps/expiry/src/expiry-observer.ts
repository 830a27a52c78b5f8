import type { Clock, DeadlineStore } from '@hse/event-sourcing';
import type { Telemetry } from '@hse/telemetry';

/** Is told how it goes, as it goes. It must not throw. */
export interface ExpiryObserver {
  /** A cancellation was recorded that much after it was due, in milliseconds, both by the clock of whoever decided it. */
  cancelled(lateMs: number): void;
  /** There was nothing to cancel any more. */
  answered(): void;
  /** A command was refused or not answered; it is sent again. */
  failed(): void;
}

/**
 * Shows what becomes of deadlines as `session_requests.expiry.*`. What is pending and overdue is that of the store: the same for all
 * instances that share one.
 */
export const measureExpiry = ({
  telemetry,
  deadlines,
  clock,
}: {
  telemetry: Pick<Telemetry, 'record' | 'add' | 'observe'>;
  deadlines: Pick<DeadlineStore, 'count' | 'upcoming'>;
  clock: Pick<Clock, 'now'>;
}): ExpiryObserver => {
  telemetry.observe('session_requests.expiry.pending', async () => [
    { value: await deadlines.count(), attributes: {} },
  ]);
  telemetry.observe('session_requests.expiry.oldest_overdue', async () => {
    const now = clock.now();
    const [oldest] = await deadlines.upcoming({ after: -Infinity, until: now, limit: 1 });
    return [{ value: oldest ? (now - oldest.dueAt) / 1_000 : 0, attributes: {} }];
  });
  const fired = (outcome: 'cancelled' | 'answered' | 'failed', count = 1): void =>
    telemetry.add('session_requests.expiry.fired', count, { outcome });
  // A rate begins at what is there, so that the first failure is seen as one.
  for (const outcome of ['cancelled', 'answered', 'failed'] as const) fired(outcome, 0);
  return {
    cancelled(lateMs) {
      telemetry.record('session_requests.expiry.lateness', lateMs / 1_000, {});
      fired('cancelled');
    },
    answered: () => fired('answered'),
    failed: () => fired('failed'),
  };
};
