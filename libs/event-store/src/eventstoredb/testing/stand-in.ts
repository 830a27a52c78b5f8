// cspell:ignore serverfeatures checkpointintervalmultiplier batchappend
import type { Http2Stream } from 'node:http2';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipMessages from '@eventstore/db-client/generated/gossip_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featureMessages from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import statusMessages from '@eventstore/db-client/generated/status_pb.js';
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type ServiceError,
} from '@grpc/grpc-js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import { LogHead } from '@hse/event-sourcing';
import { ScriptedFaults, type Faults } from './faults.ts';
import {
  RecordedLog,
  type AppendOutcome,
  type Expected,
  type LoggedEvent,
  type ProposedEvent,
} from './recorded-log.ts';

export interface EventStoreDBStandIn {
  /** For `openEventStoreDB`. */
  readonly connectionString: string;
  readonly port: number;
  readonly faults: Faults;
  /** Breaks all connections and stops. */
  close(): Promise<void>;
}

export interface StandInOptions {
  /** Of 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** Keeps the log in this file, so that a stand-in started later has it. Never synced: it outlives the process, not the machine. */
  readonly data?: string;
}

const { ReadResp, AppendResp, BatchAppendResp, TombstoneResp } = messages;
type ReadOptions = NonNullable<ReturnType<InstanceType<typeof messages.ReadReq>['getOptions']>>;

/** In bytes, as the server's default. */
const maxAppendSize = 1_048_576;
const eventsBetweenCheckpoints = (options: ReadOptions): number => {
  const filter = options.getFilter();
  return (filter?.getMax() || 32) * (filter?.getCheckpointintervalmultiplier() || 1);
};

/**
 * NOT EventStoreDB: an in-memory server that speaks as much of its protocol as this project's adapter uses, on the service
 * definitions of the official client. For tests of the adapter, with faults on demand, and for whole systems on machines that
 * have no EventStoreDB. It keeps to what the real server documents, and promises less where that promises little.
 */
