import type {
  Instant,
  Role,
  SessionRequest,
  SessionRequestEvent,
  SessionRequestStatus,
} from '@hse/session-requests';

/** What the read models know of one session request. A fold of its events, nothing else. */
export interface SessionRequestRecord {
  readonly state: SessionRequest;
  /** When the latest event was recorded. */
  readonly recordedAt: Instant;
  /** Position of the latest event in the log. */
  readonly position: number;
  /** W3C Trace Context of the latest event, where it has one: what is told of the record belongs to that trace. */
  readonly traceparent?: string;
}

/** Something that happened and that a participant is told of. One event makes at most one for each of the two parties. */
export interface NotificationRecord {
  readonly participantId: string;
  /** Of the event; orders notifications, newest = greatest. */
  readonly position: number;
  readonly requestId: string;
  readonly revision: number;
  readonly recordedAt: Instant;
  readonly event: SessionRequestEvent;
}

/** A place in a list to go on from: the sort key of the last item delivered. */
export interface CalendarPlace {
  readonly startsAt: Instant;
  readonly requestId: string;
}

export interface PendingActionPlace {
  readonly until: Instant;
  readonly requestId: string;
}

/** Questions to the read models. Each is answered from an index, by participant. */
export interface SessionRequestQueries {
  find(requestId: string): Promise<SessionRequestRecord | undefined>;

  /**
   * A participant's session requests by start of the slot the calendar shows (`state.slot`), soonest first, then by id.
   * With `from` (inclusive) or `to` (exclusive), those of which the agreed, the proposed or the last slot overlaps that span.
   */
  calendar(query: {
    participantId: string;
    from?: Instant;
    to?: Instant;
    /** Default: all. */
    statuses?: readonly SessionRequestStatus[];
    after?: CalendarPlace;
    limit: number;
  }): Promise<SessionRequestRecord[]>;

  /** What awaits a participant's answer at `now` (`awaitedAnswer(state).until > now`), soonest deadline first, then by id. */
  pendingActions(query: {
    participantId: string;
    now: Instant;
    after?: PendingActionPlace;
    limit: number;
  }): Promise<SessionRequestRecord[]>;

  countPendingActions(query: { participantId: string; now: Instant }): Promise<number>;

  /** Newest first; `before` is the position of the last one delivered. */
  notifications(query: {
    participantId: string;
    before?: number;
    limit: number;
  }): Promise<NotificationRecord[]>;

  /** Notifications with a position greater than `after`. */
  countNotifications(query: { participantId: string; after: number }): Promise<number>;

  /**
   * The participant's session requests of which the latest event came after this position and not after the checkpoint, in
   * the order of those events. What the checkpoint has not reached yet comes as a live update when it does.
   */
  changedAfter(query: {
    participantId: string;
    position: number;
    limit: number;
  }): Promise<SessionRequestRecord[]>;

  /** The position up to which everything that was recorded is reflected. */
  checkpoint(): Promise<number>;
}

/** Where a projection reads what it wrote before, and writes what follows. */
export interface ProjectionTarget {
  /**
   * Names what is written to: another name means that nothing loaded before counts any more, because a rebuild has taken its
   * place. Asked once at the beginning of each batch, before {@link load}. Absent where that cannot happen.
   */
  generation?(): Promise<string>;
  /** The records that exist of these requests, in any order. */
  load(requestIds: readonly string[]): Promise<SessionRequestRecord[]>;
  /**
   * Writes records and notifications together with the checkpoint, all or nothing. A record replaces an older one of the
   * same request and is ignored where the same revision or a newer one is there; a notification that is there is ignored;
   * a checkpoint never moves back. A notification is about a request of which the record is there or comes with it.
   */
  apply(changes: {
    records: readonly SessionRequestRecord[];
    notifications: readonly NotificationRecord[];
    checkpoint: number;
  }): Promise<void>;
}

/** The read models as their only writer, the notifications service, sees them. */
export interface ReadModels extends SessionRequestQueries, ProjectionTarget {
  close(): Promise<void>;
}

