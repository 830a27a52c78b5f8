/** The notifications service as a process of its own. */
import 'reflect-metadata';
import { configureKafka, createKafkaEventFeed } from '@hse/event-feed/kafka';
import { openEventStoreDB } from '@hse/event-store/eventstoredb';
import { connectMongo, openMongoParkedStreams, openMongoReadModels } from '@hse/read-models/mongodb';
import { createSystemClock, createUuids, feedChecks, probeCheck, runService } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { NestFactory } from '@nestjs/core';
import { createLiveUpdates } from './live-updates.ts';
import { NotificationsModule } from './notifications.module.ts';
import { readNotificationsSettings } from './settings.ts';

const name = 'notifications';

const closed = async (resource: { close(): Promise<unknown> }): Promise<void> => {
  await resource.close();
};

await runService({
  name,
  read: readNotificationsSettings,
  health: ({ HEALTH_PORT: port, HEALTH_HOST: host }) => ({ port, host }),
  start: async ({ settings, logger, timers, resources, waitFor }) => {
    const ids = createUuids();
    const { db } = resources.adopt(
      await waitFor({
        name: 'MongoDB',
        connect: () => connectMongo({ url: settings.MONGODB_URL, logger, appName: name }),
      }),
      closed,
    );
    const readModels = resources.adopt(await openMongoReadModels({ db, timers }), closed);
    const parked = resources.adopt(await openMongoParkedStreams({ db }), closed);
    // Only asked for what Kafka does not bring; whether it is there shows when it is needed.
    const store = resources.adopt(
      openEventStoreDB<SessionRequestEvent>({
        connectionString: settings.EVENTSTOREDB_URL,
        namespace: settings.EVENTSTOREDB_NAMESPACE ?? '',
        timers,
        ids,
        logger,
      }),
      closed,
    );
    const kafka = configureKafka({ settings, clientId: name, logger });
    await waitFor({ name: 'Kafka', connect: () => kafka.prepare() });
    const feed = resources.adopt(
      createKafkaEventFeed<SessionRequestEvent>({
        kafka: kafka.client(),
        topics: kafka.topics,
        groupPrefix: kafka.groupPrefix,
        store,
        parked,
        ids,
        clock: createSystemClock(),
        timers,
        logger,
      }),
      closed,
    );
    // Gateways follow the database, so there is nobody to tell in this process.
    const live = createLiveUpdates({ logger });
    resources.adopt(
      await NestFactory.createApplicationContext(
        NotificationsModule.register({ feed, readModels, live, logger }),
        { logger: false, abortOnError: false },
      ),
      closed,
    );
    return {
      checks: async () => [
        await probeCheck('mongodb', () => db.command({ ping: 1 }), timers),
        ...feedChecks(feed),
      ],
    };
  },
});
