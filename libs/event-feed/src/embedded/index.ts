export {
  createEmbeddedEventFeed,
  type EmbeddedEventFeed,
  type EmbeddedEventFeedOptions,
  type FeedHealth,
} from './embedded-event-feed.ts';
