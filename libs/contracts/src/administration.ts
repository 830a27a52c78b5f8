import type { Role } from '@hse/session-requests';
import type { Participant } from './read-models.ts';

/** A participant as it is kept. */
export interface StoredParticipant extends Participant {
  readonly active: boolean;
  /** Who said so last: the accounts that a gateway was started with, or whoever keeps participants in step. */
  readonly origin: 'accounts' | 'api';
  /** Goes up by one with every change; 1 at first. */
  readonly version: number;
}

/** Who takes part. Durable when a promise resolves. */
export interface ParticipantStore {
  /** Those of these ids that there are, active or not, in any order; one question, however many they are. */
  findParticipants(ids: readonly string[]): Promise<StoredParticipant[]>;
  /** Active ones by {@link foldedName}, then id; `q` is a part of the folded name, `after` the place of the last one delivered. */
  searchParticipants(query: {
    role?: Role;
    q?: string;
    after?: { name: string; id: string };
    limit: number;
  }): Promise<Participant[]>;
  /**
   * Writes a participant at the version after `expected`; 0: there is none of this id yet.
   * @returns false, and nothing done, when the version there is another one. One of all that race wins.
   */
  writeParticipant(participant: Omit<StoredParticipant, 'version'>, expected: number): Promise<boolean>;
}

/** For people who type without accents or capitals. */
export const foldedName = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** What operators do that is audited. */
export const auditedActions = [
  'participant-created',
  'participant-changed',
  'history-read',
  'stream-retried',
  'stream-discarded',
] as const;
export type AuditedAction = (typeof auditedActions)[number];

/** Who has done what, and why. */
export interface AuditRecord {
  /** Unique; orders records of the same instant. */
  readonly id: string;
  /** ISO-8601 UTC, milliseconds. */
  readonly at: string;
  /** `sub` of the token. */
  readonly subject: string;
  /** The client that the token was issued to, where it says so. */
  readonly client?: string;
  readonly action: AuditedAction;
  /** What it was done to: an id. */
  readonly target: string;
  /** As whoever did it gave it. */
  readonly reason?: string;
  /** What more there is to say of the action; no personal data. */
  readonly detail?: string;
  /** Of the HTTP request. */
  readonly requestId: string;
}

/** Records are added and never changed or taken away. */
export interface AuditTrail {
  /** Durable when the promise resolves. */
  audit(record: AuditRecord): Promise<void>;
  /** Newest first; `before` is the place of the last one delivered. */
  audited(query: {
    target?: string;
    before?: { at: string; id: string };
    limit: number;
  }): Promise<AuditRecord[]>;
}
