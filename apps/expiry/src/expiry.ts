import type { SessionRequestBus } from '@hse/contracts';
import type {
  Clock,
  Deadline,
  DeadlineChange,
  DeadlineStore,
  EventBatch,
  EventFeed,
  FeedSubscription,
  Ids,
  Scheduled,
  Timers,
  Versioned,
} from '@hse/event-sourcing';
import type { Logger, UnderWay } from '@hse/service-kit';
import { toEpochMs, type SessionRequest, type SessionRequestEvent } from '@hse/session-requests';
import { v5 as nameBasedUuid } from 'uuid';
import { changeBy, changeTo } from './deadline-changes.ts';
import type { ExpiryObserver } from './expiry-observer.ts';
import { createLookAhead } from './look-ahead.ts';

/**
 * Turns respond-by deadlines into automatic cancellations.
 *
 * Guaranteed:
 * - Never early: a command is sent when `now >= respondBy` by this process's clock, and the decider refuses it as `not-due`
 *   when its own clock is behind. Then it is sent again.
 * - Never lost: a deadline stays in the store until an event that ends its round has come through the feed. Restarts,
 *   downtime, failing stores and buses, and steps of the clock in either direction delay it at most.
 * - Never twice: the repeated command has the same id, and the decider acts on an unanswered proposal of the same round only.
 * - In due order: commands are first sent soonest deadline first, also those that fell due while nobody was looking.
 * - Bounded: memory holds the instants of the look-ahead and the claims under way, however many deadlines are pending.
 *
 * Not guaranteed:
 * - That it happens on time. It happens when the clock wakes this process, the bus and the stores answer. An answer that
 *   comes after the deadline is refused by the decider all the same: nobody gains time by a late timer.
 * - The order in which the cancellations are recorded: `concurrency` commands are under way at once, and one that failed
 *   is repeated after the others.
 * - That no command is sent needlessly: one whose answer was lost, or whose event has not come through the feed when its
 *   claim runs out, is sent again.
 */
export interface Expiry {
  /** Begins; what became due before is carried out first. Returns at once: {@link ExpiryStatus.state} tells how far it is. */
  start(): void;
  /** Finishes the commands under way, gives all other claims back. Nothing is sent afterwards. */
  stop(): Promise<void>;
  /**
   * Resolves when everything that is due by now has been carried out and the outcome has come back through the feed.
   * Knows only of what the feed has delivered: wait for {@link reached} before.
   * @throws when this is not started, or stops before.
   */
  settled(): Promise<void>;
  /** The earliest deadline after now, in milliseconds since 1970-01-01T00:00:00Z; undefined when there is none. */
  nextDueAt(): Promise<number | undefined>;
  /** Resolves when everything recorded up to this position of the log has become, or ceased to be, a deadline. */
  reached(position: number): Promise<void>;
  status(): ExpiryStatus;
}

export interface ExpiryStatus {
  readonly state: 'new' | 'catching-up' | 'running' | 'stopped';
  /** Deadlines claimed by this instance whose command has not been answered yet. */
  readonly held: number;
  /** How many of them have failed at least once. */
  readonly failing: number;
  /** Cancellations recorded by commands of this instance since its start. */
  readonly carriedOut: number;
  /** When it wakes next by itself, in milliseconds since 1970-01-01T00:00:00Z; undefined: not before something is scheduled. */
  readonly wakesAt: number | undefined;
  /** Failures of the deadline store in a row; 0 when all is well. */
  readonly storeFailures: number;
}

