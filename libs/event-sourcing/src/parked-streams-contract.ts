import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ParkedStream, ParkedStreams } from './parked-streams.ts';

const poisoned: Omit<ParkedStream, 'state'> = {
  group: 'notifications',
  stream: 'sessionRequest-b',
  partition: 2,
  fromRevision: 3,
  reason: 'TypeError: „note“ is missing\n    at project',
  attempts: 5,
  parkedAt: '2026-11-22T12:00:00.000Z',
};
const parked = (changes: Partial<ParkedStream> = {}): ParkedStream => ({
  ...poisoned,
  state: 'parked',
  ...changes,
});

/** What every list of parked streams does. `open` gives an empty one each time; leave `share` out where it cannot be shared. */
export const parkedStreamsContract = (
  name: string,
  adapter: {
    open: () => Promise<ParkedStreams>;
    /** Another instance on what the last opened one holds. */
    share?: () => Promise<ParkedStreams>;
  },
): void => {
  describe(`parked streams contract: ${name}`, () => {
    let streams: ParkedStreams;
    beforeEach(async () => {
      streams = await adapter.open();
    });
    afterEach(async () => {
      await streams.close();
    });

    test('there are none at first', async () => {
      expect(await streams.list()).toEqual([]);
      expect(await streams.list('notifications')).toEqual([]);
    });

    test('gives back exactly what was parked', async () => {
      await streams.park(poisoned);
      expect(await streams.list()).toEqual([parked()]);
      expect(await streams.list('notifications')).toEqual([parked()]);
    });

    test('a stream that is parked again is brought up to date, and waits for a decision again', async () => {
      await streams.park(poisoned);
      await streams.decide('notifications', 'sessionRequest-b', 'retry');
      const again = {
        fromRevision: 4,
        reason: 'another',
        attempts: 9,
        parkedAt: '2026-11-22T13:00:00.000Z',
      };
      await streams.park({ ...poisoned, ...again });
      expect(await streams.list()).toEqual([parked(again)]);
    });

    test('a stream that is parked by many at once is on the list once', async () => {
      await Promise.all(Array.from({ length: 10 }, () => streams.park(poisoned)));
      expect(await streams.list()).toEqual([parked()]);
    });

    test('are listed by group and stream, of one group or of all', async () => {
      for (const [group, stream] of [
        ['notifications', 'b'],
        ['expiry', 'c'],
        ['notifications', 'B'],
        ['expiry', 'a'],
      ] as const)
        await streams.park({ ...poisoned, group, stream });
      const names = (list: readonly ParkedStream[]) => list.map(({ group, stream }) => `${group} ${stream}`);
      expect(names(await streams.list())).toEqual([
        'expiry a',
        'expiry c',
        'notifications B',
        'notifications b',
      ]);
      expect(names(await streams.list('expiry'))).toEqual(['expiry a', 'expiry c']);
      expect(await streams.list('nobody')).toEqual([]);
    });

    test.each(['retry', 'discarded'] as const)(
      'a decision to %s is kept, about that stream of that group only',
      async (decision) => {
        await streams.park(poisoned);
        await streams.park({ ...poisoned, group: 'expiry' });
        await streams.park({ ...poisoned, stream: 'sessionRequest-c' });
        expect(await streams.decide('notifications', 'sessionRequest-b', decision)).toBe(true);
        expect(await streams.list()).toEqual([
          parked({ group: 'expiry' }),
          parked({ state: decision }),
          parked({ stream: 'sessionRequest-c' }),
        ]);
      },
    );

    test('a decision can be changed, and made twice', async () => {
      await streams.park(poisoned);
      await streams.decide('notifications', 'sessionRequest-b', 'discarded');
      expect(await streams.decide('notifications', 'sessionRequest-b', 'retry')).toBe(true);
      expect(await streams.decide('notifications', 'sessionRequest-b', 'retry')).toBe(true);
      expect(await streams.list()).toEqual([parked({ state: 'retry' })]);
    });

    test('there is nothing to decide about a stream that is not parked', async () => {
      await streams.park(poisoned);
      expect(await streams.decide('notifications', 'sessionRequest-x', 'retry')).toBe(false);
      expect(await streams.decide('expiry', 'sessionRequest-b', 'retry')).toBe(false);
      expect(await streams.list()).toEqual([parked()]);
    });

    test('a stream that is followed again is off the list, of that group only', async () => {
      await streams.park(poisoned);
      await streams.park({ ...poisoned, group: 'expiry' });
      await streams.unpark('notifications', 'sessionRequest-b');
      await streams.unpark('notifications', 'sessionRequest-b');
      expect(await streams.list()).toEqual([parked({ group: 'expiry' })]);
    });

    const { share } = adapter;
    if (share)
      test('instances share one list, which outlives them', async () => {
        const other = await share();
        await streams.park(poisoned);
        expect(await other.list()).toEqual([parked()]);
        await other.decide('notifications', 'sessionRequest-b', 'retry');
        expect(await streams.list()).toEqual([parked({ state: 'retry' })]);
        await other.close();
        await streams.close();
        streams = await share();
        expect(await streams.list()).toEqual([parked({ state: 'retry' })]);
      });
  });
};
