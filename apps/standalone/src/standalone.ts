import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createEmbeddedEventFeed } from '@hse/event-feed/embedded';
import { openSqliteEventStore } from '@hse/event-store/sqlite';
import { EXPIRY, ExpiryModule, measureExpiry, traceOfProposal, type Expiry } from '@hse/expiry';
import {
  createEmbeddedIssuer,
  createGatewayApp,
  createParticipants,
  createTestClock,
  GatewayModule,
  issuerClient,
  protectionOf,
  publicUrl,
  remoteKeys,
  seedParticipants,
  type GatewayDependencies,
  type OidcSettings,
} from '@hse/gateway';
import {
  createLiveUpdates,
  NOTIFICATIONS,
  NotificationsModule,
  type Notifications,
  watchParity,
} from '@hse/notifications';
import {
  openSqliteDeadlineStore,
  openSqliteGatewayStore,
  openSqliteReadModels,
} from '@hse/read-models/sqlite';
import { createRequests, logCommands } from '@hse/requests';
import {
  createPinoLogger,
  createSimulatedClock,
  createSystemClock,
  createTimers,
  createUuids,
  createUnderWay,
  feedChecks,
  InvalidSettings,
  startHealthServer,
  tracing,
  type ReadinessCheck,
} from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import {
  createTelemetry,
  measureAppends,
  measureCommands,
  observeFollowers,
  traceAppends,
  traceCommands,
  traceFeed,
} from '@hse/telemetry';
import { filesIn } from './data-dir.ts';
import { prepareIssuerState } from './issuer-state.ts';
import { embeddedIssuerUrl, type Settings } from './settings.ts';

/** A system that is up. */
export interface Standalone {
  /** Where it is reached, such as `http://localhost:3000`. */
  readonly url: string;
  readonly settings: Settings;
  /** Answers what is under way, makes everything durable and lets go of the data directory. */
  stop(): Promise<void>;
}

/**
 * Runs all four services in this process, on the adapters of the embedded profile.
 * @throws EventStoreInUse when a process runs on the data directory; whatever keeps the port from being listened on.
 */
