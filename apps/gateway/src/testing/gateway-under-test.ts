import {
  streamOf,
  type GatewayStore,
  type LiveUpdates,
  type Participant,
  type ReadModels,
  type ReflectedChange,
  type SessionRequestBus,
  type SessionRequestRecord,
} from '@hse/contracts';
import type { SessionRequestView } from '@hse/contracts/http';
import { createCommandHandler, type EventStore, type RecordedEvent } from '@hse/event-sourcing';
import {
  createInMemoryEventStore,
  createManualTimers,
  type ManualTimers,
  type StorageFault,
} from '@hse/event-sourcing/testing';
import { openSqliteGatewayStore, openSqliteReadModels } from '@hse/read-models/sqlite';
import {
  createSequentialUuids,
  createSimulatedClock,
  silentLogger,
  type Logger,
  type SimulatedClock,
  type ReadinessCheck,
} from '@hse/service-kit';
import {
  decide,
  defaultExpiryPolicy,
  evolve,
  otherRole,
  parseExpiryPolicy,
  toEpochMs,
  toInstant,
  type Role,
  type SessionRequestEvent,
  type SessionRequestEventType,
} from '@hse/session-requests';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { createGatewayApp } from '../create-gateway-app.ts';
import type { GatewayDependencies } from '../dependencies.ts';
import { GatewayModule } from '../gateway.module.ts';
import { createEmbeddedIssuer, type EmbeddedIssuer, type IssuerAccount } from '../oidc/embedded-issuer.ts';
import { mintAccessToken } from '../oidc/mint-access-token.ts';
import { createParticipants, seedParticipants, type Participants } from '../participants.ts';

export const issuer = 'http://localhost:3000/oidc';
export const audience = 'session-requests';
export const startOfTime = '2026-11-23T08:00:00.000Z';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

const account = (
  name: string,
  id: string,
  role: Role,
  timeZone: string,
  display: string,
): IssuerAccount & Participant => ({
  account: name,
  id,
  role,
  name: display,
  email: `${name}@example.org`,
  timeZone,
  password: `${name}-secret`,
});

export const anna = account('anna', 'p-anna', 'coach', 'Europe/Berlin', 'Anna Berg');
export const mateo = account('mateo', 'p-mateo', 'coach', 'America/New_York', 'Mateo Ruiz');
export const chloe = account('chloe', 'p-chloe', 'client', 'Europe/Paris', 'Chloé Martin');
export const kenji = account('kenji', 'p-kenji', 'client', 'Asia/Tokyo', 'Kenji <Tanaka>');
export const everybody = [anna, chloe, kenji, mateo];

let keys: Promise<{ keys: JWK[] }> | undefined;

/** One pair for all tests: making one takes a while. */
export const signingKeys = (): Promise<{ keys: JWK[] }> => {
  keys ??= generateKeyPair('RS256', { extractable: true }).then(async ({ privateKey }) => ({
    keys: [{ ...(await exportJWK(privateKey)), kid: 'test', use: 'sig', alg: 'RS256' }],
  }));
  return keys;
};

interface AnyItem {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly requestId: string;
  readonly message: string;
  readonly read: boolean;
  readonly proposal: { readonly startsAt: string };
}

/** The fields that some answer has: a test reaches into what it expects to be there, and fails where it is not. */
export interface AnyBody {
  readonly id: string;
  readonly status: string | number;
  readonly code: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
  readonly current: object;
  readonly proposal: object;
  readonly outcome: object;
  readonly coach: object;
  readonly allowedActions: readonly string[];
  readonly items: readonly AnyItem[];
  readonly nextCursor?: string;
  readonly pendingActions: number;
  readonly unread: number;
  readonly checks: readonly object[];
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly text: string;
  /** Empty where it is no JSON. */
  readonly body: AnyBody;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Sent as If-Match. */
  readonly revision?: number;
}

/** The API in the hands of one participant. */
export interface Caller {
  get(path: string, headers?: Record<string, string>): Promise<Answered>;
  post(path: string, options?: CallOptions): Promise<Answered>;
}

