/** The requests service as a process of its own: executes commands, and carries what is recorded to Kafka. */
import 'reflect-metadata';
import { commandBusService, createCommandServer } from '@hse/command-bus/grpc';
import { configureKafka, createKafkaEventPublisher } from '@hse/event-feed/kafka';
import { openEventStoreDB } from '@hse/event-store/eventstoredb';
import { connectMongo, openMongoSharedClock } from '@hse/read-models/mongodb';
import {
  createSystemClock,
  createUuids,
  eventStoreAddress,
  type ReadinessCheck,
  runService,
} from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import {
  countAfter,
  measureAppends,
  measureCommands,
  observeFollowers,
  traceAppends,
  traceCommands,
  tracePublications,
  type Follower,
} from '@hse/telemetry';
import { logCommands } from './log-commands.ts';
import { createRelay, type RelayHealth } from './relay.ts';
import { createRequests } from './requests-service.ts';
import { createRequestsMicroservice } from './requests.module.ts';
import { readRequestsSettings } from './settings.ts';

const name = 'requests';
/** Events that are counted when somebody asks how many have not been published. */
const mostCounted = 1_000;
/**
 * A request is made four times before publishing fails and is begun anew, and one of the relay's own may be in front of it. Together that
 * has to take less than what counts as a stall: brokers that have gone silent are no reason to end this process.
 */
const requestTimeoutMs = 10_000;

await runService({
  name,
  read: readRequestsSettings,
  health: ({ HEALTH_PORT: port, HEALTH_HOST: host }) => ({ port, host }),
  start: async ({ settings, logger, timers, telemetry, underWay, signal, resources, owned, waitFor }) => {
    const ids = createUuids();
    const systemClock = createSystemClock();
    const sharedClock = async () => {
      const { db } = owned(
        await waitFor({
          name: 'MongoDB',
          connect: () => connectMongo({ url: settings.MONGODB_URL, logger, appName: name }),
        }),
      );
      const start = settings.CLOCK_START ?? systemClock.now();
      return owned(await openMongoSharedClock({ db, start, timers, logger }));
    };
    const clock = settings.CLOCK === 'simulated' ? await sharedClock() : systemClock;

    const store = owned(
      openEventStoreDB<SessionRequestEvent>({
        ...eventStoreAddress(settings),
        timers,
        ids,
        logger,
      }),
    );
    await waitFor({ name: 'EventStoreDB', connect: () => store.untilReachable(signal) });

    const kafka = configureKafka({ settings, clientId: name, logger });
    const publisher = owned(
      createKafkaEventPublisher<SessionRequestEvent>({
        kafka: kafka.client({ requestTimeoutMs }),
        topics: kafka.topics,
        instance: settings.INSTANCE ?? ids.next(),
        ids,
        timers,
        logger,
      }),
    );
    const relay = createRelay<SessionRequestEvent>({
      underWay,
      store,
      publisher: tracePublications(publisher, {
        telemetry,
        system: 'kafka',
        destination: kafka.topics.events,
      }),
      timers,
      logger,
    });
    resources.defer(() => relay.stop());

    observeFollowers({
      telemetry,
      store,
      clock,
      followers: () => [asFollower(relay.health())],
      unhandled: (_follower, position) => countAfter(store, position, mostCounted),
    });

    const { policy } = settings;
    const watched = { telemetry, system: 'eventstoredb' } as const;
    const bus = measureCommands(
      createRequests({ store: traceAppends(measureAppends(store, watched), watched), clock, policy }),
      telemetry,
    );
    const commands = createCommandServer({
      bus: logCommands(traceCommands(bus, { telemetry, side: 'server' }), logger),
      timers,
      logger,
    });
    const server = owned(
      await createRequestsMicroservice(
        { commands },
        { url: `${settings.GRPC_HOST}:${settings.GRPC_PORT}`, service: commandBusService },
      ),
    );
    await server.listen();
    logger.info({ address: `${settings.GRPC_HOST}:${settings.GRPC_PORT}` }, 'Commands are taken.');

    // Commands do not wait for Kafka: what is recorded meanwhile is published as soon as it answers.
    void waitFor({ name: 'Kafka', connect: () => kafka.prepare() }).then(
      () => relay.start(),
      () => {}, // the process is asked to stop
    );
    return { checks: async () => [storeCheck(store.failure), relayCheck(relay.health())] };
  },
});

function storeCheck(failure: Error | undefined): ReadinessCheck {
  return { name: 'event-store', ok: !failure, ...(failure && { detail: failure.message }) };
}

/** One that stands by does not know how far the one is that leads. */
function asFollower({ state, position, stalledMs }: RelayHealth): Follower {
  return { group: 'relay', position: state === 'leading' ? position : undefined, stalledMs };
}

/** For information: an instance that cannot publish takes commands all the same. */
function relayCheck({ state, position, lastError }: RelayHealth): ReadinessCheck {
  const trouble = lastError instanceof Error ? `: ${lastError.message}` : '';
  const place = position === undefined ? '' : `, published up to ${position}`;
  return { name: 'relay', ok: true, detail: `${state}${place}${trouble}` };
}