export const startStandalone = async (settings: Settings): Promise<Standalone> => {
  const { DATA_DIR, HOST, PORT, policy, accounts } = settings;
  // Before any file is made: a start that is refused leaves nothing behind.
  const port = await freePort(HOST, PORT);
  makeDataDirectory(DATA_DIR);
  const files = filesIn(DATA_DIR);
  const logger = createPinoLogger({ level: settings.LOG_LEVEL, format: settings.LOG_FORMAT });
  // Given back in reverse order: first what takes requests, last the log.
  const opened = new AsyncDisposableStack();
  try {
    const telemetry = opened.adopt(
      createTelemetry({ service: 'session-requests', ...tracing(settings) }),
      closed,
    );
    const timers = createTimers();
    const underWay = createUnderWay();
    const ids = createUuids();
    const systemClock = createSystemClock();
    const simulated =
      settings.CLOCK === 'simulated'
        ? createSimulatedClock({
            start: settings.CLOCK_START ?? systemClock.now(),
            speed: settings.CLOCK_SPEED,
          })
        : undefined;
    const clock = simulated ?? systemClock;

    const store = opened.adopt(
      await opening(files.events, fromBackup, (path) =>
        openSqliteEventStore<SessionRequestEvent>({ path, logger }),
      ),
      closed,
    );
    const readModels = opened.adopt(
      await opening(files.readModels, deletable, (path) => openSqliteReadModels({ path, logger })),
      closed,
    );
    const deadlines = opened.adopt(
      await opening(files.deadlines, deletable, (path) => openSqliteDeadlineStore({ path, logger })),
      closed,
    );
    const gatewayStore = opened.adopt(
      await opening(files.gateway, fromBackup, (path) => openSqliteGatewayStore({ path })),
      closed,
    );
    await seedParticipants(gatewayStore, accounts);
    refuseIfAhead(await store.head(), files.events, [
      [files.readModels, await readModels.checkpoint()],
      [files.deadlines, await deadlines.checkpoint()],
    ]);

    const feed = createEmbeddedEventFeed({ store, timers, logger });
    observeFollowers({
      telemetry,
      store,
      clock,
      followers: () => feed.health(),
      // Positions of this log have no gaps.
      unhandled: async (_follower, position) => (await store.head()) - position,
    });
    const watched = { telemetry, system: 'sqlite' } as const;
    const requests = measureCommands(
      createRequests({ store: traceAppends(measureAppends(store, watched), watched), clock, policy }),
      telemetry,
    );
    // The same spans as if these were processes of their own.
    const bus = traceCommands(requests, { telemetry, side: 'server' });
    const events = traceFeed(feed, { telemetry, system: 'in_process', destination: 'events' });
    const live = createLiveUpdates({ logger });

    const issuer = embeddedIssuerUrl({ ...settings, PORT: port });

    const gateway: GatewayDependencies = {
      bus: traceCommands(bus, { telemetry, side: 'client' }),
      queries: readModels,
      participants: createParticipants({ store: gatewayStore, wallClock: systemClock }),
      history: store,
      live,
      gatewayStore,
      clock,
      timers,
      ids,
      policy,
      ...(simulated && {
        testClock: createTestClock({
          clock: simulated,
          store,
          expiry: {
            reached: (position) => app.get<Expiry>(EXPIRY).reached(position),
            nextDueAt: () => app.get<Expiry>(EXPIRY).nextDueAt(),
            settled: () => app.get<Expiry>(EXPIRY).settled(),
          },
          notifications: {
            reached: (position) => app.get<Notifications>(NOTIFICATIONS).reached(position),
          },
        }),
      }),
      oidc: await oidcOf(settings, issuer),
      publicUrl: publicUrl({ ...settings, PORT: port }),
      protection: protectionOf(settings),
      readiness: () =>
        Promise.resolve([
          {
            name: 'event-store',
            ok: store.failure === undefined,
            means: 'Nothing can be changed at present, and nothing is cancelled.',
            ...(store.failure && { detail: store.failure.message }),
          },
          ...feedChecks(feed).map((check) => ({ ...check, ...meaningOf[check.name] })),
        ]),
      underWay,
      logger,
      telemetry,
    };

    const app = opened.adopt(
      await createGatewayApp(
        {
          module: StandaloneModule,
          imports: [
            NotificationsModule.register({ feed: events, readModels, live, logger }),
            ExpiryModule.register({
              feed: events,
              deadlines,
              // The lines of what people do are the gateway's.
              bus: traceCommands(logCommands(bus, logger), {
                telemetry,
                side: 'client',
                linkOf: traceOfProposal(store),
              }),
              clock,
              timers,
              ids,
              logger,
              underWay,
              observer: measureExpiry({ telemetry, deadlines, clock }),
              head: () => store.head(),
              // There is one instance, so what it held when it was killed is nobody else's.
              instance: 'embedded',
              // A claim lasts half a minute of real time, however fast the clock runs.
              leaseMs: 30_000 * Math.max(1, simulated?.speed ?? 1),
            }),
            GatewayModule.register(gateway),
          ],
        },
        gateway,
        { servesMetrics: settings.METRICS_PORT === undefined },
      ),
      closed,
    );
    if (settings.METRICS_PORT !== undefined) {
      const { readiness: checks } = gateway;
      opened.adopt(
        await startHealthServer({ port: settings.METRICS_PORT, host: HOST, checks, telemetry, underWay }),
        closed,
      );
    }
    const perMinute = settings.PARITY_PER_MINUTE;
    opened.adopt(watchParity({ store, readModels, telemetry, timers, logger, perMinute }), closed);
    await app.listen({ port, host: HOST });
    return {
      url: publicUrl({ ...settings, PORT: port }),
      settings,
      stop: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
};

/** What people notice while a follower of the log makes no progress. */
const meaningOf: Readonly<Record<string, Pick<ReadinessCheck, 'takes' | 'means'>>> = {
  notifications: {
    takes: ['live-updates'],
    means: 'What is shown is older than what has happened.',
  },
  expiry: { takes: ['automatic-cancellations'], means: 'What is not answered in time is cancelled later.' },
};

class StandaloneModule {}

const closed = async (resource: { close(): unknown }): Promise<void> => {
  await resource.close();
};

/** Derived data that knows more than the log belongs to another log; following on from there would skip events. */
const refuseIfAhead = (head: number, log: string, derived: [path: string, checkpoint: number][]): void => {
  for (const [path, checkpoint] of derived)
    if (checkpoint > head)
      throw new Error(
        `${path} reflects ${checkpoint} events, but ${log} has ${head}. Bring back the log that belongs to it; ` +
          `or, if this log is the right one, delete ${path}: it is made anew from the log.`,
      );
};

const oidcOf = async (settings: Settings, embeddedIssuer: string): Promise<OidcSettings> => {
  const { OIDC_ISSUER, OIDC_AUDIENCE: audience, OIDC_ALGORITHMS: algorithms, DATA_DIR, accounts } = settings;
  if (OIDC_ISSUER !== undefined)
    return {
      issuer: OIDC_ISSUER,
      audience,
      algorithms,
      keys: remoteKeys(OIDC_ISSUER),
      client: issuerClient(settings),
    };
  const { issuer, jwks } = await prepareIssuerState(DATA_DIR, embeddedIssuer);
  const embedded = createEmbeddedIssuer({
    issuer,
    audience,
    jwks,
    accounts,
    // Its secret is as well known as the passwords of the demo accounts, so it is there with them only.
    ...(settings.ACCOUNTS === undefined && { operatorSecret: 'demo' }),
  });
  return { issuer, audience, algorithms, keys: embedded.keys, embedded };
};

/**
 * The port to listen on; a free one for 0, because the issuer's URL names it before anybody listens.
 * @throws what listening on it would throw.
 */
const freePort = async (host: string, wanted: number): Promise<number> => {
  const probe = createServer().listen(wanted, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
};

const makeDataDirectory = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new InvalidSettings([
      `DATA_DIR=${path} cannot be used: ${messageOf(error)}. It has to be the path of a folder that can be written to.`,
    ]);
  }
};

const fromBackup = 'It cannot be made anew: bring it back from a backup.';
const deletable = 'It holds nothing that is not in the log: delete it, and it is made anew.';

/** Opens a file of the data directory. What SQLite says about a broken one names neither the file nor a way out. */
const opening = async <T>(
  path: string,
  advice: string,
  open: (path: string) => T | Promise<T>,
): Promise<T> => {
  try {
    return await open(path);
  } catch (error) {
    if (messageOf(error).includes(path)) throw error;
    throw new Error(`${path} cannot be opened: ${messageOf(error)}. ${advice}`, { cause: error });
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
