import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Progress } from '@hse/service-kit/command-line';

/** What a command sees of the world besides files. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  /** Writes a line of the result to standard output. */
  readonly print: (line: string) => void;
  /** Writes a line about the result, for people, to standard error. */
  readonly say: (line: string) => void;
  /** A line in place that tells how far something long is; only where standard error is a terminal. */
  readonly progress: (did: string) => {
    readonly show: (progress: Progress) => void;
    readonly end: () => void;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the user stands: what paths on the command line are relative to. */
  readonly cwd: string;
  /** The root of the workspace: where the data of `npm start` and the cache are. */
  readonly root: string;
  /** A stopwatch; when it was started does not matter. */
  readonly elapsedMs: () => number;
  /** Aborted when the user wants the command to stop. */
  readonly signal: AbortSignal;
}

/** The absolute path of one given on the command line. */
export const pathFrom = ({ cwd }: Pick<Io, 'cwd'>, path: string): string => resolve(cwd, path);
