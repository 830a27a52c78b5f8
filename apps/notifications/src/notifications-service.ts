import type { LiveUpdates, ReadModels } from '@hse/contracts';
import { RevisionGap, type EventFeed, type FeedSubscription } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { createProjection, type Projection } from './projection.ts';

export interface NotificationsDependencies {
  readonly feed: EventFeed<SessionRequestEvent>;
  readonly readModels: ReadModels;
  readonly live: LiveUpdates;
  readonly logger: Logger;
}

/** Keeps the read models up with the log. */
export interface Notifications {
  /** Begins to follow the log from the read models' checkpoint; a second call changes nothing. */
  start(): void;
  /** Finishes the batch at hand and ends. Can be started again. */
  stop(): Promise<void>;
  /**
   * Resolves when the read models reflect everything up to `position`, and live updates about it are out.
   * Rejects when the service is not running, or stops before.
   */
  reached(position: number): Promise<void>;
}

/** As this group it consumes the feed. */
export const consumerGroup = 'notifications';

/** The only writer of the read models: projects what the feed brings, and tells who listens once it can be queried. */
export const createNotifications = (dependencies: NotificationsDependencies): Notifications => {
  const { feed, readModels, live, logger } = dependencies;
  let subscription: FeedSubscription | undefined;

  const consume = (): FeedSubscription => {
    let projection: Projection;
    return feed.consume(consumerGroup, {
      checkpoint() {
        projection = createProjection({ target: readModels });
        return readModels.checkpoint();
      },
      async handle(batch) {
        try {
          live.publish(await projection.handle(batch));
        } catch (error) {
          if (error instanceof RevisionGap)
            logger.error(
              { err: error, stream: error.stream, expected: error.expected, found: error.found },
              'Events are missing: the read models stay as they are until the events come or a rebuild has been made.',
            );
          throw error;
        }
      },
    });
  };

  return {
    start() {
      subscription ??= consume();
    },
    async stop() {
      const running = subscription;
      subscription = undefined;
      await running?.stop();
    },
    async reached(position) {
      if (!subscription) throw new Error('the notifications service is not running');
      await subscription.reached(position);
    },
  };
};