export const startEventStoreDBStandIn = async ({
  port = 0,
  data,
}: StandInOptions = {}): Promise<EventStoreDBStandIn> => {
  const log = new RecordedLog(data);
  const head = new LogHead();
  const sockets = new Set<Socket>();
  const dropConnections = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const faults = new ScriptedFaults({ dropConnections, tombstone: (stream) => log.tombstone(stream) });
  if (log.all.length === 0) {
    // $all of a real server is never without system events
    log.append('$stand-in', 'any', [
      {
        id: randomUUID(),
        type: '$started',
        contentType: 'application/json',
        data: Buffer.from('{}'),
        metadata: new Uint8Array(),
      },
    ]);
  }
  head.advance(log.all.length);

  const append = (stream: string, expected: Expected, events: readonly ProposedEvent[]): AppendOutcome => {
    const outcome = log.append(stream, expected, events);
    head.advance(log.all.length);
    return outcome;
  };

  /** Carries an append out as the script says; `answer` may come later, twice or never. */
  const perform = (
    execute: () => AppendOutcome,
    answer: (outcome: AppendOutcome | ServiceError) => void,
  ): void => {
    if (faults.refusing) return answer(unavailable());
    const fault = faults.take();
    switch (fault) {
      case undefined:
        return answer(execute());
      case 'refuse':
        return answer(unavailable());
      case 'unknown':
        return answer(serviceError(status.UNKNOWN, 'Unexpected UnknownError'));
      case 'timeout':
        execute();
        return answer(serviceError(status.ABORTED, 'Operation timed out'));
      case 'drop-before':
        return dropConnections();
      case 'drop-after':
        execute();
        return dropConnections();
      case 'lose':
        return void execute();
      case 'late': {
        const outcome = execute();
        return faults.hold(() => answer(outcome));
      }
      case 'delay':
        return faults.hold(() => answer(execute()));
      case 'repeat':
        answer(execute());
        return answer(execute());
    }
  };

  const appendCall: handleClientStreamingCall<
    InstanceType<typeof messages.AppendReq>,
    InstanceType<typeof AppendResp>
  > = (call, callback) => {
    faults.appends.single += 1;
    const session = sessionOf(call); // grpc-js ends a request also when its connection breaks
    let options: ReturnType<InstanceType<typeof messages.AppendReq>['getOptions']>;
    const events: ProposedEvent[] = [];
    call.on('error', () => {});
    call.on('data', (request: InstanceType<typeof messages.AppendReq>) => {
      options ??= request.getOptions();
      const proposed = request.getProposedMessage();
      if (proposed) events.push(fromProposed(proposed));
    });
    const whole = (): void => {
      const stream = nameOf(options?.getStreamIdentifier());
      const expected: Expected = options?.hasAny()
        ? 'any'
        : options?.hasNoStream()
          ? 'no-stream'
          : options?.hasStreamExists()
            ? 'stream-exists'
            : Number(options?.getRevision());
      if (sizeOf(events) > maxAppendSize) return callback(tooLarge());
      let answeredAlready = false;
      perform(
        () => append(stream, expected, events),
        (outcome) => {
          if (answeredAlready || call.cancelled) return;
          answeredAlready = true;
          if (outcome instanceof Error) return callback(outcome);
          if (outcome.kind === 'deleted') return callback(deleted(stream));
          const response = new AppendResp();
          if (outcome.kind === 'wrong-version') {
            const wrong = new AppendResp.WrongExpectedVersion();
            if (outcome.current === undefined) wrong.setCurrentNoStream(new shared.Empty());
            else wrong.setCurrentRevision(`${outcome.current}`);
            if (typeof expected === 'number') wrong.setExpectedRevision(`${expected}`);
            else if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty());
            else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty());
            else wrong.setExpectedAny(new shared.Empty());
            response.setWrongExpectedVersion(wrong);
          } else {
            const position = new AppendResp.Position();
            position.setCommitPosition(`${outcome.position}`);
            position.setPreparePosition(`${outcome.position}`);
            const success = new AppendResp.Success();
            success.setCurrentRevision(`${outcome.revision}`);
            success.setPosition(position);
            response.setSuccess(success);
          }
          callback(null, response);
        },
      );
    };
    call.on('end', () => {
      // What a client has called off over a connection that stands counts as whole: a client on Node ends it first.
      if (!session?.destroyed) whole();
    });
  };

  const batchAppendCall: handleBidiStreamingCall<
    InstanceType<typeof messages.BatchAppendReq>,
    InstanceType<typeof BatchAppendResp>
  > = (call) => {
    type Request = InstanceType<typeof messages.BatchAppendReq>;
    const pending = new Map<
      string,
      { options: NonNullable<ReturnType<Request['getOptions']>>; events: ProposedEvent[] }
    >();
    call.on('error', () => {});
    call.on('end', () => call.end());
    call.on('data', (request: Request) => {
      const id = request.getCorrelationId()?.getString() ?? '';
      const options = request.getOptions();
      if (options) pending.set(id, { options, events: [] });
      const batch = pending.get(id);
      if (!batch) return;
      batch.events.push(...request.getProposedMessagesList().map(fromProposed));
      if (!request.getIsFinal()) return;
      pending.delete(id);
      faults.appends.batch += 1;
      const stream = nameOf(batch.options.getStreamIdentifier());
      const expected: Expected = batch.options.hasAny()
        ? 'any'
        : batch.options.hasNoStream()
          ? 'no-stream'
          : batch.options.hasStreamExists()
            ? 'stream-exists'
            : Number(batch.options.getStreamPosition());
      perform(
        () => append(stream, expected, batch.events),
        (outcome) => {
          if (call.cancelled) return;
          if (outcome instanceof Error) return void call.emit('error', outcome);
          const response = new BatchAppendResp();
          response.setCorrelationId(request.getCorrelationId());
          response.setStreamIdentifier(batch.options.getStreamIdentifier());
          if (outcome.kind === 'success') {
            const position = new shared.AllStreamPosition();
            position.setCommitPosition(`${outcome.position}`);
            position.setPreparePosition(`${outcome.position}`);
            const success = new BatchAppendResp.Success();
            success.setCurrentRevision(`${outcome.revision}`);
            success.setPosition(position);
            response.setSuccess(success);
          } else {
            const details = new any.Any();
            if (outcome.kind === 'deleted') {
              details.pack(new shared.StreamDeleted().serializeBinary(), 'event_store.client.StreamDeleted');
            } else {
              const wrong = new shared.WrongExpectedVersion();
              if (outcome.current !== undefined) wrong.setCurrentStreamRevision(`${outcome.current}`);
              details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
            }
            const error = new statusMessages.Status();
            error.setDetails(details);
            response.setError(error);
          }
          call.write(response);
        },
      );
    });
  };

  type ReadCall = handleServerStreamingCall<
    InstanceType<typeof messages.ReadReq>,
    InstanceType<typeof ReadResp> | Buffer
  >;
  const readCall: ReadCall = (call) => {
    call.on('error', () => {});
    if (faults.refusing) return void call.emit('error', unavailable());
    const options = call.request.getOptions();
    if (!options) return void call.emit('error', serviceError(status.INVALID_ARGUMENT, 'no options'));
    const stopped = new AbortController();
    call.on('cancelled', () => stopped.abort());
    call.on('close', () => stopped.abort());
    const send = async (response: InstanceType<typeof ReadResp> | Buffer): Promise<void> => {
      if (call.write(response) || stopped.signal.aborted) return;
      await new Promise<void>((resolve) => {
        const go = (): void => {
          call.off('drain', go);
          stopped.signal.removeEventListener('abort', go);
          resolve();
        };
        call.on('drain', go);
        stopped.signal.addEventListener('abort', go);
      });
    };
    const work = options.hasSubscription() ? subscribe : options.hasStream() ? readStream : readAll;
    work(options, send, stopped.signal).then(
      () => call.end(),
      (error: unknown) => call.emit('error', error),
    );
  };

  type Work = (
    options: ReadOptions,
    send: (response: InstanceType<typeof ReadResp> | Buffer) => Promise<void>,
    stopped: AbortSignal,
  ) => Promise<void>;

  const readStream: Work = async (options, send, stopped) => {
    const of = options.getStream();
    const name = nameOf(of?.getStreamIdentifier());
    const events = log.stream(name);
    if (events === 'deleted') throw deleted(name);
    if (!events) {
      const notFound = new ReadResp.StreamNotFound();
      notFound.setStreamIdentifier(of?.getStreamIdentifier());
      const response = new ReadResp();
      response.setStreamNotFound(notFound);
      return send(response);
    }
    const step = isForwards(options) ? 1 : -1;
    let index = of?.hasStart() ? 0 : of?.hasEnd() ? events.length - 1 : Number(of?.getRevision());
    for (let left = Number(options.getCount()); left > 0 && !stopped.aborted; left -= 1, index += step) {
      const event = events[index];
      if (!event) return;
      await send(encoded(event));
    }
  };

  const readAll: Work = async (options, send, stopped) => {
    const of = options.getAll();
    const forwards = isForwards(options);
    const from = Number(of?.getPosition()?.getCommitPosition() ?? 0);
    const matches = filterOf(options);
    let index = of?.hasStart() ? 0 : of?.hasEnd() ? log.all.length : log.indexOf(from);
    const end = log.all.length;
    if (!forwards) index -= 1;
    for (let left = Number(options.getCount()); left > 0 && !stopped.aborted; index += forwards ? 1 : -1) {
      const event = index < end ? log.all[index] : undefined;
      if (!event) return;
      if (!matches(event)) continue;
      await send(encoded(event));
      left -= 1;
    }
  };

  const subscribe: Work = async (options, send, stopped) => {
    const of = options.getAll();
    if (!of) throw serviceError(status.UNIMPLEMENTED, 'the stand-in has subscriptions to $all only');
    const confirmed = new ReadResp.SubscriptionConfirmation();
    confirmed.setSubscriptionId(randomUUID());
    const confirmation = new ReadResp();
    confirmation.setConfirmation(confirmed);
    await send(confirmation);
    const from = of.getPosition()?.getCommitPosition();
    // a position is the place of an event that was delivered: the server goes on with the one after it
    let index = from === undefined ? (of.hasEnd() ? log.all.length : 0) : log.indexOf(Number(from)) + 1;
    const matches = filterOf(options);
    const interval = eventsBetweenCheckpoints(options);
    let considered = 0;
    let live = false;
    while (!stopped.aborted) {
      const event = log.all[index];
      if (!event) {
        if (!live) {
          live = true;
          const caughtUp = new ReadResp();
          caughtUp.setCaughtUp(new ReadResp.CaughtUp());
          await send(caughtUp);
        }
        if (!(await head.beyond(index, stopped))) return;
        continue;
      }
      index += 1;
      considered += 1;
      if (matches(event)) await send(encoded(event));
      if (!options.hasFilter() || considered < interval) continue;
      considered = 0;
      const reached = new ReadResp.Checkpoint();
      reached.setCommitPosition(`${event.position}`);
      reached.setPreparePosition(`${event.position}`);
      const checkpoint = new ReadResp();
      checkpoint.setCheckpoint(reached);
      await send(checkpoint);
    }
  };

  const tombstoneCall: handleUnaryCall<
    InstanceType<typeof messages.TombstoneReq>,
    InstanceType<typeof TombstoneResp>
  > = (call, callback) => {
    log.tombstone(nameOf(call.request.getOptions()?.getStreamIdentifier()));
    callback(null, new TombstoneResp());
  };

  const server = new Server({
    'grpc.max_receive_message_length': 17 * 1024 * 1024,
    'grpc.max_send_message_length': -1,
  });
  server.addService(
    {
      ...streams.StreamsService,
      // an event is encoded once, however many read it
      read: {
        ...streams.StreamsService.read,
        responseSerialize: (response: InstanceType<typeof ReadResp> | Buffer) =>
          Buffer.isBuffer(response) ? response : Buffer.from(response.serializeBinary()),
      },
    },
    { read: readCall, append: appendCall, batchAppend: batchAppendCall, tombstone: tombstoneCall },
  );
  server.addService(features.ServerFeaturesService, {
    getSupportedMethods: ((_, callback) => {
      if (faults.refusing) return callback(unavailable());
      const methods = new featureMessages.SupportedMethods();
      methods.setEventStoreServerVersion('22.10.0');
      for (const name of ['append', 'batchappend', 'read', 'tombstone']) {
        const method = new featureMessages.SupportedMethod();
        method.setServiceName('event_store.client.streams.streams');
        method.setMethodName(name);
        methods.addMethods(method);
      }
      callback(null, methods);
    }) as handleUnaryCall<
      InstanceType<typeof shared.Empty>,
      InstanceType<typeof featureMessages.SupportedMethods>
    >,
  });
  server.addService(gossip.GossipService, {
    read: ((_, callback) => {
      if (faults.refusing) return callback(unavailable());
      const endPoint = new gossipMessages.EndPoint();
      endPoint.setAddress('127.0.0.1');
      endPoint.setPort(listeningOn);
      const id = new shared.UUID();
      id.setString(instanceId);
      const member = new gossipMessages.MemberInfo();
      member.setInstanceId(id);
      member.setIsAlive(true);
      member.setState(gossipMessages.MemberInfo.VNodeState.LEADER);
      member.setHttpEndPoint(endPoint);
      const cluster = new gossipMessages.ClusterInfo();
      cluster.addMembers(member);
      callback(null, cluster);
    }) as handleUnaryCall<InstanceType<typeof shared.Empty>, InstanceType<typeof gossipMessages.ClusterInfo>>,
  });

  const instanceId = randomUUID();
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  // the sockets are ours, so that they can be broken at will
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const listeningOn = (listener.address() as AddressInfo).port;

  return {
    connectionString: `esdb://127.0.0.1:${listeningOn}?tls=false`,
    port: listeningOn,
    faults,
    async close() {
      const stopped = new Promise((resolve) => listener.close(resolve));
      head.end();
      dropConnections();
      await stopped;
      injector.destroy();
      server.forceShutdown();
      log.close();
    },
  };
};

