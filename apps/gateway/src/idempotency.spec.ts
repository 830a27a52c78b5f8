import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '@hse/event-sourcing';
import { createInMemoryEventStore } from '@hse/event-sourcing/testing';
import type { GatewayStore } from '@hse/contracts';
import { openSqliteGatewayStore } from '@hse/read-models/sqlite';
import { silentLogger } from '@hse/service-kit';
import { toEpochMs, type SessionRequestEvent } from '@hse/session-requests';
import {
  anna,
  chloe,
  dayMs,
  hourMs,
  kenji,
  mateo,
  startGateway,
  type Answered,
  type GatewayUnderTest,
} from './testing/gateway-under-test.ts';

/** Survive a restart of the gateway. */
const createDisks = () => ({
  store: createInMemoryEventStore<SessionRequestEvent>({
    fault: async ({ kind, moment }) => {
      if (kind !== 'append') return undefined;
      if (moment === 'before') await gate;
      return moment === faultAt ? fault : undefined;
    },
  }),
  gatewayStore: openSqliteGatewayStore({ path: ':memory:' }),
});

let gate: Promise<void> | undefined;
let fault: Error | undefined;
let faultAt: 'before' | 'after';
let disks: ReturnType<typeof createDisks>;
let gateway: GatewayUnderTest;

beforeEach(async () => {
  [gate, fault, faultAt] = [undefined, undefined, 'before'];
  disks = createDisks();
  gateway = await startGateway(disks);
});
afterEach(async () => {
  await gateway.close();
  await disks.store.close();
  await disks.gatewayStore.close();
});

const restart = async (): Promise<void> => {
  const now = gateway.clock.now();
  await gateway.close();
  gateway = await startGateway(disks);
  gateway.clock.advanceTo(now);
};

const ask = (key: string, body: object = { with: anna.id, ...slot }): Promise<Answered> =>
  gateway.as(chloe).post('/session-requests', { body, headers: { 'idempotency-key': key } });
const slot = { startsAt: '2026-11-30T09:00:00.000Z', endsAt: '2026-11-30T10:00:00.000Z' };

const whatCounts = ({ status, text, headers }: Answered) => ({
  status,
  text,
  headers: [headers['content-type'], headers['etag'], headers['location']],
});

