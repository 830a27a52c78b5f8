/** How far a walk over the log has come. */
export interface Progress {
  /** Events handled so far. */
  readonly events: number;
  /** Position reached, and the one it goes to. */
  readonly position: number;
  readonly target: number;
  /** 0 to 100, by position. */
  readonly percent: number;
  /** Since the beginning, whole. */
  readonly eventsPerSecond: number;
  /** Until the end at this rate; undefined as long as nothing is known. */
  readonly remainingMs: number | undefined;
}

/** Says at most every `everyMs` (default 500) milliseconds how far it is. `elapsedMs` is a stopwatch, not the time of day. */
export const createProgressReport = (options: {
  target: number;
  onProgress: ((progress: Progress) => void) | undefined;
  elapsedMs: () => number;
  everyMs?: number;
}) => {
  const { target, onProgress, elapsedMs, everyMs = 500 } = options;
  const begunMs = elapsedMs();
  let saidMs = -Infinity;
  let saidPosition: number | undefined;
  let events = 0;
  let position = 0;

  const say = (): void => {
    if (!onProgress) return;
    const tookMs = elapsedMs() - begunMs;
    const share = target === 0 ? 1 : Math.min(1, position / target);
    onProgress({
      events,
      position,
      target,
      percent: share * 100,
      eventsPerSecond: tookMs > 0 ? Math.round((events * 1000) / tookMs) : 0,
      remainingMs: share > 0 ? Math.round((tookMs / share) * (1 - share)) : undefined,
    });
    saidMs = elapsedMs();
    saidPosition = position;
  };

  return {
    advance(moreEvents: number, to: number): void {
      events += moreEvents;
      position = to;
      if (elapsedMs() - saidMs >= everyMs) say();
    },
    done(): void {
      if (saidPosition !== position) say();
    },
  };
};
