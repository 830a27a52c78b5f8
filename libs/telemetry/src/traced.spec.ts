import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  WrongExpectedRevision,
  type CommandBus,
  type EventBatch,
  type EventFeed,
  type EventPublisher,
  type FeedConsumer,
  type RecordedEvent,
} from '@hse/event-sourcing';
import { createInMemoryEventStore } from '@hse/event-sourcing/testing';
import type { Rejection, SessionRequest, SessionRequestCommand } from '@hse/session-requests';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createTelemetry, noTelemetry, type Telemetry } from './telemetry.ts';
import { traceCommands } from './traced-command-bus.ts';
import { traceAppends } from './traced-event-store.ts';
import { mostSpansOfBatch, traceFeed, tracePublications } from './traced-events.ts';

type Bus = CommandBus<SessionRequestCommand, SessionRequest, Rejection>;

const traceId = '0af7651916cd43dd8448eb211c80319c';
const sampled = `00-${traceId}-b7ad6b7169203331-01`;
const unsampled = `00-${traceId}-b7ad6b7169203331-00`;
const envelope = {
  commandId: '0190b8f0-0000-7000-8000-000000000001',
  command: { type: 'ExpireSessionRequest', requestId: 'r-1', round: 2 },
} as const;

let exporter: InMemorySpanExporter;
let telemetry: Telemetry;
beforeEach(() => {
  exporter = new InMemorySpanExporter();
  telemetry = createTelemetry({ service: 'test', spans: new SimpleSpanProcessor(exporter) });
});
afterEach(() => telemetry.close());

/** What was exported, as far as these tests ask. */
const exported = () =>
  exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: SpanKind[span.kind],
    traceId: span.spanContext().traceId,
    parent: span.parentSpanContext?.spanId,
    attributes: span.attributes,
    failed: span.status.code === SpanStatusCode.ERROR,
    links: span.links.map(({ context }) => context.traceId),
  }));

/** A bus that answers so, and what reached it. */
const busThat = (answer: () => ReturnType<Bus['execute']>) => {
  const reached: Parameters<Bus['execute']>[0][] = [];
  const bus: Bus = {
    execute: (command) => {
      reached.push(command);
      return answer();
    },
  };
  return { bus, reached };
};
const nothingToDo = () => Promise.resolve({ ok: true, current: undefined, position: undefined } as const);

const eventsWith = (...traceparents: (string | undefined)[]): RecordedEvent[] =>
  traceparents.map((traceparent, revision) => ({
    id: `e-${revision}`,
    type: 'Happened',
    data: { note: 'private' },
    stream: 'sessionRequest-r-1',
    revision,
    position: revision + 1,
    metadata: {
      commandId: 'c',
      correlationId: 'c',
      recordedAt: '2026-11-22T12:00:00.000Z',
      schemaVersion: 1,
      ...(traceparent !== undefined && { traceparent }),
    },
  }));

