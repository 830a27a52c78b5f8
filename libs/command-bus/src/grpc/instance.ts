import { Client, credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import type { Scheduled, Timers } from '@hse/event-sourcing';
import type { Logger } from '@hse/service-kit';
import { createBatches, type Batches } from './batches.ts';
import { hashOf } from './rendezvous.ts';
import { executeMethod } from './service.ts';
import type { WireCommand, WireCommands, WireResult, WireResults } from './wire.ts';

/** A command on its way. */
export interface Journey {
  /** Everything about it but the sequence and the time that is left. */
  readonly command: WireCommand;
  /** Of its JSON text, in UTF-16 units. */
  readonly length: number;
  readonly remainingMs: () => number;
  /** It has been handed to a stream, and nothing has come back. */
  written: boolean;
  /** Nobody waits for it any more: what has not been written by then is not to be. */
  over: boolean;
}

export interface InstanceEvents<J> {
  /** It takes (more) commands. */
  room(): void;
  result(journey: J, result: WireResult): void;
  /** There is no connection (any more), and there will be no results of these; oldest first. */
  away(journeys: readonly J[], reason: string): void;
}

export type InstanceState = 'connecting' | 'connected' | 'draining' | 'away' | 'closed';

/** One instance of the service, to which a stream is kept. */
export interface Instance<J> {
  readonly address: string;
  readonly hash: number;
  readonly state: InstanceState;
  /** Connected, and fewer commands are without a result than it takes. */
  readonly hasRoom: boolean;
  readonly underWay: number;
  /** Only while it has room. */
  send(journey: J): void;
  /** Disconnects, and does not connect again. Results that are still to come get a second. */
  close(): Promise<unknown>;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;
const connectTimeoutMs = 5_000;
const closeTimeoutMs = 1_000;
/** A server whose connection is as good as dead, without a word, is noticed after both of these. */
const keepalive = { 'grpc.keepalive_time_ms': 4_000, 'grpc.keepalive_timeout_ms': 3_000 };

const channelOptions = {
  ...keepalive,
  'grpc.keepalive_permit_without_calls': 1,
  // Pauses between attempts, and what is repeated, are decided here.
  'grpc.enable_retries': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config_disable_resolution': 1,
  // Never through a proxy: this is traffic of one installation.
  'grpc.enable_http_proxy': 0,
  'grpc.max_receive_message_length': -1,
};

/** Keeps a stream to one instance, with growing pauses (50 ms to 2 s) between attempts to connect. */
export const createInstance = <J extends Journey>(
  address: string,
  { timers, logger, events }: { timers: Timers; logger: Logger; events: InstanceEvents<J> },
): Instance<J> => {
  let state: InstanceState = 'connecting';
  let underWay = new Map<number, J>();
  let capacity = 0;
  let sequence = 0;
  let pauseMs = firstPauseMs;
  let batches: Batches<readonly [number, J]> | undefined;
  let stream: ClientDuplexStream<WireCommands, WireResults> | undefined;
  let pause: Scheduled | undefined;
  let closing = false;
  const closed = Promise.withResolvers<undefined>();

  /** Says that nothing more will come, so that the server can end the stream. */
  const leave = (): void => {
    if ((state === 'draining' || closing) && underWay.size === 0) stream?.end();
  };

  const connect = (): void => {
    state = 'connecting';
    const client = new Client(address, credentials.createInsecure(), channelOptions);
    const { path, requestSerialize, responseDeserialize } = executeMethod;
    const opened = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    stream = opened;
    const tooLong = timers.after(connectTimeoutMs, () => opened.cancel());

    batches = createBatches(
      (items) => {
        if (stream !== opened) return true;
        const commands = items.flatMap(([number, journey]) => {
          if (journey.over) {
            underWay.delete(number);
            return [];
          }
          journey.written = true;
          return [{ ...journey.command, sequence: number, timeoutMs: journey.remainingMs() }];
        });
        if (commands.length > 0) return opened.write({ commands });
        leave();
        if (instance.hasRoom) events.room();
        return true;
      },
      ([, journey]) => journey.length,
    );
    opened.on('drain', () => batches?.resume());

    opened.on('data', ({ results = [], capacity: taken, draining }: WireResults) => {
      if (taken !== undefined && state === 'connecting') {
        tooLong.cancel();
        capacity = taken;
        pauseMs = firstPauseMs;
        state = 'connected';
        logger.info({ instance: address }, 'connected to an instance of requests');
      }
      if (draining) state = 'draining';
      for (const result of results) {
        const journey = underWay.get(result.sequence ?? 0);
        if (!journey) continue;
        underWay.delete(result.sequence ?? 0);
        if (result.failed?.kind === 'NOT_EXECUTED') state = 'draining';
        events.result(journey, result);
      }
      leave();
      if (instance.hasRoom) events.room();
    });

    const gone = (reason: string): void => {
      if (stream !== opened) return;
      stream = undefined;
      tooLong.cancel();
      client.close();
      const lost = [...underWay.values()];
      underWay = new Map();
      if (state === 'connected' && !closing)
        logger.warn({ instance: address, reason, sentAgain: lost.length }, 'an instance of requests is gone');
      state = closing ? 'closed' : 'away';
      if (closing) closed.resolve(undefined);
      else {
        pause = timers.after(pauseMs, connect);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
      events.away(lost, reason);
    };
    opened.on('error', (error: Error) => gone(error.message));
    opened.on('end', () => gone('the instance ended the stream'));
  };

  const instance: Instance<J> = {
    address,
    hash: hashOf(address),
    get state() {
      return state;
    },
    get hasRoom() {
      return state === 'connected' && !closing && underWay.size < capacity;
    },
    get underWay() {
      return underWay.size;
    },
    send(journey) {
      sequence = (sequence + 1) >>> 0;
      underWay.set(sequence, journey);
      batches?.add([sequence, journey]);
    },
    close() {
      closing = true;
      pause?.cancel();
      if (!stream) {
        state = 'closed';
        closed.resolve(undefined);
      } else if (state === 'connecting') stream.cancel();
      else {
        leave();
        timers.after(closeTimeoutMs, () => stream?.cancel());
      }
      return closed.promise;
    },
  };
  connect();
  return instance;
};
