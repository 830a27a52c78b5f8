/** The gateway as a process of its own. */
import { createGrpcCommandBus } from '@hse/command-bus/grpc';
import { openEventStoreDB } from '@hse/event-store/eventstoredb';
import type { DeadlineStore, Timers } from '@hse/event-sourcing';
import {
  connectMongo,
  openMongoDeadlineStore,
  openMongoGatewayStore,
  openMongoLiveUpdates,
  openMongoParkedStreams,
  openMongoReadModels,
  openMongoSharedClock,
} from '@hse/read-models/mongodb';
import { createSystemClock, createUuids, eventStoreAddress, probeCheck, runService } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import { traceCommands } from '@hse/telemetry';
import { createGatewayApp } from './create-gateway-app.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { GatewayModule } from './gateway.module.ts';
import { issuerClient, publicUrl } from './http-settings.ts';
import { remoteKeys } from './oidc/remote-keys.ts';
import { createParticipants, seedParticipants } from './participants.ts';
import { protectionOf } from './protection/settings.ts';
import { createReadModelLagCheck } from './read-model-lag.ts';
import { readGatewaySettings } from './settings.ts';
import { createTestClock } from './test-clock.ts';

const name = 'gateway';
/** For how long a start waits for `requests`, in milliseconds; without it, all but commands can be served. */
const firstConnectionMs = 10_000;

await runService({
  name,
  read: readGatewaySettings,
  health: ({ PORT: port, HOST: host }) => ({ port, host }),
  metrics: ({ METRICS_PORT: port, HOST: host }) => ({ port, host }),
  start: async ({
    settings,
    logger,
    timers,
    telemetry,
    underWay,
    signal,
    owned,
    waitFor,
    takeOverHealth,
  }) => {
    const ids = createUuids();
    const systemClock = createSystemClock();
    const { db } = owned(
      await waitFor({
        name: 'MongoDB',
        connect: () => connectMongo({ url: settings.MONGODB_URL, logger, appName: name }),
      }),
    );
    // Its user may not make what other services own, so it waits until they have.
    const readModels = owned(
      await waitFor({ name: 'the read models', connect: () => openMongoReadModels({ db, timers }) }),
    );
    const gatewayStore = owned(await openMongoGatewayStore({ db }));
    await seedParticipants(gatewayStore, settings.accounts);
    const parkedStreams = owned(
      await waitFor({ name: 'the parked streams', connect: () => openMongoParkedStreams({ db }) }),
    );
    const live = owned(await openMongoLiveUpdates({ db, timers, logger }));
    const store = owned(
      openEventStoreDB<SessionRequestEvent>({
        ...eventStoreAddress(settings),
        timers,
        ids,
        logger,
      }),
    );
    const bus = owned(createGrpcCommandBus({ address: settings.REQUESTS_ADDRESS, timers, logger }));

    const simulated = async () => {
      const start = settings.CLOCK_START ?? systemClock.now();
      const clock = owned(await openMongoSharedClock({ db, start, timers, logger }));
      const deadlines = owned(
        await waitFor({ name: 'the deadlines', connect: () => openMongoDeadlineStore({ db }) }),
      );
      const reachedBy = (of: { checkpoint(): Promise<number> }) => (position: number) =>
        until(async () => (await of.checkpoint()) >= position, timers, signal);
      const testClock = createTestClock({
        clock,
        store,
        expiry: { reached: reachedBy(deadlines), ...dueIn(deadlines, clock, timers, signal) },
        notifications: { reached: reachedBy(readModels) },
      });
      return { clock, testClock };
    };
    const { OIDC_AUDIENCE: audience, OIDC_ALGORITHMS: algorithms, issuer, OIDC_DISCOVERY_URL } = settings;
    const readModelLag = createReadModelLagCheck({
      head: () => store.head(),
      checkpoint: () => readModels.checkpoint(),
      now: () => performance.now(),
      timers,
    });
    const dependencies: GatewayDependencies = {
      bus: traceCommands(bus, { telemetry, side: 'client' }),
      queries: readModels,
      participants: createParticipants({ store: gatewayStore, wallClock: systemClock }),
      history: store,
      live,
      parkedStreams,
      gatewayStore,
      timers,
      ids,
      policy: settings.policy,
      ...(settings.CLOCK === 'simulated' ? await simulated() : { clock: systemClock }),
      oidc: {
        issuer,
        audience,
        algorithms,
        keys: remoteKeys(issuer, OIDC_DISCOVERY_URL),
        client: issuerClient(settings),
      },
      publicUrl: publicUrl(settings),
      protection: protectionOf(settings),
      readiness: async () => {
        if (signal.aborted) return [{ name: 'process', ok: false, detail: 'stopping' }];
        const { connected, lastError } = bus.health();
        const [mongodb, lag] = await Promise.all([
          probeCheck('mongodb', () => db.command({ ping: 1 }), timers),
          readModelLag(),
        ]);
        return [
          { ...mongodb, means: 'Nothing can be read or changed here at present.' },
          lag,
          // Without it commands are answered with 503, here as anywhere, and everything else goes on.
          {
            name: 'requests',
            ok: connected > 0,
            needed: false,
            takes: ['change', 'automatic-cancellations'],
            means:
              'Changes are refused at present, and what is not answered in time is cancelled later; everything can be read.',
            ...(lastError !== undefined && { detail: lastError }),
          },
        ];
      },
      underWay,
      logger,
      telemetry,
    };
    const app = owned(
      await createGatewayApp(GatewayModule.register(dependencies), dependencies, {
        closeGraceMs: Math.max(0, settings.DRAIN_MS - 5_000),
        stopping: signal,
      }),
    );
    // Ready comes with commands where they can be had: nobody is sent here only to be refused what the gateways before could do.
    await connectedWithin(firstConnectionMs, bus, timers, signal);
    await takeOverHealth();
    await app.listen({ port: settings.PORT, host: settings.HOST });
    logger.info({ api: `${publicUrl(settings)}/api/v1` }, 'The API is served.');
    return { checks: dependencies.readiness };
  },
});

/** What is due, as seen from outside the expiry service, by the deadlines that are left. */
function dueIn(deadlines: DeadlineStore, clock: { now(): number }, timers: Timers, signal: AbortSignal) {
  return {
    nextDueAt: async (): Promise<number | undefined> => {
      const after = clock.now();
      const [next] = await deadlines.upcoming({ after, until: Number.MAX_SAFE_INTEGER, limit: 1 });
      return next?.dueAt;
    },
    settled: (): Promise<void> => {
      const span = { after: -Infinity, until: clock.now(), limit: 1 };
      return until(async () => (await deadlines.upcoming(span)).length === 0, timers, signal);
    },
  };
}

async function connectedWithin(
  limitMs: number,
  bus: { health(): { connected: number } },
  timers: Timers,
  signal: AbortSignal,
): Promise<void> {
  let isOver = false;
  const limit = timers.after(limitMs, () => (isOver = true));
  await until(async () => isOver || bus.health().connected > 0, timers, signal);
  limit.cancel();
}

async function until(isMet: () => Promise<boolean>, timers: Timers, signal: AbortSignal): Promise<void> {
  while (!(await isMet())) {
    signal.throwIfAborted();
    await new Promise<void>((resolve) => timers.after(10, resolve));
  }
}
