import { jsonEvent, type EventData, type JSONType, type ResolvedEvent } from '@eventstore/db-client';
import type { DomainEvent, EventMetadata, NewEvent, RecordedEvent } from '@hse/event-sourcing';

/** As EventStoreDB's own tools expect it: the names that begin with `$` are theirs, and `$by_correlation_id` goes by the first. */
interface WireMetadata extends Omit<EventMetadata, 'correlationId' | 'causationId'> {
  readonly $correlationId: string;
  readonly $causationId?: string;
  /** Names the call that recorded the event: tells a repeat from the first time. */
  readonly appendId?: string;
}

/** A snapshot: what the caller does to the event afterwards changes nothing. */
export const toEventData = ({ id, type, data, metadata }: NewEvent, appendId: string): EventData => {
  const { correlationId, causationId, ...rest } = metadata;
  const onWire: WireMetadata = {
    ...rest,
    $correlationId: correlationId,
    appendId,
    ...(causationId !== undefined && { $causationId: causationId }),
  };
  return jsonEvent({
    id,
    type,
    data: JSON.parse(JSON.stringify(data)) as JSONType,
    metadata: { ...onWire },
  });
};

/** Positions are 64 bits there and a number here. */
const numberOf = (value: bigint): number => {
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RangeError(
      `${value} is no position: it is beyond 2^53, or the server is older than 22.6 and has none for reads of streams`,
    );
  return Number(value);
};

/** What was read of one event. */
export interface ReadEvent<E extends DomainEvent> {
  readonly event: RecordedEvent<E>;
  readonly appendId: string | undefined;
}

/** Undefined for what is no event of an application: system events, and links that lead nowhere. */
export const fromResolvedEvent = <E extends DomainEvent>(
  { event }: ResolvedEvent,
  namespace: string,
): ReadEvent<E> | undefined => {
  if (!event || event.streamId.startsWith('$') || event.type.startsWith('$')) return undefined;
  if (!event.position) throw new Error(`the server gave no position for event ${event.id}`);
  // what another tool has written here comes as it is
  const { $correlationId, $causationId, appendId, ...rest } = (event.metadata ??
    {}) as unknown as WireMetadata;
  const metadata: EventMetadata = {
    ...rest,
    correlationId: $correlationId,
    ...($causationId !== undefined && { causationId: $causationId }),
  };
  const recorded: RecordedEvent = {
    type: event.type,
    data: event.data as object,
    id: event.id,
    metadata,
    stream: event.streamId.slice(namespace.length),
    revision: numberOf(event.revision),
    position: numberOf(event.position.commit),
  };
  return { event: recorded as RecordedEvent<E>, appendId }; // what was appended as E was written as it is
};
