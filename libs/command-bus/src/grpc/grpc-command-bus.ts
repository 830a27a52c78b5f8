import { streamOf, type SessionRequestBus } from '@hse/contracts';
import { StoreUnavailable, type Scheduled, type Timers } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import { resolveAll, type Resolve } from './addresses.ts';
import {
  createInstance,
  type Instance,
  type InstanceEvents,
  type InstanceState,
  type Journey,
} from './instance.ts';
import { hashOf, pick } from './rendezvous.ts';
import { failureFromWire, fromWire, type SessionRequestResult } from './results.ts';
import { maxCommandBytes, tooLarge } from './wire.ts';

export interface GrpcCommandBusOptions {
  /** `host:port` of the service, all of whose addresses are used; or several of these, separated by commas. */
  readonly address: string;
  readonly timers: Timers;
  readonly logger: Logger;
  /** How long a command is tried for, in milliseconds, with a precision of a fiftieth. Default 10 000. */
  readonly timeoutMs?: number;
  /** Most commands that wait while no instance is connected or all are full. Default 10 000. */
  readonly maxWaiting?: number;
  /** How often the name is asked for its addresses while all is well, in milliseconds. Default 5 000. */
  readonly resolveEveryMs?: number;
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
}

export interface CommandBusHealth {
  readonly instances: readonly { readonly address: string; readonly state: InstanceState }[];
  /** Instances that take commands. */
  readonly connected: number;
  /** Commands that wait for an instance. */
  readonly waiting: number;
  /** Commands that an instance has. */
  readonly underWay: number;
  /** Why a connection or resolution failed most recently; undefined while one is connected. */
  readonly lastError: string | undefined;
}

export interface GrpcCommandBus extends SessionRequestBus {
  health(): CommandBusHealth;
  /** Takes no more commands, finishes those under way, at most until their time is over, and disconnects. */
  close(): Promise<void>;
}

/** A command that somebody waits for. */
interface Waiter extends Journey {
  /** Of the session request it is about. */
  readonly key: number;
  readonly stream: string;
  readonly expiresAt: number;
  /** It was on a stream that broke. */
  uncertain: boolean;
  readonly resolve: (result: SessionRequestResult) => void;
  readonly reject: (error: Error) => void;
}

/** A deadline is kept in steps of so many to the whole. */
const stepsPerTimeout = 50;

/**
 * Sends commands to the instances of the requests service, over one gRPC stream to each.
 *
 * All commands on one session request go to the same instance while it is connected and has room, because that one has it in
 * memory; which one is the same for every client. An instance that the name does not stand for any more gets nothing new while
 * another is connected. What an instance refuses because it shuts down, and what was on a stream that
 * broke, is sent again under the same command id, to whoever is connected, until its time is over.
 *
 * Errors are those of the bus where commands are executed, and StoreUnavailable (`unreachable`) when no instance was reached in
 * time: `not-written` where no instance can have executed the command, else `unknown`. TypeError for what is no command.
 */
