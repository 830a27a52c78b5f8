import fc from 'fast-check';
import { streamOf } from '@hse/contracts';
import type { EventBatch, RecordedEvent } from '@hse/event-sourcing';
import type { SessionRequestEvent } from '@hse/session-requests';
import { happeningsOf, live, lives, randomWalks, type Happening } from '@hse/session-requests/testing';

type Recorded = RecordedEvent<SessionRequestEvent>;

/** A log in which the histories of several session requests, each with parties of its own or shared ones, run side by side. */
export const recordedLog = (
  histories: readonly (readonly Happening[])[],
  turns: readonly number[] = [],
): Recorded[] => {
  const left = histories.map((history, index) => ({ index, history: [...history], revision: 0 }));
  const log: Recorded[] = [];
  for (let turn = 0; ; turn += 1) {
    const unfinished = left.filter(({ history }) => history.length > 0);
    const next = unfinished[(turns[turn % turns.length] ?? 0) % unfinished.length];
    const happening = next?.history.shift();
    if (!next || !happening) return log;
    const requestId = `request-${next.index}`;
    const data = {
      ...happening.event.data,
      requestId,
      coachId: `coach-${next.index % 2}`,
      clientId: `client-${next.index % 3}`,
    };
    const id = `${requestId}/${next.revision}`;
    log.push({
      ...({ type: happening.event.type, data } as SessionRequestEvent),
      id,
      metadata: { commandId: id, correlationId: id, recordedAt: happening.recordedAt, schemaVersion: 1 },
      stream: streamOf({ requestId }),
      revision: next.revision,
      position: log.length + 1,
    });
    next.revision += 1;
  }
};

/** One of each kind, the longest first. */
export const knownHistories = Object.values(lives)
  .map((steps) => live(steps))
  .sort((a, b) => b.length - a.length);

/** Logs as the domain's own decisions make them, of one to five session requests. */
export const logs = (): fc.Arbitrary<Recorded[]> =>
  fc
    .record({
      walks: fc.array(randomWalks(), { minLength: 1, maxLength: 5 }),
      turns: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 20 }),
    })
    .map(({ walks, turns }) => recordedLog(walks.map(happeningsOf), turns));

/** How a log is delivered: batches of these sizes, before some of which delivery begins anew at an earlier event. */
export interface Delivery {
  readonly sizes: readonly number[];
  /** By how many events delivery falls back before the batch; 0 mostly. */
  readonly rewinds: readonly number[];
}

export const deliveries = (): fc.Arbitrary<Delivery> =>
  fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 10 }),
    rewinds: fc.array(
      fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 30 }) }),
      {
        minLength: 1,
        maxLength: 7,
      },
    ),
  });

export const batchesOf = (
  log: readonly Recorded[],
  { sizes, rewinds }: Delivery,
): EventBatch<SessionRequestEvent>[] => {
  const batches: EventBatch<SessionRequestEvent>[] = [];
  for (let place = 0, count = 0; place < log.length; count += 1) {
    // Every other batch goes on, so that delivery comes to an end.
    const rewind = count % 2 === 1 ? (rewinds[count % rewinds.length] ?? 0) : 0;
    const from = Math.max(0, place - rewind);
    const to = Math.max(place + (count % 2 === 1 ? 0 : 1), from + (sizes[count % sizes.length] ?? 1));
    const events = log.slice(from, to);
    batches.push({ events, position: events.at(-1)?.position ?? 0 });
    place = Math.min(log.length, Math.max(place, to));
  }
  return batches;
};
