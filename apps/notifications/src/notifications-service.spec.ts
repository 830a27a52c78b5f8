import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { createEmbeddedEventFeed } from '@hse/event-feed/embedded';
import type { LiveUpdates, ReadModels, ReflectedChange, SessionRequestStore } from '@hse/contracts';
import type { EventFeed, FeedConsumer, RecordedEvent } from '@hse/event-sourcing';
import { createInMemoryEventStore, createManualTimers, type ManualTimers } from '@hse/event-sourcing/testing';
import { openSqliteReadModels } from '@hse/read-models/sqlite';
import { silentLogger } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { createLiveUpdates } from './live-updates.ts';
import { NOTIFICATIONS, NotificationsModule } from './notifications.module.ts';
import { createNotifications, type Notifications } from './notifications-service.ts';
import { RevisionGap } from '@hse/event-sourcing';
import { knownHistories, recordedLog } from './testing/log.ts';

const log = recordedLog(knownHistories, [0, 2, 1]);

describe('the notifications service', () => {
  let store: SessionRequestStore;
  let timers: ManualTimers;
  let feed: EventFeed<SessionRequestEvent>;
  let readModels: ReadModels;
  let live: LiveUpdates;
  let notifications: Notifications;

  beforeEach(() => {
    store = createInMemoryEventStore<SessionRequestEvent>();
    timers = createManualTimers();
    feed = createEmbeddedEventFeed({ store, timers, logger: silentLogger, batchSize: 4 });
    readModels = openSqliteReadModels({ path: ':memory:' });
    live = createLiveUpdates({ logger: silentLogger });
    notifications = createNotifications({ feed, readModels, live, logger: silentLogger });
  });
  afterEach(async () => {
    await notifications.stop();
    await store.close();
    await readModels.close();
  });

  const append = async (events: readonly RecordedEvent<SessionRequestEvent>[]): Promise<void> => {
    for (const { stream, revision, type, data, id, metadata } of events)
      await store.append(stream, [{ ...({ type, data } as SessionRequestEvent), id, metadata }], {
        expected: revision === 0 ? 'no-stream' : revision - 1,
      });
  };
  const half = Math.floor(log.length / 2);

  test('reflects what was recorded before it began and what is recorded then', async () => {
    await append(log.slice(0, half));
    notifications.start();
    await notifications.reached(half);
    expect(await readModels.checkpoint()).toBe(half);
    await append(log.slice(half));
    await notifications.reached(log.length);
    expect(await readModels.checkpoint()).toBe(log.length);
    expect((await readModels.find('request-0'))?.state.requestId).toBe('request-0');
  });

  test('tells of each change once it can be queried', async () => {
    const seen: { change: ReflectedChange; queried: ReturnType<ReadModels['find']> }[] = [];
    live.subscribe((changes) => {
      for (const change of changes)
        seen.push({ change, queried: readModels.find(change.record.state.requestId) });
    });
    notifications.start();
    await append(log);
    await notifications.reached(log.length);
    expect(seen.map(({ change }) => change.position)).toEqual(log.map(({ position }) => position));
    for (const { change, queried } of seen) expect(await queried).toEqual(change.record);
  });

  test('goes on where it stopped', async () => {
    const positions: number[] = [];
    live.subscribe((changes) => positions.push(...changes.map(({ position }) => position)));
    notifications.start();
    await append(log.slice(0, half));
    await notifications.reached(half);
    await notifications.stop();
    await append(log.slice(half));
    notifications.start();
    await notifications.reached(log.length);
    expect(positions).toEqual(log.map(({ position }) => position));
  });

  test('cannot be waited for when it is not running', async () => {
    await expect(notifications.reached(1)).rejects.toThrow('not running');
    notifications.start();
    const reached = notifications.reached(1);
    const rejected = expect(reached).rejects.toThrow();
    await notifications.stop();
    await rejected;
  });

  test('tries again what could not be written, and tells of it only then', async () => {
    let broken = true;
    const failing: ReadModels = {
      ...readModels,
      async apply(changes) {
        if (broken) throw new Error('no space left');
        await readModels.apply(changes);
      },
    };
    const told: number[] = [];
    live.subscribe((changes) => told.push(...changes.map(({ position }) => position)));
    notifications = createNotifications({ feed, readModels: failing, live, logger: silentLogger });
    notifications.start();
    await append(log.slice(0, 2));
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
    expect(await readModels.checkpoint()).toBe(0);
    broken = false;
    timers.elapse();
    await notifications.reached(2);
    expect(told).toEqual([1, 2]);
  });

  test('notices a gap, says so, and projects nothing beyond it', async () => {
    const errors: object[] = [];
    let consumer: FeedConsumer<SessionRequestEvent> | undefined;
    const handFed: EventFeed<SessionRequestEvent> = {
      consume(_, handed) {
        consumer = handed;
        return { reached: async () => {}, stop: async () => {} };
      },
    };
    const logger = { ...silentLogger, error: (fields: object) => void errors.push(fields) };
    createNotifications({ feed: handFed, readModels, live, logger }).start();
    await consumer?.checkpoint();
    const gappy = log.filter(({ revision }) => revision !== 1);
    await expect(consumer?.handle({ events: gappy, position: log.length })).rejects.toThrow(RevisionGap);
    expect(errors).toMatchObject([{ expected: 1, found: 2 }]);
    expect(await readModels.checkpoint()).toBe(0);
  });

  test('runs as long as the application that hosts it', async () => {
    const application = await NestFactory.createApplicationContext(
      NotificationsModule.register({ feed, readModels, live, logger: silentLogger }),
      { logger: false },
    );
    const hosted = application.get<Notifications>(NOTIFICATIONS);
    await append(log.slice(0, 3));
    await hosted.reached(3);
    expect(await readModels.checkpoint()).toBe(3);
    await application.close();
    await expect(hosted.reached(3)).rejects.toThrow('not running');
  });
});
