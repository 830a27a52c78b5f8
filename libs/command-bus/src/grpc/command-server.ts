import type { ServerDuplexStream } from '@grpc/grpc-js';
import { parseCommand, type SessionRequestBus } from '@hse/contracts';
import type { Scheduled, Timers } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import { validate as isUuid } from 'uuid';
import { createBatches } from './batches.ts';
import { failureToWire, toWire } from './results.ts';
import {
  maxCommandBytes,
  tooLarge,
  type WireCommand,
  type WireCommands,
  type WireFailure,
  type WireResult,
  type WireResults,
} from './wire.ts';

/** A stream of commands as gRPC hands it to whoever serves it. */
export type CommandStream = ServerDuplexStream<WireCommands, WireResults>;

export interface CommandServerOptions {
  /** Executes the commands. */
  readonly bus: SessionRequestBus;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Most commands of one stream that are executed at a time. Default 512. */
  readonly capacity?: number;
  /** Longest wait for clients to leave, and for what is under way, when draining, in milliseconds. Default 10 000. */
  readonly drainMs?: number;
}

/** The end of the command bus where commands are executed. */
export interface CommandServer {
  /** Serves one stream until it ends. Never throws. */
  serve(stream: CommandStream): void;
  /**
   * Takes no more commands, answers those under way and ends the streams, so that clients go elsewhere. Resolves when all streams
   * have ended, or after `drainMs`: what is then still under way goes on, and its clients repeat it elsewhere.
   */
  drain(): Promise<void>;
  health(): { readonly streams: number; readonly underWay: number; readonly draining: boolean };
}

/** One client. */
interface Served {
  drain(): void;
  end(): void;
  readonly underWay: number;
}

/**
 * Executes the commands of any number of streams. Of each stream, up to `capacity` at a time; what a client sends beyond that
 * waits, and nothing more is read from it. A command counts until its result is written, so that a client that reads
 * slowly, too, costs no more than this. What is no command is answered so, and disturbs nobody else.
 */
export const createCommandServer = ({
  bus,
  timers,
  logger,
  capacity = 512,
  drainMs = 10_000,
}: CommandServerOptions): CommandServer => {
  const streams = new Set<Served>();
  let drained: Promise<void> | undefined;
  let onEmpty = (): void => {};

  const serve = (stream: CommandStream): void => {
    const waiting = new Map<WireCommand, Scheduled>();
    let underWay = 0;
    let ended = false; // by the client
    let gone = false;

    const results = createBatches<WireResult>((batch) => {
      if (gone) return true;
      underWay -= batch.length;
      const more = stream.write({ results: batch });
      goOn();
      return more;
    }, lengthOf);

    const answer = (sequence: number, failed: WireFailure): void => {
      if (!gone) results.add({ sequence, failed });
    };

    const execute = ({ sequence = 0, ...command }: WireCommand): void => {
      const executed = (async () => {
        const envelope = envelopeOf(command);
        try {
          return toWire(sequence, await bus.execute(envelope));
        } catch (error) {
          const failed = failureToWire(error);
          if (failed.kind === 'INTERNAL')
            logger.error({ err: error, commandId: envelope.commandId }, 'a command failed');
          return { sequence, failed };
        }
      })();
      executed.then(
        (result) => {
          if (!gone) results.add(result);
        },
        // Only what is said about the command can be wrong here.
        (error: unknown) => answer(sequence, { ...failureToWire(error), kind: 'INVALID' }),
      );
    };

    const take = (command: WireCommand): void => {
      const { sequence = 0, timeoutMs = 0 } = command;
      if (drained) {
        underWay += 1;
        answer(sequence, { kind: 'NOT_EXECUTED', message: 'this instance is shutting down' });
      } else if (underWay < capacity) {
        underWay += 1;
        execute(command);
      } else {
        const late = timers.after(Math.min(timeoutMs, longestWaitMs), () => {
          waiting.delete(command);
          underWay += 1;
          answer(sequence, {
            kind: 'NOT_WRITTEN',
            reason: 'unreachable',
            message: 'the command waited for its turn until its time was over',
          });
        });
        waiting.set(command, late);
      }
    };

    const goOn = (): void => {
      for (const [command, late] of waiting) {
        if (underWay >= capacity && !drained) return;
        late.cancel();
        waiting.delete(command);
        take(command);
      }
      if (gone) return;
      if (underWay < capacity && stream.isPaused()) stream.resume();
      if (ended && underWay === 0) stream.end();
    };

    const left = (): void => {
      if (gone) return;
      gone = true;
      for (const late of waiting.values()) late.cancel();
      waiting.clear();
      streams.delete(served);
      if (streams.size === 0) onEmpty();
    };

    const served: Served = {
      drain() {
        stream.write({ draining: true });
        goOn();
      },
      end() {
        stream.end();
        left();
      },
      get underWay() {
        return underWay;
      },
    };

    stream.on('error', left);
    stream.on('cancelled', left);
    stream.on('finish', left);
    stream.on('drain', () => results.resume());
    stream.on('end', () => {
      ended = true;
      goOn();
    });
    if (drained) {
      // Without a word about capacity: this one goes elsewhere.
      stream.write({ draining: true });
      stream.end();
      return;
    }
    streams.add(served);
    stream.write({ capacity });
    stream.on('data', ({ commands }: WireCommands) => {
      for (const command of commands) take(command);
      if (underWay >= capacity) stream.pause();
    });
  };

  const drain = async (): Promise<void> => {
    if (streams.size === 0) return;
    logger.info({ streams: streams.size }, 'no more commands are taken');
    const empty = new Promise<boolean>((resolve) => {
      const tooLong = timers.after(drainMs, () => resolve(false));
      onEmpty = () => {
        tooLong.cancel();
        resolve(true);
      };
    });
    for (const stream of streams) stream.drain();
    if (await empty) return;
    logger.warn({ streams: streams.size }, 'clients or commands outstayed the draining');
    for (const stream of streams) stream.end();
  };

  return {
    serve,
    drain: () => (drained ??= Promise.resolve().then(drain)),
    health: () => ({
      streams: streams.size,
      underWay: [...streams].reduce((sum, { underWay }) => sum + underWay, 0),
      draining: drained !== undefined,
    }),
  };
};

/** The longest that a timer bears. */
const longestWaitMs = 2 ** 31 - 1;

const lengthOf = ({ done, rejected, failed }: WireResult): number =>
  ((done ?? rejected)?.current?.state?.length ?? 0) + (failed?.message?.length ?? 0);

/** @throws TypeError, SyntaxError where it is none. */
const envelopeOf = ({
  commandId = '',
  command: text = '',
  correlationId,
  causationId,
  traceparent,
}: WireCommand): Parameters<SessionRequestBus['execute']>[0] => {
  if (!isUuid(commandId))
    throw new TypeError(`a command id has to be a UUID, not ${commandId.slice(0, 100)}`);
  if (Buffer.byteLength(text) > maxCommandBytes) throw new TypeError(tooLarge);
  return {
    commandId,
    command: parseCommand(JSON.parse(text)),
    ...(correlationId !== undefined && { correlationId }),
    ...(causationId !== undefined && { causationId }),
    ...(traceparent !== undefined && { traceparent }),
  };
};
