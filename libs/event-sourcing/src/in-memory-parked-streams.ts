import type { ParkedStream, ParkedStreams } from './parked-streams.ts';

/** Parked streams in memory, for tests and simulations; forgotten with the process. */
export const createInMemoryParkedStreams = (): ParkedStreams => {
  const parked = new Map<string, ParkedStream>();
  const keyOf = (group: string, stream: string): string => JSON.stringify([group, stream]);

  return {
    async park(stream) {
      parked.set(keyOf(stream.group, stream.stream), { ...stream, state: 'parked' });
    },
    async list(group) {
      return [...parked.values()]
        .filter((each) => group === undefined || each.group === group)
        .sort((a, b) => ascending(a.group, b.group) || ascending(a.stream, b.stream));
    },
    async decide(group, stream, decision) {
      const known = parked.get(keyOf(group, stream));
      if (!known) return false;
      parked.set(keyOf(group, stream), { ...known, state: decision });
      return true;
    },
    async unpark(group, stream) {
      parked.delete(keyOf(group, stream));
    },
    async close() {},
  };
};

const ascending = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
