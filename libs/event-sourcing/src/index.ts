export type { DomainEvent, EventMetadata, NewEvent, RecordedEvent } from './event.ts';
export {
  StoreUnavailable,
  WrongExpectedRevision,
  type AppendResult,
  type EventBatch,
  type EventStore,
  type ExpectedRevision,
  type ReadAllOptions,
} from './event-store.ts';
export type { EventFeed, FeedConsumer, FeedHealth, FeedSubscription } from './event-feed.ts';
export type { EventPublisher, Publication } from './event-publisher.ts';
export type { ParkedStream, ParkedStreams } from './parked-streams.ts';
export { RevisionGap } from './revision-gap.ts';
export type { Clock, Scheduled, Timers } from './clock.ts';
export type { CommandBus, CommandEnvelope, CommandResult, Versioned } from './command-bus.ts';
export {
  createCommandHandler,
  TooManyConflicts,
  type CommandHandlerOptions,
  type Decider,
} from './command-handler.ts';
export type { Deadline, DeadlineChange, DeadlineStore } from './deadline-store.ts';
export { LogHead } from './log-head.ts';
export { elapse, Setbacks, type SetbacksOptions } from './setbacks.ts';
export type { Ids } from './ids.ts';
