import type { DomainEvent, NewEvent, RecordedEvent } from './event.ts';

/**
 * What a stream has to look like for an append to succeed: exactly this revision (of its latest event), not there yet,
 * there at all, or anything.
 */
export type ExpectedRevision = number | 'no-stream' | 'stream-exists' | 'any';

export interface AppendResult {
  /** Revision of the last event appended. */
  readonly revision: number;
  /** Position of the last event appended. */
  readonly position: number;
  /** True when these very events had been recorded before and nothing was written. */
  readonly repeated: boolean;
}

/** A stretch of the log. */
export interface EventBatch<E extends DomainEvent = DomainEvent> {
  /** In log order. May be empty where a filter left nothing. */
  readonly events: readonly RecordedEvent<E>[];
  /** Everything up to and including this position has been delivered or filtered out: the place to go on from. */
  readonly position: number;
}

export interface ReadAllOptions {
  /** Delivers what comes after this position. Default 0: from the beginning. */
  readonly after?: number;
  /** Only events of these types. Default: all. */
  readonly types?: readonly string[];
  /** Most events in one batch. Default 500. */
  readonly batchSize?: number;
  /** Ends the iteration, quietly. */
  readonly signal?: AbortSignal;
}

/**
 * The log of everything that happened.
 *
 * An append is atomic and durable when its promise resolves: it survives the death of the process and a power cut.
 * Positions and revisions grow in the order in which appends are acknowledged to anybody; a reader never sees an event
 * before all events with lower positions.
 */
export interface EventStore<E extends DomainEvent = DomainEvent> {
  /**
   * Appends all events or none.
   *
   * Idempotent: where the stream already holds exactly these event ids — right after the expected revision, or, for
   * `any` and `stream-exists`, anywhere — nothing is written and the first result is returned with `repeated: true`.
   * Where it holds only some of them, that is a wrong revision.
   *
   * @throws RangeError when there are no events.
   * @throws WrongExpectedRevision when the stream is not as expected; nothing was written.
   * @throws StoreUnavailable when the append could not be made durable (`outcome: 'not-written'`) or when that is not
   *   known (`outcome: 'unknown'`): repeat it with the same ids to find out.
   */
  append(
    stream: string,
    events: readonly NewEvent<E>[],
    options: { expected: ExpectedRevision },
  ): Promise<AppendResult>;

  /** The events of one stream in order, from revision `from` (default 0), at most `limit` (default: all). Empty if there is no such stream. */
  readStream(stream: string, options?: { from?: number; limit?: number }): Promise<RecordedEvent<E>[]>;

  /** Everything recorded so far, in order; ends at the head as it was when the last batch was read. */
  readAll(options?: ReadAllOptions): AsyncIterable<EventBatch<E>>;

  /** Everything recorded so far and then everything as it is recorded, in one iteration without gap or repeat. Ends by its signal or {@link close}. */
  follow(options?: ReadAllOptions): AsyncIterable<EventBatch<E>>;

  /** Position of the latest event; 0 when there is none. */
  head(): Promise<number>;

  /** Finishes the appends under way, ends all followers, frees the store. Later calls fail with StoreUnavailable. */
  close(): Promise<void>;
}

/** The stream is not as the caller expected. */
export class WrongExpectedRevision extends Error {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** Revision of the latest event; undefined when there is no such stream. */
  readonly actual: number | undefined;
  constructor(stream: string, expected: ExpectedRevision, actual: number | undefined) {
    super(`${stream}: expected ${expected}, found ${actual ?? 'no stream'}`);
    this.name = 'WrongExpectedRevision';
    this.stream = stream;
    this.expected = expected;
    this.actual = actual;
  }
}

/** The store cannot do its work at present: closed, full, or not reachable. */
export class StoreUnavailable extends Error {
  readonly outcome: 'not-written' | 'unknown';
  /** `full`: no space left to write to. */
  readonly reason: 'full' | 'closed' | 'unreachable';
  constructor(
    message: string,
    outcome: 'not-written' | 'unknown',
    reason: 'full' | 'closed' | 'unreachable',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StoreUnavailable';
    this.outcome = outcome;
    this.reason = reason;
  }
}
