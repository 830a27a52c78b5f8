import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { heartbeatMs, mostConnections } from './live-updates.ts';
import { participantCheckMs } from './participant-watch.ts';
import {
  anna,
  chloe,
  dayMs,
  kenji,
  startGateway,
  startOfTime,
  type GatewayUnderTest,
} from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
let port: number;
let listeners: Listener[];

beforeEach(async () => {
  gateway = await startGateway();
  await gateway.app.listen(0, '127.0.0.1');
  port = (gateway.app.getHttpServer().address() as AddressInfo).port;
  listeners = [];
});
afterEach(async () => {
  for (const listener of listeners) listener.leave();
  await gateway.close();
});

interface LiveEvent {
  readonly event: string;
  readonly id: string;
  readonly data: { readonly id: string; readonly pendingActions: number };
}

/** What `GET /session-requests/{id}` answers this participant now. */
const shownTo = async (who: { id: string }, id: string): Promise<object> =>
  (await gateway.as(who).get(`/session-requests/${id}`)).body;

/** Those who listen have been looked at. */
const looked = async (): Promise<void> => {
  gateway.timers.elapse(participantCheckMs);
  await new Promise((resolve) => setImmediate(resolve));
};

const now = startOfTime;

/** Reads server-sent events as a browser does. */
class Listener {
  readonly events: LiveEvent[] = [];
  beats = 0;
  retry: string | undefined;
  ended = false;
  #rest = '';
  readonly #response: IncomingMessage;
  readonly #waiting = new Set<() => void>();

  constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.#take(chunk));
    response.on('close', () => {
      this.ended = true;
      for (const check of this.#waiting) check();
    });
    response.on('error', () => {});
  }

  #take(chunk: string): void {
    const blocks = (this.#rest + chunk).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      if (data !== undefined)
        this.events.push({
          event: field('event') ?? '',
          id: field('id') ?? '',
          data: JSON.parse(data) as LiveEvent['data'],
        });
      else if (block.startsWith(':')) this.beats += 1;
      if (block.includes('retry: ')) this.retry = field('retry');
    }
    for (const check of this.#waiting) check();
  }