describe('a POST with an Idempotency-Key', () => {
  it('is done once; a repeat gets the first answer, byte for byte, also later and after a restart', async () => {
    const first = await ask('key-1');
    expect(first.status).toBe(201);
    await gateway.as(anna).post(`/session-requests/${first.body.id}/accept`, { revision: 0 });
    gateway.clock.advanceTo(gateway.clock.now() + dayMs);
    expect(whatCounts(await ask('key-1'))).toEqual(whatCounts(first));
    await restart();
    expect(whatCounts(await ask('key-1'))).toEqual(whatCounts(first));
    expect((await gateway.log()).map(({ type }) => type)).toEqual(['SessionRequested', 'SessionAccepted']);
  });

  it('means the same request whatever the order of its fields', async () => {
    const first = await ask('key-1', { with: anna.id, startsAt: slot.startsAt, endsAt: slot.endsAt });
    const again = await ask('key-1', { endsAt: slot.endsAt, with: anna.id, startsAt: slot.startsAt });
    expect(whatCounts(again)).toEqual(whatCounts(first));
  });

  it('with another body, path or query is refused', async () => {
    const { body } = await ask('key-1');
    const others = [
      ask('key-1', { with: mateo.id, ...slot }),
      ask('key-1', { with: anna.id, ...slot, note: 'x' }),
      gateway.as(chloe).post(`/session-requests/${body.id}/cancel`, {
        revision: 0,
        body: {},
        headers: { 'idempotency-key': 'key-1' },
      }),
    ];
    for (const other of others)
      expect((await other).body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(await gateway.log()).toHaveLength(1);
  });

  it('is one of its participant only', async () => {
    const [mine, theirs] = [
      await ask('key-1'),
      await gateway.as(kenji).post('/session-requests', {
        body: { with: anna.id, ...slot },
        headers: { 'idempotency-key': 'key-1' },
      }),
    ];
    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(mine.body.id).not.toBe(theirs.body.id);
  });

  it('gets the same refusal again, too, even when it would be allowed by now', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const accept = () =>
      gateway
        .as(anna)
        .post(`/session-requests/${id}/accept`, { revision: 1, headers: { 'idempotency-key': 'k' } });
    const first = await accept();
    expect([first.status, first.body.code, first.headers['etag']]).toEqual([412, 'conflict', '"0"']);
    await gateway
      .as(chloe)
      .post(`/session-requests/${id}/adjust`, { revision: 0, body: gateway.slotIn(9 * dayMs) });
    expect(whatCounts(await accept())).toEqual(whatCounts(first));
    await restart();
    expect(whatCounts(await accept())).toEqual(whatCounts(first));
  });

  it('that comes twice at once is done once', async () => {
    let open = (): void => {};
    gate = new Promise((resolve) => (open = resolve));
    const both = [ask('key-1'), ask('key-1'), ask('key-1')];
    await new Promise((resolve) => setTimeout(resolve, 20));
    open();
    const [first, ...repeats] = (await Promise.all(both)).map(whatCounts);
    expect(first?.status).toBe(201);
    expect(repeats).toEqual([first, first]);
    expect(gateway.executed).toEqual(['RequestSession']);
  });

  it('finds its effect in the log when the process died between effect and record', async () => {
    // The store has recorded it, and nobody was told.
    [fault, faultAt] = [new StoreUnavailable('gone', 'unknown', 'unreachable'), 'after'];
    expect((await ask('key-1')).status).toBe(503);
    fault = undefined;
    await restart();
    const again = await ask('key-1');
    const log = await gateway.log();
    expect([again.status, log.length, again.body.id]).toEqual([201, 1, log[0]?.data.requestId]);
    expect(whatCounts(await ask('key-1'))).toEqual(whatCounts(again));
  });

  it('finds its effect there also when the other party takes part no more by then', async () => {
    const asked = await gateway.requested(anna, chloe);
    const accept = () =>
      gateway.as(chloe).post(`/session-requests/${asked.id}/accept`, {
        revision: 0,
        headers: { 'idempotency-key': 'key-2' },
      });
    [fault, faultAt] = [new StoreUnavailable('gone', 'unknown', 'unreachable'), 'after'];
    expect([(await ask('key-1')).status, (await accept()).status]).toEqual([503, 503]);
    fault = undefined;
    await gateway.close();
    gateway = await startGateway({
      ...disks,
      override: ({ participants, ...dependencies }) => ({
        ...dependencies,
        participants: {
          ...participants,
          find: async (id) => {
            const found = await participants.find(id);
            return found && { ...found, active: id !== anna.id };
          },
        },
      }),
    });
    const log = await gateway.log();
    expect([(await ask('key-1')).status, (await accept()).status]).toEqual([201, 200]);
    expect((await ask('key-3')).body.code).toBe('unknown-other-party');
    expect(await gateway.log()).toEqual(log);
  });

  it('records the same whatever the id of the request that repeats it', async () => {
    const asked = (requestId: string) =>
      gateway.as(chloe).post('/session-requests', {
        body: { with: anna.id, ...slot },
        headers: { 'idempotency-key': 'key-1', 'x-request-id': requestId },
      });
    // The store has recorded it, and nobody was told; then the answer is on record.
    [fault, faultAt] = [new StoreUnavailable('gone', 'unknown', 'unreachable'), 'after'];
    expect((await asked('request-0001')).status).toBe(503);
    fault = undefined;
    const recorded = await gateway.log();
    await restart();
    const answers = [await asked('request-0002'), await asked('request-0003')];
    expect(answers.map(({ status, headers }) => [status, headers['x-request-id']])).toEqual([
      [201, 'request-0002'],
      [201, 'request-0003'],
    ]);
    expect(await gateway.log()).toEqual(recorded);
    expect(recorded.map(({ metadata }) => metadata.correlationId)).toEqual(['request-0001']);
  });

  it('can be tried again after a failure of ours', async () => {
    for (const outcome of ['not-written', 'unknown'] as const) {
      fault = new StoreUnavailable('full', outcome, 'full');
      expect((await ask(`key-${outcome}`)).status).toBe(507);
      fault = undefined;
      expect((await ask(`key-${outcome}`)).status).toBe(201);
    }
    fault = new Error('bug');
    expect((await ask('key-bug')).status).toBe(500);
    fault = undefined;
    expect((await ask('key-bug')).status).toBe(201);
    expect(await gateway.log()).toHaveLength(3);
  });

  it('gives the key back when nothing was written', async () => {
    fault = new StoreUnavailable('full', 'not-written', 'full');
    await ask('key-1');
    fault = undefined;
    expect((await ask('key-1', { with: mateo.id, ...slot })).status).toBe(201);
  });

  it('has a key of 1 to 255 visible ASCII characters', async () => {
    for (const key of ['', 'a b', 'ä', 'x'.repeat(256)])
      expect((await ask(key)).body).toMatchObject({
        status: 400,
        errors: [{ path: '/header/idempotency-key' }],
      });
    expect((await ask('!~'.repeat(127))).status).toBe(201);
  });

  it('works for every POST', async () => {
    const { id } = await gateway.requested(chloe, anna);
    const to = '2026-11-23T09:00:00.000Z';
    const calls = [
      () =>
        gateway
          .as(anna)
          .post(`/session-requests/${id}/adjust`, { revision: 0, body: gateway.slotIn(9 * dayMs), headers }),
      () => gateway.as(chloe).post(`/session-requests/${id}/accept`, { revision: 1, headers }),
      () => gateway.as(anna).post('/notifications/read', { headers: { 'idempotency-key': 'r' } }),
      () => gateway.as(mateo).post('/clock/advance', { body: { to }, headers }),
    ];
    const headers = { 'idempotency-key': 'k' };
    for (const call of calls) {
      const first = await call();
      expect(first.status).toBe(200);
      expect(whatCounts(await call())).toEqual(whatCounts(first));
    }
    expect([gateway.clock.now(), (await gateway.log()).length]).toEqual([toEpochMs(to), 3]);
  });
});

