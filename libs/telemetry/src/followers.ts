import type { Clock, EventStore, FeedHealth, ParkedStreams } from '@hse/event-sourcing';
import type { Telemetry } from './telemetry.ts';

/** One that follows the log; `position` is undefined as long as it is not known, or is another instance's to know. */
export type Follower = Pick<FeedHealth, 'group' | 'position' | 'stalledMs'>;

export interface FollowersOptions {
  readonly telemetry: Pick<Telemetry, 'observe'>;
  /** Those of this process, as they are now. */
  readonly followers: () => readonly Follower[];
  /** The log that they follow: asked for the first event after a position, whenever somebody looks. */
  readonly store: Pick<EventStore, 'readAll'>;
  /** The one that `recordedAt` comes from. */
  readonly clock: Pick<Clock, 'now'>;
  /** How many events this process has still to handle as this follower; undefined: not known. */
  readonly unhandled: (follower: string, position: number) => Promise<number | undefined>;
  /** Absent where followers set nothing aside. */
  readonly parked?: Pick<ParkedStreams, 'list'>;
}

/** Shows how far behind the log those are who follow it in this process. */
export const observeFollowers = ({
  telemetry,
  followers,
  store,
  clock,
  unhandled,
  parked,
}: FollowersOptions): void => {
  const known = () =>
    followers().flatMap(({ group: follower, position }) =>
      position === undefined ? [] : [{ follower, position }],
    );

  telemetry.observe('session_requests.follower.lag.events', async () => {
    const readings = await Promise.all(
      known().map(async ({ follower, position }) => ({
        value: await unhandled(follower, position),
        attributes: { follower },
      })),
    );
    return readings.flatMap(({ value, attributes }) =>
      value === undefined ? [] : [{ value: Math.max(0, value), attributes }],
    );
  });
  telemetry.observe('session_requests.follower.lag', () =>
    Promise.all(
      known().map(async ({ follower, position }) => {
        const recordedAt = await firstRecordedAfter(store, position);
        const ageMs = recordedAt === undefined ? 0 : Math.max(0, clock.now() - Date.parse(recordedAt));
        return { value: ageMs / 1_000, attributes: { follower } };
      }),
    ),
  );
  telemetry.observe('session_requests.follower.stalled', () =>
    followers().map(({ group: follower, stalledMs }) => ({
      value: stalledMs / 1_000,
      attributes: { follower },
    })),
  );
  if (parked)
    telemetry.observe('session_requests.follower.parked_streams', () =>
      Promise.all(
        followers().map(async ({ group: follower }) => {
          const streams = await parked.list(follower);
          return {
            value: streams.filter(({ state }) => state === 'parked').length,
            attributes: { follower },
          };
        }),
      ),
    );
};

const firstRecordedAfter = async (
  store: Pick<EventStore, 'readAll'>,
  after: number,
): Promise<string | undefined> => {
  for await (const { events } of store.readAll({ after, batchSize: 1 }))
    if (events[0]) return events[0].metadata.recordedAt;
  return undefined;
};

/**
 * How many events come after a position of a log whose positions have gaps: counted one by one, so no further than `most`; more than that
 * is told as `most`.
 */
export const countAfter = async (
  store: Pick<EventStore, 'readAll'>,
  after: number,
  most: number,
): Promise<number> => {
  let count = 0;
  for await (const { events } of store.readAll({ after, batchSize: 500 })) {
    count += events.length;
    if (count >= most) return most;
  }
  return count;
};
