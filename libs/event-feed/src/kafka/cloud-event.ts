import type { DomainEvent, RecordedEvent } from '@hse/event-sourcing';
import type { IHeaders, Message } from 'kafkajs';

/** Where the events come from, as CloudEvents asks for it. */
const SOURCE = '/session-requests';

/** What the events of a stream are about: its name after the category, `sessionRequest-<id>`; else the whole name. */
export const subjectOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

/**
 * A recorded event as a CloudEvent 1.0 in binary content mode (Kafka protocol binding, section 3.2): the value is the payload
 * as it is, everything else is in the headers. `ce_traceparent` is the distributed tracing extension, and the plain header is
 * where OpenTelemetry's instrumentation of Kafka clients looks; `stream`, `revision`, `position`, `schemaversion` and the
 * three ids are ours.
 */
export const encodeEvent = <E extends DomainEvent>(event: RecordedEvent<E>): Message & { key: string } => {
  const { stream, metadata } = event;
  const subject = subjectOf(stream);
  return {
    key: subject,
    value: JSON.stringify(event.data),
    headers: {
      ce_specversion: '1.0',
      ce_id: event.id,
      ce_source: SOURCE,
      ce_type: event.type,
      ce_subject: subject,
      ce_time: metadata.recordedAt,
      'content-type': 'application/json',
      ce_stream: stream,
      ce_revision: String(event.revision),
      ce_position: String(event.position),
      ce_schemaversion: String(metadata.schemaVersion),
      ce_commandid: metadata.commandId,
      ce_correlationid: metadata.correlationId,
      ...(metadata.causationId !== undefined && { ce_causationid: metadata.causationId }),
      ...(metadata.traceparent !== undefined && {
        ce_traceparent: metadata.traceparent,
        traceparent: metadata.traceparent,
      }),
    },
  };
};

/**
 * The event as it was recorded.
 * @throws TypeError when the message is none of ours.
 */
export const decodeEvent = <E extends DomainEvent>(message: {
  readonly value: Buffer | null;
  readonly headers?: IHeaders | undefined;
}): RecordedEvent<E> => {
  const header = (name: string): string | undefined => message.headers?.[`ce_${name}`]?.toString();
  const required = (name: string): string => {
    const value = header(name);
    if (value === undefined) throw new TypeError(`the message has no header ce_${name}`);
    return value;
  };
  const count = (name: string): number => {
    const value = Number(required(name));
    if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`ce_${name} is no count: ${value}`);
    return value;
  };
  if (required('specversion') !== '1.0') throw new TypeError('the message is no CloudEvent 1.0');
  const causationId = header('causationid');
  const traceparent = header('traceparent');
  return {
    type: required('type'),
    data: parseObject(message.value),
    id: required('id'),
    metadata: {
      commandId: required('commandid'),
      correlationId: required('correlationid'),
      recordedAt: required('time'),
      schemaVersion: count('schemaversion'),
      ...(causationId !== undefined && { causationId }),
      ...(traceparent !== undefined && { traceparent }),
    },
    stream: required('stream'),
    revision: count('revision'),
    position: count('position'),
  } as unknown as RecordedEvent<E>; // the payload is checked by whoever knows its schema
};

const parseObject = (value: Buffer | null): object => {
  let data: unknown;
  try {
    data = JSON.parse(value?.toString() ?? '');
  } catch (error) {
    throw new TypeError('the payload of a message is no JSON', { cause: error });
  }
  if (typeof data !== 'object' || data === null) throw new TypeError('the payload of a message is no object');
  return data;
};
