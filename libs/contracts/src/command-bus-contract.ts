import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { StoreUnavailable, TooManyConflicts, WrongExpectedRevision, type Clock } from '@hse/event-sourcing';
import { createInMemoryEventStore, type StorageFault } from '@hse/event-sourcing/testing';
import {
  defaultExpiryPolicy,
  parseExpiryPolicy,
  toInstant,
  type ExpiryPolicy,
  type SessionRequestCommand,
  type SessionRequestEvent,
} from '@hse/session-requests';
import { streamOf, type SessionRequestBus, type SessionRequestStore } from './commands.ts';

export interface CommandBusFixture {
  readonly bus: SessionRequestBus;
  close(): Promise<void>;
}

const start = Date.parse('2026-11-22T09:00:00.000Z');
const hour = 3_600_000;
const clock: Clock = { now: () => start, wakeAt: () => ({ cancel() {} }) };

const uuid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

const slot = (hoursAhead: number) => ({
  startsAt: toInstant(start + hoursAhead * hour),
  endsAt: toInstant(start + (hoursAhead + 1) * hour),
});

const request = (n: number, more: { note?: string } = {}) => ({
  commandId: uuid(n),
  command: {
    type: 'RequestSession',
    requestId: uuid(n),
    by: { id: 'chris', role: 'client' },
    with: { id: 'carla', role: 'coach' },
    slot: slot(100),
    ...more,
  } satisfies SessionRequestCommand,
});

const accept = (n: number, requestId: string, expectedRevision = 0, by = 'carla') => ({
  commandId: uuid(n),
  command: { type: 'AcceptSession', requestId, by, expectedRevision } satisfies SessionRequestCommand,
});

/**
 * What every command bus does, wherever the commands are executed.
 * @param open gives a bus to a requests service on this store.
 */