export const createGrpcCommandBus = ({
  address,
  timers,
  logger,
  timeoutMs = 10_000,
  maxWaiting = 10_000,
  resolveEveryMs = 5_000,
  resolve = resolveAll,
}: GrpcCommandBusOptions): GrpcCommandBus => {
  const instances = new Map<string, Instance<Waiter>>();
  /** Every command without an outcome, in the order of their deadlines. */
  const outstanding = new Set<Waiter>();
  /** Those of them that no instance has. */
  let waiting = new Set<Waiter>();
  /** What the name stood for most recently. */
  let listed: ReadonlySet<string> = new Set();
  let lastError: string | undefined;
  let closing: Promise<void> | undefined;
  let onIdle = (): void => {};

  // One timer for all deadlines, only while there are any.
  const stepMs = Math.max(1, Math.ceil(timeoutMs / stepsPerTimeout));
  let now = 0;
  let stepping = false;
  const step = (): void => {
    now += 1;
    for (const waiter of outstanding) {
      if (waiter.expiresAt > now) break;
      settle(waiter, () =>
        waiter.reject(
          waiter.written || waiter.uncertain
            ? unreachable(`no answer from ${address} within ${timeoutMs} ms`, 'unknown')
            : unreachable(`no instance of ${address} took the command within ${timeoutMs} ms`),
        ),
      );
    }
    stepping = outstanding.size > 0;
    if (stepping) timers.after(stepMs, step);
  };

  const unreachable = (
    message: string,
    outcome: 'not-written' | 'unknown' = 'not-written',
  ): StoreUnavailable =>
    new StoreUnavailable(
      lastError === undefined || connected() > 0 ? message : `${message} (${lastError})`,
      outcome,
      'unreachable',
    );

  const connectedOf = (addresses: Iterable<string>): number => {
    let count = 0;
    for (const one of addresses) if (instances.get(one)?.state === 'connected') count += 1;
    return count;
  };
  const connected = (): number => connectedOf(instances.keys());

  const settle = (waiter: Waiter, tell: () => void): void => {
    if (!outstanding.delete(waiter)) return; // its time is over
    waiting.delete(waiter);
    waiter.over = true;
    tell();
    if (outstanding.size === 0) onIdle();
  };

  /** One that has left the name is not ready, or about to shut down: it is asked where nobody else is there. */
  const instanceFor = ({ key }: Waiter): Instance<Waiter> | undefined =>
    pick(key, instances.values(), (instance) => instance.hasRoom && listed.has(instance.address)) ??
    pick(key, instances.values(), (instance) => instance.hasRoom && connectedOf(listed) === 0);

  const sendWaiting = (): void => {
    for (const waiter of waiting) {
      const instance = instanceFor(waiter);
      if (!instance) return;
      waiting.delete(waiter);
      instance.send(waiter);
    }
  };

  /** What an instance had and did not answer has waited longer than what none has had. */
  const sendAgain = (waiters: readonly Waiter[]): void => {
    const open = waiters.filter((waiter) => outstanding.has(waiter));
    if (open.length > 0) waiting = new Set([...open, ...waiting]);
    sendWaiting();
  };

  const events: InstanceEvents<Waiter> = {
    room: sendWaiting,
    result(waiter, result) {
      const { failed } = result;
      if (failed?.kind === 'NOT_EXECUTED') {
        waiter.written = false;
        sendAgain([waiter]);
        return;
      }
      settle(waiter, () => {
        if (failed) {
          const failure = failureFromWire(failed, waiter.stream);
          // What this instance did not write, the one may have that had the command before.
          const isInDoubt = waiter.uncertain && failure instanceof StoreUnavailable;
          waiter.reject(
            isInDoubt ? new StoreUnavailable(failure.message, 'unknown', failure.reason) : failure,
          );
          return;
        }
        try {
          waiter.resolve(fromWire(result));
        } catch (error) {
          waiter.reject(new Error(`${address} answered what is not understood`, { cause: error }));
        }
      });
    },
    away(waiters, reason) {
      lastError = reason;
      for (const waiter of waiters) {
        waiter.uncertain ||= waiter.written;
        waiter.written = false;
      }
      sendAgain(waiters);
      void look();
    },
  };

  let looking = false;
  let nextLook: Scheduled | undefined;
  const look = async (): Promise<void> => {
    if (looking || closing) return;
    looking = true;
    nextLook?.cancel();
    try {
      const addresses = new Set(await resolve(address));
      if (addresses.size > 0) listed = addresses;
      for (const one of addresses)
        if (!isClosing() && !instances.has(one))
          instances.set(one, createInstance(one, { timers, logger, events }));
      // What an instance that has left the name is at, it may well finish: it is given up when its stream ends.
      for (const [one, instance] of instances)
        if (addresses.size > 0 && !addresses.has(one) && instance.state === 'away') {
          instances.delete(one);
          await instance.close();
        }
      unresolved = false;
      sendWaiting();
    } catch (error) {
      lastError = error instanceof Error ? error.message : String(error);
      if (!unresolved)
        logger.warn({ err: error, address }, 'the address of the requests service is not known');
      unresolved = true;
    } finally {
      looking = false;
      if (!isClosing())
        nextLook = timers.after(
          unresolved ? Math.min(500, resolveEveryMs) : resolveEveryMs,
          () => void look(),
        );
    }
  };
  let unresolved = false;
  const isClosing = (): boolean => closing !== undefined;
  void look();

  const disconnect = async (): Promise<void> => {
    if (outstanding.size > 0)
      await new Promise<void>((idle) => {
        onIdle = idle;
      });
    nextLook?.cancel();
    await Promise.all([...instances.values()].map((instance) => instance.close()));
  };

  return {
    async execute({ commandId, command, correlationId, causationId, traceparent }) {
      if (closing) throw new StoreUnavailable('the command bus is closed', 'not-written', 'closed');
      const text = JSON.stringify(command);
      if (Buffer.byteLength(text) > maxCommandBytes) throw new TypeError(tooLarge);
      if (waiting.size >= maxWaiting)
        throw unreachable(`${waiting.size} commands already wait for an instance of ${address}`);
      return new Promise((resolveResult, reject) => {
        const expiresAt = now + stepsPerTimeout + 1;
        const waiter: Waiter = {
          command: {
            commandId,
            command: text,
            ...(correlationId !== undefined && { correlationId }),
            ...(causationId !== undefined && { causationId }),
            ...(traceparent !== undefined && { traceparent }),
          },
          length: text.length,
          remainingMs: () => Math.max(1, (expiresAt - now) * stepMs),
          written: false,
          over: false,
          uncertain: false,
          key: hashOf(command.requestId),
          stream: streamOf(command),
          expiresAt,
          resolve: resolveResult,
          reject,
        };
        outstanding.add(waiter);
        if (!stepping) {
          stepping = true;
          timers.after(stepMs, step);
        }
        const instance = waiting.size === 0 ? instanceFor(waiter) : undefined;
        if (instance) instance.send(waiter);
        else waiting.add(waiter);
      });
    },
    health: () => ({
      instances: [...instances.values()].map(({ address: one, state }) => ({ address: one, state })),
      connected: connected(),
      waiting: waiting.size,
      underWay: outstanding.size - waiting.size,
      lastError: connected() > 0 ? undefined : lastError,
    }),
    close: () => (closing ??= disconnect()),
  };
};
