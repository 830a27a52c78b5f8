import { Inject, Module, type DynamicModule, type OnModuleDestroy } from '@nestjs/common';
import { createHealthWatch, createSystemClock } from '@hse/service-kit';
import { AuditController } from './administration/audit.controller.ts';
import { Audit } from './administration/audit.ts';
import { HealthDetailsController } from './administration/health-details.controller.ts';
import { ParkedStreamsController } from './administration/parked-streams.controller.ts';
import { ParticipantsAdministrationController } from './administration/participants-administration.controller.ts';
import { RecordedHistoryController } from './administration/recorded-history.controller.ts';
import { ClockController } from './clock.controller.ts';
import { GATEWAY, HEALTH_WATCH, type GatewayDependencies } from './dependencies.ts';
import { Freshness } from './freshness.ts';
import { HealthController } from './health.controller.ts';
import { Idempotency } from './idempotency.ts';
import { LiveController } from './live.controller.ts';
import { LiveConnections } from './live-updates.ts';
import { boundedBus } from './protection/overload.ts';
import { NotificationsController } from './notifications.controller.ts';
import { ParticipantsController } from './participants.controller.ts';
import { SessionRequestsController } from './session-requests.controller.ts';
import { SlotPreviewController } from './slot-preview.controller.ts';

/** The HTTP API. Serve it with `createGatewayApp`, which sets up Fastify as its routes need it. */
@Module({})
export class GatewayModule implements OnModuleDestroy {
  readonly #freshness: Freshness;
  readonly #idempotency: Idempotency;
  readonly #connections: LiveConnections;

  constructor(
    @Inject(Freshness) freshness: Freshness,
    @Inject(Idempotency) idempotency: Idempotency,
    @Inject(LiveConnections) connections: LiveConnections,
  ) {
    this.#freshness = freshness;
    this.#idempotency = idempotency;
    this.#connections = connections;
  }

  static register(dependencies: GatewayDependencies): DynamicModule {
    const {
      queries,
      live,
      timers,
      gatewayStore: store,
      ids,
      logger,
      protection,
      telemetry,
      wallClock = createSystemClock(),
    } = dependencies;
    const gateway = protection?.overload
      ? { ...dependencies, bus: boundedBus(dependencies.bus, protection.overload.commands, telemetry) }
      : dependencies;
    return {
      module: GatewayModule,
      controllers: [
        SessionRequestsController,
        SlotPreviewController,
        ParticipantsController,
        NotificationsController,
        LiveController,
        HealthController,
        ParticipantsAdministrationController,
        ParkedStreamsController,
        RecordedHistoryController,
        AuditController,
        HealthDetailsController,
        ...(dependencies.testClock ? [ClockController] : []),
      ],
      providers: [
        { provide: GATEWAY, useValue: gateway },
        { provide: Freshness, useFactory: () => new Freshness(queries, live, timers) },
        {
          provide: Idempotency,
          useFactory: () => new Idempotency({ store, ids, timers, wallClock, logger }),
        },
        { provide: HEALTH_WATCH, useFactory: () => createHealthWatch(dependencies.readiness, wallClock) },
        { provide: Audit, useFactory: () => new Audit({ trail: store, ids, wallClock }) },
        { provide: LiveConnections, useFactory: () => new LiveConnections({ ...dependencies, wallClock }) },
      ],
    };
  }

  onModuleDestroy(): void {
    // Streams without end would keep the server from closing.
    this.#connections.close();
    this.#idempotency.close();
    this.#freshness.close();
  }
}
