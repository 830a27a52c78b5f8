import { join } from 'node:path';
import type { EventStore } from '@hse/event-sourcing';
import { openSqliteEventStore } from '@hse/event-store/sqlite';
import { createUuids } from '@hse/service-kit';
import type { SessionRequestEvent } from '@hse/session-requests';
import {
  createTelemetry,
  measureAppends,
  measureCommands,
  traceAppends,
  traceCommands,
  type Telemetry,
} from '@hse/telemetry';
import { createBus, createCaller, type Bus } from './commands.ts';
import { count, median, type BenchPart, type Figure } from './figures.ts';
import { alternate, throughput } from './rounds.ts';

type Store = EventStore<SessionRequestEvent>;

/** Wrapped as the composition roots do it. */
const watched = (store: Store, telemetry: Telemetry): Bus => {
  const options = { telemetry, system: 'sqlite' } as const;
  const bus = createBus(traceAppends(measureAppends(store, options), options));
  return traceCommands(measureCommands(bus, telemetry), { telemetry, side: 'server' });
};

/** Takes every span and sends it nowhere: what is left is what making them costs. */
const discarded = {
  onStart() {},
  onEnd() {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** Acknowledges at once and keeps nothing; what it is asked about is in the command handler's memory. */
const createForgetfulStore = (): Store => {
  let position = 0;
  const store: Pick<Store, 'append' | 'readStream' | 'close'> = {
    append: async (_stream, events, { expected }) => {
      position += events.length;
      const before = typeof expected === 'number' ? expected : -1;
      return { revision: before + events.length, position, repeated: false };
    },
    readStream: async () => [],
    close: async () => {},
  };
  return store as Store; // command handling needs no more
};

/** What it costs that commands are measured and traced: the same command side with and without, in one run. */
export const benchTelemetry: BenchPart = async ({ full, directory, progress }) => {
  const ids = createUuids();
  const [roundMs, rounds] = full ? [3_000, 15] : [1_000, 9];
  const measured = createTelemetry({ service: 'bench' });
  const traced = createTelemetry({ service: 'bench', spans: discarded });
  const callersOf = (bus: Bus, callers: number) =>
    Array.from({ length: callers }, (_, caller) => createCaller(bus, caller, ids));

  const ways = [
    ['measured', measured],
    ['measured, and every one traced', traced],
  ] as const;
  const say = (name: string) => (round: number, ratio: number) =>
    progress(`${name}, round ${round} of ${rounds}: ${ratio.toFixed(2)}`);

  /** Per second; whatever else the machine does counts, too. */
  const durable = async (how: string, telemetry: Telemetry): Promise<Figure> => {
    const open = (file: string) =>
      openSqliteEventStore<SessionRequestEvent>({ path: join(directory, `${how}-${file}.sqlite`) });
    const [store, peerStore] = [await open('ours'), await open('peer')];
    const ours = callersOf(watched(store, telemetry), 64);
    const peers = callersOf(createBus(peerStore), 64);
    const { ratio, ratios, ...rates } = await alternate(
      rounds,
      () => throughput(ours, roundMs),
      () => throughput(peers, roundMs),
      say(`durable, ${how}`),
    );
    await Promise.all([store.close(), peerStore.close()]);
    return {
      measure: `durable commands, 64 callers, ${how}`,
      figure: `${count(rates.ours)} commands/s`,
      against: `without telemetry: ${count(rates.peer)}/s`,
      ratio,
      ratios,
    };
  };

  /** By the time of the CPU, which a busy machine does not change much. */
  const cpu = async (how: string, telemetry: Telemetry): Promise<Figure> => {
    const [ours = idle] = callersOf(watched(createForgetfulStore(), telemetry), 1);
    const [peer = idle] = callersOf(createBus(createForgetfulStore()), 1);
    const { ratio, ratios, ...rates } = await alternate(
      rounds,
      () => perCpuSecond(ours, commandsOfRound),
      () => perCpuSecond(peer, commandsOfRound),
      say(`CPU, ${how}`),
    );
    const microseconds = (rate: number): string => `${(1e6 / rate).toFixed(1)} µs`;
    return {
      measure: `CPU per command without a disk, ${how}`,
      figure: microseconds(rates.ours),
      against: `without telemetry: ${microseconds(rates.peer)}`,
      ratio,
      ratios,
    };
  };

  try {
    const figures: Figure[] = [];
    for (const [how, telemetry] of ways)
      figures.push(await durable(how, telemetry), await cpu(how, telemetry));
    return [...figures, await scrape(measured)];
  } finally {
    await Promise.all([measured.close(), traced.close()]);
  }
};

const idle = (): Promise<void> => Promise.resolve();
const commandsOfRound = 20_000;

const perCpuSecond = async (call: () => Promise<void>, calls: number): Promise<number> => {
  const began = process.cpuUsage();
  for (let done = 0; done < calls; done += 1) await call();
  const { user, system } = process.cpuUsage(began);
  return (calls * 1e6) / (user + system);
};

/** How long the process is busy when Prometheus asks a gateway that has answered a lot of different requests. */
const scrape = async (telemetry: Telemetry): Promise<Figure> => {
  for (let route = 0; route < 100; route += 1)
    telemetry.record('http.server.request.duration', 0.01, {
      'http.request.method': 'GET',
      'http.route': `/api/v1/route-${route}`,
      'http.response.status_code': '200',
    });
  const times: number[] = [];
  let text = '';
  for (let time = 0; time < 50; time += 1) {
    const began = performance.now();
    text = await telemetry.metrics();
    times.push(performance.now() - began);
  }
  const series = text.split('\n').filter((line) => line && !line.startsWith('#')).length;
  return { measure: `/metrics with ${count(series)} series`, figure: `${median(times).toFixed(1)} ms` };
};
