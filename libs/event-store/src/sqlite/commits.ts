import { Writer, type AppendRequest, type Verdict, type WriterOptions } from './writer.ts';

/** Where the transactions of an event store happen. One batch after another; each batch is one transaction. */
export interface Commits {
  /** Makes a batch durable. Rejects when it is not known whether it is; nothing else is accepted after that. */
  commit(batch: readonly AppendRequest[]): Promise<Verdict[]>;
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
    async commit(batch) {
      const verdicts = writer.commit(batch);
      writer.tidy();
      return verdicts;
    },
    async close() {
      writer.close();
    },
  };
};
