import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '@hse/event-sourcing';
import type { StorageFault } from '@hse/event-sourcing/testing';
import { toEpochMs } from '@hse/session-requests';
import fc from 'fast-check';
import {
  createWorld,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  START,
  type BusFault,
  type Process,
} from './testing/world.ts';

/** What happens to the system, one after the other. `turns`: how far it gets before the next happens. */
type Incident = { readonly turns: number } & (
  | { readonly what: 'request'; readonly leadMs: number }
  | {
      readonly what: 'answer';
      readonly nth: number;
      readonly by: 'accept' | 'reject' | 'adjust' | 'cancel';
      readonly leadMs: number;
    }
  | { readonly what: 'time passes'; readonly ms: number }
  | { readonly what: 'time passes to the next deadline'; readonly offMs: number }
  | { readonly what: 'the clock is set back'; readonly ms: number }
  | { readonly what: 'real time passes'; readonly ms: number }
  | { readonly what: 'kill' | 'stop' | 'start'; readonly instance: 0 | 1 }
  | { readonly what: 'faults'; readonly bus: readonly Fault[]; readonly log: readonly Fault[] }
);

type Fault = 'none' | 'before' | 'after';

const leads = fc.oneof(
  fc.integer({ min: HOUR_MS, max: 3 * HOUR_MS }),
  fc.integer({ min: HOUR_MS, max: 90 * DAY_MS }),
);
const faults = fc.array(fc.constantFrom<Fault>('none', 'before', 'after'), { maxLength: 6 });

