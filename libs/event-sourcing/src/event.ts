/** What a domain records: a name in the past tense and a plain JSON payload. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

/** The envelope: who caused an event, and when. Never part of the payload. */
export interface EventMetadata {
  /** The command that decided the event. Repeating the command records nothing twice. */
  readonly commandId: string;
  /** Common to everything that one outside request set off. */
  readonly correlationId: string;
  /** The event or command that led to the command; absent where a person did. */
  readonly causationId?: string;
  /** ISO-8601 UTC, milliseconds: the `now` that the decision was made with. */
  readonly recordedAt: string;
  /** Of the payload; starts at 1. */
  readonly schemaVersion: number;
  /** W3C Trace Context. */
  readonly traceparent?: string;
}

/** An event on its way into the store. `id` is a UUID; a second append with the same id in the same stream is a repeat. */
export type NewEvent<E extends DomainEvent = DomainEvent> = E & {
  readonly id: string;
  readonly metadata: EventMetadata;
};

/** An event as recorded: immutable, at one place in its stream and one place in the whole log. */
export type RecordedEvent<E extends DomainEvent = DomainEvent> = NewEvent<E> & {
  readonly stream: string;
  /** Place in the stream: 0, 1, 2, … without gaps. */
  readonly revision: number;
  /** Place in the log: greater than that of every event recorded before. Below 2^53. */
  readonly position: number;
};
