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
import {
  createSystemClock,
  createUuids,
  eventStoreAddress,
  feedChecks,
  probeCheck,
  runService,
} from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { observeFollowers, traceCommands, traceFeed } from '@hse/telemetry';
import { NestFactory } from '@nestjs/core';
import { ExpiryModule } from './expiry.module.ts';
import { measureExpiry } from './expiry-observer.ts';
import { readExpirySettings } from './settings.ts';
import { traceOfProposal } from './trace-of-proposal.ts';

const name = 'expiry';

await runService({
  name,
  read: readExpirySettings,
  health: ({ HEALTH_PORT: port, HEALTH_HOST: host }) => ({ port, host }),
  start: async ({ settings, logger, timers, telemetry, underWay, owned, waitFor }) => {
    const ids = createUuids();
    const systemClock = createSystemClock();
    const { db } = owned(
      await waitFor({
        name: 'MongoDB',
        connect: () => connectMongo({ url: settings.MONGODB_URL, logger, appName: name }),
      }),
    );
    const clock =
      settings.CLOCK === 'simulated'
        ? owned(
            await openMongoSharedClock({
              db,
              start: settings.CLOCK_START ?? systemClock.now(),
              timers,
              logger,
            }),
          )
        : systemClock;
    const deadlines = owned(await openMongoDeadlineStore({ db }));
    const parked = owned(await openMongoParkedStreams({ db }));
    const store = owned(
      openEventStoreDB<SessionRequestEvent>({
        ...eventStoreAddress(settings),
        timers,
        ids,
        logger,
      }),
    );
    const bus = owned(createGrpcCommandBus({ address: settings.REQUESTS_ADDRESS, timers, logger }));
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
        clock: systemClock,
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
    owned(
      await NestFactory.createApplicationContext(
        ExpiryModule.register({
          feed: traceFeed(feed, { telemetry, system: 'kafka', destination: kafka.topics.events }),
          deadlines,
          bus: traceCommands(bus, { telemetry, side: 'client', linkOf: traceOfProposal(store) }),
          clock,
          timers,
          ids,
          logger,
          observer: measureExpiry({ telemetry, deadlines, clock }),
          head: () => store.head(),
          underWay,
          pollMs: 1_000, // the deadlines are shared with other instances
          ...(settings.INSTANCE !== undefined && { instance: settings.INSTANCE }),
        }),
        { logger: false, abortOnError: false },
      ),
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
