export {
  createEmbeddedEventFeed,
  type EmbeddedEventFeed,
  type EmbeddedEventFeedOptions,
} from './embedded-event-feed.ts';
