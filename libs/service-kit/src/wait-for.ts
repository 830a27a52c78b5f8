import { elapse, type Timers } from '@hse/event-sourcing';
import type { Logger } from './logger.ts';

/** Between two attempts, in milliseconds. */
const pauseMs = 500;
/** A wait is mentioned again after so many attempts. */
const mentionEvery = 20;

/** Something that a process cannot do without. */
export interface Dependency<T> {
  /** For people, such as `MongoDB at mongodb://…`, without a password. */
  readonly name: string;
  /** Resolves when it answers; rejects with the reason why not. Tried again and again. */
  readonly connect: () => Promise<T>;
}

/**
 * Waits for as long as it takes until a dependency answers, and says what it waits for and why.
 * @throws the signal's reason when it ends the waiting.
 */
export const waitFor = async <T>(
  { name, connect }: Dependency<T>,
  { timers, logger, signal }: { timers: Timers; logger: Logger; signal: AbortSignal },
): Promise<T> => {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const connected = await connect();
      if (attempt > 0) logger.info({ dependency: name, attempts: attempt + 1 }, `${name} answers.`);
      return connected;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (attempt % mentionEvery === 0)
        logger.warn({ dependency: name, reason, attempts: attempt + 1 }, `Waiting for ${name}: ${reason}`);
    }
    await elapse(timers, pauseMs, signal);
  }
};