/** The connection a request came over. grpc-js does not tell. */
const sessionOf = (call: object): { readonly destroyed: boolean } | undefined =>
  (call as { call: { stream: Http2Stream } }).call.stream.session;

const nameOf = (identifier: InstanceType<typeof shared.StreamIdentifier> | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

type Proposed = Pick<
  InstanceType<typeof messages.BatchAppendReq.ProposedMessage>,
  'getId' | 'getMetadataMap' | 'getData_asU8' | 'getCustomMetadata_asU8'
>;

const fromProposed = (message: Proposed): ProposedEvent => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(),
  metadata: message.getCustomMetadata_asU8(),
});

const isForwards = (options: ReadOptions): boolean =>
  options.getReadDirection() === messages.ReadReq.Options.ReadDirection.FORWARDS;

const sizeOf = (events: readonly ProposedEvent[]): number =>
  events.reduce((size, { data, metadata }) => size + data.length + metadata.length, 0);

const filterOf = (options: ReadOptions): ((event: LoggedEvent) => boolean) => {
  const filter = options.getFilter();
  if (!filter) return () => true;
  const byStream = filter.getStreamIdentifier();
  const expression = byStream ?? filter.getEventType();
  const pattern = expression?.getRegex() ? new RegExp(expression.getRegex(), 'u') : undefined;
  const prefixes = expression?.getPrefixList() ?? [];
  return ({ stream, type }) => {
    const subject = byStream ? stream : type;
    return pattern ? pattern.test(subject) : prefixes.some((prefix) => subject.startsWith(prefix));
  };
};

