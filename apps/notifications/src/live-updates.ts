import type { LiveUpdates } from '@hse/contracts';
import type { Logger } from '@hse/service-kit';

/** Live updates within one process: delivered before `publish` returns, in the order of subscription. */
export const createLiveUpdates = ({ logger }: { logger: Logger }): LiveUpdates => {
  const listeners = new Map<symbol, Parameters<LiveUpdates['subscribe']>[0]>();
  return {
    publish(changes) {
      if (changes.length === 0) return;
      for (const listener of [...listeners.values()]) {
        try {
          listener(changes);
        } catch (error) {
          // One listener's fault is not the others', and nobody else is there to hear of it.
          logger.error({ err: error }, 'A listener failed on live updates.');
        }
      }
    },
    subscribe(listener) {
      const subscription = Symbol('live updates');
      listeners.set(subscription, listener);
      return () => void listeners.delete(subscription);
    },
  };
};
