import { Writer, type AppendRequest, type Verdict, type WriterOptions } from './writer.ts';

/** Where the transactions of an event store happen, one after another. */
export interface Commits {
  /** Gives the writer appends of the next transaction, so that it can begin with them. Possible at any time. */
  add(requests: readonly AppendRequest[]): void;
  /**
   * Makes durable what was added since the last commit, and these last ones; called again only after that is settled.
   * Rejects when it is not known whether it is durable; nothing else is accepted after that.
   */
  commit(requests: readonly AppendRequest[]): Promise<Verdict[]>;
  /** Ends the writer. Nothing is under way. */
  close(): Promise<void>;
}

export type OpenCommits = (path: string, options: WriterOptions) => Promise<Commits>;

/**
 * Commits on the calling thread, which waits for the disk. For simulations, where everything has to happen in one order,
 * and for tools; a service uses a thread of its own.
 */
export const inlineCommits: OpenCommits = async (path, options) => {
  const writer = new Writer(path, options);
  return {
    add(requests) {
      writer.add(requests);
    },
    async commit(requests) {
      writer.add(requests);
      const verdicts = writer.commit();
      writer.tidy();
      return verdicts;
    },
    async close() {
      writer.close();
    },
  };
};
