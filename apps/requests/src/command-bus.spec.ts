import { describe, expect, it } from '@jest/globals';
import { createGrpcCommandBus } from '@hse/command-bus/grpc';
import type { SessionRequestBus } from '@hse/contracts';
import { commandBusContract, type CommandBusFixture } from '@hse/contracts/testing';
import { createInMemoryEventStore } from '@hse/event-sourcing/testing';
import { createTimers, silentLogger } from '@hse/service-kit';
import {
  defaultExpiryPolicy,
  parseExpiryPolicy,
  type SessionRequestCommand,
  type SessionRequestEvent,
} from '@hse/session-requests';
import fc from 'fast-check';
import { createRequests } from './requests-service.ts';
import { startRequestsInstance } from './testing/requests-instance.ts';

commandBusContract('a direct call', async (service) => ({
  bus: createRequests(service),
  close: async () => {},
}));

/** A client of so many instances. */
const connected = async (
  count: number,
  ...buses: readonly SessionRequestBus[]
): Promise<CommandBusFixture> => {
  const instances = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      startRequestsInstance(buses[n % buses.length] as SessionRequestBus),
    ),
  );
  const bus = createGrpcCommandBus({
    address: instances.map(({ url }) => url).join(),
    timers: createTimers(),
    logger: silentLogger,
  });
  return {
    bus,
    async close() {
      await bus.close();
      await Promise.all(instances.map((instance) => instance.close()));
    },
  };
};

commandBusContract('gRPC to one instance', (service) => connected(1, createRequests(service)));
commandBusContract('gRPC to three instances', (service) =>
  connected(3, createRequests(service), createRequests(service), createRequests(service)),
);

const uuid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const text = fc.option(fc.string({ unit: 'binary', maxLength: 40 }), { nil: undefined });
const slot = fc.integer({ min: -2, max: 400 }).map((hours) => ({
  startsAt: new Date(Date.UTC(2026, 10, 22, 9 + hours)).toISOString(),
  endsAt: new Date(Date.UTC(2026, 10, 22, 10 + hours)).toISOString(),
}));
const seen = {
  requestId: fc.constantFrom('a', 'b'),
  by: fc.constantFrom('chris', 'carla', 'nobody'),
  expectedRevision: fc.integer({ min: 0, max: 3 }),
};
const command = fc.oneof(
  fc.record({
    type: fc.constant('RequestSession' as const),
    requestId: seen.requestId,
    by: fc.constant({ id: 'chris', role: 'client' as const }),
    with: fc.constantFrom({ id: 'carla', role: 'coach' as const }, { id: 'clio', role: 'client' as const }),
    slot,
    note: text,
  }),
  fc.record({ type: fc.constant('AcceptSession' as const), ...seen }),
  fc.record({ type: fc.constant('RejectSession' as const), ...seen, reason: text }),
  fc.record({ type: fc.constant('AdjustSession' as const), ...seen, slot, note: text }),
  fc.record({
    type: fc.constant('CancelSession' as const),
    ...seen,
    what: fc.constantFrom('session' as const, 'change' as const),
    reason: text,
  }),
  fc.record({
    type: fc.constant('ExpireSessionRequest' as const),
    requestId: seen.requestId,
    round: fc.nat({ max: 3 }),
  }),
) as fc.Arbitrary<SessionRequestCommand>;

describe('whatever is executed', () => {
  it('comes back over gRPC as it does from a direct call, repeats included', async () => {
    const service = () => ({
      store: createInMemoryEventStore<SessionRequestEvent>(),
      clock: { now: () => Date.UTC(2026, 10, 22, 9), wakeAt: () => ({ cancel() {} }) },
      policy: parseExpiryPolicy(defaultExpiryPolicy),
    });
    const executing = { bus: createRequests(service()) };
    const { bus, close } = await connected(2, { execute: (envelope) => executing.bus.execute(envelope) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 20 }), command), { maxLength: 25 }),
        async (commands) => {
          const direct = createRequests(service());
          executing.bus = createRequests(service());
          for (const [id, one] of commands) {
            const envelope = { commandId: uuid(id), command: one };
            expect(await bus.execute(envelope)).toEqual(await direct.execute(envelope));
          }
        },
      ),
      { numRuns: 50 },
    );
    await close();
  });

  it('has a position of up to 2^53 - 1', async () => {
    const position = Number.MAX_SAFE_INTEGER;
    const { bus, close } = await connected(1, {
      execute: async () => ({ ok: true, current: undefined, position }),
    });
    const result = await bus.execute({
      commandId: uuid(1),
      command: { type: 'ExpireSessionRequest', requestId: 'a', round: 1 },
    });
    expect(result).toEqual({ ok: true, current: undefined, position });
    await close();
  });
});
