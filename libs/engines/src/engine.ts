/** What all real servers have in common. */
export interface Engine {
  /** What each of its processes printed. */
  readonly logFiles: readonly string[];
  /** Starts whatever of it does not run, on the same ports and data; resolves when it answers. */
  readonly start: () => Promise<void>;
  /** Ends it in order; its data stay. */
  readonly stop: () => Promise<void>;
  /** Ends it with SIGKILL; its data stay. */
  readonly kill: () => Promise<void>;
  /** Ends it for good: data in a temporary directory are deleted, those in a directory of the caller's stay. */
  readonly remove: () => Promise<void>;
}
