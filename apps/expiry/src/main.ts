/** The expiry service as a process of its own. */
import 'reflect-metadata';
import { createGrpcCommandBus } from '@hse/command-bus/grpc';
import { configureKafka, createKafkaEventFeed } from '@hse/event-feed/kafka';
import { openEventStoreDB } from '@hse/event-store/eventstoredb';
import {
  connectMongo,
  openMongoDeadlineStore,
  openMongoParkedStreams,
  openMongoSharedClock,
} from '@hse/read-models/mongodb';
import { createSystemClock, createUuids, feedChecks, probeCheck, runService } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { NestFactory } from '@nestjs/core';
import { ExpiryModule } from './expiry.module.ts';
import { readExpirySettings } from './settings.ts';

const name = 'expiry';

const closed = async (resource: { close(): Promise<unknown> }): Promise<void> => {
  await resource.close();
};

await runService({
  name,
  read: readExpirySettings,
  health: ({ HEALTH_PORT: port, HEALTH_HOST: host }) => ({ port, host }),
  start: async ({ settings, logger, timers, resources, waitFor }) => {
    const ids = createUuids();
    const systemClock = createSystemClock();
    const { db } = resources.adopt(
      await waitFor({
        name: 'MongoDB',
        connect: () => connectMongo({ url: settings.MONGODB_URL, logger, appName: name }),
      }),
      closed,
    );
    const clock =
      settings.CLOCK === 'simulated'
        ? resources.adopt(
            await openMongoSharedClock({
              db,
              start: settings.CLOCK_START ?? systemClock.now(),
              timers,
              logger,
            }),
            closed,
          )
        : systemClock;
    const deadlines = resources.adopt(await openMongoDeadlineStore({ db }), closed);
    const parked = resources.adopt(await openMongoParkedStreams({ db }), closed);
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
    const bus = resources.adopt(
      createGrpcCommandBus({ address: settings.REQUESTS_ADDRESS, timers, logger }),
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
        clock: systemClock,
        timers,
        logger,
      }),
      closed,
    );
    resources.adopt(
      await NestFactory.createApplicationContext(
        ExpiryModule.register({
          feed,
          deadlines,
          bus,
          clock,
          timers,
          ids,
          logger,
          head: () => store.head(),
          pollMs: 1_000, // the deadlines are shared with other instances
          ...(settings.INSTANCE !== undefined && { instance: settings.INSTANCE }),
        }),
        { logger: false, abortOnError: false },
      ),
      closed,
    );
    return {
      checks: async () => [
        await probeCheck('mongodb', () => db.command({ ping: 1 }), timers),
        { name: 'requests', ok: bus.health().connected > 0, ...detailOf(bus.health().lastError) },
        ...feedChecks(feed),
      ],
    };
  },
});

function detailOf(detail: string | undefined): { detail?: string } {
  return detail === undefined ? {} : { detail };
}
