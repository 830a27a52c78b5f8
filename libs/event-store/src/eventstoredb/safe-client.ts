import { EventStoreDBClient } from '@eventstore/db-client';
import { InterceptingCall, type CallOptions, type Interceptor, type Metadata } from '@grpc/grpc-js';

/** What is touched below of the client's insides (6.2.1). All of them are properties of the instance, looked up at each call. */
interface Insides {
  readonly throwOnAppendFailure: boolean;
  supports: () => Promise<boolean>;
  handleError: (client: unknown, error: Error) => Promise<void>;
  createChannel: () => Promise<{ close(): void }>;
  getChannel: () => Promise<{ close(): void }>;
  callArguments: (...options: unknown[]) => [Metadata, CallOptions];
}

export interface SafeClient {
  readonly client: EventStoreDBClient;
  /** Ends all calls and closes the connection. Does not wait for a server that does not answer. */
  close(): Promise<void>;
}

/**
 * The official client without the ways in which a dropped connection ends the process or fails what has nothing to do with it:
 *
 * - Batch append is off. It keeps the pending appends of all clients of the process in one map: one stream's error rejects all of
 *   them, and the next answer of another stream then throws inside an event handler (two clients, 300 B, connections dropped: the
 *   process ends); an error under back-pressure rejects promises that nobody holds (one client, 300 kB: likewise). The plain append
 *   has a call of its own, which fails alone; on the stand-in it reaches some 0.6 of the appends/s of the batch.
 * - A failed connection is closed a turn later. Closed at once, a call that has just been given it throws where nobody catches.
 * - An error while a connection is replaced (looking for a cluster member again) is not left to nobody.
 * - An append is not called off, which could record the first of its events only: see {@link neverCalledOff}. Its deadline is ignored.
 */
export const openSafeClient = (connectionString: string): SafeClient => {
  const client = clientFor(connectionString);
  const insides = client as unknown as Insides;
  if (!insides.throwOnAppendFailure)
    throw new RangeError('throwOnAppendFailure=false makes the client report revisions that are not there');
  for (const name of ['supports', 'handleError', 'createChannel', 'getChannel', 'callArguments'] as const)
    if (typeof insides[name] !== 'function') throw new Error(`@eventstore/db-client has no ${name} any more`);

  insides.supports = async () => false; // asked for batch append only
  const { handleError, createChannel, callArguments } = insides;
  const interceptors = [neverCalledOff];
  insides.callArguments = (...options) => {
    const [metadata, callOptions] = callArguments(...options);
    return [metadata, { ...callOptions, interceptors }];
  };
  insides.handleError = (failed, error) => handleError(failed, error).catch(() => {});
  insides.createChannel = async () => {
    const channel = await createChannel();
    const close = channel.close.bind(channel);
    channel.close = () => void setImmediate(close);
    return channel;
  };
  return {
    client,
    async close() {
      await client.dispose();
      void insides.getChannel().then(
        (channel) => channel.close(),
        () => {},
      );
    },
  };
};

/**
 * For calls that send a stream and await one answer. An append is one: its events are messages, and the end of them makes it whole.
 * Who calls it off through Node's HTTP/2 ends it too, an instant before resetting it (a frame with END_STREAM, then RST_STREAM: node
 * 24, grpc-js 1.14), so the server may take what was sent until then for all. And when all was sent, nobody says: grpc-js takes the end
 * of it while messages still wait.
 */
const neverCalledOff: Interceptor = (options, nextCall) => {
  const { requestStream, responseStream } = options.method_definition;
  const isAppend = requestStream && !responseStream;
  return new InterceptingCall(nextCall(isAppend ? { ...options, deadline: Infinity } : options));
};

/** @throws RangeError */
const clientFor = (connectionString: string): EventStoreDBClient => {
  try {
    return EventStoreDBClient.connectionString(connectionString);
  } catch (error) {
    const expected = (error as { expected?: unknown }).expected;
    // Without its cause, which has the connection string on it, password and all.
    // eslint-disable-next-line preserve-caught-error
    throw new RangeError(
      `the connection string of EventStoreDB is not understood${typeof expected === 'string' ? `: expected ${expected}` : ''}`,
    );
  }
};
