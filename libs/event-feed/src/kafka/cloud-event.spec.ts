import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@hse/event-sourcing';
import { decodeEvent, encodeEvent } from './cloud-event.ts';

const event: RecordedEvent = {
  type: 'SessionRequestCreated',
  data: { requestId: '42', nested: { list: [1, null, 'ü'] } },
  id: '00000000-0000-4000-8000-000000000001',
  metadata: {
    commandId: 'c',
    correlationId: 'r',
    causationId: 'k',
    recordedAt: '2026-11-22T12:00:00.000Z',
    schemaVersion: 2,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
  stream: 'sessionRequest-42',
  revision: 3,
  position: 2 ** 53 - 1,
};

const overTheWire = (recorded: RecordedEvent) => {
  const { value, headers } = encodeEvent(recorded);
  return {
    value: Buffer.from(value as string),
    headers: Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, each]) => [name, Buffer.from(each as string)]),
    ),
  };
};

describe('an event as a CloudEvent', () => {
  it('has the attributes in the headers, the payload as its value, the request as its key', () => {
    expect(encodeEvent(event)).toEqual({
      key: '42',
      value: '{"requestId":"42","nested":{"list":[1,null,"ü"]}}',
      headers: {
        ce_specversion: '1.0',
        ce_id: event.id,
        ce_source: '/session-requests',
        ce_type: 'SessionRequestCreated',
        ce_subject: '42',
        ce_time: '2026-11-22T12:00:00.000Z',
        'content-type': 'application/json',
        ce_stream: 'sessionRequest-42',
        ce_revision: '3',
        ce_position: '9007199254740991',
        ce_schemaversion: '2',
        ce_commandid: 'c',
        ce_correlationid: 'r',
        ce_causationid: 'k',
        ce_traceparent: event.metadata.traceparent,
        traceparent: event.metadata.traceparent,
      },
    });
  });

  it('comes back exactly as it was recorded', () => {
    expect(decodeEvent(overTheWire(event))).toEqual(event);
    const { causationId: _, traceparent: __, ...metadata } = event.metadata;
    const plain = { ...event, metadata, stream: 'plain' };
    expect(decodeEvent(overTheWire(plain))).toEqual(plain);
    expect(encodeEvent(plain).key).toBe('plain');
  });

  it('anything else is refused, with what is wrong', () => {
    const { value, headers } = overTheWire(event);
    const without = (name: string) =>
      Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));
    expect(() => decodeEvent({ value })).toThrow('no header ce_specversion');
    expect(() => decodeEvent({ value, headers: without('ce_stream') })).toThrow('no header ce_stream');
    expect(() => decodeEvent({ value, headers: { ...headers, ce_revision: 'x' } })).toThrow('ce_revision');
    expect(() => decodeEvent({ value: null, headers })).toThrow('no JSON');
    expect(() => decodeEvent({ value: Buffer.from('1'), headers })).toThrow('no object');
  });
});
