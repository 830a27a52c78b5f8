import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultCloseGraceMs } from './create-gateway-app.ts';
import { anna, chloe, dayMs, startGateway, type GatewayUnderTest } from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;
let port: number;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  gateway = await startGateway();
  await gateway.app.listen(0, '127.0.0.1');
  ({ port } = gateway.app.getHttpServer().address() as AddressInfo);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await gateway.close();
});

interface Sender {
  readonly socket: Socket;
  /** Everything that came back, once the connection is closed. */
  readonly received: Promise<string>;
}

/** Sends the head of a POST and the beginning of its body. */
const beginPost = async (body: string, sent: number): Promise<Sender> => {
  const token = await gateway.token(chloe.id);
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  const received = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
  const arrived = new Promise((resolve) => gateway.fastify.server.once('request', resolve));
  socket.write(
    `POST /api/v1/session-requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, sent)}`,
  );
  await arrived;
  return { socket, received };
};

const notListening = async (): Promise<void> => {
  while (gateway.fastify.server.listening) await new Promise((resolve) => setImmediate(resolve));
};

describe('closing', () => {
  it('is not held up by a body that never comes to its end', async () => {
    const { received } = await beginPost('x'.repeat(100), 1);
    const closing = gateway.app.close();
    await notListening();
    gateway.timers.elapse(defaultCloseGraceMs);
    await closing;
    expect(await received).toBe('');
  });

  it('lets requests come to their end within the grace period', async () => {
    const body = JSON.stringify({ with: anna.id, ...gateway.slotIn(7 * dayMs) });
    const { socket, received } = await beginPost(body, 1);
    const closing = gateway.app.close();
    await notListening();
    gateway.timers.elapse(defaultCloseGraceMs - 1);
    const answered = new Promise((resolve) => socket.once('data', resolve));
    socket.write(body.slice(1));
    await answered;
    gateway.timers.elapse(1);
    await closing;
    expect(await received).toMatch(/^HTTP\/1.1 201 Created/);
  });

  it('leaves no timer behind', async () => {
    await gateway.app.close();
    expect(gateway.timers.waiting).toBe(0);
  });
});

describe('lingering', () => {
  it('goes on serving, is not ready, and closes each connection after its answer', async () => {
    const stopping = new AbortController();
    const lingering = await startGateway({
      stopping: stopping.signal,
      override: (dependencies) => ({
        ...dependencies,
        readiness: async () => [{ name: 'process', ok: !stopping.signal.aborted, detail: 'stopping' }],
      }),
    });
    await lingering.app.listen(0, '127.0.0.1');
    const { port: at } = lingering.app.getHttpServer().address() as AddressInfo;
    const token = await lingering.token(chloe.id);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    /** @returns status, what is said of the connection, and whether it was made for this request. */
    const call = async (path: string, slot?: object) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(slot && { 'content-type': 'application/json' }),
      };
      const sent = request({ port: at, path, agent, headers, method: slot ? 'POST' : 'GET' });
      sent.end(slot && JSON.stringify({ with: anna.id, ...slot }));
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      answer.resume();
      await once(answer, 'end');
      await new Promise((resolve) => setImmediate(resolve));
      return [answer.statusCode, answer.headers.connection, sent.reusedSocket ? 'reused' : 'new'];
    };
    const requests = '/api/v1/session-requests';
    try {
      expect(await call(requests)).toEqual([200, 'keep-alive', 'new']);
      expect(await call('/readyz')).toEqual([200, 'keep-alive', 'reused']);
      stopping.abort();
      expect(await call('/readyz')).toEqual([503, 'close', 'reused']);
      expect(await call('/livez')).toEqual([200, 'close', 'new']);
      expect(await call(requests)).toEqual([200, 'close', 'new']);
      expect(await call(requests, lingering.slotIn(7 * dayMs))).toEqual([201, 'close', 'new']);
      expect(await call('/nowhere')).toEqual([404, 'close', 'new']);
    } finally {
      agent.destroy();
      await lingering.close();
    }
  });
});
