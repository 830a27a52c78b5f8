import { describe, expect, it } from '@jest/globals';
import { eventStoreContract } from './event-store-contract.ts';
import { StoreUnavailable } from './event-store.ts';
import type { NewEvent } from './event.ts';
import { createInMemoryEventStore, type StorageOperation } from './in-memory-event-store.ts';

eventStoreContract('the in-memory store', async () => createInMemoryEventStore(), { gapless: true });

const event = (id: string): NewEvent => ({
  type: 'Counted',
  data: {},
  id,
  metadata: { commandId: id, correlationId: id, recordedAt: '2026-11-22T12:00:00.000Z', schemaVersion: 1 },
});

describe('faults of the in-memory store', () => {
  const lost = new StoreUnavailable('the answer was lost', 'unknown', 'unreachable');

  it('an append that fails before it is written can be made again', async () => {
    let failures = 1;
    const store = createInMemoryEventStore({
      fault: ({ moment }) => (moment === 'before' && failures-- > 0 ? lost : undefined),
    });
    await expect(store.append('a', [event('1')], { expected: 'no-stream' })).rejects.toBe(lost);
    expect(await store.head()).toBe(0);
    await expect(store.append('a', [event('1')], { expected: 'no-stream' })).resolves.toMatchObject({
      repeated: false,
    });
  });

  it('an append that fails after it was written is there, and its repeat finds out', async () => {
    let failures = 1;
    const store = createInMemoryEventStore({
      fault: ({ moment }) => (moment === 'after' && failures-- > 0 ? lost : undefined),
    });
    await expect(store.append('a', [event('1')], { expected: 'no-stream' })).rejects.toBe(lost);
    expect(await store.head()).toBe(1);
    await expect(store.append('a', [event('1')], { expected: 'no-stream' })).resolves.toEqual({
      revision: 0,
      position: 1,
      repeated: true,
    });
  });

  it('a promise delays the operation until it settles', async () => {
    const gate = { open: (): void => {} };
    const opened = new Promise<undefined>((resolve) => (gate.open = () => resolve(undefined)));
    const store = createInMemoryEventStore({
      fault: ({ stream }) => (stream === 'slow' ? opened : undefined),
    });
    const slow = store.append('slow', [event('1')], { expected: 'no-stream' });
    await expect(store.append('fast', [event('2')], { expected: 'no-stream' })).resolves.toMatchObject({
      position: 1,
    });
    gate.open();
    await expect(slow).resolves.toMatchObject({ position: 2 });
  });

  it('every operation passes by, and reads fail, too', async () => {
    const operations: StorageOperation[] = [];
    const store = createInMemoryEventStore({
      fault: (operation) => {
        operations.push(operation);
        return operation.kind === 'append' ? undefined : lost;
      },
    });
    await store.append('a', [event('1')], { expected: 'no-stream' });
    await expect(store.readStream('a')).rejects.toBe(lost);
    await expect(store.readAll()[Symbol.asyncIterator]().next()).rejects.toBe(lost);
    expect(operations).toEqual([
      { kind: 'append', moment: 'before', stream: 'a' },
      { kind: 'append', moment: 'after', stream: 'a' },
      { kind: 'read-stream', moment: 'before', stream: 'a' },
      { kind: 'read-all', moment: 'before' },
    ]);
  });
});
