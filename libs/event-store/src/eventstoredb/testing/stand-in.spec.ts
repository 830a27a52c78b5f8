import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { startEventStoreDBStandIn, type EventStoreDBStandIn } from './stand-in.ts';

let standIn: EventStoreDBStandIn;
let client: EventStoreDBClient;

beforeEach(async () => {
  standIn = await startEventStoreDBStandIn();
  client = EventStoreDBClient.connectionString(standIn.connectionString);
});
afterEach(async () => {
  await client.dispose();
  await standIn.close();
});

const event = (n: number) => jsonEvent({ id: randomUUID(), type: 'Counted', data: { n } });

it('takes the batch appends of the official client, with expected revisions and repeats', async () => {
  const first = [event(0), event(1)];
  const result = await client.appendToStream('a', first, { expectedRevision: NO_STREAM });
  expect(result).toMatchObject({ success: true, nextExpectedRevision: 1n });
  await expect(client.appendToStream('a', first, { expectedRevision: NO_STREAM })).resolves.toEqual(result);
  await expect(client.appendToStream('a', [event(2)], { expectedRevision: NO_STREAM })).rejects.toMatchObject(
    {
      type: 'wrong-expected-version',
      actualVersion: 1n,
    },
  );
  await expect(
    client.appendToStream('a', [first[1] ?? event(1), event(3)], { expectedRevision: 0n }),
  ).rejects.toMatchObject({ type: 'wrong-expected-version' });
  expect(standIn.faults.appends).toEqual({ single: 0, batch: 4 });
});

it('does not make the append idempotent where the real server does not promise it', async () => {
  const twice = event(0);
  await client.appendToStream('a', twice);
  await expect(client.appendToStream('a', twice)).resolves.toMatchObject({ nextExpectedRevision: 1n });
});

it('has system events in $all, in the same order in both directions', async () => {
  await client.appendToStream('a', [event(0), event(1)]);
  const read = async (direction: 'forwards' | 'backwards') => {
    const events: string[] = [];
    const fromPosition = direction === 'forwards' ? 'start' : 'end';
    for await (const { event } of client.readAll({ direction, fromPosition }))
      events.push(`${event?.streamId}@${event?.position?.commit}`);
    return events;
  };
  const forwards = await read('forwards');
  expect(forwards.map((place) => place.split('@')[0])).toEqual(['$stand-in', 'a', 'a']);
  expect(await read('backwards')).toEqual(forwards.reverse());
});

it('refuses everything about a stream that the client has tombstoned', async () => {
  await client.appendToStream('a', event(0));
  await client.tombstoneStream('a');
  await expect(client.appendToStream('a', event(1))).rejects.toMatchObject({ type: 'stream-deleted' });
});
