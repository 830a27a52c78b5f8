import type { AuditTrail, ParticipantStore } from './administration.ts';

/** The first answer to a POST with an Idempotency-Key. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A log-in of a browser, as it is kept. */
export interface StoredBrowserSession {
  /** What only the holder of the cookie can read. */
  readonly sealed: string;
  /** Goes up by one with every replacement; 1 at first. */
  readonly version: number;
  /** ISO-8601 UTC. */
  readonly endsAt: string;
}

/**
 * What the gateway remembers between processes, and what cannot be derived from the event log: answers promised to
 * idempotency keys, up to where participants have read their notifications, who is logged in with which browser,
 * who takes part, and what operators did. Durable when a promise resolves.
 */
export interface GatewayStore extends ParticipantStore, AuditTrail {
  /**
   * Takes the key for this participant and request. `fingerprint` identifies method, path and body.
   * `new`: go on, and record the answer. `in-progress`: the same request was begun and has no answer yet (it is under way,
   * or the process died: execute it again under the same command id). `answered`: replay it. `mismatch`: another request.
   */
  begin(
    participantId: string,
    key: string,
    fingerprint: string,
    at: string,
  ): Promise<{ state: 'new' | 'in-progress' | 'mismatch' } | { state: 'answered'; answer: RecordedAnswer }>;
  record(participantId: string, key: string, answer: RecordedAnswer): Promise<void>;
  /** Forgets a key whose request had no effect and may be tried anew. */
  forget(participantId: string, key: string): Promise<void>;
  /** Forgets keys begun before this instant (ISO-8601 UTC). */
  prune(before: string): Promise<void>;

  /** Position of the newest notification that the participant has read; 0 when none. */
  readUpTo(participantId: string): Promise<number>;
  /** Moves the mark forward; never back. */
  markRead(participantId: string, position: number): Promise<void>;

  /** Keeps a new session, at version 1. `key` has not been used before. */
  keepSession(key: string, session: Omit<StoredBrowserSession, 'version'>): Promise<void>;
  /** Undefined when there is none, or when it was ended or pruned; one that is over may still be there. */
  findSession(key: string): Promise<StoredBrowserSession | undefined>;
  /** Replaces what is sealed; false, and nothing done, when the session is gone or has another version. One of all that race wins. */
  replaceSession(key: string, version: number, sealed: string): Promise<boolean>;
  endSession(key: string): Promise<void>;
  /** Those of these keys that {@link findSession} would find; one question, however many they are. */
  existingSessions(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** Forgets sessions that ended before this instant (ISO-8601 UTC). */
  pruneSessions(before: string): Promise<void>;
  close(): Promise<void>;
}
