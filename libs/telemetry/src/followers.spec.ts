import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore, ParkedStream } from '@hse/event-sourcing';
import { createInMemoryEventStore } from '@hse/event-sourcing/testing';
import type { GaugeName } from './catalogue.ts';
import { countAfter, observeFollowers, type Follower, type FollowersOptions } from './followers.ts';
import type { Reading } from './telemetry.ts';

const began = Date.parse('2026-11-23T08:00:00.000Z');
const second = (count: number): string => new Date(began + count * 1_000).toISOString();

let store: EventStore;
beforeEach(async () => {
  store = createInMemoryEventStore();
  for (let at = 0; at < 10; at += 1) {
    const id = `00000000-0000-4000-8000-00000000000${at}`;
    const metadata = { commandId: id, correlationId: id, recordedAt: second(at), schemaVersion: 1 };
    await store.append('s', [{ type: 'Happened', data: {}, id, metadata }], { expected: 'any' });
  }
});

/** What the gauges say of these followers, twenty seconds after the first event was recorded. */
const readings = async (
  followers: readonly Follower[],
  options: Partial<Pick<FollowersOptions, 'unhandled' | 'parked'>> = {},
): Promise<Partial<Record<GaugeName, object>>> => {
  const reads = new Map<
    GaugeName,
    () => readonly Reading<GaugeName>[] | Promise<readonly Reading<GaugeName>[]>
  >();
  observeFollowers({
    telemetry: { observe: (name, read) => void reads.set(name, read as never) },
    followers: () => followers,
    store,
    clock: { now: () => began + 20_000 },
    unhandled: async (_follower, position) => (await store.head()) - position,
    ...options,
  });
  const found: Partial<Record<GaugeName, object>> = {};
  for (const [name, read] of reads)
    found[name] = (await read()).map(({ value, attributes }) => ({ value, ...attributes }));
  return found;
};

describe('followers of the log', () => {
  it('are as far behind as the oldest event is old that they have not handled', async () => {
    const followers = [
      { group: 'notifications', position: 7, stalledMs: 0 },
      { group: 'expiry', position: 0, stalledMs: 1_500 },
      { group: 'relay', position: 10, stalledMs: 0 },
    ];
    expect(await readings(followers)).toEqual({
      'session_requests.follower.lag.events': [
        { follower: 'notifications', value: 3 },
        { follower: 'expiry', value: 10 },
        { follower: 'relay', value: 0 },
      ],
      'session_requests.follower.lag': [
        { follower: 'notifications', value: 13 },
        { follower: 'expiry', value: 20 },
        { follower: 'relay', value: 0 },
      ],
      'session_requests.follower.stalled': [
        { follower: 'notifications', value: 0 },
        { follower: 'expiry', value: 1.5 },
        { follower: 'relay', value: 0 },
      ],
    });
  });

  it('are not behind as long as it is not known where they are, and stalled all the same', async () => {
    const follower = 'relay';
    expect(await readings([{ group: follower, position: undefined, stalledMs: 2_000 }])).toEqual({
      'session_requests.follower.lag.events': [],
      'session_requests.follower.lag': [],
      'session_requests.follower.stalled': [{ follower, value: 2 }],
    });
  });

  it('leave out how many events it is where that cannot be counted', async () => {
    const shown = await readings([{ group: 'expiry', position: 3, stalledMs: 0 }], {
      unhandled: () => Promise.resolve(undefined),
    });
    expect(shown['session_requests.follower.lag.events']).toEqual([]);
    expect(shown['session_requests.follower.lag']).toEqual([{ follower: 'expiry', value: 17 }]);
  });

  it('have set aside what nobody has decided about', async () => {
    const states = { notifications: ['parked', 'retry', 'parked', 'discarded'], expiry: [] };
    const shown = await readings(
      Object.keys(states).map((group) => ({ group, position: 10, stalledMs: 0 })),
      {
        parked: {
          list: async (group) =>
            states[group as keyof typeof states].map((state) => ({ state }) as unknown as ParkedStream),
        },
      },
    );
    expect(shown['session_requests.follower.parked_streams']).toEqual([
      { follower: 'notifications', value: 2 },
      { follower: 'expiry', value: 0 },
    ]);
  });

  it.each([
    [0, 100, 10],
    [4, 100, 6],
    [10, 100, 0],
    [0, 10, 10],
    [0, 3, 3],
  ])('are counted from position %d up to %d: %d', async (after, most, count) => {
    expect(await countAfter(store, after, most)).toBe(count);
  });
});
