import type { AuditRecord, AuditTrail } from '@hse/contracts';
import type { Ids } from '@hse/event-sourcing';
import { toInstant } from '@hse/session-requests';
import type { FastifyRequest } from 'fastify';
import type { WallClock } from '../dependencies.ts';

/**
 * Records what an operator is about to do. When the promise resolves the record is durable; only then may it be done, and only then
 * answered. So a record may be there of what failed afterwards; nothing is done or shown without one.
 */
export class Audit {
  readonly #options: { trail: AuditTrail; ids: Ids; wallClock: WallClock };

  constructor(options: { trail: AuditTrail; ids: Ids; wallClock: WallClock }) {
    this.#options = options;
  }

  /** @throws StoreUnavailable */
  async record(
    { operator, id: requestId }: FastifyRequest,
    done: Pick<AuditRecord, 'action' | 'target' | 'reason' | 'detail'>,
  ): Promise<void> {
    const { trail, ids, wallClock } = this.#options;
    await trail.audit({ id: ids.next(), at: toInstant(wallClock.now()), ...operator, ...done, requestId });
  }
}