export interface GatewayUnderTest {
  readonly app: NestFastifyApplication;
  readonly fastify: FastifyInstance;
  readonly store: EventStore<SessionRequestEvent>;
  readonly readModels: ReadModels;
  readonly gatewayStore: GatewayStore;
  readonly live: LiveUpdates;
  readonly participants: Participants;
  readonly clock: SimulatedClock;
  readonly timers: ManualTimers;
  readonly issuer: EmbeddedIssuer;
  /** Commands that reached the requests service. */
  readonly executed: string[];
  /** While true, the read models stand still. */
  projection: { paused: boolean; catchUp(): Promise<void> };
  readiness: ReadinessCheck[];
  as(participant: { id: string }): Caller;
  token(participantId: string, ttlSeconds?: number): Promise<string>;
  /** A slot that starts so long after now, an hour long. */
  slotIn(leadMs: number, durationMs?: number): { startsAt: string; endsAt: string };
  /** Asks for a session and expects to get it. */
  requested(by: { id: string }, other: { id: string }, leadMs?: number): Promise<SessionRequestView>;
  expire(requestId: string, round: number): Promise<void>;
  /** Everything recorded so far. */
  log(): Promise<RecordedEvent<SessionRequestEvent>[]>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly systemClock?: boolean;
  readonly fault?: StorageFault;
  readonly logger?: Logger;
  readonly store?: EventStore<SessionRequestEvent>;
  readonly gatewayStore?: GatewayStore;
  readonly readModels?: ReadModels;
  readonly participants?: readonly Participant[];
  readonly override?: (dependencies: GatewayDependencies) => GatewayDependencies;
  /** As of `createGatewayApp`. */
  readonly stopping?: AbortSignal;
  /** As of `createGatewayApp`. */
  readonly requestTimeoutMs?: number;
}

/** The gateway over real parts: the domain behind a command handler, SQLite read models in memory, a simulated clock. */
export const startGateway = async (options: GatewayOptions = {}): Promise<GatewayUnderTest> => {
  const jwks = await signingKeys();
  const timers = createManualTimers();
  const clock = createSimulatedClock({
    start: toEpochMs(startOfTime),
    speed: 0,
    wall: { now: () => timers.elapsedMs, timers },
  });
  const store =
    options.store ??
    createInMemoryEventStore<SessionRequestEvent>(options.fault ? { fault: options.fault } : {});
  const readModels = options.readModels ?? openSqliteReadModels({ path: ':memory:' });
  const gatewayStore = options.gatewayStore ?? openSqliteGatewayStore({ path: ':memory:' });
  const live = createLive();
  const policy = parseExpiryPolicy(defaultExpiryPolicy);
  const handler: SessionRequestBus = createCommandHandler({
    store,
    decider: { decide, evolve },
    streamOf,
    context: () => {
      const now = toInstant(clock.now());
      return { context: { now, policy }, recordedAt: now };
    },
  });

  const projection = {
    paused: false,
    catchUp: async (): Promise<void> => {
      if (projection.paused) return;
      for await (const { events, position } of store.readAll({ after: await readModels.checkpoint() }))
        await project(readModels, live, events, position);
    },
  };
  const executed: string[] = [];
  const bus: SessionRequestBus = {
    execute: async (envelope) => {
      executed.push(envelope.command.type);
      const result = await handler.execute(envelope);
      await projection.catchUp();
      return result;
    },
  };
  await projection.catchUp();

  const embedded = createEmbeddedIssuer({ issuer, audience, jwks, accounts: everybody });
  await seedParticipants(gatewayStore, options.participants ?? everybody);
  const wallClock = { now: () => Date.now() };
  const participants = createParticipants({ store: gatewayStore, wallClock });
  const readiness: ReadinessCheck[] = [{ name: 'event-store', ok: true }];
  const dependencies: GatewayDependencies = {
    bus,
    queries: readModels,
    participants,
    history: store,
    live,
    gatewayStore,
    clock,
    timers,
    ids: createSequentialUuids(),
    policy,
    ...(!options.systemClock && {
      testClock: {
        advanceTo: async (epochMs: number) => {
          clock.advanceTo(epochMs);
        },
      },
    }),
    oidc: { issuer, audience, keys: embedded.keys, embedded },
    publicUrl: 'http://localhost:3000',
    // Whether the web app is built makes no difference to tests of the API.
    site: '/there/is/none',
    readiness: async () => readiness,
    logger: options.logger ?? silentLogger,
  };
  const used = options.override?.(dependencies) ?? dependencies;
  const { stopping, requestTimeoutMs } = options;
  const app = await createGatewayApp(GatewayModule.register(used), used, {
    ...(stopping && { stopping }),
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
  });
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();

  const token = (participantId: string, ttlSeconds = 600): Promise<string> =>
    mintAccessToken({ jwks, issuer, audience, account: participantId, ttlSeconds });

  const under: GatewayUnderTest = {
    app,
    fastify,
    store,
    readModels,
    gatewayStore,
    live,
    participants,
    clock,
    timers,
    issuer: embedded,
    executed,
    projection,
    readiness,
    token,
    as: ({ id }) => {
      const bearer = token(id);
      const call = async (
        method: 'GET' | 'POST',
        path: string,
        headers: Record<string, string>,
        body?: unknown,
      ): Promise<Answered> => {
        const response = await fastify.inject({
          method,
          url: `/api/v1${path}`,
          headers: {
            authorization: `Bearer ${await bearer}`,
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
        });
        return answered(response);
      };
      return {
        get: (path, headers = {}) => call('GET', path, headers),
        post: (path, { body, headers = {}, revision } = {}) =>
          call(
            'POST',
            path,
            { ...(revision !== undefined && { 'if-match': `"${revision}"` }), ...headers },
            body,
          ),
      };
    },
    slotIn: (leadMs, durationMs = hourMs) => ({
      startsAt: toInstant(clock.now() + leadMs),
      endsAt: toInstant(clock.now() + leadMs + durationMs),
    }),
    requested: async (by, other, leadMs = 7 * dayMs) => {
      const answer = await under
        .as(by)
        .post('/session-requests', { body: { with: other.id, ...under.slotIn(leadMs) } });
      if (answer.status !== 201) throw new Error(`expected 201: ${answer.text}`);
      return answer.body as unknown as SessionRequestView;
    },
    expire: async (requestId, round) => {
      await bus.execute({
        commandId: `00000000-0000-8000-8000-${String(round).padStart(12, '0')}`,
        command: { type: 'ExpireSessionRequest', requestId, round },
      });
    },
    log: async () => {
      const all: RecordedEvent<SessionRequestEvent>[] = [];
      for await (const { events } of store.readAll()) all.push(...events);
      return all;
    },
    close: async () => {
      await app.close();
      if (!options.store) await store.close();
      if (!options.readModels) await readModels.close();
      if (!options.gatewayStore) await gatewayStore.close();
    },
  };
  return under;
};

export const answered = (response: { statusCode: number; headers: object; payload: string }): Answered => {
  const headers = response.headers as Answered['headers'];
  const isJson = String(headers['content-type']).includes('json');
  return {
    status: response.statusCode,
    headers,
    text: response.payload,
    body: (isJson && response.payload !== '' ? JSON.parse(response.payload) : {}) as AnyBody,
  };
};

/** An access token of the embedded issuer in every respect but these. */
export const forgedToken = async (
  changes: {
    header?: Record<string, unknown>;
    claims?: Record<string, unknown>;
    key?: Parameters<SignJWT['sign']>[0];
    alg?: string;
  } = {},
): Promise<string> => {
  const jwks = await signingKeys();
  const { importJWK } = await import('jose');
  const { alg = 'RS256', claims = {}, header = {} } = changes;
  const [jwk] = jwks.keys;
  const key = changes.key ?? (await importJWK(jwk!, 'RS256'));
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ iss: issuer, aud: audience, sub: chloe.id, iat: now, exp: now + 600, ...claims })
    .setProtectedHeader({ alg, kid: 'test', ...header })
    .sign(key);
};