export interface ExpiryOptions {
  readonly feed: EventFeed<SessionRequestEvent>;
  readonly deadlines: DeadlineStore;
  readonly bus: SessionRequestBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Default: nobody. */
  readonly observer?: ExpiryObserver;
  /**
   * Where the log ends. At the start nothing is claimed before the feed has come that far, so that what was answered
   * during downtime is not asked about, and due order holds for what was proposed then. Default: do not wait.
   */
  readonly head?: () => Promise<number>;
  /** The longest wait for that, in milliseconds of real time. Default 30 000. */
  readonly catchUpMs?: number;
  /**
   * Name of this instance: the same after a restart, and no other running instance has it. With it, a restarted instance
   * takes up at once what it held when it was killed. Default: a new id; the claims then have to run out.
   */
  readonly instance?: string;
  /** How far ahead deadlines are kept in memory, in milliseconds of the clock's time. Default 10 000. */
  readonly lookAheadMs?: number;
  /** How many instants are kept in memory at most. Default 1 000. */
  readonly lookAheadLimit?: number;
  /** Deadlines claimed at a time; at most twice as many are held. Default 256. */
  readonly claimBatch?: number;
  /**
   * For how long a claim keeps other instances, and this one, from sending the command again, in milliseconds of the
   * clock's time: choose it longer for a clock that runs fast. Default 30 000.
   */
  readonly leaseMs?: number;
  /** Commands under way at once. Default 32. */
  readonly concurrency?: number;
  /** Pause after the first failure in a row, in milliseconds of real time; doubled with each further one. Default 50. */
  readonly firstPauseMs?: number;
  /** The longest pause. Default 2 000. */
  readonly longestPauseMs?: number;
  /**
   * How often the store is asked for what other instances have scheduled or claimed, in milliseconds of real time: when one
   * of them dies, what only it knew of is late by that much at most, and what it had claimed, by the lease and that much.
   * Costs three small queries each time. Default 60 000, for a store that is not shared; choose about 1 000 for one that is.
   */
  readonly pollMs?: number;
  /** Is told what is under way. */
  readonly underWay?: Pick<UnderWay, 'during'>;
}

/** A deadline that this instance has claimed and whose command has not been answered. */
interface Held {
  readonly deadline: Deadline;
  leaseUntil: number;
  attempts: number;
  /** How many commands had been answered when this one was first sent. */
  answeredBefore: number;
  pause?: Scheduled;
}

/** A command that fails this often makes room for others, if there are any, until its claim has run out. */
const PATIENCE = 4;

/** Only where the store is shared does what {@link Expiry.settled} waits for happen unnoticed. */
const SETTLED_POLL_MS = 100;

const COMMAND_NAMESPACE = '4f3d6c1e-5f0b-5b7e-9d55-6a1c0f6d2b90';

/** The same for every repeat, by whichever instance: a repeated command records nothing twice. */
const commandIdOf = ({ subject, round }: Deadline): string =>
  nameBasedUuid(`ExpireSessionRequest ${subject} ${round}`, COMMAND_NAMESPACE);