describe('traced commands', () => {
  it('go on in the trace of their caller, and carry their own span further', async () => {
    const { bus, reached } = busThat(nothingToDo);
    await traceCommands(bus, { telemetry, side: 'server' }).execute({ ...envelope, traceparent: sampled });
    expect(exported()).toEqual([
      {
        name: 'ExpireSessionRequest',
        kind: 'SERVER',
        traceId,
        parent: 'b7ad6b7169203331',
        attributes: {
          'session_requests.command': 'ExpireSessionRequest',
          'session_requests.command_id': envelope.commandId,
          'session_requests.request_id': 'r-1',
          'session_requests.outcome': 'nothing-to-do',
        },
        failed: false,
        links: [],
      },
    ]);
    const [span] = exporter.getFinishedSpans();
    expect(reached).toEqual([{ ...envelope, traceparent: `00-${traceId}-${span?.spanContext().spanId}-01` }]);
  });

  it('say with which code they were refused; of an error only its name', async () => {
    const refusing = busThat(() =>
      Promise.resolve({
        ok: false,
        rejection: { code: 'not-due', detail: 'private' },
        current: undefined,
      } as const),
    );
    await traceCommands(refusing.bus, { telemetry, side: 'client' }).execute(envelope);
    const failing = busThat(() => Promise.reject(new TypeError('private')));
    await expect(traceCommands(failing.bus, { telemetry, side: 'client' }).execute(envelope)).rejects.toThrow(
      'private',
    );
    expect(exported()).toMatchObject([
      { attributes: { 'session_requests.outcome': 'not-due' }, failed: false, kind: 'CLIENT' },
      { attributes: { 'error.type': 'TypeError' }, failed: true },
    ]);
    expect(
      JSON.stringify(exporter.getFinishedSpans().map(({ events, status }) => [events, status])),
    ).not.toContain('private');
  });

  it('link to what they go back to, without keeping anybody waiting for it', async () => {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const { bus } = busThat(nothingToDo);
    const traced = traceCommands(bus, { telemetry, side: 'client', linkOf: () => promise });
    await traced.execute(envelope);
    expect(exported()).toEqual([]);
    resolve(sampled);
    await new Promise(setImmediate);
    expect(exported()).toMatchObject([{ parent: undefined, links: [traceId] }]);
    expect(exported()[0]?.traceId).not.toBe(traceId);
  });

  it('end without a link where what they go back to cannot be read', async () => {
    const { bus } = busThat(nothingToDo);
    const linkOf = () => Promise.reject(new Error('away'));
    await traceCommands(bus, { telemetry, side: 'client', linkOf }).execute(envelope);
    await new Promise(setImmediate);
    expect(exported()).toMatchObject([{ links: [], failed: false }]);
  });

  it('go on as they came where nothing is kept, or nothing is traced', async () => {
    const { bus, reached } = busThat(nothingToDo);
    await traceCommands(bus, { telemetry, side: 'client' }).execute({ ...envelope, traceparent: unsampled });
    expect(reached[0]?.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
    expect(traceCommands(bus, { telemetry: noTelemetry, side: 'client' })).toBe(bus);
    expect(exported()).toEqual([]);
  });
});

describe('traced appends', () => {
  it('have a span each where their events are in a trace that is kept', async () => {
    const store = traceAppends(createInMemoryEventStore(), { telemetry, system: 'sqlite' });
    const [kept, other, none] = eventsWith(sampled, unsampled, undefined) as [
      RecordedEvent,
      RecordedEvent,
      RecordedEvent,
    ];
    await store.append('s-1', [kept], { expected: 'no-stream' });
    await store.append('s-2', [other], { expected: 'no-stream' });
    await store.append('s-3', [none], { expected: 'no-stream' });
    await expect(store.append('s-1', [{ ...kept, id: 'e-9' }], { expected: 5 })).rejects.toMatchObject({
      name: WrongExpectedRevision.name,
    });
    const attributes = {
      'db.system.name': 'sqlite',
      'db.operation.name': 'append',
      'db.collection.name': 's-1',
      'db.operation.batch.size': 1,
    };
    expect(exported()).toMatchObject([
      {
        name: 'append sqlite',
        kind: 'CLIENT',
        traceId,
        parent: 'b7ad6b7169203331',
        attributes,
        failed: false,
      },
      { attributes: { ...attributes, 'error.type': 'WrongExpectedRevision' }, failed: true },
    ]);
    expect((await store.readStream('s-1')).length).toBe(1);
  });
});

describe('traced events', () => {
  const channel = () => ({ telemetry, system: 'kafka', destination: 'events' }) as const;

  it('have a span each, while their batch is handled, where their trace is kept', async () => {
    const consumers: FeedConsumer[] = [];
    const feed: EventFeed = {
      consume: (_group, consumer) => {
        consumers.push(consumer);
        return { reached: () => Promise.resolve(), stop: () => Promise.resolve() };
      },
    };
    const handled: EventBatch[] = [];
    let fails = false;
    traceFeed(feed, channel()).consume('readers', {
      checkpoint: () => Promise.resolve(7),
      handle: (batch) => {
        handled.push(batch);
        return fails ? Promise.reject(new RangeError('private')) : Promise.resolve();
      },
    });
    const [consumer] = consumers;
    expect(await consumer?.checkpoint()).toBe(7);
    const batch = { events: eventsWith(sampled, unsampled, undefined, 'nonsense'), position: 4 };
    await consumer?.handle(batch);
    expect(handled).toEqual([batch]);
    expect(exported()).toEqual([
      {
        name: 'process events',
        kind: 'CONSUMER',
        traceId,
        parent: 'b7ad6b7169203331',
        attributes: {
          'messaging.system': 'kafka',
          'messaging.destination.name': 'events',
          'messaging.operation.name': 'process',
          'messaging.operation.type': 'process',
          'messaging.batch.message_count': 4,
          'messaging.consumer.group.name': 'readers',
          'messaging.message.id': 'e-0',
          'session_requests.event': 'Happened',
          'session_requests.stream': 'sessionRequest-r-1',
          'session_requests.revision': 0,
        },
        failed: false,
        links: [],
      },
    ]);
    fails = true;
    await expect(consumer?.handle(batch)).rejects.toThrow('private');
    expect(exported()[1]).toMatchObject({ failed: true, attributes: { 'error.type': 'RangeError' } });
  });

  it('are sent as they are, and of a large batch only some have a span', async () => {
    const sent: EventBatch[] = [];
    const publisher: EventPublisher = {
      lead: () =>
        Promise.resolve({
          after: 3,
          lost: new AbortController().signal,
          publish: (batch) => {
            sent.push(batch);
            return Promise.resolve();
          },
          release: () => Promise.resolve(),
        }),
      close: () => Promise.resolve(),
    };
    const publication = await tracePublications(publisher, channel()).lead(new AbortController().signal);
    expect(publication.after).toBe(3);
    const batch = {
      events: eventsWith(...Array<string>(mostSpansOfBatch + 50).fill(sampled)),
      position: 150,
    };
    await publication.publish(batch);
    expect(sent).toEqual([batch]);
    expect(exported()).toHaveLength(mostSpansOfBatch);
    expect(exported()[0]).toMatchObject({ name: 'send events', kind: 'PRODUCER' });
  });

  it('travel as ever where nothing is traced', () => {
    const nothing = { ...channel(), telemetry: noTelemetry };
    const [feed, publisher] = [{} as EventFeed, {} as EventPublisher];
    expect(traceFeed(feed, nothing)).toBe(feed);
    expect(tracePublications(publisher, nothing)).toBe(publisher);
  });
});