const incidents: fc.Arbitrary<Incident> = fc
  .tuple(
    fc.integer({ min: 0, max: 12 }),
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ what: fc.constant('request' as const), leadMs: leads }) },
      {
        weight: 4,
        arbitrary: fc.record({
          what: fc.constant('answer' as const),
          nth: fc.nat({ max: 20 }),
          by: fc.constantFrom(
            'accept' as const,
            'reject' as const,
            'adjust' as const,
            'adjust' as const,
            'cancel' as const,
          ),
          leadMs: leads,
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          what: fc.constant('time passes' as const),
          ms: fc.oneof(fc.integer({ min: 0, max: 2 * HOUR_MS }), fc.integer({ min: 0, max: 40 * DAY_MS })),
        }),
      },
      {
        weight: 6,
        arbitrary: fc.record({
          what: fc.constant('time passes to the next deadline' as const),
          offMs: fc.integer({ min: -1, max: 1 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          what: fc.constant('the clock is set back' as const),
          ms: fc.integer({ min: 1, max: 3 * HOUR_MS }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          what: fc.constant('real time passes' as const),
          ms: fc.integer({ min: 1, max: 3 * MINUTE_MS }),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({
          what: fc.constantFrom('kill' as const, 'stop' as const, 'start' as const, 'start' as const),
          instance: fc.constantFrom(0 as const, 1 as const),
        }),
      },
      { weight: 3, arbitrary: fc.record({ what: fc.constant('faults' as const), bus: faults, log: faults }) },
    ),
  )
  .map(([turns, incident]) => ({ turns, ...incident }));

/** Fails as the queue says: before the operation takes effect, or after, when nobody learns that it has. */
const failing = async <T>(fault: Fault | undefined, operation: () => Promise<T>): Promise<T> => {
  if (fault === 'before') throw new StoreUnavailable('did not get there', 'not-written', 'unreachable');
  const result = await operation();
  if (fault === 'after') throw new StoreUnavailable('did not hear of it', 'unknown', 'unreachable');
  return result;
};

const play = async (story: readonly Incident[]) => {
  const queues = { bus: [] as Fault[], log: [] as Fault[] };
  const storageFault: StorageFault = ({ kind, moment }) => {
    if (kind !== 'append' || queues.log[0] !== moment) {
      if (kind === 'append' && moment === 'before' && queues.log[0] === 'none') queues.log.shift();
      return undefined;
    }
    queues.log.shift();
    return new StoreUnavailable('disk', moment === 'before' ? 'not-written' : 'unknown', 'unreachable');
  };
  const world = createWorld({ storageFault });
  const busFault: BusFault = (_, execute) => failing(queues.bus.shift(), execute);
  const processes: [Process | undefined, Process | undefined] = [undefined, undefined];
  const early: string[] = [];
  let requests = 0;

  const start = (instance: 0 | 1): Process =>
    world.startProcess({
      instance: `instance-${instance}`,
      busFault: (sent, execute) => {
        void world.stateOf(sent.requestId).then((state) => {
          const { proposal } = state ?? {};
          if (proposal?.round === sent.round && sent.at < toEpochMs(proposal.respondBy))
            early.push(sent.requestId);
        });
        return busFault(sent, execute);
      },
      claimBatch: 3,
      concurrency: 2,
      lookAheadMs: HOUR_MS,
      lookAheadLimit: 4,
    });

  const happen = async (incident: Incident): Promise<void> => {
    const { clock } = world;
    switch (incident.what) {
      case 'request':
        await world.request(`r-${requests++}`, incident.leadMs).catch(ignoreFault);
        return;
      case 'answer':
        if (requests === 0) return;
        await world
          .answer(`r-${incident.nth % requests}`, incident.by, { leadMs: incident.leadMs })
          .catch(ignoreFault);
        return;
      case 'time passes':
        clock.advanceTo(clock.now() + incident.ms);
        return;
      case 'time passes to the next deadline': {
        const [next] = await world.deadlines.upcoming({ after: clock.now(), until: Infinity, limit: 1 });
        if (next) clock.setTo(next.dueAt + incident.offMs);
        return;
      }
      case 'the clock is set back':
        clock.setTo(Math.max(START, clock.now() - incident.ms));
        return;
      case 'real time passes':
        world.timers.elapse(incident.ms);
        return;
      case 'faults':
        queues.bus.push(...incident.bus);
        queues.log.push(...incident.log);
        return;
      case 'start':
        processes[incident.instance] ??= start(incident.instance);
        return;
      case 'kill':
        processes[incident.instance]?.kill();
        processes[incident.instance] = undefined;
        return;
      case 'stop': {
        const process = processes[incident.instance];
        processes[incident.instance] = undefined;
        if (process) await world.during(process.expiry.stop());
        return;
      }
    }
  };

  for (const incident of story) {
    await happen(incident);
    await world.turns(incident.turns);
  }

  // All is well again, and time passes: from deadline to deadline, and then until the claims of the dead have run out.
  queues.bus.length = 0;
  queues.log.length = 0;
  processes[1]?.kill();
  const last = processes[0] ?? start(0);
  const isDone = async (): Promise<boolean> =>
    (await world.deadlines.checkpoint()) === (await world.store.head()) &&
    (await world.deadlines.count()) === 0;
  for (let step = 0; !(await isDone()); step += 1) {
    if (step === 1_000) throw new Error('deadlines are left');
    const next = await last.expiry.nextDueAt();
    world.clock.advanceTo(next ?? world.clock.now() + HOUR_MS);
    await world.turns(5);
    world.timers.elapse(MINUTE_MS);
    await world.turns(5);
  }
  await world.settled(last);
  await world.during(last.expiry.stop());
  return { world, requests, early };
};

const ignoreFault = (error: unknown): void => {
  if (!(error instanceof StoreUnavailable) && !(error instanceof Error && /no request/.test(error.message)))
    throw error;
};

describe('Whatever happens to the service', () => {
  it('each unanswered proposal is cancelled exactly once, never before its deadline, and none is left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(incidents, { maxLength: 40, size: 'max' }), async (story) => {
        const { world, requests, early } = await play(story);
        const expired = await world.expired();
        expect(early).toEqual([]);
        for (const { at, respondBy } of expired) expect(at).toBeGreaterThanOrEqual(respondBy);
        const cancelled = expired.map(({ requestId, round }) => `${requestId} round ${round}`);
        expect(new Set(cancelled).size).toBe(cancelled.length);
        for (let n = 0; n < requests; n += 1)
          expect((await world.stateOf(`r-${n}`))?.proposal).toBeUndefined();
        expect(await world.deadlines.count()).toBe(0);
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});
