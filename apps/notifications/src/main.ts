/** The notifications service as a process of its own. */
import 'reflect-metadata';
import { configureKafka, createKafkaEventFeed } from '@hse/event-feed/kafka';
import { openEventStoreDB } from '@hse/event-store/eventstoredb';
import { connectMongo, openMongoParkedStreams, openMongoReadModels } from '@hse/read-models/mongodb';
import {
  createSystemClock,
  createUuids,
  eventStoreAddress,
  feedChecks,
  probeCheck,
  runService,
} from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { observeFollowers, traceFeed } from '@hse/telemetry';
import { NestFactory } from '@nestjs/core';
import { createLiveUpdates } from './live-updates.ts';
import { NotificationsModule } from './notifications.module.ts';
import { watchParity } from './parity-watch.ts';
import { readNotificationsSettings } from './settings.ts';

const name = 'notifications';

await runService({
  name,
  read: readNotificationsSettings,
  health: ({ HEALTH_PORT: port, HEALTH_HOST: host }) => ({ port, host }),
  start: async ({ settings, logger, timers, telemetry, owned, waitFor }) => {
    const ids = createUuids();
    const { db } = owned(
      await waitFor({
        name: 'MongoDB',
        connect: () => connectMongo({ url: settings.MONGODB_URL, logger, appName: name }),
      }),
    );
    const readModels = owned(await openMongoReadModels({ db, timers }));
    const parked = owned(await openMongoParkedStreams({ db }));
    // Only asked for what Kafka does not bring; whether it is there shows when it is needed.
    const store = owned(
      openEventStoreDB<SessionRequestEvent>({
        ...eventStoreAddress(settings),
        timers,
        ids,
        logger,
      }),
    );
    const clock = createSystemClock();
    const kafka = configureKafka({ settings, clientId: name, logger });
    await waitFor({ name: 'Kafka', connect: () => kafka.prepare() });
    const feed = owned(
      createKafkaEventFeed<SessionRequestEvent>({
        kafka: kafka.client(),
        topics: kafka.topics,
        groupPrefix: kafka.groupPrefix,
        store,
        parked,
        ids,
        clock,
        timers,
        logger,
      }),
    );
    observeFollowers({
      telemetry,
      store,
      clock,
      parked,
      followers: () => feed.health(),
      unhandled: async (group) => (await feed.unhandled()).get(group),
    });
    const perMinute = settings.PARITY_PER_MINUTE;
    owned(watchParity({ store, readModels, telemetry, timers, logger, perMinute }));
    // Gateways follow the database, so there is nobody to tell in this process.
    const live = createLiveUpdates({ logger });
    owned(
      await NestFactory.createApplicationContext(
        NotificationsModule.register({
          feed: traceFeed(feed, { telemetry, system: 'kafka', destination: kafka.topics.events }),
          readModels,
          live,
          logger,
        }),
        { logger: false, abortOnError: false },
      ),
    );
    return {
      checks: async () => [
        await probeCheck('mongodb', () => db.command({ ping: 1 }), timers),
        ...feedChecks(feed),
      ],
    };
  },
});
