import type { Timers } from '@hse/event-sourcing';
import { createTelemetry, otlpSpans, type Telemetry } from '@hse/telemetry';
import { createHealthWatch } from './health.ts';
import { startHealthServer, type HealthServer } from './health-server.ts';
import type { Logger } from './logger.ts';
import { createPinoLogger, type LogLevel } from './pino-logger.ts';
import { createUnderWay, type UnderWay } from './under-way.ts';
import type { ReadinessCheck } from './readiness.ts';
import { decimalNumber, InvalidSettings, wholeNumber, type Setting } from './settings.ts';
import { createSystemClock } from './system-clock.ts';
import { createTimers } from './timers.ts';
import { waitFor, type Dependency } from './wait-for.ts';

/** Where spans go, and how many; the names are OpenTelemetry's. */
export const telemetrySettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    meaning: 'base URL of a collector that takes traces by OTLP over HTTP; default: there are no traces',
    form: 'a URL such as http://localhost:4318',
    default: undefined,
    parse: (text) => (/^https?:\/\/\S+$/.test(text) ? text : undefined),
  },
  OTEL_TRACES_SAMPLER_ARG: {
    meaning: 'share of the traces that are kept; the same in every service',
    form: 'a number from 0 to 1',
    default: '1',
    parse: decimalNumber(0, 1),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** As `createTelemetry` asks for it. */
export const tracing = ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_TRACES_SAMPLER_ARG: share,
}: {
  OTEL_EXPORTER_OTLP_ENDPOINT: string | undefined;
  OTEL_TRACES_SAMPLER_ARG: number;
}) => (endpoint === undefined ? {} : { spans: otlpSpans(endpoint), share });

