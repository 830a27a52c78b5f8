import type { Participant, ParticipantDirectory } from '@hse/contracts';
import type { Scheduled, Timers } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';

/** Milliseconds of real time between looks at who still takes part. What the directory keeps in mind comes on top. */
export const participantCheckMs = 3_000;
/** So many are looked up at once. */
const page = 500;

export interface ParticipantWatchOptions {
  readonly participants: Pick<ParticipantDirectory, 'find'>;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Ids of those who are listened for. */
  readonly watched: () => readonly string[];
  /** How they are now; undefined: they take part no more. Called for each of them at every look. */
  readonly seen: (id: string, participant: Participant | undefined) => void;
}

/**
 * Looks again and again at those whom nobody asks for while a live stream of theirs goes on, and at nobody while there is none.
 * Where they cannot be looked up, nothing is said of them.
 */
export class ParticipantWatch {
  readonly #options: ParticipantWatchOptions;
  #waiting: Scheduled | undefined;
  #isLooking = false;
  #isClosed = false;

  constructor(options: ParticipantWatchOptions) {
    this.#options = options;
  }

  /** To be called when there is somebody to watch. */
  begin(): void {
    if (this.#waiting || this.#isLooking || this.#isClosed) return;
    this.#waiting = this.#options.timers.after(participantCheckMs, () => {
      this.#waiting = undefined;
      this.#isLooking = true;
      void this.#look().finally(() => {
        this.#isLooking = false;
        if (this.#options.watched().length > 0) this.begin();
      });
    });
  }

  /** To be called when there is nobody to watch any more. */
  rest(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.rest();
  }

  async #look(): Promise<void> {
    const { participants, watched, seen, logger } = this.#options;
    const ids = watched();
    try {
      for (let from = 0; from < ids.length; from += page) {
        const some = ids.slice(from, from + page);
        const found = await Promise.all(some.map((id) => participants.find(id)));
        for (const [index, id] of some.entries()) {
          const participant = found[index];
          seen(id, participant?.active === false ? undefined : participant);
        }
      }
    } catch (error) {
      logger.warn({ err: error }, 'whether those who listen still take part could not be looked up');
    }
  }
}
