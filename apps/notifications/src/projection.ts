import type {
  NotificationRecord,
  ProjectionTarget,
  ReflectedChange,
  SessionRequestRecord,
} from '@hse/contracts';
import type { EventBatch } from '@hse/event-sourcing';
import type { SessionRequestEvent } from '@hse/session-requests';
import { LRUCache } from 'lru-cache';
import { notificationsOf } from './notifications-of.ts';
import { projectSessionRequest } from './project-session-request.ts';

export interface Projection {
  /**
   * Folds a batch into the target: each record once, together with its notifications and the batch's position. Events
   * that the target reflects already change nothing; their notifications are written again, to be ignored if they are there.
   *
   * @returns what is new, by event, in log order; each with the record as the whole batch left it.
   * @throws RevisionGap and errors of the target: nothing was written.
   */
  handle(batch: EventBatch<SessionRequestEvent>): Promise<ReflectedChange[]>;
}

export interface ProjectionOptions {
  readonly target: ProjectionTarget;
  /** Records kept in memory, the least recently used go first. 0 asks the target each time. Default 20 000. */
  readonly cacheSize?: number;
}

/** Projects events as they come, in batches of any size, some of them again. */
export const createProjection = (options: ProjectionOptions): Projection => {
  const { target, cacheSize = 20_000 } = options;
  const cache = cacheSize > 0 ? new LRUCache<string, SessionRequestRecord>({ max: cacheSize }) : undefined;

  /** The records as they are before the batch. */
  const before = async ({
    events,
  }: EventBatch<SessionRequestEvent>): Promise<Map<string, SessionRequestRecord>> => {
    const records = new Map<string, SessionRequestRecord>();
    const missing = new Set<string>();
    for (const { data } of events) {
      const { requestId } = data;
      if (records.has(requestId)) continue;
      const cached = cache?.get(requestId);
      if (cached) records.set(requestId, cached);
      else missing.add(requestId);
    }
    if (missing.size > 0)
      for (const record of await target.load([...missing])) records.set(record.state.requestId, record);
    return records;
  };

  let generation: string | undefined;
  return {
    async handle(batch) {
      const current = await target.generation?.();
      if (current !== generation) cache?.clear();
      generation = current;
      const records = await before(batch);
      const changed = new Set<string>();
      const notifications: NotificationRecord[] = [];
      const news: { requestId: string; eventType: SessionRequestEvent['type']; position: number }[] = [];
      for (const event of batch.events) {
        const { requestId } = event.data;
        const known = records.get(requestId);
        const record = projectSessionRequest(known, event);
        // Also of an event that comes again: perhaps the target failed between its record and these.
        notifications.push(...notificationsOf(event));
        if (record === known) continue;
        records.set(requestId, record);
        changed.add(requestId);
        news.push({ requestId, eventType: event.type, position: event.position });
      }
      // Every id that changed has been put into `records`.
      const latest = (requestId: string): SessionRequestRecord =>
        records.get(requestId) as SessionRequestRecord;
      const written = Array.from(changed, latest);
      await target.apply({ records: written, notifications, checkpoint: batch.position });
      if (cache) for (const record of written) cache.set(record.state.requestId, record);
      return news.map(({ requestId, eventType, position }) => ({
        record: latest(requestId),
        eventType,
        position,
      }));
    },
  };
};
