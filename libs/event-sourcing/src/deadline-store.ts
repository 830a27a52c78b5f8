/** A point in time at which something has to be done about a subject, unless it is called off before. */
export interface Deadline {
  /** What it is about; at most one deadline each. */
  readonly subject: string;
  /** Which proposal of the subject it is about. */
  readonly round: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly dueAt: number;
}

/** `revision` orders the changes of one subject: one that is not newer than the last one applied changes nothing. */
export type DeadlineChange =
  | ({ readonly type: 'schedule'; readonly revision: number } & Deadline)
  | { readonly type: 'unschedule'; readonly subject: string; readonly revision: number };

/** Deadlines, durable. Any number of instances may share one; each due deadline is claimed by one of them at a time. */
export interface DeadlineStore {
  /** The feed position up to which changes are in; 0 at first. */
  checkpoint(): Promise<number>;
  /**
   * Applies the changes in order; the checkpoint moves only with or after all of them. When it fails, the checkpoint has
   * not moved, and some of the changes may be in: they can be repeated.
   */
  apply(changes: readonly DeadlineChange[], checkpoint: number): Promise<void>;
  /**
   * Claims up to `limit` deadlines with `dueAt <= now` that nobody holds, soonest first, until `leaseUntil`.
   * They stay until they are unscheduled; a claim that has run out can be claimed again.
   * `claimant` is one of many; `now` and `leaseUntil` are milliseconds of the same clock as `dueAt`.
   */
  claim(options: { now: number; limit: number; claimant: string; leaseUntil: number }): Promise<Deadline[]>;
  /** Gives claims of this claimant back, to be claimed again at once: those on the subjects, or all it holds. */
  release(subjects: readonly string[] | 'all', claimant: string): Promise<void>;
  /** Up to `limit` deadlines that are due in `(after, until]`, claimed or not, soonest first. */
  upcoming(options: { after: number; until: number; limit: number }): Promise<Deadline[]>;
  /** The earliest instant at which something can be claimed: a due time, or the end of a claim. Undefined when there is none. */
  nextAt(): Promise<number | undefined>;
  /** How many deadlines are scheduled. A store that has to count them one by one tells more than 100 000 as 100 000. */
  count(): Promise<number>;
  close(): Promise<void>;
}