export const createExpiry = (options: ExpiryOptions): Expiry => {
  const { feed, deadlines, bus, clock, timers, ids, logger, observer, head } = options;
  const { catchUpMs = 30_000, lookAheadMs = 10_000, lookAheadLimit = 1_000, pollMs = 60_000 } = options;
  const { claimBatch = 256, leaseMs = 30_000, concurrency = 32 } = options;
  const { firstPauseMs = 50, longestPauseMs = 2_000 } = options;
  const claimant = options.instance ?? ids.next();
  const mostHeld = 2 * claimBatch;

  const lookAhead = createLookAhead(lookAheadLimit);
  const held = new Map<string, Held>();
  const queue: Held[] = []; // of the held ones, those to be sent; may contain some that are not held any more
  const underWay = new Set<Promise<void>>();
  const observers = new Set<() => void>();
  const corrections: DeadlineChange[] = [];

  let state: ExpiryStatus['state'] = 'new';
  let subscription: FeedSubscription | undefined;
  let stopped: Promise<void> | undefined;
  let wake: { readonly at: number; readonly scheduled: Scheduled } | undefined;
  let poll: Scheduled | undefined;
  let storePause: Scheduled | undefined;
  let storeFailures = 0;
  let hasReleased = options.instance === undefined;
  let isClaiming = false;
  let claimAgain = false;
  let isCorrecting = false;
  /** There was more to claim than room. */
  let hasMore = false;
  let latestNow = -Infinity;
  let sending = 0;
  let answered = 0;
  let carriedOut = 0;
  /** The last command failed. */
  let isFailing = false;
  /** Some were left alone while nothing was answered: perhaps they are not to blame. */
  let leftInOutage = false;

  const track = (work: Promise<void>): void => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };
  const isRunning = (): boolean => state === 'running';
  const pauseAfter = (failures: number): number =>
    Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));

  // --- what the feed says ---------------------------------------------------------------------------------------------

  const handle = async (batch: EventBatch<SessionRequestEvent>): Promise<void> => {
    const latest = new Map<string, DeadlineChange>(); // an earlier change of the same subject needs no writing
    const ended = new Map<string, number>();
    for (const event of batch.events) {
      const change = changeBy(event);
      if (!change) continue;
      latest.set(change.subject, sound(change));
      ended.set(change.subject, change.type === 'schedule' ? change.round - 1 : event.data.round);
    }
    const changes = [...latest.values()];
    await deadlines.apply(changes, batch.position);
    for (const [subject, round] of ended) forgetRounds(subject, round);
    noteScheduled(changes);
    for (const observe of [...observers]) observe();
  };

  /** A deadline that is no instant cannot be kept, and must not hold up those that can. */
  const sound = (change: DeadlineChange): DeadlineChange => {
    if (change.type === 'unschedule' || Number.isSafeInteger(change.dueAt)) return change;
    logger.error({ ...change }, 'a recorded proposal has no valid respond-by instant and will not expire');
    return { type: 'unschedule', subject: change.subject, revision: change.revision };
  };

  /** There is nothing left to send for this round and those before. A later one is not concerned: events come repeatedly. */
  const forgetRounds = (subject: string, upTo: number): void => {
    const item = held.get(subject);
    if (item && item.deadline.round <= upTo) drop(item);
  };

  const noteScheduled = (changes: readonly DeadlineChange[]): void => {
    for (const change of changes) if (change.type === 'schedule') lookAhead.note(change.dueAt);
    arm();
  };

  // --- what is due ------------------------------------------------------------------------------------------------------

  /** Claims and sends what is due, and finds out when to do so next. Any number of callers; one at a time does it. */
  const claimDue = (): void => {
    if (!isRunning()) return;
    claimAgain = true;
    if (isClaiming || storePause) return;
    isClaiming = true;
    track(claimWhileAsked());
  };

  const claimWhileAsked = async (): Promise<void> => {
    try {
      while (claimAgain && isRunning()) {
        claimAgain = false;
        const claiming = claimOnce();
        await (options.underWay?.during('deadlines', claiming) ?? claiming);
      }
      storeFailures = 0;
    } catch (error) {
      lookAhead.forget();
      storeFailures += 1;
      const pauseMs = pauseAfter(storeFailures);
      logger.warn({ err: error, storeFailures, pauseMs }, 'the deadline store failed');
      storePause = timers.after(pauseMs, () => {
        storePause = undefined;
        claimDue();
      });
    } finally {
      isClaiming = false;
    }
    arm();
  };

  const claimOnce = async (): Promise<void> => {
    if (!hasReleased) {
      await deadlines.release('all', claimant);
      hasReleased = true;
    }
    const now = clock.now();
    if (now < latestNow) lookAhead.forget(); // set back: what seemed to have passed lies ahead again
    latestNow = now;
    const limit = Math.min(claimBatch, mostHeld - held.size);
    hasMore = limit <= 0;
    if (!hasMore) {
      // Whole seconds, so that many claims end at one instant and need one wake-up.
      const leaseUntil = Math.ceil((now + leaseMs) / 1_000) * 1_000;
      const claimed = await deadlines.claim({ now, limit, claimant, leaseUntil });
      for (const deadline of claimed) hold(deadline, leaseUntil);
      if (claimed.length > 0) lookAhead.note(leaseUntil);
      send();
      // By a clock read anew: however long a backlog takes, each claim lasts as long as the first, and each is progress.
      if (claimed.length === limit) claimAgain = true;
    }
    lookAhead.pass(now);
    if (lookAhead.horizon() <= now) await look(now);
  };

  /** Reads the instants of the near future. */
  const look = async (now: number): Promise<void> => {
    const until = now + lookAheadMs;
    lookAhead.open();
    const upcoming = await deadlines.upcoming({ after: now, until, limit: lookAheadLimit });
    const next = await deadlines.nextAt();
    for (const { dueAt } of upcoming) lookAhead.note(dueAt);
    if (next !== undefined) lookAhead.note(Math.max(next, now + 1)); // perhaps the end of somebody's claim
    const last = upcoming.at(-1);
    if (!last) lookAhead.close(Math.max(until, next ?? Infinity));
    else lookAhead.close(upcoming.length < lookAheadLimit ? until : last.dueAt);
  };

  const arm = (): void => {
    if (!isRunning() || isClaiming || storePause) return;
    const at = lookAhead.wakeAt();
    if (wake?.at === at) return;
    wake?.scheduled.cancel();
    wake = undefined;
    if (at === Infinity) return;
    const scheduled = clock.wakeAt(at, () => {
      wake = undefined;
      claimDue();
    });
    wake = { at, scheduled };
  };

  // --- sending ------------------------------------------------------------------------------------------------------------

  const hold = (deadline: Deadline, leaseUntil: number): void => {
    const before = held.get(deadline.subject);
    if (before?.deadline.round === deadline.round) {
      before.leaseUntil = leaseUntil; // the claim ran out while the command was under way: now it is renewed
      return;
    }
    if (before) drop(before);
    const item: Held = { deadline, leaseUntil, attempts: 0, answeredBefore: answered };
    held.set(deadline.subject, item);
    queue.push(item);
  };

  const isHeld = (item: Held): boolean => held.get(item.deadline.subject) === item;

  const drop = (item: Held): void => {
    item.pause?.cancel();
    if (isHeld(item)) held.delete(item.deadline.subject);
  };

  const send = (): void => {
    while (isRunning() && sending < concurrency) {
      const item = queue.shift();
      if (!item) return;
      if (!isHeld(item)) continue;
      sending += 1;
      track(
        sendOne(item).finally(() => {
          sending -= 1;
          send();
          if (hasMore && held.size <= claimBatch) claimDue();
        }),
      );
    }
  };

  const sendOne = async (item: Held): Promise<void> => {
    const { deadline } = item;
    const now = clock.now();
    if (now < deadline.dueAt) return giveBack(item);
    if (now >= item.leaseUntil) {
      drop(item); // somebody else may have claimed it
      claimDue();
      return;
    }
    item.attempts += 1;
    const { subject: requestId, round } = deadline;
    try {
      const result = await bus.execute({
        commandId: commandIdOf(deadline),
        command: { type: 'ExpireSessionRequest', requestId, round },
      });
      if (!result.ok) {
        retry(item, result.rejection);
        return;
      }
      succeed();
      drop(item);
      if (result.position === undefined) {
        observer?.answered();
        correct(deadline, result.current);
        return;
      }
      carriedOut += 1;
      const recordedAt = result.current ? toEpochMs(result.current.recordedAt) : clock.now();
      observer?.cancelled(Math.max(0, recordedAt - deadline.dueAt));
      logger.debug(
        { requestId, round, lateMs: now - deadline.dueAt, attempts: item.attempts },
        'expired a proposal',
      );
    } catch (error) {
      retry(item, error);
    }
  };

  /** The clock has been set back since it was claimed. */
  const giveBack = async (item: Held): Promise<void> => {
    const { subject } = item.deadline;
    drop(item);
    try {
      await deadlines.release([subject], claimant);
    } catch (error) {
      logger.warn({ err: error, requestId: subject }, 'a claim could not be given back and has to run out');
    }
    claimDue(); // which notices the step, and when this falls due again
  };

  const succeed = (): void => {
    answered += 1;
    if (isFailing) logger.info({}, 'commands are answered again');
    isFailing = false;
    if (!leftInOutage) return;
    leftInOutage = false;
    hasReleased = false; // what was left alone need not wait for the end of its claim
    claimDue();
  };

  const retry = (item: Held, reason: unknown): void => {
    observer?.failed();
    if (!isHeld(item) || !isRunning()) return;
    const { attempts, answeredBefore, deadline } = item;
    const fields = { reason, requestId: deadline.subject, round: deadline.round, attempts };
    if (!isFailing)
      logger.warn(
        fields,
        'a proposal could not be expired yet; this is said once until a command is answered',
      );
    isFailing = true;
    const othersAreAnswered = answered > answeredBefore;
    if (attempts >= PATIENCE && (othersAreAnswered || hasMore)) {
      if (othersAreAnswered)
        logger.error(fields, 'a proposal cannot be expired while others can; it is tried again later');
      else leftInOutage = true;
      drop(item);
      return;
    }
    item.pause = timers.after(pauseAfter(attempts), () => {
      queue.push(item);
      send();
    });
  };

  /**
   * There was nothing to expire. As a rule the feed is about to say why; where it is not, because the row is a relic, what
   * the state says is written down. By its revision it fits in with whatever the feed says later.
   */
  const correct = (deadline: Deadline, current: Versioned<SessionRequest> | undefined): void => {
    const { subject: requestId, round } = deadline;
    if (!current) {
      logger.error(
        { requestId, round },
        'a deadline is about a session request that is not in the log: is the deadline store from another log?',
      );
      return;
    }
    corrections.push(changeTo(current.state, current.revision));
    if (isCorrecting) return;
    isCorrecting = true;
    track(applyCorrections());
  };

  const applyCorrections = async (): Promise<void> => {
    try {
      while (corrections.length > 0) {
        const changes = corrections.splice(0);
        await deadlines.apply(changes, 0); // the checkpoint never goes back
        noteScheduled(changes);
      }
      for (const observe of [...observers]) observe();
    } catch (error) {
      logger.warn(
        { err: error },
        'answered proposals could not be taken off the deadlines; their claims have to run out',
      );
    } finally {
      isCorrecting = false;
    }
  };

  // --- life -----------------------------------------------------------------------------------------------------------------

  const catchUp = async (
    reached: (position: number) => Promise<void>,
    wait: () => Promise<number>,
  ): Promise<void> => {
    let timer: Scheduled | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      timer = timers.after(catchUpMs, () => reject(new Error(`the feed is behind after ${catchUpMs} ms`)));
    });
    try {
      await Promise.race([wait().then(reached), tooLong]);
    } catch (error) {
      if (state === 'catching-up')
        logger.warn({ err: error }, 'deadlines are carried out before the feed has caught up');
    } finally {
      timer?.cancel();
    }
  };

  const run = (): void => {
    if (state !== 'catching-up') return;
    state = 'running';
    const pollAgain = (): void => {
      poll = timers.after(pollMs, () => {
        lookAhead.forget();
        claimDue();
        pollAgain();
      });
    };
    pollAgain();
    claimDue();
  };

  const assertStarted = (): FeedSubscription => {
    if (!subscription || state === 'stopped')
      throw new Error(`expiry is ${state === 'new' ? 'not started' : 'stopped'}`);
    return subscription;
  };

  const end = async (): Promise<void> => {
    for (const scheduled of [wake?.scheduled, poll, storePause]) scheduled?.cancel();
    for (const { pause } of held.values()) pause?.cancel();
    await subscription?.stop();
    while (underWay.size > 0) await Promise.allSettled(underWay);
    for (const observe of [...observers]) observe();
    if (held.size === 0) return;
    try {
      await deadlines.release([...held.keys()], claimant);
    } catch (error) {
      logger.warn({ err: error, claims: held.size }, 'claims could not be given back and have to run out');
    }
    held.clear();
  };

  return {
    start: () => {
      if (state !== 'new') throw new Error('expiry is started once');
      state = 'catching-up';
      const consuming = feed.consume('expiry', { checkpoint: () => deadlines.checkpoint(), handle });
      subscription = consuming;
      if (head) void catchUp((position) => consuming.reached(position), head).then(run);
      else run();
    },

    stop: () => {
      state = 'stopped';
      stopped ??= end();
      return stopped;
    },

    settled: async () => {
      const due = clock.now();
      for (;;) {
        assertStarted();
        const { change, cancel } = nextChange();
        try {
          const until = Math.min(due, clock.now());
          if ((await deadlines.upcoming({ after: -Infinity, until, limit: 1 })).length === 0) return;
          claimDue();
          await change;
        } finally {
          cancel();
        }
      }
    },

    nextDueAt: async () => {
      const [next] = await deadlines.upcoming({
        after: clock.now(),
        until: Number.MAX_SAFE_INTEGER,
        limit: 1,
      });
      return next?.dueAt;
    },

    reached: async (position) => assertStarted().reached(position),

    status: () => ({
      state,
      held: held.size,
      failing: [...held.values()].filter(({ pause }) => pause !== undefined).length,
      carriedOut,
      wakesAt: wake?.at,
      storeFailures,
    }),
  };

  /** The next time that deadlines may have been taken off. */
  function nextChange(): { change: Promise<void>; cancel: () => void } {
    let cancel = (): void => {};
    const change = new Promise<void>((resolve) => {
      const timer = timers.after(SETTLED_POLL_MS, () => observe());
      const observe = (): void => {
        cancel();
        resolve();
      };
      cancel = () => {
        timer.cancel();
        observers.delete(observe);
      };
      observers.add(observe);
    });
    return { change, cancel };
  }
};