const encodings = new WeakMap<LoggedEvent, Buffer>();

const encoded = (event: LoggedEvent): Buffer => {
  const known = encodings.get(event);
  if (known) return known;
  const id = new shared.UUID();
  id.setString(event.id);
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(event.stream, 'utf8'));
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(id);
  recorded.setStreamIdentifier(identifier);
  recorded.setStreamRevision(`${event.revision}`);
  recorded.setCommitPosition(`${event.position}`);
  recorded.setPreparePosition(`${event.position}`);
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.contentType);
  recorded.getMetadataMap().set('created', event.created);
  const read = new ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(`${event.position}`);
  const response = new ReadResp();
  response.setEvent(read);
  const bytes = Buffer.from(response.serializeBinary());
  encodings.set(event, bytes);
  return bytes;
};

/** An error as the server sends it: the trailers say what happened. */
const serviceError = (code: status, details: string, trailers: Record<string, string> = {}): ServiceError => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
};

const unavailable = (): ServiceError => serviceError(status.UNAVAILABLE, 'Server Is Not Ready');

const deleted = (stream: string): ServiceError =>
  serviceError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': encodeURIComponent(stream),
  });

const tooLarge = (): ServiceError =>
  serviceError(status.INVALID_ARGUMENT, `Maximum Append Size of ${maxAppendSize} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': `${maxAppendSize}`,
  });