/**
 * Read models that start out empty and are filled, from the first event of the log on, beside the ones in use; nobody sees
 * them before `finish`. Made for one writer in a hurry: record by record, and a promise only where it has to wait.
 */
export interface ReadModelsCopy {
  /** The record of a request as it was last put. A promise where it is not at hand. */
  find(requestId: string): SessionRequestRecord | undefined | Promise<SessionRequestRecord | undefined>;
  /** The next state of a request that is new (its revision is 0) or has just been found, and who is told of it. */
  put(record: SessionRequestRecord, notifications: readonly NotificationRecord[]): void;
  /** Everything up to this position has been put. Resolves when there is room for more; rejects when writing has failed. */
  reached(position: number): Promise<void>;
  /** Makes everything durable and puts the copy in the place of the read models in use, in one step. */
  finish(): Promise<void>;
  /** Throws the copy away; what is in use stays. */
  abandon(): Promise<void>;
  /** Present where others write to the read models in use while the copy is made. */
  readonly beside?: LiveCopy;
}

/** What it takes to make a copy of read models that are being written to. */
export interface LiveCopy {
  /**
   * From when this resolves on, whoever fetches an event and applies it to the read models in use applies it to the copy,
   * too. What was recorded before still has to be put.
   */
  join(): Promise<void>;
  /** The copy as it is now. */
  snapshot(): Promise<ReadModelsSnapshot>;
  /** Puts each thing as the log says, unless it has changed since it was found. */
  repair(differences: readonly ReadModelsDifference[]): Promise<void>;
}

/** One thing that is not as the log says. `missing` has no `found`, `unexpected` no `expected`. */
export type ReadModelsDifference = { readonly kind: 'missing' | 'unexpected' | 'different' } & (
  | {
      readonly of: 'record';
      readonly requestId: string;
      readonly expected?: SessionRequestRecord;
      readonly found?: SessionRequestRecord;
    }
  | {
      readonly of: 'notification';
      readonly position: number;
      readonly participantId: string;
      readonly expected?: NotificationRecord;
      readonly found?: NotificationRecord;
    }
);

/**
 * All of the read models as they were at one moment, whatever is written meanwhile. Everything up to the checkpoint is
 * reflected; where several write, so may be later events.
 */
export interface ReadModelsSnapshot {
  readonly checkpoint: number;
  /** By request id. */
  records(): Iterable<SessionRequestRecord> | AsyncIterable<SessionRequestRecord>;
  /** By position; of the same position, the coach's first. */
  notifications(): Iterable<NotificationRecord> | AsyncIterable<NotificationRecord>;
  close(): void | Promise<void>;
}

/** A change that the read models now reflect. */
export interface ReflectedChange {
  readonly record: SessionRequestRecord;
  readonly eventType: SessionRequestEvent['type'];
  readonly position: number;
}

/**
 * Tells every gateway what has changed, in log order, after it can be queried. At most once: who missed some asks
 * `changedAfter`.
 */
export interface LiveUpdates {
  /** Does nothing where listeners follow the read models themselves. */
  publish(changes: readonly ReflectedChange[]): void;
  /** @returns ends the subscription. */
  subscribe(listener: (changes: readonly ReflectedChange[]) => void): () => void;
}

/** A coach or a client. */
export interface Participant {
  /** Opaque; the `sub` of their tokens. */
  readonly id: string;
  readonly role: Role;
  readonly name: string;
  readonly email?: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** An https URL, or a path on the gateway's origin. */
  readonly picture?: string;
  /** False: takes part no more; what they took part in stays. Default: true. */
  readonly active?: boolean;
}

export interface ParticipantDirectory {
  /** Also of those who take part no more. */
  find(id: string): Promise<Participant | undefined>;
  /** Those who take part, by name, then id. `q` matches names regardless of case and accents. */
  search(query: {
    role?: Role;
    q?: string;
    after?: { name: string; id: string };
    limit: number;
  }): Promise<Participant[]>;
}