const createLive = (): LiveUpdates => {
  const listeners = new Set<(changes: readonly ReflectedChange[]) => void>();
  return {
    publish: (changes) => {
      for (const listener of listeners) listener(changes);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

/** What the notifications service does, in as few lines as possible; it is tested where it lives. */
const project = async (
  readModels: ReadModels,
  live: LiveUpdates,
  events: readonly RecordedEvent<SessionRequestEvent>[],
  checkpoint: number,
): Promise<void> => {
  const records = new Map<string, SessionRequestRecord>();
  const changes: ReflectedChange[] = [];
  const notifications = [];
  for (const event of events) {
    const { requestId, coachId, clientId } = event.data;
    const before = records.get(requestId) ?? (await readModels.load([requestId]))[0];
    const state = evolve(before?.state, event);
    if (!state) continue;
    const { position, revision, type } = event;
    const record = { state, recordedAt: event.metadata.recordedAt, position };
    records.set(requestId, record);
    changes.push({ record, eventType: type, position });
    for (const role of toldOf(event))
      notifications.push({
        participantId: role === 'coach' ? coachId : clientId,
        position,
        requestId,
        revision,
        recordedAt: record.recordedAt,
        event: { type, data: event.data } as SessionRequestEvent,
      });
  }
  await readModels.apply({ records: [...records.values()], notifications, checkpoint });
  live.publish(changes);
};

const actors: Record<SessionRequestEventType, string> = {
  SessionRequested: 'requestedBy',
  SessionAccepted: 'acceptedBy',
  SessionRejected: 'rejectedBy',
  SessionAdjusted: 'adjustedBy',
  SessionCancelled: 'cancelledBy',
};

const toldOf = ({ type, data }: SessionRequestEvent): Role[] => {
  const actor = (data as unknown as Record<string, Role | 'system'>)[actors[type]];
  return actor === 'system' || actor === undefined ? ['coach', 'client'] : [otherRole(actor)];
};
