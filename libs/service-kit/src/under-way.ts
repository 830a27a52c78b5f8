/** How long something may be under way before the process counts as stalled, in milliseconds of real time. */
const longestMs = 120_000;

/** What is under way in a process, so that it can be told when it has got stuck by itself. */
export interface UnderWay {
  /**
   * Notes that this work is under way until it has ended, well or badly; what fails and is tried again makes progress. For work that ends
   * within seconds also when what it needs is away. @returns the work.
   */
  during<T>(name: string, work: Promise<T>): Promise<T>;
  /** What has been under way for too long, the oldest of it; undefined when all is well. */
  stalled(): { readonly name: string; readonly ms: number } | undefined;
}

/** @param options.limitMs from how long on work counts as stalled. Default: two minutes. */
export const createUnderWay = ({
  limitMs = longestMs,
  now = () => performance.now(),
}: { limitMs?: number; now?: () => number } = {}): UnderWay => {
  /** In the order in which they began. */
  const begun = new Set<{ readonly name: string; readonly since: number }>();
  return {
    async during(name, work) {
      const item = { name, since: now() };
      begun.add(item);
      try {
        return await work;
      } finally {
        begun.delete(item);
      }
    },
    stalled() {
      const [oldest] = begun;
      const ms = oldest ? now() - oldest.since : 0;
      return oldest && ms >= limitMs ? { name: oldest.name, ms } : undefined;
    },
  };
};