export const commandBusContract = (
  name: string,
  open: (service: {
    store: SessionRequestStore;
    clock: Clock;
    policy: ExpiryPolicy;
  }) => Promise<CommandBusFixture>,
): void => {
  describe(`command bus contract: ${name}`, () => {
    let fault: StorageFault;
    let store: SessionRequestStore;
    let fixture: CommandBusFixture;
    let bus: SessionRequestBus;
    beforeEach(async () => {
      fault = () => undefined;
      store = createInMemoryEventStore<SessionRequestEvent>({ fault: (operation) => fault(operation) });
      fixture = await open({ store, clock, policy: parseExpiryPolicy(defaultExpiryPolicy) });
      bus = fixture.bus;
    });
    afterEach(async () => {
      await fixture.close();
      await store.close();
    });

    test('brings back the new state, its place and time, and the position of the event', async () => {
      const result = await bus.execute(request(1, { note: 'Grüße 😀' }));
      expect(result).toEqual({
        ok: true,
        position: 1,
        current: {
          revision: 0,
          recordedAt: '2026-11-22T09:00:00.000Z',
          state: expect.objectContaining({
            requestId: uuid(1),
            coachId: 'carla',
            clientId: 'chris',
            requestedBy: 'client',
            revision: 0,
            slot: slot(100),
            proposal: expect.objectContaining({ note: 'Grüße 😀', awaiting: 'coach', round: 1 }),
          }),
        },
      });
      expect(await bus.execute(accept(2, uuid(1)))).toMatchObject({
        ok: true,
        position: 2,
        current: { revision: 1, state: { agreed: slot(100), revision: 1 } },
      });
    });

    test('brings back what refused a command, with the state it was refused on', async () => {
      await bus.execute(request(1));
      expect(await bus.execute(accept(2, uuid(1), 0, 'chris'))).toEqual({
        ok: false,
        rejection: { code: 'not-awaited', detail: expect.any(String) },
        current: expect.objectContaining({ revision: 0, recordedAt: '2026-11-22T09:00:00.000Z' }),
      });
      expect(await bus.execute(accept(3, uuid(1), 7))).toMatchObject({
        ok: false,
        rejection: { code: 'conflict' },
        current: { state: { requestId: uuid(1) } },
      });
    });

    test('brings back that there is nothing, as undefined', async () => {
      const result = await bus.execute(accept(1, uuid(9)));
      expect(result).toEqual({
        ok: false,
        rejection: { code: 'not-a-party', detail: expect.any(String) },
        current: undefined,
      });
      await bus.execute(request(2));
      const early = await bus.execute({
        commandId: uuid(3),
        command: { type: 'ExpireSessionRequest', requestId: uuid(2), round: 7 },
      });
      expect(early).toMatchObject({ current: { revision: 0 } });
      expect(await store.head()).toBe(1);
    });

    test('executes a command once, however often it comes', async () => {
      const first = await bus.execute(request(1));
      const repeats = await Promise.all(Array.from({ length: 20 }, () => bus.execute(request(1))));
      for (const repeat of repeats) expect(repeat).toEqual(first);
      const racing = await Promise.all(Array.from({ length: 20 }, () => bus.execute(request(2))));
      for (const one of racing) expect(one).toEqual(racing[0]);
      expect(await store.head()).toBe(2);
    });

    test('executes many at a time, each with its own result', async () => {
      const results = await Promise.all(Array.from({ length: 2_000 }, (_, n) => bus.execute(request(n))));
      expect(results.map((result) => result.current?.state.requestId)).toEqual(
        Array.from({ length: 2_000 }, (_, n) => uuid(n)),
      );
      expect(new Set(results.map((result) => result.ok && result.position)).size).toBe(2_000);
      expect(await store.head()).toBe(2_000);
    });

    test('lets one of those win who race for the same revision', async () => {
      await bus.execute(request(1));
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, n) => bus.execute(accept(100 + n, uuid(1)))),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await store.head()).toBe(2);
    });

    test('carries any text, as it is, in both directions', async () => {
      const notes = [
        '',
        '\u0000',
        '\ud800 and \udfff, halves',
        '\u2028\u2029\ufeff\uffff',
        '"\\',
        '👩‍👩‍👧‍👦é',
        '__proto__',
        'x'.repeat(300_000),
        'ü'.repeat(100_000),
      ];
      const results = await Promise.all(notes.map((note, n) => bus.execute(request(n, { note }))));
      expect(results.map((result) => result.current?.state.proposal?.note)).toEqual(notes);
      const recorded = await Promise.all(
        notes.map((_, n) => store.readStream(streamOf({ requestId: uuid(n) }))),
      );
      expect(recorded.map(([event]) => event?.type === 'SessionRequested' && event.data.note)).toEqual(notes);
    });

    test('passes on who caused it and the trace it belongs to', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await bus.execute({ ...request(1), correlationId: 'outside', causationId: 'cause', traceparent });
      const [event] = await store.readStream(streamOf({ requestId: uuid(1) }));
      expect(event?.metadata).toEqual({
        commandId: uuid(1),
        correlationId: 'outside',
        causationId: 'cause',
        traceparent,
        recordedAt: '2026-11-22T09:00:00.000Z',
        schemaVersion: 1,
      });
      await bus.execute(request(2));
      const [other] = await store.readStream(streamOf({ requestId: uuid(2) }));
      expect(other?.metadata).not.toHaveProperty('traceparent');
      expect(other?.metadata.correlationId).toBe(uuid(2));
    });

    test.each([
      ['not-written', 'full'],
      ['not-written', 'closed'],
      ['unknown', 'unreachable'],
    ] as const)('says when the store is not available: %s, %s', async (outcome, reason) => {
      fault = ({ kind }) =>
        kind === 'append' ? new StoreUnavailable('no store', outcome, reason) : undefined;
      await expect(bus.execute(request(1))).rejects.toMatchObject({
        name: 'StoreUnavailable',
        message: 'no store',
        outcome,
        reason,
      });
      await expect(bus.execute(request(1))).rejects.toBeInstanceOf(StoreUnavailable);
      fault = () => undefined;
      expect(await bus.execute(request(1))).toMatchObject({ ok: true, position: 1 });
    });

    test('says when a session request kept changing', async () => {
      fault = ({ kind, stream = '' }) =>
        kind === 'append' ? new WrongExpectedRevision(stream, 0, 1) : undefined;
      const executed = bus.execute(request(1));
      await expect(executed).rejects.toBeInstanceOf(TooManyConflicts);
      await expect(executed).rejects.toMatchObject({
        name: 'TooManyConflicts',
        message: `${streamOf({ requestId: uuid(1) })} changed during each of 5 attempts to decide a command`,
      });
    });

    test('says that it failed when it was a fault of the service', async () => {
      fault = ({ kind }) => (kind === 'append' ? new RangeError('a fault') : undefined);
      await expect(bus.execute(request(1))).rejects.toThrow('a fault');
    });

    test('refuses a command id that is no UUID, and nothing else that comes with it', async () => {
      const [bad, good] = await Promise.allSettled([
        bus.execute({ ...request(1), commandId: 'twice' }),
        bus.execute(request(2)),
      ]);
      expect(bad).toMatchObject({
        status: 'rejected',
        reason: { name: 'TypeError', message: 'a command id has to be a UUID, not twice' },
      });
      expect(good).toMatchObject({ status: 'fulfilled', value: { ok: true } });
    });
  });
};
