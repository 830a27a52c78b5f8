import type { CommandBus, EventStore } from '@hse/event-sourcing';
import type {
  Rejection,
  SessionRequest,
  SessionRequestCommand,
  SessionRequestEvent,
} from '@hse/session-requests';

/** The one way in to the requests service. */
export type SessionRequestBus = CommandBus<SessionRequestCommand, SessionRequest, Rejection>;

export type SessionRequestStore = EventStore<SessionRequestEvent>;

const category = 'sessionRequest';

/** The stream that holds everything that happened to one session request. */
export const streamOf = ({ requestId }: { requestId: string }): string => `${category}-${requestId}`;

/** Of the payloads this release writes. */
export const eventSchemaVersion = 1;