describe('when the memory of the keys fails', () => {
  const full = new StoreUnavailable('SQLITE_FULL', 'not-written', 'full');
  const logged: { fields: object; message: string }[] = [];
  const warn = (fields: object, message: string): void => void logged.push({ fields, message });

  const restartWith = async (failing: Partial<GatewayStore>): Promise<void> => {
    await gateway.close();
    const gatewayStore = Object.assign(Object.create(disks.gatewayStore) as GatewayStore, failing);
    gateway = await startGateway({ ...disks, gatewayStore, logger: { ...silentLogger, warn } });
    // What it says when it starts is no matter here.
    logged.length = 0;
  };
  const fail = async (): Promise<never> => {
    throw full;
  };

  it('what was done is answered all the same, and a repeat finds it', async () => {
    await restartWith({ record: fail });
    const first = await ask('key-1');
    expect(first.status).toBe(201);
    expect(logged).toEqual([
      { fields: { err: full }, message: 'the answer to an idempotency key could not be recorded' },
    ]);
    await restart();
    const again = await ask('key-1');
    expect([again.status, again.body.id, (await gateway.log()).length]).toEqual([201, first.body.id, 1]);
  });

  it('the answer says what happened first, not that the key could not be given back', async () => {
    await restartWith({
      forget: async () => {
        throw new Error('disk I/O error');
      },
    });
    fault = full;
    const answer = await ask('key-1');
    expect([answer.status, answer.body.code]).toEqual([507, 'storage-full']);
    expect(logged.map(({ message }) => message)).toContain('an idempotency key could not be given back');
  });

  it('for want of room, the answer is 507 and nothing is done', async () => {
    await restartWith({ begin: fail });
    const answer = await ask('key-1');
    expect([answer.status, answer.body.code, gateway.executed]).toEqual([507, 'storage-full', []]);
  });
});

describe('keys', () => {
  it('are forgotten after a week; a repeat still finds what it did', async () => {
    const first = await ask('key-1');
    let now = Date.now();
    await gateway.close();
    gateway = await startGateway({
      ...disks,
      override: (dependencies) => ({ ...dependencies, wallClock: { now: () => now } }),
    });
    const begin = () => disks.gatewayStore.begin(chloe.id, 'key-1', 'anything', '2026-11-23T00:00:00.000Z');
    gateway.timers.elapse(hourMs);
    expect((await begin()).state).toBe('mismatch');
    now += 7 * dayMs + hourMs;
    gateway.timers.elapse(hourMs);
    await new Promise((resolve) => setImmediate(resolve));
    expect((await begin()).state).toBe('new');
    await disks.gatewayStore.forget(chloe.id, 'key-1');
    now = Date.now();
    const again = await ask('key-1');
    expect([again.status, again.body.id, (await gateway.log()).length]).toEqual([201, first.body.id, 1]);
  });
});
