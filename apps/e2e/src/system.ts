import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoAccounts } from '@hse/gateway';
import { mintToken, readStandaloneSettings, startStandalone, type Standalone } from '@hse/standalone';
import { toEpochMs, toInstant, type Instant, type Slot } from '@hse/session-requests';
import { createApi, type Api } from './api.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A running system and the means to use it. */
export interface System {
  readonly url: string;
  /** The participant behind a demo account. */
  participant(account: string): { id: string; role: 'coach' | 'client'; name: string; timeZone: string };
  token(account: string): Promise<string>;
  as(account: string): Promise<Api>;
  now(): Promise<Instant>;
  /** Moves the simulated clock; resolves when all that fell due has been carried out and is visible. */
  advanceTo(instant: Instant): Promise<void>;
  advanceBy(ms: number): Promise<void>;
  /** A slot that starts so long after the present time of the system; an hour long unless told. */
  slotIn(leadMs: number, durationMs?: number): Promise<Slot>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export type StartSystem = (environment?: Record<string, string>) => Promise<System>;

/** Where the simulated clock of a system starts. */
export const clockStart = '2026-11-23T08:00:00.000Z';

/** What is the same however a system is run. */
export const createSystem = ({
  url,
  mint,
  restart,
  stop,
}: {
  url: string;
  /** An access token for the participant with this id. */
  mint: (participantId: string) => Promise<string>;
  restart: (system: System) => Promise<void>;
  stop: () => Promise<void>;
}): System => {
  const tokens = new Map<string, Promise<string>>();
  let anybody: Api | undefined;
  const system: System = {
    url,
    participant: (account) => {
      const found = demoAccounts.find((candidate) => candidate.account === account);
      if (!found) throw new Error(`there is no account ${account}`);
      return found;
    },
    token: (account) => {
      const known = tokens.get(account) ?? mint(system.participant(account).id);
      tokens.set(account, known);
      return known;
    },
    as: async (account) => createApi(url, await system.token(account)),
    now: async () => {
      anybody ??= await system.as('anna');
      return (await anybody.get<{ now: Instant }>('/clock')).body.now;
    },
    advanceTo: async (instant) => {
      anybody ??= await system.as('anna');
      const answer = await anybody.post<{ now: Instant }>('/clock/advance', { to: instant });
      if (answer.status !== 200) throw new Error(`advance to ${instant}: ${JSON.stringify(answer.body)}`);
    },
    advanceBy: async (ms) => system.advanceTo(toInstant(toEpochMs(await system.now()) + ms)),
    slotIn: async (leadMs, durationMs = HOUR) => {
      const startsAt = toEpochMs(await system.now()) + leadMs;
      return { startsAt: toInstant(startsAt), endsAt: toInstant(startsAt + durationMs) };
    },
    restart: () => restart(system),
    stop,
  };
  return system;
};

/** The embedded profile in this process, on a data directory of its own and a clock that stands still. */
export const startEmbeddedSystem: StartSystem = async (environment = {}) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'session-requests-'));
  const start = async (port: string, now: string): Promise<Standalone> =>
    startStandalone(
      readStandaloneSettings({
        PORT: port,
        DATA_DIR: dataDir,
        CLOCK: 'simulated',
        CLOCK_START: now,
        CLOCK_SPEED: '0',
        LOG_LEVEL: 'error',
        ...environment,
      }),
    );
  let running = await start('0', clockStart);
  const { url, settings } = running;
  return createSystem({
    url,
    mint: (participantId) => mintToken({ dataDir, audience: settings.OIDC_AUDIENCE, account: participantId }),
    restart: async (system) => {
      const now = await system.now();
      await running.stop();
      running = await start(new URL(url).port, now);
    },
    stop: async () => {
      await running.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  });
};
