import type {
  GatewayStore,
  LiveUpdates,
  SessionRequestBus,
  SessionRequestQueries,
  SessionRequestStore,
} from '@hse/contracts';
import type { Clock, Ids, ParkedStreams, Timers } from '@hse/event-sourcing';
import type { Logger, ReadinessCheck, UnderWay } from '@hse/service-kit';
import type { ExpiryPolicy } from '@hse/session-requests';
import type { Telemetry } from '@hse/telemetry';
import type { IssuerClientSettings } from './browser-session/issuer-client.ts';
import type { EmbeddedIssuer } from './oidc/embedded-issuer.ts';
import type { TokenRules } from './oidc/access-tokens.ts';
import type { Participants } from './participants.ts';
import type { Protection } from './protection/settings.ts';

/** The time of day where people and certificates live; never simulated, except in tests. */
export type WallClock = Pick<Clock, 'now'>;

/** How somebody shows who they are. */
export interface OidcSettings extends TokenRules {
  /** Mounted at `/oidc`; absent where another issuer is used. */
  readonly embedded?: EmbeddedIssuer;
  /** As whom this server logs browsers in. Default: as the client that the embedded issuer has for it, else as the public client `gateway`. */
  readonly client?: IssuerClientSettings;
}

/** Everything the gateway needs; it makes nothing of this itself. */
export interface GatewayDependencies {
  readonly bus: SessionRequestBus;
  readonly queries: SessionRequestQueries;
  readonly participants: Participants;
  readonly history: Pick<SessionRequestStore, 'readStream'>;
  readonly live: LiveUpdates;
  /** Absent where followers of the log never set anything aside. */
  readonly parkedStreams?: Pick<ParkedStreams, 'list' | 'decide'>;
  readonly gatewayStore: GatewayStore;
  /** What the rules go by. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  /** To explain deadlines and to preview them; those that count are computed where commands are decided. */
  readonly policy: ExpiryPolicy;
  /** With a simulated clock: jumps, and resolves when everything that fell due can be seen. */
  readonly testClock?: { advanceTo(epochMs: number): Promise<void> };
  readonly oidc: OidcSettings;
  /** Where browsers reach this server; without a slash at the end. */
  readonly publicUrl: string;
  /** Folder of the web app as it was built. Default: where this workspace builds it. */
  readonly site?: string;
  /** Against callers that ask for too much. Default: none. */
  readonly protection?: Protection;
  readonly readiness: () => Promise<readonly ReadinessCheck[]>;
  /** Whether the process has got stuck by itself. Default: never. */
  readonly underWay?: Pick<UnderWay, 'stalled'>;
  readonly logger: Logger;
  /** Default: nothing is measured. */
  readonly telemetry?: Telemetry;
  /** What tokens and idempotency keys go by. Default: the system's clock. */
  readonly wallClock?: WallClock;
}

/** Injects what keeps in mind how everything is, a `HealthWatch`. */
export const HEALTH_WATCH = Symbol('HealthWatch');

/** Injects the {@link GatewayDependencies}. */
export const GATEWAY = Symbol('GatewayDependencies');