/** Of every service that is a process of its own. */
export const processSettings = {
  ...telemetrySettings,
  STALL_EXIT_MS: {
    meaning:
      'milliseconds without progress after which the process gives up and exits, to be started again; 0: never',
    form: 'a whole number of milliseconds',
    default: '120000',
    parse: wholeNumber(0, 86_400_000),
  },
  DRAIN_MS: {
    meaning: 'milliseconds that a stopping process has for what is under way',
    form: 'a whole number from 0 to 600000',
    default: '25000',
    parse: wholeNumber(0, 600_000),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** Of a service that is reached through load balancers, which notice only after a while that it is about to go. */
export const lingerSettings = {
  LINGER_MS: {
    meaning:
      'milliseconds that a stopping process goes on, not ready, closing each connection after its answer; DRAIN_MS begins after it',
    form: 'a whole number from 0 to 600000',
    default: '0',
    parse: wholeNumber(0, 600_000),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** Where a service that serves no HTTP otherwise tells how it is. */
export const healthSettings = {
  HEALTH_PORT: {
    meaning: 'TCP port of /livez, /readyz and /metrics; 0 takes a free one',
    form: 'a whole number from 0 to 65535',
    default: '8080',
    parse: wholeNumber(0, 65_535),
  },
  HEALTH_HOST: {
    meaning: 'address that /livez, /readyz and /metrics listen on',
    form: 'an IP address or a host name',
    default: '0.0.0.0',
    parse: (text) => (/^[\w.:-]+$/.test(text) ? text : undefined),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** What a service is given to start with. */
export interface ServiceContext<S> {
  readonly settings: S;
  readonly logger: Logger;
  readonly timers: Timers;
  readonly telemetry: Telemetry;
  /** What is under way; /livez tells when it has got stuck. */
  readonly underWay: UnderWay;
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** Given back in reverse order when the process stops, also when it never came to be up. */
  readonly resources: AsyncDisposableStack;
  /** Adds one that is given back by closing it. @returns it. */
  readonly owned: <T extends { close(): Promise<unknown> }>(resource: T) => T;
  /** See {@link waitFor}. */
  readonly waitFor: <T>(dependency: Dependency<T>) => Promise<T>;
  /** For a service that serves /readyz itself: frees the port that told of the start until now. */
  readonly takeOverHealth: () => Promise<void>;
}

/** A service that is up. */
export interface RunningService {
  readonly checks: () => Promise<readonly ReadinessCheck[]>;
}

interface BasicSettings {
  readonly LOG_LEVEL: LogLevel;
  readonly LOG_FORMAT: 'json' | 'pretty';
  readonly STALL_EXIT_MS: number;
  readonly DRAIN_MS: number;
  readonly LINGER_MS?: number;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

/** From a terminal the signal may come twice within a moment: once directly, once passed on by npm. */
const sameKeystrokeMs = 1_000;
const watchMs = 1_000;
/** Between two looks at how everything is, in milliseconds. */
const healthMs = 5_000;

/**
 * The life of a process: settings, health, waiting for what it needs, and a stop that finishes what is under way.
 * Exit codes: 0 stopped as asked, 1 wrong settings, a failed start, a stall or a stop that took too long.
 *
 * @param options.read throws InvalidSettings.
 * @param options.health where /livez and /readyz are served.
 * @param options.metrics where /metrics is served, for a service that takes over the port of `health`. Default: there, too.
 */
export const runService = async <S extends BasicSettings>({
  name,
  read,
  health,
  metrics,
  start,
}: {
  name: string;
  read: (environment: NodeJS.ProcessEnv) => S;
  health: (settings: S) => { port: number; host: string };
  metrics?: (settings: S) => { port: number; host: string };
  start: (context: ServiceContext<S>) => Promise<RunningService>;
}): Promise<void> => {
  const settings = orExit(() => read(process.env));
  const logger = createPinoLogger({ level: settings.LOG_LEVEL, format: settings.LOG_FORMAT, service: name });
  const timers = createTimers();
  const telemetry = createTelemetry({ service: name, ...tracing(settings) });
  const resources = new AsyncDisposableStack();
  // The last to go: what ends before it may have something to tell.
  resources.defer(() => telemetry.close());
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: RunningService | undefined;
  let waitingFor: string | undefined;
  let stoppingSince: number | undefined;

  const checks = async (): Promise<readonly ReadinessCheck[]> => {
    if (signal.aborted) return [{ name: 'process', ok: false, detail: 'stopping' }];
    if (running) return running.checks();
    return [{ name: 'process', ok: false, detail: waitingFor ? `waiting for ${waitingFor}` : 'starting' }];
  };

  const watched = createHealthWatch(checks, createSystemClock());
  const underWay = createUnderWay(settings.STALL_EXIT_MS > 0 ? { limitMs: settings.STALL_EXIT_MS } : {});

  const stop = async (exitCode: number, lingerMs = 0): Promise<never> => {
    stoppingSince = performance.now();
    stopping.abort(new Error('the process is asked to stop'));
    if (lingerMs > 0) await new Promise<void>((resolve) => timers.after(lingerMs, resolve));
    timers.after(settings.DRAIN_MS, () => {
      logger.error({ drainMs: settings.DRAIN_MS }, 'What was under way has not come to an end in time.');
      process.exit(1);
    });
    try {
      await resources.disposeAsync();
    } catch (error) {
      logger.error({ err: error }, 'Not everything could be ended cleanly.');
      process.exit(1);
    }
    logger.info({ ms: Math.round(performance.now() - stoppingSince) }, 'Stopped.');
    process.exit(exitCode);
  };

  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (stoppingSince === undefined) {
        logger.info({ signal: name }, 'Stopping: what is under way is finished first.');
        void stop(0, running && settings.LINGER_MS);
      } else if (performance.now() - stoppingSince > sameKeystrokeMs) process.exit(1);
    });
  process.on('uncaughtException', (error) => {
    logger.error({ err: error }, 'A fault that nobody expected; the process ends.');
    process.exit(1);
  });

  const serve = async (
    what: 'health checks' | 'metrics',
    { port, host }: { port: number; host: string },
  ): Promise<HealthServer> => {
    const isMeasured = what === 'metrics' || metrics === undefined;
    try {
      return await startHealthServer({
        port,
        host,
        checks,
        underWay,
        ...(isMeasured && { telemetry, health: watched }),
      });
    } catch (error) {
      logger.error({ err: error, port, host }, `The port for ${what} cannot be listened on.`);
      process.exit(1);
    }
  };
  const healthAt = health(settings);
  const early: { server?: HealthServer } = { server: await serve('health checks', healthAt) };
  const measured = metrics && (await serve('metrics', metrics(settings)));
  if (measured) resources.defer(() => measured.close());
  const takeOverHealth = async (): Promise<void> => {
    const { server } = early;
    delete early.server;
    await server?.close();
  };
  resources.defer(takeOverHealth);
  logger.info(
    {
      health: `http://${healthAt.host}:${early.server?.port}/readyz`,
      ...(metrics && { metrics: `http://${metrics(settings).host}:${measured?.port}/metrics` }),
    },
    'Starting.',
  );

  const began = performance.now();
  try {
    running = await start({
      settings,
      logger,
      timers,
      telemetry,
      underWay,
      signal,
      resources,
      owned: (resource) =>
        resources.adopt(resource, async (it) => {
          await it.close();
        }),
      takeOverHealth,
      waitFor: async (dependency) => {
        waitingFor = dependency.name;
        const connected = await waitFor(dependency, { timers, logger, signal });
        waitingFor = undefined;
        return connected;
      },
    });
  } catch (error) {
    if (signal.aborted) return; // the stop is under way and ends the process
    logger.error({ err: error }, 'The service could not start.');
    await stop(1);
  }
  if (!signal.aborted) logger.info({ ms: Math.round(performance.now() - began) }, 'Up.');

  const watch = (): void => {
    timers.after(watchMs, () => {
      void checks().then((all) => {
        const stalled =
          underWay.stalled() ?? all.find(({ stalledMs = 0 }) => stalledMs >= settings.STALL_EXIT_MS);
        if (!stalled || signal.aborted) watch();
        else {
          logger.error({ ...stalled }, 'No progress for too long: the process ends, to be started again.');
          void stop(1);
        }
      }, watch);
    });
  };
  if (settings.STALL_EXIT_MS > 0) watch();
  // Asked again and again, so that it knows since when.
  const keepInMind = (): void => void timers.after(healthMs, () => void watched.report().then(keepInMind));
  keepInMind();
};

const orExit = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    console.error(`${error.message}\nThe settings are listed in docs/distributed.md.`);
    process.exit(1);
  }
};