  /** Waits for something to come; the test's own time limit is the end of it. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  async received(count: number): Promise<LiveEvent[]> {
    await this.until(() => this.events.length >= count);
    return this.events.slice(0, count);
  }

  pause(): void {
    this.#response.pause();
  }

  leave(): void {
    this.#response.destroy();
  }
}

const open = async (
  who: { id: string },
  headers: Record<string, string> = {},
  token?: string,
): Promise<IncomingMessage> => {
  const authorization = `Bearer ${token ?? (await gateway.token(who.id))}`;
  return new Promise((resolve, reject) => {
    get(
      { port, host: '127.0.0.1', path: '/api/v1/live', headers: { authorization, ...headers }, agent: false },
      resolve,
    ).on('error', reject);
  });
};

const listen = async (
  who: { id: string },
  headers: Record<string, string> = {},
  token?: string,
): Promise<Listener> => {
  const response = await open(who, headers, token);
  expect([response.statusCode, response.headers['content-type']]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ]);
  const listener = new Listener(response);
  listeners.push(listener);
  return listener;
};

describe('a listener', () => {
  it('is told first where the log stands, then what changes for them, as it changes', async () => {
    await gateway.requested(chloe, anna);
    const listener = await listen(anna);
    expect(await listener.received(1)).toEqual([
      { event: 'ready', id: '1', data: { position: 1, resumed: false, pendingActions: 1, now } },
    ]);
    const { id } = await gateway.requested(chloe, anna, 8 * dayMs);
    const asked = await shownTo(anna, id);
    await gateway.as(anna).post(`/session-requests/${id}/accept`, { revision: 0 });
    const agreed = await shownTo(anna, id);
    expect(asked).not.toEqual(agreed);
    expect((await listener.received(3)).slice(1)).toEqual([
      {
        event: 'session-request',
        id: '2',
        data: {
          id,
          revision: 0,
          status: 'pending',
          event: 'SessionRequested',
          pendingActions: 2,
          now,
          current: asked,
        },
      },
      {
        event: 'session-request',
        id: '3',
        data: {
          id,
          revision: 1,
          status: 'accepted',
          event: 'SessionAccepted',
          pendingActions: 1,
          now,
          current: agreed,
        },
      },
    ]);
    expect(listener.retry).toBe('2000');
  });

  it('sees what both parties see from its own side', async () => {
    const [coach, client] = [await listen(anna), await listen(chloe)];
    const { id } = await gateway.requested(chloe, anna);
    const told = [(await coach.received(2))[1], (await client.received(2))[1]];
    expect(told).toMatchObject([
      { data: { current: await shownTo(anna, id) } },
      { data: { current: await shownTo(chloe, id) } },
    ]);
    expect(await shownTo(anna, id)).toMatchObject({ allowedActions: ['accept', 'adjust', 'reject'] });
    expect(await shownTo(chloe, id)).toMatchObject({ allowedActions: ['adjust', 'cancel-session'] });
  });

  it('is told the same on each of its connections, put together once for all of them', async () => {
    const finding = jest.spyOn(gateway.participants, 'find');
    const listeners = await Promise.all(Array.from({ length: mostConnections }, () => listen(anna)));
    await Promise.all(listeners.map((listener) => listener.received(1)));
    const { state, ...rest } = (await gateway.readModels.find((await gateway.requested(chloe, anna)).id))!;
    await Promise.all(listeners.map((listener) => listener.received(2)));
    finding.mockClear();
    gateway.live.publish([
      { record: { state, ...rest, position: 2 }, eventType: 'SessionRequested', position: 2 },
    ]);
    const events = await Promise.all(listeners.map(async (listener) => (await listener.received(3))[2]));
    expect(new Set(events.map((event) => JSON.stringify(event))).size).toBe(1);
    // The other party's name, for the one who listens.
    expect(finding).toHaveBeenCalledTimes(1);
  });

  it('can read at once what it is told of', async () => {
    const listener = await listen(anna);
    await listener.received(1);
    const { id } = await gateway.requested(chloe, anna);
    await listener.received(2);
    expect((await gateway.as(anna).get(`/session-requests/${id}`)).status).toBe(200);
  });

  it('hears nothing of what others do', async () => {
    const [hers, theirs] = [await listen(chloe), await listen(kenji)];
    await gateway.requested(chloe, anna);
    await gateway.requested(kenji, anna);
    expect((await hers.received(2))[1]).toMatchObject({ id: '1', data: { pendingActions: 0 } });
    expect((await theirs.received(2))[1]).toMatchObject({ id: '2' });
    expect([hers.events.length, theirs.events.length]).toEqual([2, 2]);
  });

  it('resumes after the last event it had, without a gap and without a repeat', async () => {
    const first = await listen(anna);
    const seen = await gateway.requested(chloe, anna);
    await first.received(2);
    first.leave();
    await first.until(() => first.ended);
    const missed = await gateway.requested(chloe, anna, 8 * dayMs);
    await gateway.as(anna).post(`/session-requests/${missed.id}/accept`, { revision: 0 });
    const again = await listen(anna, { 'last-event-id': '1' });
    await again.received(2);
    await gateway.as(anna).post(`/session-requests/${seen.id}/reject`, { revision: 0 });
    expect(await again.received(3)).toEqual([
      { event: 'ready', id: '1', data: { position: 3, resumed: true, pendingActions: 1, now } },
      // Two events of one session request: what it has come to is told once.
      {
        event: 'session-request',
        id: '3',
        data: {
          id: missed.id,
          revision: 1,
          status: 'accepted',
          event: 'SessionAccepted',
          pendingActions: 1,
          now,
          current: await shownTo(anna, missed.id),
        },
      },
      {
        event: 'session-request',
        id: '4',
        data: {
          id: seen.id,
          revision: 1,
          status: 'rejected',
          event: 'SessionRejected',
          pendingActions: 0,
          now,
          current: await shownTo(anna, seen.id),
        },
      },
    ]);
  });

  it('resumes over any number of changes while more come in', async () => {
    const requests = [];
    for (let index = 0; index < 1_030; index += 1)
      requests.push(await gateway.requested(chloe, anna, 3 * dayMs + index * 60_000));
    const listener = await listen(anna, { 'last-event-id': '0' });
    const more = await Promise.all(
      [1, 2, 3].map((days) => gateway.requested(chloe, anna, (20 + days) * dayMs)),
    );
    const events = await listener.received(1 + requests.length + more.length);
    const positions = events.slice(1).map(({ id }) => Number(id));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(new Set(events.slice(1).map(({ data }) => data.id))).toEqual(
      new Set([...requests, ...more].map(({ id }) => id)),
    );
    expect(events.at(-1)?.data.pendingActions).toBe(1_033);
  });

  it('that is ahead of this log starts afresh', async () => {
    await gateway.requested(chloe, anna);
    const listener = await listen(anna, { 'last-event-id': '4711' });
    expect(await listener.received(1)).toMatchObject([
      { event: 'ready', id: '1', data: { position: 1, resumed: false } },
    ]);
  });

  it('gets a sign of life every 15 seconds', async () => {
    const listener = await listen(anna);
    await listener.received(1);
    for (const beats of [1, 2, 3]) {
      gateway.timers.elapse(heartbeatMs);
      await listener.until(() => listener.beats === beats);
    }
  });

  it('is sent away within seconds when they take part no more, and knows of their new name until then', async () => {
    const listeners = [await listen(anna), await listen(anna), await listen(chloe)] as const;
    await Promise.all(listeners.map((each) => each.received(1)));
    const { id, role, timeZone } = anna;
    const put = (name: string, active: boolean, version: number) =>
      gateway.participants.write({ id, role, name, timeZone, active, origin: 'api' }, version);
    await put('Anna Berg-Ek', true, 1);
    await looked();
    await gateway.requested(chloe, anna);
    expect((await listeners[0].received(2))[1]?.data).toMatchObject({
      current: { coach: { name: 'Anna Berg-Ek' } },
    });

    await put('Anna Berg-Ek', false, 2);
    gateway.timers.elapse(participantCheckMs);
    await listeners[0].until(() => listeners[0].ended);
    await listeners[1].until(() => listeners[1].ended);
    expect(listeners[2].ended).toBe(false);
  });

  it('stays while nobody can tell whether they take part', async () => {
    const listener = await listen(anna);
    await listener.received(1);
    const find = gateway.participants.find.bind(gateway.participants);
    const broken = jest.fn(() => Promise.reject(new Error('away')));
    (gateway.participants as { find: typeof find }).find = broken;
    gateway.timers.elapse(participantCheckMs);
    await new Promise((resolve) => setImmediate(resolve));
    (gateway.participants as { find: typeof find }).find = find;
    expect([broken.mock.calls.length, listener.ended]).toEqual([1, false]);

    await gateway.participants.write({ ...anna, active: false, origin: 'api' }, 1);
    gateway.timers.elapse(participantCheckMs);
    await listener.until(() => listener.ended);
  });

  it('is sent away when its token expires, and when the server stops', async () => {
    const expiring = await listen(anna, {}, await gateway.token(anna.id, 60));
    const staying = await listen(anna, {}, await gateway.token(anna.id, 3_600));
    await Promise.all([expiring.received(1), staying.received(1)]);
    gateway.timers.elapse(60_000);
    await expiring.until(() => expiring.ended);
    expect(staying.ended).toBe(false);
    await gateway.app.close();
    await staying.until(() => staying.ended);
  });

  it('that does not read is cut off, and the others go on', async () => {
    const slow = await listen(anna);
    await slow.received(1);
    slow.pause();
    const other = await listen(anna);
    const record = (await gateway.readModels.find((await gateway.requested(chloe, anna)).id))!;
    // Far more than the buffers of both ends hold; the gateway must not keep it.
    for (let position = 2; position <= 12_000; position += 1) {
      gateway.live.publish([{ record: { ...record, position }, eventType: 'SessionRequested', position }]);
      if (position % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await other.until(() => other.events.length > 0 && other.events.at(-1)?.id === '12000');
    const connections = () =>
      new Promise<number>((resolve) =>
        gateway.app.getHttpServer().getConnections((_error: unknown, count: number) => resolve(count)),
      );
    for (let left = await connections(); left > 1; left = await connections())
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(other.ended).toBe(false);
  }, 60_000);

  it('is one of ten at most', async () => {
    for (let index = 0; index < mostConnections; index += 1) await listen(anna);
    const refused = await open(anna);
    expect([refused.statusCode, refused.headers['content-type']]).toEqual([
      429,
      'application/problem+json; charset=utf-8',
    ]);
    refused.resume();
    await listen(chloe);
    listeners[0]?.leave();
    await listeners[0]?.until(() => listeners[0]?.ended === true);
    for (;;) {
      const next = await open(anna);
      if (next.statusCode === 200) {
        listeners.push(new Listener(next));
        break;
      }
      next.resume();
    }
  });

  it('that leaves before its turn comes takes no place and leaves no timer', async () => {
    const standing = gateway.timers.waiting;
    // The connection breaks while the token is still being checked.
    const hangUp = (_request: unknown, response: ServerResponse): void => void response.destroy();
    gateway.fastify.server.prependListener('request', hangUp);
    for (let index = 0; index < mostConnections; index += 1)
      await expect(open(anna)).rejects.toThrow('socket hang up');
    gateway.fastify.server.removeListener('request', hangUp);
    const listener = await listen(anna);
    await listener.received(1);
    // When its token expires, its next sign of life, and whether it still takes part.
    expect(gateway.timers.waiting).toBe(standing + 3);
  });

  it('has to name an event by its number', async () => {
    for (const id of ['abc', '-1', '1.5', '9'.repeat(16)]) {
      const answer = await gateway.as(anna).get('/live', { 'last-event-id': id });
      expect(answer.body).toMatchObject({ status: 400, errors: [{ path: '/header/last-event-id' }] });
    }
  });
});
